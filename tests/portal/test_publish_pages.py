"""The officer's way: the file first, drafts, data given on request, and two officers at once."""

from __future__ import annotations

import html
import io
import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from ckan import model
from ckan.plugins import toolkit as tk
from rdflib import RDF, Graph, Namespace
from support.people import Person, act, dataset_fields, make_organization, make_person

from ckanext.opencohesion.quality.model import get_state

HEADER = (
    "COD_LOCALE_PROGETTO;COD_REGIONE;DEN_REGIONE;COD_PROVINCIA;DEN_PROVINCIA;COD_COMUNE;DEN_COMUNE;"
    "INDIRIZZO_PROG;CAP_PROG;OC_TERRITORIO_PROG"
)
GOOD = '"1CAL1";"018";"CALABRIA";"078";"COSENZA";"045";"COSENZA";"";"87100";"C"'
BAD = '"";"018";"CALABRIA";"078";"COSENZA";"045";"COSENZA";"";"87100";"C"'
FREQUENCY = "http://publications.europa.eu/resource/authority/frequency/ANNUAL"
THEME = "http://publications.europa.eu/resource/authority/data-theme/GOVE"
DCT = Namespace("http://purl.org/dc/terms/")
DCAT = Namespace("http://www.w3.org/ns/dcat#")


def places(*rows: str) -> bytes:
    return ("\ufeff" + "\n".join((HEADER, *rows, ""))).encode()


def begin(
    app: Any, person: Person, office: str, content: bytes | None, name: str = "luoghi.csv", **fields: Any
) -> Any:
    data: dict[str, Any] = {"owner_org": office, "save": "without" if content is None else "file", **fields}
    if content is not None:
        data["upload"] = (io.BytesIO(content), name)
    return send(app, person, "/publish", data)


def send(app: Any, person: Person, address: str, data: dict[str, Any]) -> Any:
    return app.post(
        address, data=data, headers=person.headers, content_type="multipart/form-data", follow_redirects=False
    )


def said(answer: Any) -> str:
    """The words of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.body)).split())


def draft_of(answer: Any) -> str:
    assert answer.status_code == 302, said(answer)
    return answer.headers["Location"].rstrip("/").split("/")[-1]


def shown_in(answer: Any) -> str:
    """The version that a form says it shows."""
    return html.unescape(re.findall(r'name="oc_shown" value="([^"]*)"', answer.body)[0])


def form_of(app: Any, person: Person, address: str) -> dict[str, Any]:
    """What a browser would send of a form as it stands."""
    page = app.get(address, headers=person.headers, status=200).body
    page = page[page.index('id="dataset-edit"') : page.index("</form>", page.index('id="dataset-edit"'))]
    page = re.sub(r"<template>.*?</template>", "", page, flags=re.S)
    sent: dict[str, Any] = {}

    def add(name: str, value: str) -> None:
        sent.setdefault(name, []).append(html.unescape(value))

    for tag in re.findall(r"<input[^>]*>", page):
        found = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        kind = found.get("type", "text")
        if "name" in found and kind != "file" and (kind not in ("radio", "checkbox") or " checked" in tag):
            add(found["name"], found.get("value", ""))
    for attributes, text in re.findall(r"<textarea([^>]*)>\n?(.*?)</textarea>", page, flags=re.S):
        add(re.findall(r'name="([^"]*)"', attributes)[0], text)
    for attributes, options in re.findall(r"<select([^>]*)>(.*?)</select>", page, flags=re.S):
        for value in re.findall(r'<option value="([^"]*)" selected', options):
            add(re.findall(r'name="([^"]*)"', attributes)[0], value)
    return {name: values[0] if len(values) == 1 else values for name, values in sent.items()}


@pytest.fixture
def office(clean_db: None) -> dict[str, Any]:
    """An office that declares its contact."""
    return make_organization(default_contact_email="dati@example.org", default_territory=["18"])


@pytest.fixture
def anna(office: dict[str, Any]) -> Person:
    """An officer of it."""
    return make_person(organization=office["id"])


def test_from_the_file_to_what_happens_now(app: Any, office: dict[str, Any], anna: Person) -> None:
    draft = draft_of(begin(app, anna, office["id"], places(GOOD, BAD)))
    kept = act("package_show", id=draft)
    assert (kept["state"], kept["type"], kept["territory"]) == ("draft", "cohesion", ["078045"])
    assert kept["resources"][0]["table_schema"] == "opencoesione/localizzazioni"
    page = app.get(f"/publish/{draft}", headers=anna.headers, status=200)
    assert "Dal file: colonna" in said(page)
    assert "1 errore che lo tratterrebbe" in said(page)

    sent = form_of(app, anna, f"/publish/{draft}")
    assert sent["name"] == ""  # the address is made of the title that the officer decides on
    answer = send(
        app, anna, f"/publish/{draft}", {**sent, "save": "publish", "title": "Luoghi dei <b>progetti</b>"}
    )
    assert answer.status_code == 200
    assert "Frequenza di aggiornamento" in said(answer)
    assert "<b>progetti</b>" not in answer.body
    assert (
        act("package_show", id=draft)["title"] == "Luoghi dei <b>progetti</b>"
    )  # saved as a draft all the same

    mended = {**sent, "save": "replace", "upload": (io.BytesIO(places(GOOD)), "luoghi.csv")}
    assert send(app, anna, f"/publish/{draft}", mended).status_code == 302
    assert "Il file supera i controlli" in said(app.get(f"/publish/{draft}", headers=anna.headers))

    sent = form_of(app, anna, f"/publish/{draft}")
    whole = {
        **sent,
        "save": "publish",
        "title": "Luoghi dei progetti",
        "frequency": FREQUENCY,
        "programming_cycle": "2021-2027",
        "fund": "FESR",
    }
    answer = send(app, anna, f"/publish/{draft}", whole)
    assert answer.status_code == 302, said(answer)
    assert answer.headers["Location"].endswith("/publish/luoghi-dei-progetti/done")
    assert "pubblico" in said(app.get("/publish/luoghi-dei-progetti/done", headers=anna.headers, status=200))
    app.get("/cohesion/luoghi-dei-progetti", status=200)
    live = act("package_show", id=draft)
    assert live["quality_live"]
    assert live["contact"][0]["email"] == "dati@example.org"


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "vuoto.csv", "vuoto"),
        (b"<!doctype html><html><body>Accedi</body></html>", "dati.csv", "pagina web"),
        (b"\xff\xfea\x00;\x00b\x00\n\x00", "utf16.csv", "UTF"),
    ],
)
def test_a_file_that_nobody_could_use_leaves_the_officer_on_the_page(
    app: Any, office: dict[str, Any], anna: Person, content: bytes, name: str, words: str
) -> None:
    answer = begin(app, anna, office["id"], content, name)
    assert answer.status_code == 200
    assert words in said(answer)
    assert "field-upload-error" in answer.body
    assert not act("opencohesion_draft_list")


def test_a_draft_lacks_what_it_lacks_and_only_the_office_sees_it(
    app: Any, office: dict[str, Any], anna: Person, outsider: Person
) -> None:
    draft = draft_of(begin(app, anna, office["id"], None, dataset_type="pnrr"))
    sent = form_of(app, anna, f"/publish/{draft}")
    wrong = send(
        app, anna, f"/publish/{draft}", {**sent, "save": "draft", "title": "Bandi", "cup": "nessuno"}
    )
    assert wrong.status_code == 200
    assert 'href="#field-cup"' in wrong.body
    assert 'value="Bandi"' in wrong.body
    assert (
        send(app, anna, f"/publish/{draft}", {**sent, "save": "draft", "title": "Bandi"}).status_code == 302
    )
    assert act("package_show", id=draft)["title"] == "Bandi"

    colleague, other = (
        make_person(organization=office["id"]),
        make_person(organization=make_organization()["id"]),
    )
    for person in (anna, colleague):
        assert "Bandi" in said(app.get("/publish", headers=person.headers, status=200))
        assert "Bandi" in said(app.get("/dashboard/datasets", headers=person.headers, status=200))
    for person in (other, outsider):
        assert "Bandi" not in said(app.get("/publish", headers=person.headers, status=200))
        for address in (
            f"/publish/{draft}",
            f"/publish/{draft}/done",
            f"/publish/{draft}/first-look",
            f"/pnrr/{draft}",
        ):
            app.get(address, headers=person.headers, status=404)
        assert send(app, person, f"/publish/{draft}/discard", {}).status_code == 404
    assert app.get(f"/publish/{draft}", follow_redirects=False).status_code in (302, 403)
    assert app.get(f"/api/action/package_show?id={draft}").status_code in (403, 404)
    with pytest.raises(tk.NotAuthorized):
        tk.get_action("opencohesion_draft_create")(other.context, {"owner_org": office["id"]})

    assert send(app, colleague, f"/publish/{draft}/discard", {}).status_code == 302
    assert model.Package.get(draft) is None


def test_a_live_dataset_is_never_changed_as_if_it_were_a_draft(office: dict[str, Any], anna: Person) -> None:
    made = act("package_create", **dataset_fields(office["id"], private=False))
    with pytest.raises(tk.ValidationError) as caught:
        tk.get_action("package_patch")(anna.context, {"id": made["id"], "notes": ""})
    assert "notes" in caught.value.error_dict
    with pytest.raises(tk.ValidationError):
        tk.get_action("package_create")(
            {
                "user": anna.name
            },  # as an API request has it: a context that names ignore_auth may set the state
            {"type": "dataset", "name": "senza-nulla", "owner_org": office["id"], "state": "draft"},
        )


def test_an_editor_s_program_may_name_the_state(office: dict[str, Any], anna: Person) -> None:
    fields = dataset_fields(office["id"], private=True, state="active")
    assert tk.get_action("package_create")({"user": anna.name}, fields)["state"] == "active"


def test_another_kind_of_data_keeps_what_both_have(app: Any, office: dict[str, Any], anna: Person) -> None:
    draft = draft_of(begin(app, anna, office["id"], places(GOOD)))
    sent = form_of(app, anna, f"/publish/{draft}")
    answer = send(
        app,
        anna,
        f"/publish/{draft}",
        {**sent, "fund": "FESR", "save": "type", "dataset_type": "pnrr", "title": "Resta"},
    )
    assert answer.status_code == 302, said(answer)
    kept = act("package_show", id=draft)
    assert (kept["type"], kept["title"], kept.get("fund")) == ("pnrr", "Resta", None)
    sent = form_of(app, anna, f"/publish/{draft}")
    refused = send(app, anna, f"/publish/{draft}", {**sent, "save": "type", "dataset_type": "protected"})
    assert "non possono essere di questo tipo" in said(refused)


def whole_form(app: Any, person: Person, draft: str, **fields: Any) -> dict[str, Any]:
    """The form of a draft of places with all that is mandatory."""
    named = {"title": "Luoghi dei progetti", "frequency": FREQUENCY, "programming_cycle": "2021-2027"}
    return {**form_of(app, person, f"/publish/{draft}"), **named, "fund": "FESR", **fields}


def test_a_draft_is_published_on_a_later_day_and_not_before(
    app: Any, office: dict[str, Any], anna: Person
) -> None:
    draft = draft_of(begin(app, anna, office["id"], places(GOOD)))
    for day, time in (("", "09:00"), ("2020-01-01", "09:00"), ("<b>oggi", "<b>"), ("2999-01-01", "09:00")):
        sent = whole_form(app, anna, draft, save="later", day=day, time=time)
        refused = send(app, anna, f"/publish/{draft}", sent)
        assert refused.status_code == 200
        assert 'href="#oc-day"' in refused.body
        assert "<b>" not in refused.body.split("<main", 1)[-1]
        assert act("package_show", id=draft)["state"] == "draft"
    day = (date.today() + timedelta(days=30)).isoformat()
    sent = whole_form(app, anna, draft, save="later", day=day, time="09:00")
    answer = send(app, anna, f"/publish/{draft}", sent)
    assert answer.status_code == 302, said(answer)
    state = get_state(draft)
    assert state is not None
    assert (state.status, state.live, state.wants_public, state.held()) == ("passed", False, True, True)
    assert "sarà pubblicato il" in said(
        app.get("/publish/luoghi-dei-progetti/done", headers=anna.headers, status=200)
    )
    app.get("/cohesion/luoghi-dei-progetti", status=404)


def test_a_draft_that_a_colleague_published_meanwhile_keeps_what_both_wrote(
    app: Any, office: dict[str, Any], anna: Person
) -> None:
    draft = draft_of(begin(app, anna, office["id"], places(GOOD)))
    bruno = make_person(organization=office["id"])
    of_anna = form_of(app, anna, f"/publish/{draft}")
    of_bruno = whole_form(app, bruno, draft, save="publish")
    assert send(app, bruno, f"/publish/{draft}", of_bruno).status_code == 302
    answer = send(app, anna, f"/publish/{draft}", {**of_anna, "save": "draft", "notes": "Note di Anna."})
    assert answer.status_code == 302, said(answer)
    kept = act("package_show", id=draft)
    assert (kept["state"], kept["title"], kept["notes"]) == ("active", "Luoghi dei progetti", "Note di Anna.")
    assert kept["quality_live"]


def test_a_second_file_of_the_same_table_gets_an_address_of_its_own(
    app: Any, office: dict[str, Any], anna: Person
) -> None:
    for address in ("luoghi-dei-progetti", "luoghi-dei-progetti-2"):
        draft = draft_of(begin(app, anna, office["id"], places(GOOD)))
        # the page's script fills in what it makes of the title, before the officer writes another one
        made = whole_form(app, anna, draft, save="draft", name="luoghi-dei-progetti")
        assert send(app, anna, f"/publish/{draft}", made).status_code == 302
        kept = form_of(app, anna, f"/publish/{draft}")
        assert kept["name"] == ""
        answer = send(
            app, anna, f"/publish/{draft}", {**kept, "name": "luoghi-dei-progetti", "save": "publish"}
        )
        assert answer.headers["Location"].endswith(f"/publish/{address}/done")


# -- data given on request ------------------------------------------------------------------------------------------------


def test_protected_data_is_public_without_a_file_and_never_holds_one(
    app: Any, office: dict[str, Any], anna: Person
) -> None:
    draft = draft_of(begin(app, anna, office["id"], None, dataset_type="protected"))
    sent = form_of(app, anna, f"/publish/{draft}")
    assert "upload" not in sent
    nothing = send(app, anna, f"/publish/{draft}", {**sent, "save": "publish"})
    assert nothing.status_code == 200
    assert 'href="#field-title"' in nothing.body
    sent = form_of(app, anna, f"/publish/{draft}")
    sent |= {
        "title": "Microdati sugli interventi",
        "notes": "Dati individuali.",
        "theme": THEME,
        "frequency": FREQUENCY,
        "protection_reason": ["STATISTICAL_CONFIDENTIALITY", "PERSONAL_DATA"],
        "request_conditions": "Solo per ricerca scientifica.",
        "save": "publish",
    }
    refused = send(app, anna, f"/publish/{draft}", sent)
    assert 'href="#field-request_how"' in refused.body
    assert get_state(draft).live is False
    answer = send(
        app,
        anna,
        f"/publish/{draft}",
        {**sent, "oc_shown": shown_in(refused), "request_how": "Scrivi al contatto."},
    )
    assert answer.status_code == 302, said(answer)
    live = act("package_show", id=draft)
    assert live["quality_live"]
    assert live["license_id"] == "OtherRestrictiveClauses"
    page = said(app.get(f"/protected/{live['name']}", status=200))
    assert "Solo per ricerca scientifica." in page
    assert "Scrivi al contatto." in page
    app.get(f"/protected/edit/{live['name']}", headers=anna.headers, status=200)

    for values in ({"url": "https://dati.example.it/a.csv"}, {"upload": None, "url": "x.csv"}):
        with pytest.raises(tk.ValidationError) as caught:
            tk.get_action("resource_create")(anna.context, {"package_id": draft, "name": "A", **values})
        assert "url" in caught.value.error_dict
    assert act("package_show", id=draft)["resources"] == []
    opened = tk.get_action("package_patch")(
        anna.context, {"id": draft, "access_rights": "PUBLIC", "license_id": "A21_CCBY40"}
    )
    assert opened["access_rights"].endswith("/RESTRICTED")

    graph = Graph().parse(data=app.get(f"/dataset/{live['name']}.ttl", status=200).body, format="turtle")
    dataset = next(graph.subjects(RDF.type, DCAT.Dataset))
    assert str(graph.value(dataset, DCT.accessRights)).endswith("/RESTRICTED")
    assert not list(graph.objects(dataset, DCAT.distribution))
    assert len(list(graph.objects(dataset, DCT.rights))) == 2


# -- two officers at once -------------------------------------------------------------------------------------------------


def test_two_officers_in_one_form_overwrite_nobody(app: Any, office: dict[str, Any], anna: Person) -> None:
    made = act("package_create", **dataset_fields(office["id"], private=False, title="Prima"))
    address = f"/dataset/edit/{made['name']}"
    first, second = form_of(app, anna, address), form_of(app, anna, address)
    bruno = make_person(organization=office["id"])
    assert (
        send(
            app, bruno, address, {**first, "save": "", "title": "Di Bruno", "notes": "Note di Bruno"}
        ).status_code
        == 302
    )

    # what only the other changed is taken over, what both changed is for a person to decide
    answer = send(app, anna, address, {**second, "save": "", "title": "Di Anna", "version": "2"})
    assert answer.status_code == 200
    assert bruno.name in said(answer)
    assert 'name="oc_choice-title"' in answer.body
    assert 'name="oc_choice-notes"' not in answer.body
    assert 'value="Di Anna"' in answer.body
    assert "Note di Bruno" in answer.body
    assert act("package_show", id=made["id"])["title"] == "Di Bruno"

    shown = html.unescape(re.findall(r'name="oc_shown" value="([^"]*)"', answer.body)[0])
    again = {
        **second,
        "oc_shown": shown,
        "save": "",
        "title": "Di Anna",
        "notes": "Note di Bruno",
        "version": "2",
    }
    theirs = send(app, anna, address, {**again, "oc_choice-title": "theirs"})
    assert theirs.status_code == 302, said(theirs)
    kept = act("package_show", id=made["id"])
    assert (kept["title"], kept["notes"], kept["version"]) == ("Di Bruno", "Note di Bruno", "2")


def test_an_api_client_that_asks_for_it_overwrites_nobody(office: dict[str, Any], anna: Person) -> None:
    made = act("package_create", **dataset_fields(office["id"], private=False))
    seen = tk.get_action("opencohesion_dataset_version_show")(anna.context, {"id": made["id"]})[
        "expected_version"
    ]
    patch = tk.get_action("package_patch")
    patch(anna.context, {"id": made["id"], "title": "Uno", "expected_version": seen})
    with pytest.raises(tk.ValidationError) as caught:
        patch(anna.context, {"id": made["id"], "title": "Due", "expected_version": seen})
    assert "expected_version" in caught.value.error_dict
    assert act("package_show", id=made["id"])["title"] == "Uno"
    patch(anna.context, {"id": made["id"], "title": "Tre"})  # nobody has to
    assert act("package_show", id=made["id"])["title"] == "Tre"


def test_a_file_s_form_overwrites_nobody(app: Any, office: dict[str, Any], anna: Person) -> None:
    made = act(
        "package_create",
        **dataset_fields(office["id"], resources=[{"url": "https://dati.example.it/a.csv", "name": "A"}]),
    )
    resource = made["resources"][0]["id"]
    address = f"/dataset/{made['name']}/resource/{resource}/edit"
    page = app.get(address, headers=anna.headers, status=200).body
    version = re.findall(r'name="expected_version" value="([^"]+)"', page)[0]
    act("resource_patch", id=resource, name="B")
    sent = {
        "save": "",
        "id": resource,
        "url": "https://dati.example.it/a.csv",
        "url_type": "",
        "expected_version": version,
    }
    answer = send(app, anna, address, {**sent, "name": "C"})
    assert answer.status_code == 200
    assert 'value="C"' in answer.body
    assert act("resource_show", id=resource)["name"] == "B"
    newer = re.findall(r'name="expected_version" value="([^"]+)"', answer.body)[0]
    assert send(app, anna, address, {**sent, "name": "C", "expected_version": newer}).status_code == 302
    assert act("resource_show", id=resource)["name"] == "C"


def test_a_form_that_does_not_say_what_it_showed_is_no_error(
    app: Any, office: dict[str, Any], anna: Person
) -> None:
    made = act("package_create", **dataset_fields(office["id"]))
    address = f"/dataset/edit/{made['name']}"
    sent = form_of(app, anna, address)
    for shown in ("", "{", "[]", "7", json.dumps({"version": 1, "fields": {"title": 5}})):
        assert send(app, anna, address, {**sent, "oc_shown": shown, "save": ""}).status_code in (200, 302)
