"""Everything that answers a GET is asked about both twins: no answer may carry a word of the one that is held back.

The other tests name the channels we know. This one meets those that a new version or another plugin brings.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from ckan import logic
from twins import Twin, World

#: The twin's own words that pages and actions take as an argument of any name, the group's and people's beside them.
IDENTIFIERS = ("name", "id", "resource_id", "view_id", "tag")


def identifiers(twin: Twin, world: World) -> list[str]:
    others = [world.organization["name"], world.group["name"], world.editor.name]
    return [*(getattr(twin, name) for name in IDENTIFIERS), twin.activity_ids[-1], *others]


def questions(twin: Twin, world: World) -> Iterator[dict[str, Any]]:
    """Yield parameters that make sense to one action or another; what an action does not know it leaves alone."""
    yield {}
    for identifier in identifiers(twin, world):
        yield {"id": identifier, "include_datasets": True, "object_type": "package", "limit": 100}
    for words in ("gemello", twin.tag):
        yield {"q": words, "query": words, "limit": 100}
    for condition in ("name:gemello", f"package_id:{twin.id}"):
        yield {"query": condition}
    for name, value in (("resource_id", twin.resource_id), ("dataset_id", twin.id)):
        yield {name: value}
    yield {"all_fields": True, "include_private": True, "include_drafts": True, "include_dataset_count": True}
    yield {
        "include_private": True,
        "facet.field": '["tags", "id", "name", "res_url", "permission_labels"]',
        "rows": 100,
    }
    yield {"include_private": True, "fl": "id,name,title,res_url,tags"}
    yield {"resource_id": "_table_metadata", "sort": "name"}
    yield {"entity_id": twin.resource_id, "task_type": "prova", "key": "prova"}
    yield {"sql": f'SELECT * FROM "{twin.resource_id}"'}


def told(twin: Twin, answer: str, asked: list[str]) -> list[str]:
    """Return the twin's words in an answer, apart from what was asked (error messages repeat it)."""
    for value in sorted(asked, key=len, reverse=True):
        answer = answer.replace(value, "")
    return [trace for trace in twin.traces() if trace in answer]


def side_effect_free_actions() -> list[str]:
    logic.get_action("package_show")  # fills the register
    return sorted(
        name for name, action in logic._actions.items() if getattr(action, "side_effect_free", False)
    )


def action_traces(twin: Twin, world: World, browser: Any) -> Iterator[tuple[str, str]]:
    """Yield ``(action, word)`` for every word of the twin that an action tells to everyone."""
    for action, question in itertools.product(side_effect_free_actions(), questions(twin, world)):
        if action == "datastore_search_sql" and "sql" not in question:
            continue  # CKAN 2.12.0 loses a database connection at every such call
        answer = browser.get(f"/api/3/action/{action}", query_string=question)
        asked = [value for value in question.values() if isinstance(value, str) and len(value) > 3]
        yield from ((action, trace) for trace in told(twin, answer.text, asked))


def test_no_action_that_answers_get_tells_of_the_held_back_dataset(world: World, browser: Any) -> None:
    telling: set[str] = set()
    for action, _ in action_traces(world.live, world, browser):
        telling.add(action)
        if len(telling) > 20:
            break
    assert len(telling) > 20, f"the crawl finds too little of what is live: {sorted(telling)}"
    assert set(action_traces(world.held, world, browser)) == set()


#: What stands for the arguments of a page's address; every other argument is taken from ``identifiers``.
PAGE_WORDS = {
    "filename": ("{filename}",),
    "resource_id": ("{resource_id}", "{link_id}"),
    "view_id": ("{view_id}",),
    "activity_id": ("{activity}",),
    "package_type": ("dataset",),
    "_format": ("ttl", "rdf", "jsonld"),
    "ver": ("3",),
}

#: Pages that are none: files of the theme, the API (crawled above), tools that answer for no dataset.
NOT_PAGES = (
    "/static",
    "/base",
    "/webassets",
    "/api/<",
    "/api/action",
    "/api/i18n",
    "/_debug",
    "/testing",
    "/util",
)

#: The same views as under /dataset, for each type: the name is enough.
SAME_VIEWS = ("/cohesion", "/pnrr", "/harvest")

#: Pages of what is no dataset: their own names, and the twin's.
OTHERS_PAGES = ("/organization", "/group", "/user", "/dashboard", "/ckan-admin", "/pages")


def pages(twin: Twin, world: World, browser: Any) -> Iterator[str]:
    """Yield the address of every page, filled with words of the twin in all ways that its arguments allow."""
    words = {
        "filename": twin.filename,
        "resource_id": twin.resource_id,
        "link_id": twin.link_id,
        "view_id": twin.view_id,
        "activity": twin.activity_ids[-1],
    }
    own = [twin.name, twin.id, twin.resource_id, twin.tag]
    others = [twin.name, world.organization["name"], world.group["name"], world.editor.name]
    seen = set()
    for rule in browser.flask_app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.rule.startswith(NOT_PAGES):
            continue
        choices = [
            [word.format(**words) for word in PAGE_WORDS[argument]]
            if argument in PAGE_WORDS
            else own[:1]
            if rule.rule.startswith(SAME_VIEWS)
            else others
            if rule.rule.startswith(OTHERS_PAGES)
            else own
            for argument in sorted(rule.arguments)
        ]
        for values in itertools.product(*choices):
            with suppress(Exception):  # a converter refuses the value
                seen.add(rule.build(dict(zip(sorted(rule.arguments), values, strict=True)))[1])
    yield from sorted(seen - {"/user/logout", "/user/_logout"})
    for query in ("q=gemello", f"q={twin.name}", f"tags={twin.tag}", "sort=metadata_modified+desc"):
        yield f"/dataset/?{query}"
        yield f"/catalog.ttl?{query}"
    for action in ("dataset/autocomplete?incomplete=dati", "tag/autocomplete?incomplete=gemello"):
        yield f"/api/2/util/{action}"
    yield "/api/2/util/resource/format_autocomplete?incomplete=w"
    for feed in ("dataset", f"tag/{twin.tag}", "tag/gemello", "custom"):
        yield f"/feeds/{feed}.atom"


def page_traces(twin: Twin, world: World, browser: Any) -> Iterator[tuple[str, str]]:
    """Yield ``(address, word)`` for every word of the twin that a page tells to everyone."""
    for page in pages(twin, world, browser):
        try:
            answer = browser.get(page, follow_redirects=False)
        except Exception:  # the test client raises what a visitor would see as an error page
            continue
        text = f"{answer.headers.get('Location', '')} {answer.get_data(as_text=True)}"
        yield from (
            (page, trace)
            for trace in told(twin, text, [*identifiers(twin, world), twin.link_id, twin.filename])
        )


def test_no_page_tells_of_the_held_back_dataset(world: World, browser: Any) -> None:
    telling: set[str] = set()
    for page, _ in page_traces(world.live, world, browser):
        telling.add(page)
        if len(telling) > 20:
            break
    assert len(telling) > 20, f"the crawl finds too little of what is live: {sorted(telling)}"
    assert set(page_traces(world.held, world, browser)) == set()
