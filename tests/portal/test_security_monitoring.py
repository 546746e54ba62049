"""Whether the portal is well, told to those who run it; log lines that hold no secrets; security.txt."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from ckan.tests import helpers
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families
from support.forms import send_login
from support.people import act, dataset_fields, make_organization

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.portal.logs import access
from ckanext.opencohesion.portal.logs.access import shown_address
from ckanext.opencohesion.portal.logs.formatter import JsonFormatter
from ckanext.opencohesion.portal.monitoring import checks
from ckanext.opencohesion.portal.monitoring.access import may_see
from ckanext.opencohesion.portal.security import security_txt

TOKEN = "token-of-the-monitoring-system"
MONITORING = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def watched(app: Any) -> Iterator[Any]:
    with helpers.changed_config("ckanext.opencohesion.monitoring.token", TOKEN):
        yield app


def test_liveness_asks_nothing_of_the_database(app: Any) -> None:
    statements: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    engine = model.ensure_engine()
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        answer = app.get("/healthz")
        asked_by_liveness = len(statements)
        app.get("/user/login")
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert asked_by_liveness == 0
    assert statements, "the page asks the database, so the listener works"


def test_readiness_tells_parts_to_monitoring_only(watched: Any) -> None:
    anybody = watched.get("/readyz")
    # no worker and no scheduler runs beside the tests
    assert (anybody.status_code, anybody.json) == (200, {"status": "degraded"})
    parts = watched.get("/readyz", headers=MONITORING).json["parts"]
    assert {name for name, works in parts.items() if works} == set(checks.ESSENTIAL)
    wrong = watched.get("/readyz", headers={"Authorization": "Bearer no"})
    assert wrong.json == {"status": "degraded"}


def test_a_missing_service_or_migration_is_noticed(watched: Any) -> None:
    with helpers.changed_config("ckan.storage_path", "/nowhere/at/all"):
        answer = watched.get("/readyz", headers=MONITORING)
    assert answer.status_code == 503
    assert answer.json["parts"]["storage"] is False
    table = "opencohesion_jobs_alembic_version"
    with model.ensure_engine().begin() as connection:
        head = connection.scalar(sa.text(f"SELECT version_num FROM {table}"))
        connection.execute(sa.text(f"UPDATE {table} SET version_num = '0000'"))
    try:
        assert watched.get("/readyz", headers=MONITORING).json["parts"]["migrations"] is False
    finally:
        with model.ensure_engine().begin() as connection:
            connection.execute(sa.text(f"UPDATE {table} SET version_num = :head"), {"head": head})
    assert watched.get("/readyz").status_code == 200


def test_a_scheduler_that_works_is_seen(watched: Any) -> None:
    jobs.submit("quality_abandoned", "periodic", {}, timeout_seconds=60, title="x", enqueue=False)
    model.Session.commit()
    assert watched.get("/readyz", headers=MONITORING).json["parts"]["scheduler"] is True


def test_metrics_are_for_monitoring_alone(watched: Any) -> None:
    assert watched.get("/metrics").status_code == 404
    assert watched.get("/metrics", headers=MONITORING).status_code == 200
    with helpers.changed_config("ckanext.opencohesion.monitoring.allow", ["10.0.0.0/8"]):
        inside = watched.get("/metrics", environ_overrides={"REMOTE_ADDR": "10.1.1.1"})
        outside = watched.get("/metrics", environ_overrides={"REMOTE_ADDR": "192.0.2.1"})
    assert (inside.status_code, outside.status_code) == (200, 404)


def test_metrics_count_requests_and_the_portal_s_work(watched: Any) -> None:
    office = make_organization()
    act("package_create", **dataset_fields(office["id"], name="misurato", private=False))
    watched.get("/dataset/misurato?q=secret-word")
    send_login(watched, "nobody", "no")
    text = watched.get("/metrics", headers=MONITORING).text
    found = {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    names = {key[0] for key in found}
    assert {"opencohesion_request_seconds_count", "opencohesion_queue_age_seconds"} <= names
    assert sum(value for key, value in found.items() if key[0] == "opencohesion_datasets") == 1
    assert found[("opencohesion_failed_logins_hour",)] == 1
    areas = {dict(key[1:])["area"] for key in found if key[0] == "opencohesion_request_seconds_count"}
    assert "user" in areas
    assert "misurato" not in text
    assert "secret-word" not in text


@pytest.mark.parametrize(
    ("authorization", "address", "token", "networks", "seen"),
    [
        ("", "127.0.0.1", "", [], False),
        ("Bearer ", "127.0.0.1", "", [], False),
        ("Bearer x", "127.0.0.1", "x", [], True),
        ("x", "not an address", "x", [], True),
        ("Bearer y", "192.0.2.1", "x", ["192.0.2.0/24"], True),
        ("", "2001:db8::1", "x", ["192.0.2.0/24", "2001:db8::/32"], True),
    ],
)
def test_nobody_is_monitoring_unless_configured(
    authorization: str, address: str, token: str, networks: list[str], seen: bool
) -> None:
    assert may_see(authorization, address, token, networks) is seen


@contextmanager
def heard(logger: logging.Logger) -> Iterator[io.StringIO]:
    """What a logger writes, as JSON lines. (Migrations of other plugins, which tests run, disable all loggers.)"""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    before = (logger.level, logger.disabled)
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.disabled = False
    try:
        yield stream
    finally:
        logger.removeHandler(handler)
        logger.level, logger.disabled = before


def lines_of(app: Any, address: str, **options: Any) -> tuple[Any, list[dict[str, Any]]]:
    with heard(access.log) as stream:
        answer = app.get(address, **options)
    return answer, [json.loads(line) for line in stream.getvalue().splitlines()]


def test_the_access_log_names_the_request_and_no_secret(app: Any) -> None:
    answer, lines = lines_of(
        app,
        "/user/reset/abc?key=secret-reset-key",
        headers={"X-Request-ID": "from-the-proxy-1"},
        environ_overrides={"REMOTE_ADDR": "192.0.2.77"},
    )
    assert answer.headers["X-Request-ID"] == "from-the-proxy-1"
    (line,) = lines
    assert line["request_id"] == "from-the-proxy-1"
    assert (line["path"], line["address"], line["method"]) == ("/user/reset/abc", "192.0.2.0", "GET")
    assert "secret-reset-key" not in json.dumps(line)


def test_a_made_up_request_id_is_replaced(app: Any) -> None:
    answer, _ = lines_of(app, "/user/login", headers={"X-Request-ID": "<script>alert(1)</script>"})
    assert answer.headers["X-Request-ID"].isalnum()


@given(st.text(max_size=200))
def test_a_record_is_one_line_whatever_its_message(message: str) -> None:
    record = logging.LogRecord("x", logging.INFO, "file", 1, "%s", (message,), None)
    text = JsonFormatter().format(record)
    assert "\n" not in text
    assert json.loads(text)["message"] == message


def test_an_exception_stands_in_its_line() -> None:
    try:
        raise ValueError("of no use")
    except ValueError as error:
        record = logging.LogRecord(
            "x", logging.ERROR, "file", 1, "failed", (), (type(error), error, error.__traceback__)
        )
    line = json.loads(JsonFormatter().format(record))
    assert "of no use" in line["exception"]


@pytest.mark.parametrize(
    ("address", "how", "shown"),
    [
        ("192.0.2.77", "network", "192.0.2.0"),
        ("2001:db8:1:2::5", "network", "2001:db8:1::"),
        ("192.0.2.77", "full", "192.0.2.77"),
        ("192.0.2.77", "none", "-"),
        ("", "network", "-"),
    ],
)
def test_addresses_are_shown_as_configured(address: str, how: str, shown: str) -> None:
    assert shown_address(address, how) == shown


class _Changed:
    """Options of the portal while a block runs."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values
        self._before: dict[str, Any] = {}

    def __enter__(self) -> None:
        self._before = {name: tk.config[name] for name in self._values}
        tk.config.update(self._values)

    def __exit__(self, *_: Any) -> None:
        tk.config.update(self._before)


def with_security_txt(expires: date | str) -> _Changed:
    prefix = "ckanext.opencohesion.security."
    contact = ["mailto:sicurezza@example.it"]
    return _Changed({prefix + "contact": contact, prefix + "contact_expires": str(expires)})


def test_security_txt_says_what_is_configured_until_it_lapses(app: Any) -> None:
    address = "/.well-known/security.txt"
    assert app.get(address).status_code == 404
    today = date.today()
    with with_security_txt(today + timedelta(days=100)):
        answer = app.get(address)
        assert answer.headers["Content-Type"].startswith("text/plain")
        fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
        assert fields["Contact"] == "mailto:sicurezza@example.it"
        assert fields["Expires"] == f"{today + timedelta(days=100)}T23:59:59Z"
        assert fields["Canonical"] == f"{tk.config['ckan.site_url']}{address}"
        assert fields["Preferred-Languages"] == "it, en"
    for expires in (today - timedelta(days=2), "soon", ""):
        with with_security_txt(expires):
            assert app.get(address).status_code == 404


def test_sysadmins_are_warned_before_security_txt_lapses(app: Any, administrator: Any, officer: Any) -> None:
    today = date.today()
    with with_security_txt(today + timedelta(days=20)):
        assert "security.txt" in app.get("/en/dashboard/datasets", headers=administrator.headers).text
        assert "security.txt" not in app.get("/en/dashboard/datasets", headers=officer.headers).text
        with heard(security_txt.log) as stream:
            security_txt.watch(None, {})  # pyright: ignore[reportArgumentType]
    assert "security.txt lapses in" in stream.getvalue()
    with with_security_txt(today + timedelta(days=200)):
        assert "security.txt" not in app.get("/en/dashboard/datasets", headers=administrator.headers).text
