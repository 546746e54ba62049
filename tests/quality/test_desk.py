"""The officer's desk: what lies on whose, in which state, how far it is, and what its list costs."""

from __future__ import annotations

import io
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from sqlalchemy import event
from support.people import Person, act, dataset_fields, make_organization, make_person
from werkzeug.datastructures import FileStorage

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.quality import asking
from ckanext.opencohesion.quality.model import DatasetState, get_state

GOOD = b"anno;comune;importo\n2024;Cosenza;1500,00\n2025;Crotone;2500,50\n"
BAD = b"anno;comune;importo\n2024;Cosenza;1500,00\n2025;Crotone\n"


def saved(office: dict[str, Any], body: bytes | None, **fields: Any) -> dict[str, Any]:
    dataset = act("package_create", **dataset_fields(office["id"], private=False, **fields))
    if body:
        upload = FileStorage(io.BytesIO(body), filename="dati.csv")
        act("resource_create", package_id=dataset["id"], name="Dati", format="CSV", upload=upload, url="")
    return dataset


def desk(person: Person, **asked: Any) -> dict[str, Any]:
    context: Any = dict(person.context)
    return tk.get_action("opencohesion_quality_desk")(context, asked)


def states(found: dict[str, Any]) -> dict[str, str]:
    return {row["name"]: row["state"] for row in found["results"]}


@pytest.fixture
def offices(clean_db: None) -> list[dict[str, Any]]:
    return [make_organization(title="Ufficio A"), make_organization(title="Ufficio B", name="ufficio-b")]


@pytest.mark.ckan_config("ckanext.opencohesion.quality.data_office", "ufficio-b")
def test_each_state_lies_on_the_desks_of_those_who_answer_for_it(
    app: Any, offices: list[dict[str, Any]], ckan_config: Any
) -> None:
    anna, bruno = make_person(organization=offices[0]["id"]), make_person(organization=offices[1]["id"])
    data_office = make_person(organization=offices[1]["id"], role="admin")
    reader, stranger = make_person(organization=offices[0]["id"], role="member"), make_person()
    with app.flask_app.test_request_context():
        saved(offices[0], BAD, name="rotto", title="Dati 100% rotti")
        saved(offices[0], GOOD, name="giusto")
        saved(offices[0], None, name="vuoto")
        change = saved(offices[0], GOOD, name="in-modifica")
        resource = act("package_show", id=change["id"])["resources"][0]
        upload = FileStorage(io.BytesIO(BAD), filename="dati.csv")
        act("resource_patch", id=resource["id"], upload=upload)
        saved(offices[1], BAD, name="di-altri")

        mine = desk(anna)
        assert states(mine) == {"rotto": "failed", "in-modifica": "failed", "vuoto": "empty"}
        assert mine["counts"] == {
            "failed": 2,
            "unreadable": 0,
            "awaiting_approval": 0,
            "running": 0,
            "waiting": 0,
            "empty": 1,
            "overridden": 0,
            "passed": 1,
            "all": 4,
            "staged": 1,
            "recent": 1,
            "open": 3,
        }
        of_change = next(row for row in mine["results"] if row["name"] == "in-modifica")
        assert of_change["staged"] and of_change["live"] and of_change["errors"] == 1
        assert "La versione pubblica non è cambiata" in of_change["next"]
        assert states(desk(anna, view="recent")) == {"giusto": "passed"}
        assert states(desk(anna, view="staged")) == {"in-modifica": "failed"}
        assert states(desk(anna, view="all", q="100%")) == {"rotto": "failed"}
        assert states(desk(anna, view="all", limit=1, offset=3)) == {"giusto": "passed"}
        assert set(states(desk(bruno))) == {"di-altri"}
        # of other offices' what may await a decision, not what is still being made
        assert set(states(desk(data_office))) == {"rotto", "in-modifica", "di-altri"}
        for nobody in (reader, stranger):
            assert desk(nobody)["results"] == []
        with pytest.raises(tk.ObjectNotFound):
            desk(anna, organization=offices[1]["name"])
        with pytest.raises(tk.NotAuthorized):
            tk.get_action("opencohesion_quality_desk")({"user": "", "ignore_auth": False}, {})


def test_the_page_tells_it_in_italian_and_the_rows_are_given_alone(
    app: Any, offices: list[dict[str, Any]]
) -> None:
    anna = make_person(organization=offices[0]["id"])
    with app.flask_app.test_request_context():
        broken = saved(offices[0], BAD, title="<b>Rotto</b>")
        package = model.Package.get(broken["id"])
        assert package is not None
        waiting = saved(offices[0], BAD)
        other = model.Package.get(waiting["id"])
        assert other is not None
        asking.request_check(package)
        asking.request_check(other)
        model.Session.commit()
        first, job = jobs.latest(asking.KIND, broken["id"]), jobs.latest(asking.KIND, waiting["id"])
        assert first and job
    with model.ensure_engine().begin() as connection:
        connection.execute(
            sa.text("UPDATE oc_job SET state = 'running', done = 3, total = 4, note = 'Dati' WHERE id = :id"),
            {"id": job.id},
        )
    page = app.get("/dashboard/quality", headers=anna.headers).body
    assert "<b>Rotto" not in page and "&lt;b&gt;Rotto" in page
    assert "Posto in coda: 1" in page
    assert 'max="100" value="75"' in page and "data-oc-desk-busy" in page
    assert "Dati: 3 righe su 4" in page
    alone = app.get(f"/dashboard/quality/rows?ids={waiting['id']}", headers=anna.headers).body
    assert f"oc-row-{waiting['id']}" in alone and broken["id"] not in alone and "<html" not in alone
    assert "<li" not in app.get("/dashboard/quality/rows", headers=anna.headers).body
    for wrong in ("page=0", "page=x", "view=nothing"):
        app.get(f"/dashboard/quality?{wrong}", headers=anna.headers, status=400)
    app.get("/dashboard/quality?organization=ufficio-b", headers=anna.headers, status=404)
    assert "/user/login" in app.get("/dashboard/quality", follow_redirects=False).headers["Location"]
    app.get(f"/dashboard/quality/rows?ids={waiting['id']}", status=403)


def test_its_list_costs_the_same_number_of_questions_however_long_it_is(
    app: Any, offices: list[dict[str, Any]]
) -> None:
    anna = make_person(organization=offices[0]["id"])
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    with app.flask_app.test_request_context():
        counted = []
        engine = model.ensure_engine()
        event.listen(engine, "before_cursor_execute", note)
        try:
            for _ in range(2):
                saved(offices[0], BAD)
                saved(offices[0], BAD)
                asked.clear()
                assert desk(anna)["results"]
                counted.append(len(asked))
        finally:
            event.remove(engine, "before_cursor_execute", note)
        assert counted[0] == counted[1] < 30


def test_a_time_that_was_set_is_told(app: Any, offices: list[dict[str, Any]]) -> None:
    anna = make_person(organization=offices[0]["id"])
    with app.flask_app.test_request_context():
        dataset = saved(offices[0], GOOD, name="a-suo-tempo")
        state = get_state(dataset["id"])
        assert isinstance(state, DatasetState)
        state.hold_until = sa.func.now() + sa.text("interval '2 days'")  # pyright: ignore[reportAttributeAccessIssue]
        model.Session.commit()
        row = desk(anna, view="passed")["results"][0]
        assert row["hold_until"] and "all'ora stabilita" in row["next"]
