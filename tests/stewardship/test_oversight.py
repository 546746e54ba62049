"""New rules, and declarations that are over: what is live is looked at again, nothing is withdrawn, owners are told once."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from support.mail_server import MailServer
from support.people import Person, act, dataset_fields
from werkzeug.datastructures import FileStorage

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.quality import kept, rechecks
from ckanext.opencohesion.quality.asking import KIND as CHECK_KIND
from ckanext.opencohesion.quality.decisions.decisions import awaiting
from ckanext.opencohesion.quality.judging.ruleset import RULESET
from ckanext.opencohesion.quality.model import DatasetCheck, FileVerdict, Release
from ckanext.opencohesion.quality.verdicts import verdict_key
from ckanext.opencohesion.stewardship import oversight
from ckanext.opencohesion.tables.profiles import load_profile, profile_ids

pytestmark = pytest.mark.usefixtures("request_context")

CLEAN = b"ufficio,citta\nUfficio dati,Catanzaro\n"
CONTACTS = b"ufficio,email\nUfficio dati,dati@example.it\n"
BROKEN = b"ufficio,citta\nUfficio dati,Catanzaro,di troppo\n"


@pytest.fixture
def mail_server(ckan_config: Any) -> Iterator[MailServer]:
    server = MailServer()
    ckan_config["smtp.server"] = server.address
    ckan_config["smtp.mail_from"] = "portale@example.org"
    yield server
    server.close()


def call(person: Person, action: str, **data: Any) -> Any:
    context: Any = dict(person.context)
    return tk.get_action(action)(context, data)


def check_of(package_id: str) -> jobs.Job:
    job = jobs.latest(CHECK_KIND, package_id)
    assert job is not None
    return job


def run(kind: str) -> dict[str, Any]:
    """Run a periodic job once, as the scheduler would."""
    job = jobs.submit(kind, "test", {}, timeout_seconds=60, title="test", enqueue=False)
    model.Session.commit()
    done = jobs.run_now(job)
    assert done.state == "done"
    return done.result or {}


def run_check(package_id: str) -> None:
    jobs.run_now(check_of(package_id))


def published_under_old_rules(officer: Person, organization: dict[str, Any], content: bytes) -> str:
    """Publish a file that older rules, which knew less, let pass; return the dataset's id."""
    facts = {
        "sha256": hashlib.sha256(content).hexdigest(),
        "filename": "uffici.csv",
        "declared_format": "CSV",
    }
    key = verdict_key(**facts, table_schema="", ruleset=RULESET)
    now = datetime.now(UTC).replace(tzinfo=None)
    verdict = FileVerdict(
        **{
            "key": key,
            "sha256": facts["sha256"],
            "ruleset": RULESET,
            "verdict": "passed",
            "basis": "structure",
        },
        **{"report": {"tasks": [], "causes": []}, "rules": [], "started": now, "finished": now},
    )
    model.Session.add(verdict)
    model.Session.commit()
    dataset = call(officer, "package_create", **dataset_fields(organization["id"], private=False))
    values = {"package_id": dataset["id"], "format": "CSV", "name": "Uffici"}
    upload = FileStorage(io.BytesIO(content), filename="uffici.csv")
    call(officer, "resource_create", **values, upload=upload)
    assert is_live(dataset["id"])
    old = sa.update(FileVerdict).where(FileVerdict.key == key)
    model.Session.execute(old.values(key=f"old {key}", ruleset="old"))
    model.Session.execute(sa.update(DatasetCheck).values(ruleset="old"))
    model.Session.commit()
    return dataset["id"]


def is_live(package_id: str) -> bool:
    return act("package_show", id=package_id)["quality_live"]


def test_new_rules_report_on_what_is_live_and_withdraw_nothing(
    officer: Person, manager: Person, outsider: Person, organization: dict[str, Any], mail_server: MailServer
) -> None:
    broken = published_under_old_rules(officer, organization, BROKEN)
    contacts = published_under_old_rules(officer, organization, CONTACTS)
    assert set(model.Session.scalars(rechecks.outdated())) == {broken, contacts}
    assert run(oversight.KIND) == {"sent": 0}, "one list each, when all is checked"
    assert run(rechecks.RULES_KIND) == {"asked": 2}
    first = check_of(broken)
    run(rechecks.RULES_KIND)
    assert check_of(broken).id == first.id, "asked again, it is asked once"
    assert first.later, "behind everything that somebody waits for"
    for package_id in (broken, contacts):
        run_check(package_id)
        assert is_live(package_id)
    assert run(rechecks.RULES_KIND) == {"asked": 0}
    (waiting,) = awaiting()
    assert (waiting.package_id, waiting.kind, waiting.live) == (contacts, "review", True)

    assert run(oversight.KIND) == {"sent": 2}
    assert run(oversight.KIND) == {"sent": 0}, "nobody is told twice"
    for row in model.Session.execute(
        sa.text("SELECT id FROM oc_job WHERE kind = :kind"), {"kind": oversight.MAIL_KIND}
    ).all():
        mail = jobs.show(row.id)
        assert mail is not None
        jobs.run_now(mail)
    told = {mail["To"].addresses[0].addr_spec: mail.get_content() for mail in mail_server.mails}
    assert set(told) == {f"{officer.name}@example.org", f"{manager.name}@example.org"}
    for text in told.values():
        assert text.count("/quality") >= 2
        assert "dati@example.it" not in text

    # who may decides; the review is closed, and the dataset was public all the time
    report = call(manager, "opencohesion_quality_report_show", id=contacts)
    decision = {"check": report["id"], "basis": "office-contact", "reason": "Sono contatti di uffici."}
    call(manager, "opencohesion_quality_review_decide", id=contacts, **decision)
    assert awaiting() == []
    assert is_live(contacts)


@pytest.mark.parametrize("of_an_office", [False, True])
def test_what_is_live_is_looked_at_again_when_a_declaration_is_over(
    of_an_office: bool, officer: Person, manager: Person, organization: dict[str, Any]
) -> None:
    profile = next(name for name in profile_ids() if any(one.until for one in load_profile(name).personal))
    if of_an_office:
        declared = {"field": "citta", "kind": "published-name", "basis": "D.Lgs. 33/2013", "until": "P2Y"}
        schema = {
            "fields": [{"name": "ufficio", "constraints": {"required": True}}, {"name": "citta"}],
            "personal": [declared],
        }
        values = {"organization": organization["id"], "name": "uffici", "title": "Uffici", "schema": schema}
        profile = call(manager, "opencohesion_table_schema_save", **values)["id"]
    package_id = published_under_old_rules(officer, organization, CLEAN)
    (resource,) = act("package_show", id=package_id)["resources"]
    run(rechecks.RULES_KIND)
    run_check(package_id)
    facts = {**resource, "table_schema": profile}
    key = kept.key_for(facts, "0" * 64, "x.csv")
    assert kept.expired_for(facts) == ()
    model.Session.execute(sa.update(Release).values(published=datetime(2020, 1, 1)))
    model.Session.execute(sa.update(model.Resource).values(extras={"table_schema": profile}))
    model.Session.commit()
    assert kept.expired_for(facts), "the names were to be published for a time"
    assert kept.key_for(facts, "0" * 64, "x.csv") != key, "so the same bytes are judged again"
    assert run(rechecks.EXPIRY_KIND) == {"asked": 1}
    job = check_of(package_id)
    assert job.later
    assert job.state == "queued"
    run_check(package_id)
    assert is_live(package_id)
    assert run(rechecks.EXPIRY_KIND) == {"asked": 0}
