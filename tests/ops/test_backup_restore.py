"""A portal of the release before is upgraded, backed up while it runs, destroyed and restored: the same catalogue. All on
services given by address, each part a process, as containers and several hosts run it."""

from __future__ import annotations

import gzip
import http.cookiejar
import json
import re
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from ckan.common import config
from rdflib import Graph
from rdflib.compare import to_isomorphic
from support.hosts import Host, Solr, drop, unpack, wait_for
from support.people import dataset_fields
from support.web_source import WebSource

from ops import databases, dumps, services
from ops.restore import MIGRATIONS
from ops.settings import Settings, from_environment
from ops.testing import settings_of

RELEASE = Path(__file__).parent / "data" / "release-0.1"
LIVE, ALL, FILES = 9, 25, 26
ROWS = b"comune;importo\nCosenza;10\nCrotone;20\n"
OPTIONS = """[app:main]
ckanext.opencohesion.fetch.allow_private = 127.0.0.0/8
ckanext.opencohesion.jobs.lease_seconds = 6
ckanext.opencohesion.jobs.heartbeat_seconds = 2
ckanext.opencohesion.jobs.tick_seconds = 2
"""


@pytest.fixture(scope="module")
def test_services() -> Settings:
    return settings_of(Path(config["__file__"]))


@pytest.fixture(scope="module")
def solr(test_services: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Solr]:
    server = Solr(tmp_path_factory.mktemp("solr"), test_services)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def host(test_services: Settings, solr: Solr, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A host whose databases and files are what release 0.1 left behind."""
    folder = tmp_path_factory.mktemp("hosts")
    (folder / "options.ini").write_text(OPTIONS)
    host = Host(folder / "first", test_services, solr, "first", PORTAL_OPTIONS=folder / "options.ini")
    drop(host)
    settings = from_environment(host.environment)
    addresses = services.addresses(settings, {})
    databases.create(host.admin, addresses)
    for name, url in (("ckan", addresses.database), ("datastore", addresses.datastore_write)):
        script = host.folder / f"{name}.sql"
        script.write_bytes(gzip.decompress((RELEASE / f"{name}.sql.gz").read_bytes()))
        dumps.replace_content(url, script)
    host.storage.mkdir(parents=True)
    unpack(RELEASE / "storage.tar.xz", host.storage)
    yield host
    host.stop()
    drop(host)


@pytest.fixture
def source() -> Iterator[WebSource]:
    source = WebSource()
    yield source
    source.close()


def catalogue(host: Host, token: str) -> dict[str, Any]:
    """All that a portal shows and holds: to strangers, to its administrator, as RDF, and the bytes of every file."""
    everything = host.action("package_search?rows=100&include_private=true&sort=name+asc", token)["results"]
    uploads = [
        resource
        for dataset in everything
        for resource in dataset["resources"]
        if resource["url_type"] == "upload"
    ]
    return {
        "public": host.action("package_search?rows=100&sort=name+asc")["results"],
        "everything": everything,
        "organizations": host.action("organization_list?all_fields=true"),
        "users": [user | {"last_active": ""} for user in host.action("user_list", token)],
        "rdf": to_isomorphic(Graph().parse(data=host.get("/catalog.ttl"), format="turtle")),
        "files": {
            resource["id"]: host.get(urllib.parse.urlsplit(resource["url"]).path, token)
            for resource in uploads
        },
        "tables": {
            path.name: path.read_bytes() for path in (host.storage / "opencohesion/tables").rglob("*.parquet")
        },
    }


def may_log_in(host: Host, name: str, password: str) -> bool:
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    form = browser.open(f"{host.url}/user/login", timeout=120).read().decode()
    token = re.search(
        r'name="_csrf_token"[^>]*content="([^"]+)"|name="_csrf_token"[^>]*value="([^"]+)"', form
    )
    assert token
    fields = {"login": name, "password": password, "_csrf_token": token[1] or token[2]}
    answer = browser.open(f"{host.url}/user/login", urllib.parse.urlencode(fields).encode(), timeout=120)
    return not answer.url.endswith("/user/login")


def ask(host: Host, query: str) -> list[tuple[Any, ...]]:
    with closing(databases.connect(host.database)) as connection, connection:
        cursor = connection.cursor()
        cursor.execute(query)
        return cursor.fetchall()


def rows(backup: Path) -> list[str]:
    """Every row of both databases in a backup, and what their sequences stand at."""
    lines = []
    for dump in sorted(backup.glob("databases/*.dump")):
        done = subprocess.run(
            ["pg_restore", "--data-only", "--file=-", str(dump)], capture_output=True, text=True, check=True
        )
        lines += [line for line in done.stdout.splitlines() if not line.startswith(("--", "\\", "SET "))]
    return sorted(lines)


def running(host: Host) -> set[str]:
    return {kind for (kind,) in ask(host, "SELECT kind FROM oc_job WHERE state = 'running'")}


def tables_are_written(host: Host) -> bool:
    """Whether the jobs that write what is live as tables, which the scheduler asked for, have ended."""
    left = ask(
        host,
        "SELECT count(*) FILTER (WHERE state = 'done'), count(*) FILTER (WHERE state <> 'done') FROM oc_job"
        " WHERE kind = 'quality_tables'",
    )
    return left[0][0] > 0 and left[0][1] == 0


def test_upgraded_backed_up_destroyed_and_restored(host: Host, solr: Solr, source: WebSource) -> None:
    # -- the upgrade: what every start does
    unprepared = host.run("web")
    assert unprepared.returncode == 6, unprepared.stderr
    assert "prepare" in unprepared.stderr
    prepared = host.run("prepare")
    assert prepared.returncode == 0, prepared.stdout + prepared.stderr
    for folder in MIGRATIONS.iterdir():
        heads = ScriptDirectory(str(folder)).get_heads()
        assert [(heads[0],)] == ask(host, f"SELECT version_num FROM {folder.name}_alembic_version")
    assert solr.documents() == ALL
    assert not (host.state / "admin-password").exists(), "the password of a user who was there is not known"

    # -- the parts run, the scheduler twice; a person, a question, a count, and a check that does not end
    host.start("web")
    host.start("worker")
    host.start("scheduler")
    host.start("scheduler", as_name="another-scheduler")
    host.wait_until_it_answers()
    token = (host.state / "admin-token").read_text().strip()
    host.post("user_create", token, name="officer", email="o@example.org", password="password-of-the-officer")
    live = host.action("package_search?rows=1")["results"][0]
    ask(
        host,
        "INSERT INTO oc_question (id, package_id, kind, text, language, status, created)"
        f" VALUES ('q', '{live['id']}', 'mistake', 'Righe doppie?', 'it', 'open', now()) RETURNING 1",
    )
    ask(
        host,
        "INSERT INTO oc_access_count (day, package_id, resource_id, kind, audience, count)"
        f" VALUES ('2026-01-31', '{live['id']}', '', 'view', 'human', 7) RETURNING 1",
    )
    wait_for(lambda: tables_are_written(host), "what was live is written as tables")
    linked = {"name": "Righe", "url": source.put("/a.csv", [b"x"] * 9999, pause_seconds=1), "format": "CSV"}
    fields = dataset_fields(live["owner_org"], name="zz-linked", resources=[linked], private=False)
    host.post("package_create", token, **fields)
    wait_for(lambda: source.requests and running(host) == {"quality_check"}, "the check runs")
    assert host.runs("scheduler")
    assert host.runs("another-scheduler")
    twice = (
        "SELECT a.kind FROM oc_job a JOIN oc_job b ON a.kind = b.kind AND a.id < b.id WHERE a.key = 'periodic'"
        " AND b.key = 'periodic' AND abs(extract(epoch FROM a.created - b.created)) < 20"
    )
    assert ask(host, "SELECT 1 FROM oc_job WHERE key = 'periodic'")
    assert ask(host, twice) == [], "two schedulers submit what is due once"
    before = catalogue(host, token)
    assert (len(before["public"]), len(before["everything"])) == (LIVE, ALL + 1)
    assert len(before["files"]) == FILES
    assert all(before["files"].values())
    assert before["tables"]
    assert may_log_in(host, "officer", "password-of-the-officer")
    assert not may_log_in(host, "officer", "not-the-password")

    # -- the backup, while it runs; the second shares the files with the first
    for _ in range(2):
        done = host.run("backup", PORTAL_BACKUP_KEEP=2)
        assert done.returncode == 0, done.stdout + done.stderr
    first, second = sorted((host.folder / "backups").glob("backup-*"))
    stored = [path for path in second.rglob("storage/opencohesion/content/??/??/*") if path.is_file()]
    assert stored
    for path in stored:
        assert path.samefile(first / path.relative_to(second))
    manifest = json.loads((second / "manifest.json").read_text())
    assert manifest["counts"]["datasets"] == ALL + 1
    assert manifest["missing"] == []
    for path in ("settings/keys.json", "settings/ckan.ini", "manifest.json"):
        assert (second / path).stat().st_mode & 0o077 == 0
    assert second.stat().st_mode & 0o077 == 0

    # -- not over a portal with data, not while it runs
    refused = host.run("restore")
    assert refused.returncode == 7
    assert "has data" in refused.stderr
    assert "PORTAL_FORCE=yes" in refused.stderr
    busy = host.run("restore", PORTAL_FORCE="yes")
    assert busy.returncode == 7
    assert "stop the web servers" in busy.stderr
    # -- a truncated one is refused before anything is touched
    dump = first / "databases" / "ckan.dump"
    dump.write_bytes(dump.read_bytes()[:-1])
    cut = host.run("restore", PORTAL_RESTORE=first, PORTAL_FORCE="yes")
    assert cut.returncode == 7
    assert "cut short" in cut.stderr
    assert host.action("package_search?rows=0")["count"] == LIVE

    host.destroy()
    restored = host.run("restore")
    assert restored.returncode == 0, restored.stdout + restored.stderr
    again = host.run("backup", PORTAL_BACKUPS=host.folder / "again")
    assert again.returncode == 0, again.stderr
    assert rows(next((host.folder / "again").glob("backup-*"))) == rows(second)

    # -- the same catalogue; the check that ran is run again, and now ends
    source.put("/a.csv", ROWS)
    host.start("web")
    host.wait_until_it_answers()
    after = catalogue(host, token)
    for what, value in before.items():
        assert after[what] == value, f"{what} is not as it was"
    assert (host.state / "admin-token").read_text().strip() == token
    assert may_log_in(host, "officer", "password-of-the-officer")
    host.start("worker")
    host.start("scheduler")
    wait_for(lambda: host.action("package_search?rows=0")["count"] == LIVE + 1, "the linked file goes live")


def test_a_host_that_is_not_like_the_others_does_not_start(
    host: Host, test_services: Settings, solr: Solr
) -> None:
    other = Host(host.folder.parent / "second", test_services, solr, "first")
    unmounted = other.run("web")
    assert unmounted.returncode == 2
    assert "is the shared disk mounted?" in unmounted.stderr
    other_key = host.run("worker", PORTAL_TOKEN_KEY_FILE="", PORTAL_TOKEN_KEY="x" * 40)
    assert other_key.returncode == 2
    assert "PORTAL_TOKEN_KEY" in other_key.stderr
    assert "x" * 40 not in other_key.stderr


def test_services_that_can_not_be_used_are_told_by_name(host: Host, solr: Solr) -> None:
    without = host.run("web", PORTAL_SOLR_URL="")
    assert without.returncode == 2
    assert "missing: PORTAL_SOLR_URL" in without.stderr
    schema = solr.image / "conf" / "schema.xml"
    ours = schema.read_text()
    before = solr.documents()
    solr.stop()
    solr.start()
    assert solr.documents() == before, "the same core keeps its index"
    schema.write_text(ours.replace("</schema>", "<!-- of another version --></schema>"))
    solr.stop()
    solr.start()
    assert solr.documents() == 0, "an index made by another core's analyzers is thrown away"
    old = host.run("web")
    assert old.returncode == 2
    assert "made from another version of solr/conf" in old.stderr
    schema.write_text(ours)
