"""What persons decide: reviews of personal data, a second person's yes, overrides; role by role, through the real gate."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from ckan import model
from ckan.plugins import toolkit as tk
from ckan.tests import helpers
from support import people
from support.people import Person, act, dataset_fields
from werkzeug.datastructures import FileStorage

from ckanext.opencohesion.quality.decisions import policy
from ckanext.opencohesion.quality.decisions.decisions import awaiting
from ckanext.opencohesion.quality.model import get_state, utcnow

pytestmark = pytest.mark.usefixtures("request_context")

CLEAN = b"ufficio,citta\nUfficio dati,Catanzaro\n"
CONTACTS = b"ufficio,email\nUfficio dati,dati@example.it\n"
MORE = b"ufficio,email,note\nUfficio dati,dati@example.it,chiamare +39 0961 123456\n"
REASON = "Sono gli indirizzi degli uffici, non di persone."


def upload(content: bytes) -> FileStorage:
    return FileStorage(io.BytesIO(content), filename="uffici.csv")


def call(person: Person, action: str, **data: Any) -> Any:
    context: Any = dict(person.context)
    return tk.get_action(action)(context, data)


def publish(person: Person, organization: dict[str, Any], content: bytes) -> dict[str, Any]:
    dataset = call(person, "package_create", **dataset_fields(organization["id"], private=False))
    call(
        person,
        "resource_create",
        package_id=dataset["id"],
        upload=upload(content),
        format="CSV",
        name="Uffici",
    )
    return act("package_show", id=dataset["id"])


def status(dataset: dict[str, Any]) -> str:
    return act("package_show", id=dataset["id"])["quality_status"]


def is_seen(dataset: dict[str, Any]) -> bool:
    try:
        tk.get_action("package_show")({"user": ""}, {"id": dataset["id"]})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return False
    return True


def check_id(person: Person, dataset: dict[str, Any]) -> str:
    return call(person, "opencohesion_quality_report_show", id=dataset["id"])["id"]


@pytest.fixture
def office(clean_db: None) -> Iterator[Person]:
    """An administrator of the region's data office, which is another organization than the dataset's."""
    body = people.make_organization(title="Ufficio dati della Regione")
    with helpers.changed_config("ckanext.opencohesion.quality.data_office", body["name"]):
        yield people.make_person(organization=body["id"], role="admin")


def decide(person: Person, dataset: dict[str, Any], **answer: Any) -> dict[str, Any]:
    given = {"check": check_id(person, dataset), "basis": "office-contact", "reason": REASON, **answer}
    return call(person, "opencohesion_quality_review_decide", id=dataset["id"], **given)


# -- reviews ---------------------------------------------------------------------------------------------------------


def test_personal_data_waits_for_a_named_person_and_their_word_is_public(
    officer: Person, office: Person, outsider: Person, organization: dict[str, Any]
) -> None:
    dataset = publish(officer, organization, CONTACTS)
    assert status(dataset) == "awaiting_approval"
    assert not is_seen(dataset)
    (waiting,) = awaiting([organization["id"]])
    assert (waiting.package_id, waiting.kind, waiting.target) == (dataset["id"], "review", "current")
    assert awaiting([]) == []

    # nobody but who may: not who brought it, not an outsider, not nobody; not on another run, not without a basis
    for person in (officer, outsider):
        with pytest.raises((tk.NotAuthorized, tk.ObjectNotFound)):
            decide(person, dataset, check=check_id(officer, dataset))
    for answer in (
        {"check": "another"},
        {"basis": "because"},
        {"basis": "other"},
        {"reason": "sì"},
        {"findings": ["another"]},
        {"findings": []},
    ):
        with pytest.raises(tk.ValidationError):
            decide(office, dataset, **answer)
    assert status(dataset) == "awaiting_approval"

    assert decide(office, dataset)["status"] == "passed"
    assert is_seen(dataset)
    assert awaiting() == []
    report = tk.get_action("opencohesion_quality_report_show")({"user": ""}, {"id": dataset["id"]})
    (decision,) = report["decisions"]
    assert (decision["basis"], decision["reason"], decision["user"]) == (
        "office-contact",
        REASON,
        office.name,
    )
    assert [finding["label"] for finding in decision["findings"]] == ["email"]
    assert "dati@example.it" not in str(report)


def test_a_decision_is_for_exactly_the_content_that_was_looked_at(
    officer: Person, office: Person, organization: dict[str, Any]
) -> None:
    dataset = publish(officer, organization, CONTACTS)
    decide(office, dataset)
    resource = dataset["resources"][0]["id"]
    call(officer, "resource_patch", id=resource, upload=upload(MORE))
    (waiting,) = awaiting()
    assert (waiting.target, waiting.live) == ("staged", True)
    assert act("package_show", id=dataset["id"])["resources"][0]["size"] == len(CONTACTS), (
        "the public file stays"
    )

    # one finding after the other, each with its basis
    report = call(office, "opencohesion_quality_report_show", id=dataset["id"])
    assert report["target"] == "staged"
    first = f"{resource}/P6/2"
    assert decide(office, dataset, findings=[first])["status"] == "awaiting_approval"
    done = decide(
        office, dataset, findings=[f"{resource}/P6/3"], basis="other", basis_text="Legge regionale 1/2026"
    )
    assert done["status"] == "passed"
    assert act("package_show", id=dataset["id"])["resources"][0]["size"] == len(MORE)


def test_what_is_refused_goes_back_with_the_reason(
    officer: Person, manager: Person, organization: dict[str, Any]
) -> None:
    dataset = publish(officer, organization, CONTACTS)
    assert (
        decide(manager, dataset, accept=False, reason="Sono indirizzi di persone: toglierli.")["status"]
        == "failed"
    )
    assert not is_seen(dataset)
    call(officer, "opencohesion_quality_check", id=dataset["id"], wait=True)
    assert status(dataset) == "failed", "checking again does not undo what a person said"
    (told,) = call(officer, "opencohesion_quality_report_show", id=dataset["id"])["decisions"]
    assert not told["accepted"] and "toglierli" in told["reason"]
    call(officer, "resource_patch", id=dataset["resources"][0]["id"], upload=upload(CLEAN))
    assert is_seen(dataset)
    public = tk.get_action("opencohesion_quality_decision_list")({"user": ""}, {"id": dataset["id"]})
    assert public == [], "what was sent back stays with the office"


def test_an_override_does_not_answer_for_personal_data(
    officer: Person, office: Person, organization: dict[str, Any]
) -> None:
    dataset = publish(officer, organization, CONTACTS + b"Protocollo,altro@example.it,una cella in troppo\n")
    assert status(dataset) == "failed"
    reason = "La cella in troppo viene corretta domani, i dati servono oggi."
    done = call(office, "opencohesion_quality_override", id=dataset["id"], reason=reason)
    assert done["status"] == "awaiting_approval"
    assert not is_seen(dataset)
    assert decide(office, dataset)["status"] == "overridden"
    assert is_seen(dataset)


# -- the second person -----------------------------------------------------------------------------------------------


def test_an_organization_may_want_a_second_person(
    officer: Person, manager: Person, outsider: Person, administrator: Person, organization: dict[str, Any]
) -> None:
    act("organization_patch", id=organization["id"], second_person="yes")
    dataset = publish(officer, organization, CLEAN)
    assert status(dataset) == "awaiting_approval"
    assert not is_seen(dataset)
    assert [one.kind for one in awaiting()] == ["approval"]
    run = check_id(officer, dataset)
    for person in (officer, outsider):
        with pytest.raises((tk.NotAuthorized, tk.ObjectNotFound)):
            call(person, "opencohesion_quality_approve", id=dataset["id"], check=run)
    sent = call(
        manager,
        "opencohesion_quality_send_back",
        id=dataset["id"],
        check=run,
        reason="Manca il secondo ufficio.",
    )
    assert sent["status"] == "failed"
    assert awaiting() == []
    with pytest.raises(tk.ValidationError) as late:
        call(manager, "opencohesion_quality_approve", id=dataset["id"], check=run)
    assert list(late.value.error_dict) == ["check"]  # it was checked again: another run is to be read

    call(
        officer,
        "resource_patch",
        id=dataset["resources"][0]["id"],
        upload=upload(CLEAN + b"Protocollo,Cosenza\n"),
    )
    assert status(dataset) == "awaiting_approval"
    run = check_id(officer, dataset)
    assert call(manager, "opencohesion_quality_approve", id=dataset["id"], check=run)["status"] == "passed"
    assert is_seen(dataset)

    # a change of what is public waits too; a sysadmin who brings data does not approve it either
    call(
        administrator,
        "resource_patch",
        id=dataset["resources"][0]["id"],
        upload=upload(CLEAN + b"URP,Crotone\n"),
    )
    (waiting,) = awaiting()
    assert (waiting.kind, waiting.target) == ("approval", "staged")
    run = check_id(administrator, dataset)
    with pytest.raises(tk.NotAuthorized):
        call(administrator, "opencohesion_quality_approve", id=dataset["id"], check=run)
    assert call(officer, "opencohesion_quality_approve", id=dataset["id"], check=run)["status"] == "passed"
    assert act("package_show", id=dataset["id"])["resources"][0]["size"] == len(CLEAN) + len("URP,Crotone\n")


def test_who_decides_is_the_portals_policy(
    officer: Person, manager: Person, organization: dict[str, Any]
) -> None:
    dataset = publish(officer, organization, CONTACTS)
    setting = "ckanext.opencohesion.quality.review_by"
    with helpers.changed_config(setting, ["data-office-admins"]), pytest.raises(tk.NotAuthorized):
        decide(manager, dataset)
    decide(manager, dataset)
    with helpers.changed_config(setting, ["everybody"]), pytest.raises(ValueError, match="everybody"):
        policy.refuse_unknown()


def test_the_data_office_sees_what_it_decides_on_and_nothing_else(
    officer: Person, office: Person, organization: dict[str, Any]
) -> None:
    held_back = publish(officer, organization, CONTACTS)
    private = call(officer, "package_create", **dataset_fields(organization["id"], private=True))
    found = call(office, "package_search", include_private=True, q="*:*")["results"]
    assert [dataset["id"] for dataset in found] == [held_back["id"]]
    with pytest.raises(tk.ObjectNotFound):
        call(office, "package_show", id=private["id"])
    with pytest.raises(tk.NotAuthorized):
        call(office, "package_patch", id=held_back["id"], title="Altro")


def test_who_brought_data_does_not_decide_on_it_when_a_colleague_adds_to_it(
    officer: Person, manager: Person, office: Person, organization: dict[str, Any]
) -> None:
    dataset = publish(manager, organization, CONTACTS)
    values = {"format": "CSV", "name": "Altri", "package_id": dataset["id"]}
    call(officer, "resource_create", upload=upload(CLEAN), **values)
    for person in (manager, officer):
        with pytest.raises(tk.NotAuthorized):
            decide(person, dataset)
    decide(office, dataset)
    assert is_seen(dataset)

    # nor of a change of what is public; and the person who looks at it opens the page, also before it ever was
    call(manager, "resource_patch", id=dataset["resources"][0]["id"], upload=upload(MORE))
    call(officer, "resource_create", upload=upload(CLEAN + b"URP,Crotone\n"), **values)
    with pytest.raises(tk.NotAuthorized):
        decide(manager, dataset)
    decide(office, dataset)
    state = get_state(dataset["id"])
    assert state is not None
    assert len(state.brought_by) == 2


def test_what_passed_and_waits_for_its_time_is_not_told(
    officer: Person, office: Person, organization: dict[str, Any]
) -> None:
    dataset = publish(officer, organization, CLEAN)
    public = {"user": ""}
    before = tk.get_action("opencohesion_quality_report_show")(dict(public), {"id": dataset["id"]})
    state = get_state(dataset["id"])
    assert state is not None
    state.hold_until = utcnow() + timedelta(days=9)
    model.Session.commit()
    broken = CONTACTS + b"Protocollo,altro@example.it,una cella in troppo\n"
    call(officer, "resource_patch", id=dataset["resources"][0]["id"], upload=upload(broken))
    reason = "La cella in troppo viene corretta domani, i dati servono oggi."
    call(office, "opencohesion_quality_override", id=dataset["id"], reason=reason)
    assert decide(office, dataset)["status"] == "overridden"

    for show in ("opencohesion_quality_report_show", "opencohesion_quality_summary"):
        told = tk.get_action(show)(dict(public), {"id": dataset["id"]})
        assert (told["overrides"], told["decisions"]) == ([], [])
    told = tk.get_action("opencohesion_quality_report_show")(dict(public), {"id": dataset["id"]})
    assert (told["id"], told["resources"]) == (before["id"], before["resources"])
    call(officer, "opencohesion_quality_staged_discard", id=dataset["id"])
    told = tk.get_action("opencohesion_quality_report_show")(dict(public), {"id": dataset["id"]})
    assert (told["id"], told["overrides"], told["decisions"]) == (before["id"], [], [])


def test_nobody_publishes_by_decision_what_was_not_read(
    officer: Person, office: Person, administrator: Person, organization: dict[str, Any]
) -> None:
    hidden = b"ufficio,citta\nUfficio dati,Catanzaro\n\0\0,x\nRSSMRA85T10A562S,Crotone\n"
    dataset = publish(officer, organization, hidden)
    assert status(dataset) == "unreadable"
    reason = "Il file è così da sempre e nessuno se ne è mai lamentato."
    for person in (office, administrator):
        with pytest.raises(tk.ValidationError):
            call(person, "opencohesion_quality_override", id=dataset["id"], reason=reason)
    assert not is_seen(dataset)


def test_a_public_reason_repeats_nothing_of_persons(
    officer: Person, office: Person, organization: dict[str, Any]
) -> None:
    dataset = publish(officer, organization, CONTACTS)
    for told in (
        "Il signor RSSMRA85T10A562S è d'accordo da tempo.",
        "Ha scritto maria.rossi@example.it che va bene.",
    ):
        with pytest.raises(tk.ValidationError) as refused:
            decide(office, dataset, reason=told)
        assert list(refused.value.error_dict) == ["reason"]


def test_the_second_yes_is_of_who_may_give_it(
    officer: Person, manager: Person, office: Person, organization: dict[str, Any]
) -> None:
    act("organization_patch", id=organization["id"], second_person="yes")
    with helpers.changed_config("ckanext.opencohesion.quality.approve_by", ["data-office-admins"]):
        dataset = publish(officer, organization, CONTACTS)
        assert decide(manager, dataset)["status"] == "awaiting_approval", "a review is no yes of the office"
        run = check_id(office, dataset)
        done = call(office, "opencohesion_quality_approve", id=dataset["id"], check=run)
    assert done["status"] == "passed"
