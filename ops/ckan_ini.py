"""Writes CKAN's configuration file from the template beside this module."""

from __future__ import annotations

import csv
import io
from configparser import Error, RawConfigParser
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from string import Template

from ops import services
from ops.errors import SettingError
from ops.external import ObjectStorage
from ops.secret_store import write_private
from ops.settings import CHECKOUT, Settings

TEMPLATE = Path(__file__).with_name("ckan.ini.template")
BODIES = CHECKOUT / "demo" / "data" / "bodies.csv"

PLUGINS = (
    "opencohesion",
    "opencohesion_security",
    "opencohesion_stewardship",
    "opencohesion_quality",
    "opencohesion_jobs",
    "opencohesion_dcatapit",
    "activity",
    "datastore",
    "datatables_view",
    "image_view",
    "harvest",
    "dcat",
    "scheming_datasets",
    "scheming_organizations",
)

SECTION = "app:main"
# What the portal's commands rely on; each has its PORTAL_… variable.
NOT_FOR_OFFICES = {
    "SECRET_KEY",
    "api_token.jwt.decode.secret",
    "api_token.jwt.encode.secret",
    "ckan.datastore.read_url",
    "ckan.datastore.write_url",
    "ckan.plugins",
    "ckan.redis.url",
    "ckan.root_path",
    "ckan.site_id",
    "ckan.site_url",
    "ckan.storage_path",
    "solr_url",
    "sqlalchemy.url",
}

# What only tests need: SQL queries, so that their leaks are tested, and sources on this machine.
TEST_OPTIONS = """
## Only in tests
testing = true
ckan.datastore.sqlsearch.enabled = true
ckanext.opencohesion.fetch.allow_private = 127.0.0.0/8
"""


def write(settings: Settings, secrets: dict[str, str]) -> bool:
    """Write <state>/ckan.ini, readable by its owner alone. Returns whether it differs from what was there."""
    text = render(settings, secrets)
    if settings.ini.is_file() and settings.ini.read_text() == text:
        return False
    settings.storage.mkdir(parents=True, exist_ok=True)
    write_private(settings.ini, text)
    return True


def render(settings: Settings, secrets: dict[str, str]) -> str:
    """The configuration as text."""
    body_name, body_code = _body(settings.region)
    service = services.addresses(settings, secrets)
    values = {
        "site_url": settings.site_url,
        "public_url": settings.url,
        "root_path": f"{settings.root_path}/{{{{LANG}}}}" if settings.root_path else "",
        "cookie_path": settings.root_path or "/",
        "https": str(settings.url.startswith("https:")).lower(),
        "session": secrets["session"],
        "token": secrets["token"],
        "database_url": service.database,
        "datastore_write_url": service.datastore_write,
        "datastore_read_url": service.datastore_read,
        "solr_url": service.solr,
        "redis_url": service.redis,
        "object_storage": _object_storage(settings.external.object_storage),
        "storage": str(settings.storage),
        "plugins": "".join(f"\n    {name}" for name in PLUGINS),
        "region": settings.region,
        "body_name": body_name,
        "body_code": body_code,
        "title": f"Dati di coesione e PNRR – {body_name}",
        "description": f"I dati aperti della politica di coesione e del PNRR pubblicati da {body_name}: "
        "ogni file è controllato prima di diventare pubblico.",
        "first_start": _first_start(settings),
        "log_format": settings.log_format,
    }
    escaped = {name: value.replace("%", "%%") for name, value in values.items()}
    text = Template(TEMPLATE.read_text("utf-8")).substitute(escaped)
    if settings.testing:
        return text.replace("\n[loggers]", f"{TEST_OPTIONS}\n[loggers]")
    return _with_options(text, settings.options) if settings.options else text


def _with_options(text: str, path: Path) -> str:
    """Lay the office's own options, the section [app:main] of the file `path`, over the configuration.

    Raises SettingError for a file that can not be read and for options that are not the office's to set.
    """
    whole, own = _parser(), _parser()
    whole.read_string(text)
    try:
        own.read_string(path.read_text("utf-8"))
        options = dict(own[SECTION])
    except (Error, KeyError, UnicodeDecodeError) as error:
        raise SettingError(
            f"PORTAL_OPTIONS={path}: it is to have a section [{SECTION}] of options: {error}"
        ) from error
    fixed = sorted(set(options) & NOT_FOR_OFFICES)
    if fixed:
        raise SettingError(
            f"PORTAL_OPTIONS={path}: {fixed[0]} is set by the portal itself, from PORTAL_… variables."
        )
    whole[SECTION].update(options)
    buffer = io.StringIO()
    whole.write(buffer)
    return buffer.getvalue()


def _parser() -> RawConfigParser:
    parser = RawConfigParser()
    parser.optionxform = str  # pyright: ignore[reportAttributeAccessIssue] (names are kept as they are written)
    return parser


def _body(region: str) -> tuple[str, str]:
    """Name and IPA code of the region that publishes."""
    with BODIES.open(encoding="utf-8", newline="") as file:
        by_region = {row["region"]: (row["name"], row["ipa_code"]) for row in csv.DictReader(file)}
    return by_region[region]


def _object_storage(storage: ObjectStorage) -> str:
    """The options of the bucket that holds the files; none where they lie in the storage folder."""
    if not storage.bucket:
        return ""
    return "".join(
        f"\nckanext.opencohesion.quality.s3_{field.name} = {getattr(storage, field.name)}"
        for field in fields(storage)
    )


def _first_start(settings: Settings) -> str:
    """The day of the portal's first start, which is when its catalogue was issued."""
    path = settings.state / "first-start"
    if not path.is_file():
        path.write_text(datetime.now(UTC).date().isoformat())
    return path.read_text()


def public_url(ini: Path) -> str:
    """The portal's public address, as its configuration says it."""
    parser = RawConfigParser()
    parser.read(ini)
    return parser["app:main"]["ckanext.dcat.base_uri"]
