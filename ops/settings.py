"""What a portal is told from outside: the PORTAL_* environment variables, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from ops import backup_settings, external
from ops.backup_settings import BackupSettings
from ops.errors import SettingError
from ops.external import External

CHECKOUT = Path(__file__).resolve().parent.parent

# Distances of the other services' ports from the web server's. Uneven, so that portals on neighbouring or round
# port numbers stay out of each other's way.
SOLR_OFFSET = 10001
REDIS_OFFSET = 14002
POSTGRES_OFFSET = 18003
SUPERVISOR_OFFSET = 22004
TEST_OFFSET = 37

LOWEST_PORT = 1024
PORT_RANGE = 65536 - LOWEST_PORT


@dataclass(frozen=True)
class Settings:
    """One portal. `testing` is the variant that the tests use: databases of its own names, nothing durable."""

    state: Path
    port: int
    bind: str
    url: str
    region: str
    demo: str
    venv: Path
    backup: BackupSettings
    options: Path | None = None
    log_format: str = "text"
    log_days: int = 30
    testing: bool = False
    external: External = field(default_factory=External)

    @property
    def site_url(self) -> str:
        """Scheme and host of the public address, without its path."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def root_path(self) -> str:
        """Path of the public address, without a slash at its end; empty when the portal has a host of its own."""
        return urlsplit(self.url).path.rstrip("/")

    @property
    def local_url(self) -> str:
        """Where this machine reaches the web server, path included."""
        host = "127.0.0.1" if self.bind in ("0.0.0.0", "::") else self.bind  # noqa: S104 (compared, not bound)
        host = f"[{host}]" if ":" in host else host
        return f"http://{host}:{self.port}{self.root_path}"

    @property
    def solr_port(self) -> int:
        return _derived(self.port, SOLR_OFFSET)

    @property
    def redis_port(self) -> int:
        return _derived(self.port, REDIS_OFFSET)

    @property
    def postgres_port(self) -> int:
        return _derived(self.port, POSTGRES_OFFSET)

    @property
    def supervisor_port(self) -> int:
        return _derived(self.port, SUPERVISOR_OFFSET)

    @property
    def ini(self) -> Path:
        return self.state / "ckan.ini"

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    @property
    def run(self) -> Path:
        return self.state / "run"

    @property
    def storage(self) -> Path:
        return self.state / "storage"

    @property
    def database(self) -> str:
        return "ckan_test" if self.testing else "ckan"

    @property
    def datastore(self) -> str:
        return "datastore_test" if self.testing else "datastore"


def from_environment(environ: Mapping[str, str], *, testing: bool = False) -> Settings:
    """Read the settings from `environ` (normally os.environ).

    With `testing` the state folder gets "-test" behind its name and the port moves by 37, so that the tests can
    never meet the portal whose variables are set in the same shell.

    Raises SettingError for a value that can not be used.
    """
    port = _port(environ.get("PORTAL_PORT", ""))
    state = Path(environ.get("PORTAL_STATE") or ".portal").expanduser()
    state = state if state.is_absolute() else CHECKOUT / state
    if testing:
        state = state.with_name(f"{state.name}-test")
        port = _derived(port, TEST_OFFSET)
    url = "" if testing else environ.get("PORTAL_URL", "")
    venv = environ.get("PORTAL_VENV", "")
    return Settings(
        state=state,
        port=port,
        bind=environ.get("PORTAL_BIND") or "127.0.0.1",
        url=_public_url(url or f"http://127.0.0.1:{port}"),
        region=_region(environ.get("PORTAL_REGION") or "18"),
        demo=_demo(environ.get("PORTAL_DEMO") or "sample"),
        venv=Path(venv) if venv else state / "venv",
        options=None if testing else _options(environ.get("PORTAL_OPTIONS", "")),
        log_format=_log_format(environ.get("PORTAL_LOG_FORMAT") or "text"),
        log_days=_days("PORTAL_LOG_DAYS", environ.get("PORTAL_LOG_DAYS") or "30"),
        backup=backup_settings.from_environment(environ, state),
        testing=testing,
        external=External() if testing else external.from_environment(environ),
    )


def _derived(port: int, offset: int) -> int:
    return LOWEST_PORT + (port - LOWEST_PORT + offset) % PORT_RANGE


def _port(text: str) -> int:
    if not text:
        return 5000
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise SettingError(f"PORTAL_PORT={text}: give a port number from 1 to 65535.")
    return int(text)


def _public_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise SettingError(
            f"PORTAL_URL={text}: give the public address, such as https://dati.example.it or "
            "https://dati.example.it/opendata."
        )
    return text.rstrip("/")


def _region(text: str) -> str:
    if not (text.isdigit() and len(text) == 2 and 1 <= int(text) <= 20):
        raise SettingError(f"PORTAL_REGION={text}: give the region's ISTAT code, 01 to 20 (18 is Calabria).")
    return text


def _options(text: str) -> Path | None:
    if not text:
        return None
    path = Path(text).expanduser().absolute()
    if not path.is_file():
        raise SettingError(f"PORTAL_OPTIONS={text}: there is no such file.")
    return path


def _log_format(text: str) -> str:
    if text not in ("text", "json"):
        raise SettingError(f"PORTAL_LOG_FORMAT={text}: give text or json.")
    return text


def _days(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 3650):
        raise SettingError(f"{name}={text}: give a number of days from 1 to 3650.")
    return int(text)


def _demo(text: str) -> str:
    if text in ("sample", "none"):
        return text
    if text == "live":
        raise SettingError(
            "PORTAL_DEMO=live: the harvesters of the publishers' sites are not part of this version yet. "
            "Use sample, none, or a folder of real files."
        )
    folder = (CHECKOUT / Path(text).expanduser()).resolve()
    if not folder.is_dir():
        raise SettingError(
            f"PORTAL_DEMO={text}: give sample, none, or a folder of real files; {folder} is none."
        )
    return str(folder)
