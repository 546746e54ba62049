"""New releases in one form, the release plan for everyone, reminders once."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from ckan.plugins import toolkit as tk
from conftest import BAD, GOOD, upload  # pyright: ignore[reportAttributeAccessIssue]
from support import people
from support.datasets import FREQUENCY
from support.mail_server import MailServer

from ckanext.opencohesion.stewardship.access.reading import today
from ckanext.opencohesion.stewardship.plan import reminders

CHECK_RDF = Path(__file__).resolve().parents[3] / "shared" / "oracles" / "check-rdf"
YEAR_2025 = [{"start": "2025-01-01", "end": "2025-12-31"}]
NEWER = GOOD + b"2026;Reggio di Calabria;10,00\n"


def filled(page: str) -> dict[str, str]:
    """What the fields of the release form are filled with."""
    form = BeautifulSoup(page, "html.parser").select_one("form[enctype]")
    assert form is not None
    return {
        str(field["name"]): str(field.get("value") or "")
        for field in form.select("input.form-control[name], input[name=expected_version]")
    }


def test_a_new_release_is_a_file_and_a_click(
    app: Any, publish: Callable[..., dict[str, Any]], officer: people.Person
) -> None:
    dataset = publish(temporal_coverage=YEAR_2025, version="2025", modified="2026-01-31")
    resource = dataset["resources"][0]
    address = f"/dataset/{dataset['name']}/new-release"

    def send(data: dict[str, Any]) -> Any:
        return app.post(address, data=data, headers=officer.headers, follow_redirects=False)

    proposed = filled(app.get(address, headers=officer.headers).body)
    assert {
        key: proposed[key] for key in ("name", "version", "period_start", "period_end", "modified", "url")
    } == {
        "name": "Dati",
        "version": "2026",
        "period_start": "2026-01-01",
        "period_end": "2026-12-31",
        "modified": today().isoformat(),
        "url": "",
    }
    form = {key: value for key, value in proposed.items() if key != "upload"}
    form |= {"resource_id": resource["id"], "publish": "now", "version_notes": "Un anno in più."}
    link = "https://example.org/a.csv"
    for wrong in (
        {},
        {"url": link, "period_end": "2020-01-01"},
        {"url": link, "period_start": "<b>ieri</b>"},
        {"url": link, "period_start": ""},
        {"url": link, "publish": "later", "day": "2020-01-01", "time": "09:00"},
        {"url": link, "resource_id": "nothing"},
    ):
        answer = send({**form, "name": "Nome scritto", **wrong})
        assert answer.status_code == 200 and 'role="alert"' in answer.body, wrong
        assert "<b>ieri" not in answer.body and filled(answer.body)["name"] == "Nome scritto"
    with pytest.raises(tk.ObjectNotFound):
        people.act("opencohesion_quality_staged_show", id=dataset["id"])

    assert send({**form, "upload": (io.BytesIO(NEWER), "dati-2026.csv")}).status_code == 302
    after = people.act("package_show", id=dataset["id"])
    assert (after["version"], after["version_notes"]) == ("2026", "Un anno in più.")
    assert [(each["start"], each["end"]) for each in after["temporal_coverage"]] == [
        ("2026-01-01", "2026-12-31")
    ]
    assert [each["id"] for each in after["resources"]] == [resource["id"]]
    same = (
        "title",
        "notes",
        "frequency",
        "contact",
        "rights_holder",
        "license_id",
        "theme",
        "legal_basis",
        "name",
    )
    assert {name: after[name] for name in same} == {name: dataset[name] for name in same}
    base = f"/dataset/{dataset['id']}/resource/{resource['id']}"
    assert app.get(f"{base}/release/1/dati.csv").data == GOOD
    assert app.get(f"{base}/release/2/dati-2026.csv").data == NEWER

    # one that does not pass changes nothing that is public
    send({**form, "version": "9", "upload": (io.BytesIO(BAD), "dati.csv")})
    assert people.act("package_show", id=dataset["id"])["version"] == "2026"


def test_two_officers_who_bring_a_release_overwrite_nobody(
    app: Any, publish: Callable[..., dict[str, Any]], officer: people.Person
) -> None:
    dataset = publish(temporal_coverage=YEAR_2025)
    address = f"/dataset/{dataset['name']}/new-release"
    form = filled(app.get(address, headers=officer.headers).body)
    people.act("package_patch", id=dataset["id"], version="della collega")

    def send(data: dict[str, Any]) -> Any:
        sent = {**data, "upload": (io.BytesIO(NEWER), "dati.csv"), "publish": "now"}
        return app.post(address, data=sent, headers=officer.headers, follow_redirects=False)

    refused = send({**form, "version": "mia"})
    assert refused.status_code == 200 and 'role="alert"' in refused.body
    assert people.act("package_show", id=dataset["id"])["version"] == "della collega"
    again = filled(refused.body)
    assert again["version"] == "mia"
    assert send(again).status_code == 302
    assert people.act("package_show", id=dataset["id"])["version"] == "mia"


def test_a_refused_release_leaves_no_time_behind(
    publish: Callable[..., dict[str, Any]], officer: people.Person
) -> None:
    dataset = publish(private=True)
    later = (today() + timedelta(days=9)).isoformat()
    wrong = {"upload": upload(NEWER), "publish_at": f"{later}T09:00", "expected_version": "of long ago"}
    with pytest.raises(tk.ValidationError):
        tk.get_action("opencohesion_release_create")(dict(officer.context), {"id": dataset["id"], **wrong})
    planned = people.act("opencohesion_publication_schedule_show", id=dataset["id"])
    assert planned["publish_at"] is None


def test_a_series_gets_a_file_for_each_period(
    app: Any, publish: Callable[..., dict[str, Any]], officer: people.Person, tmp_path: Path
) -> None:
    dataset = publish(type="series", temporal_coverage=YEAR_2025, version="2025")
    people.act("resource_patch", id=dataset["resources"][0]["id"], name="Bilancio 2025")
    release = tk.get_action("opencohesion_release_create")
    release(dict(officer.context), {"id": dataset["id"], "upload": upload(NEWER, "bilancio-2026.csv")})
    after = people.act("package_show", id=dataset["id"])
    assert [each["name"] for each in after["resources"]] == ["Bilancio 2025", "Bilancio 2026"]
    assert [each["format"] for each in after["resources"]] == ["CSV", "CSV"]
    assert [each["start"] for each in after["temporal_coverage"]] == ["2025-01-01", "2026-01-01"]
    assert (after["version"], after["quality_live"]) == ("2026", True)
    assert app.get(f"/series/{dataset['name']}").status_code == 200
    if not CHECK_RDF.is_file():
        pytest.skip(f"needs {CHECK_RDF}, which is not there")
    for path in (f"/dataset/{dataset['name']}.ttl", "/catalog.ttl"):
        file = tmp_path / "answer.ttl"
        file.write_text(app.get(path).body, encoding="utf-8")
        assert "2026-01-01" in file.read_text(encoding="utf-8")
        command = [sys.executable, str(CHECK_RDF), str(file), "--no-recommended"]
        checked = subprocess.run(command, check=False, capture_output=True, text=True)
        assert checked.returncode == 0, checked.stdout


def test_the_plan_tells_everyone_what_they_may_know(
    app: Any, publish: Callable[..., dict[str, Any]], organization: dict[str, Any], officer: people.Person
) -> None:
    nasty = '=Presto, "subito"; <b>ora</b>'
    late = publish(title="In ritardo", modified="2024-02-29")
    soon = publish(title=nasty, frequency=FREQUENCY + "WEEKLY", modified=str(today() - timedelta(days=6)))
    publish(title="Senza data", frequency=FREQUENCY + "IRREG")
    publish(BAD, title="Riservato", modified="2024-02-29")
    plan = f"/organization/{organization['name']}/release-plan"
    public, own = app.get(plan).body, app.get(plan, headers=officer.headers).body
    assert "Riservato" not in public and "Riservato" in own
    assert public.index("In ritardo") < public.index("Presto") < public.index("Senza data")
    assert "28 febbraio 2025" in public and "<b>ora" not in public
    assert "due-date" not in public and "due-date" in own
    rows = list(csv.reader(io.StringIO(app.get(f"{plan}.csv").body.lstrip("\ufeff")), delimiter=";"))
    assert [row[0] for row in rows[1:]] == ["In ritardo", f"'{nasty}", "Senza data"]
    assert rows[1][2:4] == ["2024-02-29", "2025-02-28"]
    calendar = app.get(f"{plan}.ics", headers=officer.headers)
    assert calendar.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert calendar.body.count("BEGIN:VEVENT") == 2 and "Riservato" not in calendar.body
    assert "DTSTART;VALUE=DATE:20250228" in calendar.body
    for path in ("/organization/nobody/release-plan", "/organization/nobody/release-plan.ics"):
        assert app.get(path).status_code == 404
    assert "28 febbraio 2025" in app.get(f"/dataset/{late['name']}").body
    notices = app.get("/dashboard/datasets", headers=officer.headers).body
    assert (
        f"/dataset/{late['name']}/new-release" in notices
        and f"/dataset/{soon['name']}/new-release" in notices
    )

    def line() -> dict[str, Any]:
        anonymous: Any = {"user": "", "ignore_auth": False}
        found = tk.get_action("opencohesion_release_plan")(anonymous, {"id": organization["id"]})
        return next(each for each in found["datasets"] if each["id"] == late["id"])

    # the officer's own date holds until the next release
    day = today() + timedelta(days=40)
    form = {"due": day.isoformat()}
    address = f"/dataset/{late['name']}/due-date"
    assert app.post(address, data=form, headers=officer.headers, follow_redirects=False).status_code == 302
    assert (line()["next_due"], line()["standing"], line()["set_by_officer"]) == (
        day.isoformat(),
        "later",
        True,
    )
    for wrong in ("2020-01-01", "tomorrow", "2026-02-31"):
        with pytest.raises(tk.ValidationError):
            people.act("opencohesion_due_date_set", id=late["id"], due=wrong)
    people.act("package_patch", id=late["id"], modified=today().isoformat())
    assert line()["set_by_officer"] is False


@pytest.fixture
def mail_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """A mail server that the portal is configured to send through."""
    server = MailServer()
    monkeypatch.setitem(tk.config, "smtp.server", server.address)
    monkeypatch.setitem(tk.config, "smtp.mail_from", "portale@example.org")
    yield server
    server.close()


def test_reminders_come_once_and_only_to_who_wants_them(
    publish: Callable[..., dict[str, Any]],
    organization: dict[str, Any],
    manager: people.Person,
    officer: people.Person,
    mail_server: MailServer,
    run_jobs: Callable[[], None],
) -> None:
    people.make_person(organization=organization["id"], role="member")
    late = publish(title="In ritardo", modified="2024-01-31")
    publish(title="Puntuale", frequency=FREQUENCY + "DECENNIAL")
    publish(BAD, title="Riservato", modified="2024-01-31")

    def remind(days: int = 0) -> list[str]:
        before = len(mail_server.mails)
        reminders.remind_organization(organization["id"], today() + timedelta(days=days))
        run_jobs()
        return [str(mail["To"]) for mail in mail_server.mails[before:]]

    people.act("opencohesion_reminders_set", id=organization["id"], enabled=False)
    assert remind() == []
    people.act("opencohesion_reminders_set", id=organization["id"], enabled=True, days_before="10")
    told = " ".join(remind())
    for address in ("dati@example.org", f"{officer.name}@example.org", f"{manager.name}@example.org"):
        assert told.count(address) == 1
    assert len(mail_server.mails) == 3
    text = mail_server.mails[0].get_content()
    assert (
        "In ritardo" in text and f"/dataset/{late['name']}/new-release" in text and "31 gennaio 2025" in text
    )
    assert "Puntuale" not in text and "Riservato" not in text
    assert remind() == [] and remind(days=1) == []
    # the next release is announced before its day and again after it, each once
    people.act("package_patch", id=late["id"], modified=today().isoformat())
    counts = [len(remind(days)) for days in (354, 356, 360, 370, 380)]
    assert counts[0] == 0 and counts[3] == 3 and counts[1] + counts[2] == 3 and counts[4] == 0
    for wrong in ("-1", "91", "molti", "9" * 500):
        with pytest.raises(tk.ValidationError):
            people.act("opencohesion_reminders_set", id=organization["id"], days_before=wrong)
