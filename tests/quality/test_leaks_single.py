"""Channels that answer about one dataset: for those who do not see it, it is not there. Not "forbidden": not there."""

from __future__ import annotations

import re
import uuid
from typing import Any, NamedTuple

import pytest
from support.people import Person, act
from twins import Twin, World


class Question(NamedTuple):
    """An action, its parameters in a twin's words, and what of the twin the answer shows."""

    action: str
    parameters: dict[str, str]
    shows: str


QUESTIONS = [
    Question("package_show", {"id": "{name}"}, "title"),
    Question("package_show", {"id": "{id}"}, "title"),
    Question("resource_show", {"id": "{resource_id}"}, "name_of_file"),
    Question("resource_show", {"id": "{link_id}"}, "link_id"),
    Question("resource_view_list", {"id": "{resource_id}"}, "view_title"),
    Question("resource_view_show", {"id": "{view_id}"}, "view_title"),
    Question("package_activity_list", {"id": "{name}"}, "id"),
    Question("package_relationships_list", {"id": "{name}"}, "word"),
    Question("tag_show", {"id": "{tag}"}, "tag"),
    Question("datastore_search", {"resource_id": "{resource_id}"}, "record"),
    Question("datastore_info", {"id": "{resource_id}"}, "resource_id"),
    Question("task_status_show", {"id": "{task_id}"}, "word"),
    Question(
        "task_status_show", {"entity_id": "{resource_id}", "task_type": "prova", "key": "prova"}, "word"
    ),
]

PAGES = [
    "/dataset/{name}",
    "/dataset/{id}",
    "/dataset/{name}/resource/{resource_id}",
    "/dataset/{name}/resource/{resource_id}/download/{filename}",
    "/dataset/{name}/resource/{resource_id}/view/{view_id}",
    "/dataset/groups/{name}",
    "/dataset/activity/{name}",
    "/dataset/edit/{name}",
    "/dataset/resources/{name}",
    "/dataset/delete/{name}",
    "/dataset/{name}.ttl",
    "/dataset/{name}.rdf",
    "/dataset/{name}.jsonld",
    "/dataset/{name}/quality",
    "/datastore/dump/{resource_id}",
    "/datatables/ajax/{view_id}",
]


def ask(browser: Any, path: str, person: Person | None, **parameters: str) -> Any:
    headers = person.headers if person else {}
    return browser.get(path, query_string=parameters, headers=headers, follow_redirects=False)


def words(twin: Twin) -> dict[str, Any]:
    return {**{field: getattr(twin, field) for field in twin.__dataclass_fields__}, "filename": twin.filename}


def nobody() -> dict[str, str]:
    """Return the words of a dataset that does not exist."""
    identifiers = ("id", "resource_id", "link_id", "view_id", "task_id")
    return {
        **{field: str(uuid.uuid4()) for field in identifiers},
        "name": "dati-inesistenti",
        "tag": "gemello-inesistente",
        "filename": "inesistente.csv",
    }


def filled(parameters: dict[str, str], values: dict[str, Any]) -> dict[str, str]:
    return {key: value.format(**values) for key, value in parameters.items()}


def without_words(text: str, values: dict[str, Any]) -> str:
    """Return an answer without what was asked, and without what is new in every answer."""
    for value in sorted((v for v in values.values() if isinstance(v, str)), key=len, reverse=True):
        text = text.replace(value, "*")
    return re.sub(r'name="_csrf_token"[^>]*|IlmRm[\w.-]+|nonce-\w+', "", text)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: f"{q.action}-{'-'.join(q.parameters)}")
def test_a_held_back_dataset_gives_the_answer_of_one_that_does_not_exist(
    question: Question, world: World, browser: Any
) -> None:
    path = f"/api/3/action/{question.action}"
    live, held, none = words(world.live), words(world.held), nobody()
    for values in (live, held):
        values["name_of_file"] = f"gemello caricato {values['word']}"

    for person in (None, world.outsider):
        shown = ask(browser, path, person, **filled(question.parameters, live))
        assert shown.status_code == 200, shown.text
        assert live[question.shows] in shown.text

        refused = ask(browser, path, person, **filled(question.parameters, held))
        missing = ask(browser, path, person, **filled(question.parameters, none))
        assert refused.status_code == missing.status_code != 200
        assert "Not Found Error" in refused.text
        if "{name}" in question.parameters.values():  # ids can not be guessed, names can
            assert without_words(refused.text, held) == without_words(missing.text, none)

    member = ask(browser, path, world.member, **filled(question.parameters, held))
    assert member.status_code == 200
    assert held[question.shows] in member.text


@pytest.mark.parametrize("page", PAGES)
def test_the_page_of_a_held_back_dataset_is_that_of_one_that_does_not_exist(
    page: str, world: World, browser: Any
) -> None:
    held, none = words(world.held), nobody()
    for person in (None, world.outsider):
        refused = ask(browser, page.format(**held), person)
        missing = ask(browser, page.format(**none), person)
        assert refused.status_code == missing.status_code
        assert refused.status_code not in (200, 500)
        assert without_words(refused.headers.get("Location", ""), held) == without_words(
            missing.headers.get("Location", ""), none
        )
        found = [
            trace for trace in world.held.traces() if trace in refused.text.replace(page.format(**held), "")
        ]
        assert found == []


def test_the_same_pages_show_the_live_dataset_to_all_and_the_held_back_one_to_members(
    world: World, browser: Any
) -> None:
    live = words(world.live)
    for page in PAGES:
        if any(
            part in page for part in ("/edit/", "/delete/", "/resources/", "/datatables/", "/groups/", "{id}")
        ):
            continue  # these want a login or parameters, or lead to another page
        for person in (None, world.outsider):
            shown = ask(browser, page.format(**live), person)
            assert shown.status_code == 200, (page, shown.status_code)
            assert world.live.word in shown.text
        member = ask(browser, page.format(**words(world.held)), world.member)
        assert member.status_code == 200, (page, member.status_code)
        assert world.held.word in member.text


def test_sql_over_tables_reaches_only_what_is_seen(world: World, browser: Any) -> None:
    path = "/api/3/action/datastore_search_sql"

    def rows(sql: str, person: Person | None) -> str:
        return ask(browser, path, person, sql=sql).text

    queries = (
        'SELECT * FROM "{0}"',
        'SELECT (SELECT max(codice) FROM "{0}") AS codice',
        'WITH hidden AS (SELECT * FROM "{0}") SELECT * FROM hidden',
        'SELECT * FROM public."{0}"',
    )
    for query in queries[:2]:
        assert world.live.record in rows(query.format(world.live.resource_id), None)
        assert world.held.record in rows(query.format(world.held.resource_id), world.member)
    for query in queries:
        for person in (None, world.outsider):
            assert world.held.record not in rows(query.format(world.held.resource_id), person)


@pytest.mark.parametrize(
    "table",
    [
        "_table_metadata",
        "_table_stats",
        "pg_catalog.pg_class",
        "pg_class",
        "pg_tables",
        "pg_stat_user_tables",
        "information_schema.tables",
    ],
)
def test_system_tables_do_not_list_the_tables(table: str, world: World, browser: Any) -> None:
    for person in (None, world.outsider):
        told = ask(browser, "/api/3/action/datastore_search_sql", person, sql=f"SELECT * FROM {table}").text
        assert world.held.resource_id not in told
        searched = ask(browser, "/api/3/action/datastore_search", person, resource_id=table, limit="1000")
        assert world.held.resource_id not in searched.text


def test_the_list_of_all_tables_is_for_sysadmins(world: World, browser: Any) -> None:
    def listed(person: Person | None) -> Any:
        return ask(
            browser, "/api/3/action/datastore_search", person, resource_id="_table_metadata", sort="name"
        )

    assert world.held.resource_id in listed(world.administrator).text
    for person in (None, world.outsider, world.member):
        assert listed(person).status_code == 404


@pytest.mark.parametrize("action", ["dataset_follower_count", "am_following_dataset", "follow_dataset"])
def test_following_does_not_tell_that_a_held_back_dataset_exists(
    action: str, world: World, browser: Any
) -> None:
    def asked(name: str) -> Any:
        url = f"/api/3/action/{action}"
        headers = world.outsider.headers
        if action == "follow_dataset":
            return browser.post(url, json={"id": name}, headers=headers)
        return browser.get(url, query_string={"id": name}, headers=headers)

    held, missing = asked(world.held.name), asked("dati-inesistenti")
    assert held.status_code == missing.status_code != 200
    assert held.text == missing.text


CHANGES = [
    ("package_update", {"id": "{name}", "title": "Altro"}),
    ("package_patch", {"id": "{name}", "title": "Altro"}),
    ("package_revise", {"match": {"name": "{name}"}, "update": {"title": "Altro"}}),
    ("package_delete", {"id": "{name}"}),
    ("package_resource_reorder", {"id": "{name}", "order": []}),
    ("package_owner_org_update", {"id": "{name}", "organization_id": "altra"}),
    ("resource_create", {"package_id": "{name}", "url": "https://example.org/a.csv"}),
    ("datastore_create", {"resource": {"package_id": "{name}"}}),
    ("opencohesion_quality_check", {"id": "{name}"}),
    ("opencohesion_quality_report_show", {"id": "{name}"}),
    ("opencohesion_quality_staged_show", {"id": "{name}"}),
    ("opencohesion_quality_staged_discard", {"id": "{name}"}),
    ("opencohesion_quality_override", {"id": "{name}", "reason": "perché va bene così, lo dico io"}),
    ("opencohesion_quality_review_decide", {"id": "{name}", "check": "x", "reason": "perché va bene così"}),
    ("opencohesion_quality_approve", {"id": "{name}", "check": "x"}),
    ("opencohesion_quality_takedown", {"id": "{name}", "resource_id": "x", "whole": True}),
    ("opencohesion_quality_decision_list", {"id": "{name}"}),
    ("opencohesion_quality_takedown_list", {"id": "{name}"}),
]


#: By id, which can not be guessed: that it is refused is enough.
CHANGES_BY_ID = [
    ("resource_patch", {"id": "{resource_id}", "name": "altro"}),
    ("resource_delete", {"id": "{resource_id}"}),
    (
        "resource_view_create",
        {"resource_id": "{resource_id}", "view_type": "datatables_view", "title": "altra"},
    ),
    ("datastore_upsert", {"resource_id": "{resource_id}", "records": [{"codice": "altro"}]}),
]


@pytest.mark.parametrize(
    ("action", "parameters"),
    CHANGES + CHANGES_BY_ID,
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_attempt_to_change_tells_nothing_of_a_held_back_dataset(
    action: str, parameters: dict[str, Any], world: World, browser: Any
) -> None:
    def attempt(values: dict[str, Any], person: Person | None) -> Any:
        def fill(value: Any) -> Any:
            if isinstance(value, dict):
                return {key: fill(inner) for key, inner in value.items()}
            return value.format(**values) if isinstance(value, str) else value

        headers = person.headers if person else {}
        return browser.post(f"/api/3/action/{action}", json=fill(parameters), headers=headers)

    held, none = words(world.held), nobody()
    for person in (None, world.outsider):
        refused, missing = attempt(held, person), attempt(none, person)
        if (action, parameters) in CHANGES:
            assert refused.status_code == missing.status_code, (refused.text, missing.text)
            assert without_words(refused.text, held) == without_words(missing.text, none)
        assert refused.status_code in (403, 404)
        assert not [value for value in (held["name"], held["title"], held["tag"]) if value in refused.text]
    assert act("package_show", id=world.held.id)["title"] == world.held.title
