"""Every role, at every endpoint, on a dataset in every state: no answer holds a word that its reader may not see.

The endpoints stand in tables; each is first shown to speak (of what is live, to those who may), so that none is silent by
mistake. Answers are searched for the words of ``rights_world``, whatever their form.
"""

from __future__ import annotations

import functools
import itertools
import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
from ckan import model
from ckan.lib.search import SearchError
from ckan.plugins import toolkit as tk
from rights_world import AT_ONCE, EDITORS, MEMBERS, OFFICE, STRANGERS, Case, Portal, make_portal
from support.cleaning import empty_everything

API = "/api/3/action/"

#: What lists many datasets: asked once by every role.
LISTS = [
    *(
        API + question
        for question in (
            "package_list",
            "package_search?q=zq*&include_private=true&include_drafts=true&include_deleted=true&rows=100",
            "package_search?include_private=true&rows=0&facet.field=[%22tags%22,%22name%22,%22res_url%22,%22id%22]",
            "package_search?q=name:zqaperto*&rows=10",
            "current_package_list_with_resources",
            "package_autocomplete?q=zq&limit=100",
            "resource_search?query=name:zq",
            "tag_list",
            "tag_list?query=zq",
            "tag_search?query=zq",
            "tag_autocomplete?query=zq",
            "tag_show?id=comune-a-tutti&include_datasets=true",
            "organization_show?id=ufficio&include_datasets=true",
            "organization_list?all_fields=true&include_dataset_count=true",
            "group_show?id=insieme&include_datasets=true",
            "group_package_show?id=insieme",
            "member_list?id=ufficio&object_type=package",
            "member_list?id=insieme&object_type=package",
            "recently_changed_packages_activity_list?limit=100",
            "organization_activity_list?id=ufficio&limit=100",
            "group_activity_list?id=insieme&limit=100",
            "user_activity_list?id={uploader}&limit=100",
            "user_show?id={uploader}&include_datasets=true",
            "datastore_search?resource_id=_table_metadata&limit=100",
            "opencohesion_search_suggest?q=zq",
            "opencohesion_job_list?limit=100",
            "opencohesion_draft_list",
            "opencohesion_quality_desk",
            "dashboard_activity_list",
        )
    ),
    "/",
    "/dataset/",
    "/dataset/?q=zq*",
    "/organization/ufficio",
    "/organization/activity/ufficio",
    "/group/insieme",
    "/user/{uploader}",
    "/dashboard",
    "/dashboard/datasets",
    "/dashboard/quality",
    "/dashboard/quality/rows",
    "/dashboard/notices",
    "/dashboard/questions",
    "/publish",
    "/access-counts.csv",
    "/audit",
    "/catalog.ttl",
    "/catalog.jsonld",
    "/catalog.rdf",
    "/feeds/dataset.atom",
    "/feeds/custom.atom?q=zq*",
    "/feeds/organization/ufficio.atom",
    "/feeds/group/insieme.atom",
    "/feeds/tag/comune-a-tutti.atom",
    "/api/2/util/dataset/autocomplete?incomplete=zq",
    "/api/2/util/tag/autocomplete?incomplete=zq",
]

#: What answers about one dataset.
ANSWERS = [
    API + question
    for question in (
        "package_show?id={name}",
        "resource_show?id={resource_id}",
        "resource_view_list?id={resource_id}",
        "resource_view_show?id={view_id}",
        "package_activity_list?id={name}&limit=100",
        "activity_show?id={activity_id}&include_data=true",
        "activity_diff?id={activity_id}&object_type=package",
        "tag_show?id={tag}&include_datasets=true",
        "datastore_search?resource_id={resource_id}",
        "datastore_info?id={resource_id}",
        "datastore_search_sql?sql=SELECT%20*%20FROM%20%22{resource_id}%22",
        "opencohesion_table_show?id={resource_id}",
        "opencohesion_table_rows?id={resource_id}",
        "opencohesion_quality_report_show?id={name}",
        "opencohesion_quality_staged_show?id={name}",
        "opencohesion_quality_release_list?id={name}",
        "opencohesion_quality_history?id={name}",
        "opencohesion_dataset_version_show?id={name}",
        "package_relationships_list?id={name}",
        "dataset_follower_count?id={name}",
    )
]
PAGES = [
    "/dataset/{name}",
    "/dataset/{id}",
    "/dataset/{name}/resource/{resource_id}",
    "/dataset/{name}/resource/{resource_id}/download/{filename}",
    "/dataset/{name}/resource/{resource_id}/view/{view_id}",
    "/dataset/{id}/resource/{resource_id}/release/1/{filename}",
    "/dataset/{id}/resource/{resource_id}/checked/{filename}",
    "/dataset/{name}.ttl",
    "/dataset/{name}.jsonld",
    "/dataset/{name}/quality",
    "/dataset/{name}/quality.json",
    "/dataset/{name}/quality/runs",
    "/dataset/{name}/citation.bib",
    "/dataset/activity/{name}",
    "/dataset/{name}/access-counts.csv",
    "/dataset/{name}/schedule",
    "/dataset/edit/{name}",
    "/publish/{id}",
    "/datastore/dump/{resource_id}",
    "/datatables/ajax/{view_id}",
]

#: What changes something, and who may.
CHANGES: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    ("opencohesion_quality_check", {"id": "{name}"}, EDITORS),
    ("opencohesion_quality_staged_discard", {"id": "{name}"}, EDITORS),
    (
        "opencohesion_quality_override",
        {"id": "{name}", "reason": "Così va bene, lo dico io."},
        ("office", "sysadmin"),
    ),
    (
        "opencohesion_quality_release_withdraw",
        {"id": "{name}", "resource_id": "{resource_id}", "number": 1, "reason": "Così va bene, lo dico io."},
        ("admin", "office", "sysadmin"),
    ),
    ("package_patch", {"id": "{name}", "title": "Altro"}, EDITORS),
    ("package_update", {"id": "{name}", "title": "Altro"}, EDITORS),
    ("package_delete", {"id": "{name}"}, EDITORS),
    ("resource_patch", {"id": "{resource_id}", "name": "Altro"}, EDITORS),
    ("resource_delete", {"id": "{resource_id}"}, EDITORS),
    ("package_resource_reorder", {"id": "{name}", "order": []}, EDITORS),
    ("datastore_upsert", {"resource_id": "{resource_id}", "records": [{"nota": "altra"}]}, ()),
    ("datastore_create", {"resource_id": "{resource_id}", "records": [{"nota": "altra"}]}, ()),
    ("datastore_delete", {"resource_id": "{resource_id}", "force": True}, ()),
]


@pytest.fixture(scope="module")
def portal(_web_application: Any) -> Iterator[Portal]:
    """The portal of ``rights_world``, made once; the tests only read it."""
    empty_everything()
    before = {name: tk.config[name] for name in (AT_ONCE, OFFICE)}
    with _web_application.flask_app.test_request_context():
        made = make_portal()
    yield made  # left before anybody asks: pages would be answered as for whom the context was made
    tk.config.update(before)


@pytest.fixture(autouse=True)
def _policy(portal: Portal) -> None:
    """CKAN's pytest plugin puts the configuration back after each test, so what ``portal`` set holds for its first alone."""
    tk.config.update(portal.config)


Asked = tuple[str, int, str]

#: How CKAN's API answers what an action raises.
STATUS = {tk.ObjectNotFound: 404, tk.NotAuthorized: 403, tk.ValidationError: 409, SearchError: 409}


def ask(browser: Any, portal: Portal, role: str, wanted: Iterable[str]) -> Iterator[Asked]:
    """Ask as a role; yield each address with the status and all that is told.

    The API dispatches every action alike, so that is done once (for nobody, who is everybody); the others' questions go
    to the actions, which is many times quicker. Outside the context of who made the portal.
    """
    whole = list(wanted)
    calls = [] if role == "anonymous" else [address for address in whole if address.startswith(API)]
    for address in whole:
        if address not in calls:
            yield address, *get(browser, portal, role, address)
    questions = (address.removeprefix(API).partition("?") for address in calls)
    told = act_as(browser, portal, role, ((name, _arguments(query)) for name, _, query in questions))
    for address, (status, text) in zip(calls, told, strict=True):
        yield address, status, text


def _arguments(query: str) -> dict[str, Any]:
    return {name: found[0] if len(found) == 1 else found for name, found in parse_qs(query).items()}


def act_as(
    browser: Any, portal: Portal, role: str, calls: Iterable[tuple[str, dict[str, Any]]]
) -> Iterator[tuple[int, str]]:
    """Call actions as a role, within one request of that person; yield what the API would answer."""
    person = portal.people[role]
    with browser.flask_app.test_request_context(headers=person.headers if person else {}):
        browser.flask_app.preprocess_request()
        for name, data in calls:
            user = model.User.get(person.name) if person else None
            context: Any = {"user": person.name if person else "", "auth_user_obj": user}
            try:
                answer = 200, json.dumps(tk.get_action(name)(context, data), default=str)
            except tuple(STATUS) as error:
                status = next(code for kind, code in STATUS.items() if isinstance(error, kind))
                answer = status, f"{error} {getattr(error, 'error_dict', '')}"
            model.Session.remove()
            yield answer


def get(browser: Any, portal: Portal, role: str, address: str) -> tuple[int, str]:
    """Ask over HTTP; return status and all that is told."""
    person = portal.people[role]
    answer = browser.get(address, headers=person.headers if person else {}, follow_redirects=False)
    model.Session.remove()
    return answer.status_code, f"{answer.headers.get('Location', '')} {answer.get_data(as_text=True)}"


def leaks(portal: Portal, role: str, address: str, text: str) -> list[str]:
    """Return the words that the role may not see and that the answer tells beside what was asked."""
    text = text.replace(address, "")
    return sorted(word for word in portal.forbidden(role) if word in text and word not in address)


#: Who asks for pages: for nobody every page in every state, for the others every page in every third state, each another.
PAGED = {"anonymous": (0, 1, 2), "other_admin": (0,), "member": (1,)}


def addresses(portal: Portal, role: str) -> Iterator[tuple[Case, str]]:
    """Yield what a role asks about each dataset: all actions; of the pages (which ask them) what ``PAGED`` says.

    Who may see everything shows that there is something to be seen.
    """
    asked = ANSWERS
    if not portal.forbidden(role):
        asked = [address for address in ANSWERS if "package_show" in address or "staged_show" in address]
    for case, address in itertools.product(portal.cases, asked):
        yield case, address.format(**case.words)
    for (number, case), (place, page) in itertools.product(enumerate(portal.cases), enumerate(PAGES)):
        if (number + place) % 3 in PAGED.get(role, ()):
            yield case, page.format(**case.words)


ROLES = (*STRANGERS, "office", *MEMBERS)


@pytest.mark.parametrize("role", ROLES)
def test_no_list_tells_what_its_reader_may_not_see(role: str, portal: Portal, _web_application: Any) -> None:
    found, failed, telling = [], [], 0
    wanted = [address.replace("{uploader}", portal.uploader) for address in LISTS]
    for address, status, text in ask(_web_application, portal, role, wanted):
        telling += any(word in text for case in portal.cases for word in case.public)
        found += [(address, word) for word in leaks(portal, role, address, text)]
        failed += [address] if status >= 500 else []
    assert not found and not failed
    assert telling > 15, "the lists tell of what is live"


@pytest.mark.parametrize("role", ROLES)
def test_no_answer_about_one_dataset_tells_what_its_reader_may_not_see(
    role: str, portal: Portal, _web_application: Any
) -> None:
    found, failed, opened = [], [], set()
    cases = {address: case for case, address in addresses(portal, role)}
    for address, status, text in ask(_web_application, portal, role, cases):
        case = cases[address]
        found += [(case.state, address, word) for word in leaks(portal, role, address, text)]
        failed += [address] if status >= 500 else []
        if status == 200 and role not in case.seen_by and not case.public:
            found.append((case.state, address, "200"))
        if status == 200 and case.word in text:
            opened.add(case.state)
    assert not found and not failed
    expected = {case.state for case in portal.cases if case.public or role in case.seen_by}
    assert expected - {"protected", "deleted", "draft"} <= opened, "what may be seen is seen"


@pytest.mark.parametrize("role", [*STRANGERS, "office", "member"])
def test_nobody_changes_what_is_not_theirs(role: str, portal: Portal, _web_application: Any) -> None:
    wanted = [
        (case, action, {name: _filled(value, case) for name, value in values.items()})
        for case, (action, values, may) in itertools.product(portal.cases, CHANGES)
        if role not in may
    ]
    told = act_as(_web_application, portal, role, ((action, dict(data)) for _, action, data in wanted))
    for (case, action, data), (status, text) in zip(wanted, told, strict=True):
        assert status in (403, 404, 409), (case.state, action, status)
        beside = functools.reduce(lambda left, value: left.replace(str(value), ""), data.values(), text)
        assert not [word for word in portal.forbidden(role) if word in beside], (case.state, action)
    for case in portal.cases:
        package = model.Package.get(case.id)
        assert package is not None and package.title == f"Titolo {case.word}"


def _filled(value: Any, case: Case) -> Any:
    return value.format(**case.words) if isinstance(value, str) else value
