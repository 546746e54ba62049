"""Every way to change a live dataset while a change of its data waits, and what an officer then finds."""

from __future__ import annotations

import io
from typing import Any

import pytest
from ckan import model
from ckan.plugins import toolkit as tk
from hypothesis import given
from hypothesis import strategies as st
from support.people import Person, act, dataset_fields, make_organization, make_person
from werkzeug.datastructures import FileStorage

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.quality import asking
from ckanext.opencohesion.quality.changes import difference, rebase, superseded

GOOD = "comune;importo\nCosenza;10\n"
BETTER = "comune;importo\nCosenza;11\n"
LATEST = "comune;importo\nCosenza;12\n"
BROKEN = "comune;importo\nCosenza;10;11;12\n"

_values = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from("abc"),
        "notes": st.sampled_from("abc"),
        "url": st.sampled_from("abc"),
    },
)


@given(_values, _values, _values)
def test_the_last_word_on_each_field_wins(
    live: dict[str, Any], waiting: dict[str, Any], later: dict[str, Any]
) -> None:
    """Laid on the later state, what waits changes nothing that was said later, and all the rest."""
    first = difference(live, {**live, **waiting})
    second = difference(live, {**live, **later})
    left, _ = superseded(first.fields, {}, second)
    result = rebase({**live, **later}, left, {})
    for name in result.keys() - {"resources"}:
        said_later = name in second.fields
        assert result[name] == (later[name] if said_later else {**live, **later, **first.fields}[name])


def call(person: Person | None, action: str, /, **data: Any) -> Any:
    context: Any = dict(person.context) if person else {"user": ""}
    return tk.get_action(action)(context, data)


def upload(content: str) -> FileStorage:
    return FileStorage(io.BytesIO(content.encode()), filename="dati.csv")


@pytest.fixture
def live(request_context: None, officer: Person, organization: dict[str, Any]) -> dict[str, Any]:
    """A live dataset with two files."""
    dataset = call(
        officer, "package_create", **dataset_fields(organization["id"], title="Titolo", notes="Note")
    )
    for name in ("Uno", "Due"):
        values = {
            "name": name,
            "format": "CSV",
            "upload": upload(GOOD if name == "Uno" else GOOD + "Crotone;2\n"),
        }
        call(officer, "resource_create", package_id=dataset["id"], **values)
    finish(dataset["id"])
    return call(None, "package_show", id=dataset["id"])


def finish(package_id: str) -> None:
    """Run the check that waits, if one does."""
    for _ in range(3):
        job = jobs.latest(asking.KIND, package_id)
        if job is not None and job.state == "queued":
            jobs.run_now(job)
    model.Session.rollback()


def public(dataset: dict[str, Any]) -> dict[str, Any]:
    return call(None, "package_show", id=dataset["id"])


def size_of_first(dataset: dict[str, Any]) -> int:
    return next(r for r in public(dataset)["resources"] if r["id"] == dataset["resources"][0]["id"])["size"]


def put(officer: Person, dataset: dict[str, Any], content: str, **fields: Any) -> Any:
    values = {"id": dataset["resources"][0]["id"], "upload": upload(content), **fields}
    return call(officer, "resource_patch", **values)


def staged(officer: Person, dataset: dict[str, Any]) -> dict[str, Any] | None:
    try:
        return call(officer, "opencohesion_quality_staged_show", id=dataset["id"])
    except tk.ObjectNotFound:
        return None


@pytest.fixture
def waits(live: dict[str, Any], officer: Person, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The live dataset, with a new file and new words for its first resource that wait for their check."""
    monkeypatch.setitem(tk.config, "ckanext.opencohesion.quality.check_at_once_bytes", 0)
    assert put(officer, live, BETTER, name="Uno nuovo", description="Con il file")["staged"]
    return live


def test_texts_are_public_at_once_and_the_file_follows(waits: dict[str, Any], officer: Person) -> None:
    call(officer, "package_patch", id=waits["id"], title="Titolo nuovo")
    assert public(waits)["title"] == "Titolo nuovo" and size_of_first(waits) == len(GOOD)
    # the same text, said again while it waits: the last word wins
    call(officer, "resource_patch", id=waits["resources"][0]["id"], name="Uno deciso")
    assert public(waits)["resources"][0]["name"] == "Uno deciso"
    finish(waits["id"])
    shown = public(waits)
    assert (shown["title"], shown["resources"][0]["name"]) == ("Titolo nuovo", "Uno deciso")
    assert shown["resources"][0]["description"] == "Con il file" and staged(officer, waits) is None


def test_texts_saved_together_with_a_file_wait_with_it(live: dict[str, Any], officer: Person) -> None:
    whole = call(officer, "package_show", id=live["id"])
    whole["title"], whole["notes"] = "Insieme", "Insieme"
    whole["resources"][0]["upload"] = upload(BROKEN)
    assert call(officer, "package_update", **whole)["staged"]
    assert public(live)["title"] == "Titolo"
    call(officer, "package_patch", id=live["id"], title="Dopo")
    assert public(live)["title"] == "Dopo"
    whole["resources"][0]["upload"], whole["title"] = upload(BETTER), "Dopo"
    call(officer, "package_update", **whole)
    finish(live["id"])
    assert (public(live)["title"], public(live)["notes"]) == ("Dopo", "Insieme")


def test_a_second_file_takes_the_place_of_the_first(waits: dict[str, Any], officer: Person) -> None:
    put(officer, waits, LATEST + "Crotone;3\n")
    finish(waits["id"])
    assert size_of_first(waits) == len(LATEST + "Crotone;3\n")
    assert public(waits)["resources"][0]["name"] == "Uno nuovo"


def test_a_new_order_is_public_at_once(waits: dict[str, Any], officer: Person) -> None:
    order = [resource["id"] for resource in reversed(waits["resources"])]
    call(officer, "package_resource_reorder", id=waits["id"], order=order)
    assert [resource["id"] for resource in public(waits)["resources"]] == order
    finish(waits["id"])
    assert [resource["id"] for resource in public(waits)["resources"]] == order
    assert size_of_first(waits) == len(BETTER)


def test_removing_a_file_waits_with_the_rest(waits: dict[str, Any], officer: Person) -> None:
    assert call(officer, "resource_delete", id=waits["resources"][1]["id"])["staged"]
    assert len(public(waits)["resources"]) == 2
    finish(waits["id"])
    assert [resource["size"] for resource in public(waits)["resources"]] == [len(BETTER)]


@pytest.mark.parametrize("way", ["private", "bulk", "deleted"])
def test_what_waits_rests_while_the_dataset_is_withdrawn(
    way: str, live: dict[str, Any], officer: Person, organization: dict[str, Any]
) -> None:
    put(officer, live, BROKEN)
    assert (staged(officer, live) or {})["status"] == "failed"
    if way == "private":
        call(officer, "package_patch", id=live["id"], private=True)
    elif way == "bulk":
        act("bulk_update_private", datasets=[live["id"]], org_id=organization["id"])
    else:
        call(officer, "package_delete", id=live["id"])
    with pytest.raises((tk.NotAuthorized, tk.ObjectNotFound)):
        public(live)
    assert staged(officer, live) is None, "nothing waits for a dataset that is not public"
    act("package_patch", id=live["id"], private=False, state="active", notes="Di nuovo")
    finish(live["id"])
    assert public(live)["notes"] == "Di nuovo" and size_of_first(live) == len(GOOD), (
        "the good version is back"
    )
    assert (staged(officer, live) or {})["status"] == "failed", "and so is what waited"


def test_a_file_saved_while_withdrawn_takes_the_place_of_what_waited(
    live: dict[str, Any], officer: Person
) -> None:
    put(officer, live, BROKEN)
    call(officer, "package_patch", id=live["id"], private=True)
    put(officer, live, LATEST)
    call(officer, "package_patch", id=live["id"], private=False)
    finish(live["id"])
    assert size_of_first(live) == len(LATEST) and staged(officer, live) is None


def test_a_new_name_and_a_new_owner_are_told_at_once_and_the_new_owner_has_what_waits(
    waits: dict[str, Any], officer: Person, administrator: Person
) -> None:
    other = make_organization()
    new = make_person(organization=other["id"])
    call(administrator, "package_patch", id=waits["id"], name="nome-nuovo")
    call(administrator, "package_owner_org_update", id=waits["id"], organization_id=other["id"])
    assert public(waits)["name"] == "nome-nuovo" and public(waits)["owner_org"] == other["id"]
    assert (staged(new, waits) or {})["status"] == "pending"
    with pytest.raises(tk.NotAuthorized):
        staged(officer, waits)
    finish(waits["id"])
    assert (public(waits)["name"], size_of_first(waits)) == ("nome-nuovo", len(BETTER))


def test_a_resource_that_only_waits_can_be_changed_and_forgotten(
    live: dict[str, Any], officer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(tk.config, "ckanext.opencohesion.quality.check_at_once_bytes", 0)
    values = {"name": "Tre", "format": "CSV", "upload": upload(BROKEN)}
    new = call(officer, "resource_create", package_id=live["id"], **values)
    call(officer, "resource_patch", id=new["id"], name="Tre bis", upload=upload(BETTER))
    call(officer, "package_patch", id=live["id"], notes="Intanto")
    second = call(officer, "resource_create", package_id=live["id"], **{**values, "upload": upload(LATEST)})
    call(officer, "resource_delete", id=second["id"])
    finish(live["id"])
    shown = public(live)
    assert [resource["name"] for resource in shown["resources"]] == ["Uno", "Due", "Tre bis"]
    assert shown["notes"] == "Intanto" and staged(officer, live) is None
    with pytest.raises(tk.ObjectNotFound):
        call(officer, "resource_patch", id=second["id"], name="troppo tardi")


def test_nobody_writes_records_past_the_check(waits: dict[str, Any], officer: Person) -> None:
    resource_id = waits["resources"][0]["id"]
    for action in ("datastore_upsert", "datastore_create", "datastore_delete", "datastore_records_delete"):
        with pytest.raises(tk.ValidationError):
            call(officer, action, resource_id=resource_id, force=True, records=[{"comune": "x"}], filters={})
    assert call(None, "datastore_search", resource_id=resource_id)["records"][0]["importo"] == 10


def test_what_is_discarded_is_gone(waits: dict[str, Any], officer: Person) -> None:
    call(officer, "opencohesion_quality_staged_discard", id=waits["id"])
    finish(waits["id"])
    assert size_of_first(waits) == len(GOOD) and public(waits)["resources"][0]["name"] == "Uno"


@pytest.mark.parametrize(
    "values", [{"format": "XLSX"}, {"table_schema": "italiadomani/pnrr_soggetti"}], ids=["format", "schema"]
)
def test_what_a_file_claims_to_be_waits_as_a_new_file_does(
    values: dict[str, Any], waits: dict[str, Any], officer: Person
) -> None:
    assert call(officer, "resource_patch", id=waits["resources"][1]["id"], **values)["staged"]
    before = public(waits)["resources"][1]
    finish(waits["id"])
    assert (staged(officer, waits) or {})["status"] == "failed"
    after = public(waits)["resources"][1]
    assert (after["format"], after.get("table_schema")) == (before["format"], before.get("table_schema"))
    assert size_of_first(waits) == len(GOOD), "what waits is judged, and published, as one"


def test_no_right_goes_past_the_check(live: dict[str, Any], administrator: Person) -> None:
    """The gate's own writes are known by its token: neither a sysadmin nor a call without authorization is it."""
    resource = live["resources"][0]["id"]
    assert act("resource_patch", id=resource, upload=upload(BROKEN))["staged"]
    assert call(administrator, "resource_patch", id=resource, upload=upload(BROKEN + "x\n"))["staged"]
    assert size_of_first(live) == len(GOOD)


def test_an_editor_is_shown_what_is_public_and_told_what_waits(live: dict[str, Any], officer: Person) -> None:
    put(officer, live, BROKEN, name="Uno nuovo")
    values = {"name": "Tre", "format": "CSV", "upload": upload(BROKEN)}
    new = call(officer, "resource_create", package_id=live["id"], **values)
    shown = call(officer, "package_show", id=live["id"])
    assert [one["name"] for one in shown["resources"]] == ["Uno", "Due"]
    with pytest.raises(tk.ObjectNotFound):
        call(officer, "resource_show", id=new["id"])
    would_be = (staged(officer, live) or {})["dataset"]["resources"]
    assert [one["name"] for one in would_be] == ["Uno nuovo", "Due", "Tre"]
    told = call(officer, "opencohesion_quality_report_show", id=live["id"])
    assert (told["target"], told["verdict"]) == ("staged", "failed")
    # taken back, one after the other: nothing waits any more
    call(officer, "resource_delete", id=new["id"])
    assert [one["name"] for one in (staged(officer, live) or {})["dataset"]["resources"]] == [
        "Uno nuovo",
        "Due",
    ]
    call(officer, "opencohesion_quality_staged_discard", id=live["id"])
    new = call(officer, "resource_create", package_id=live["id"], **{**values, "upload": upload(BROKEN)})
    call(officer, "resource_delete", id=new["id"])
    assert staged(officer, live) is None
