"""Every action of the portal, asked by a stranger and by another office. A new action needs its line in the table here."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import PluginImplementations
from ckan.plugins.interfaces import IActions
from support.attack import HTML, SECRET, Scene, make_scene
from support.cleaning import empty_everything

ALLOWED, FORBIDDEN, UNKNOWN, INVALID = 200, 403, 404, 409

Arguments = Callable[[Scene], dict[str, Any]]


@pytest.fixture(scope="module")
def scene(_web_application: Any) -> Scene:
    """A portal that every test of the module only looks at, or is refused to change."""
    empty_everything()
    with _web_application.flask_app.test_request_context():
        return make_scene()


def public(s: Scene, **more: Any) -> dict[str, Any]:
    return {"id": s.public["id"], **more}


def hidden(s: Scene, **more: Any) -> dict[str, Any]:
    return {"id": s.hidden["name"], **more}


def about(name: str) -> Arguments:
    return lambda s: {"id": s.questions[name], "answer": "Risposta.", "reason": "Motivo.", "publish": True}


def part(s: Scene) -> dict[str, Any]:
    return {"page": "privacy", "language": "it", "text": "di altri"}


#: What every office's editor must not do to another's dataset, and nobody to one that they do not see.
EDITING: dict[str, dict[str, Any]] = {
    "opencohesion_due_date_set": {"due": "2099-01-01"},
    "opencohesion_release_propose": {},
    "opencohesion_release_create": {"url": "http://localhost/x.csv"},
    "opencohesion_publication_schedule": {"at": "2027-01-01T09:00"},
    "opencohesion_publication_schedule_show": {},
    "opencohesion_publication_unschedule": {},
    "opencohesion_dataset_version_show": {},
    "opencohesion_quality_check": {},
    "opencohesion_quality_staged_show": {},
    "opencohesion_quality_staged_discard": {},
    "opencohesion_quality_override": {"reason": "Perché lo dico io."},
    "opencohesion_quality_release_withdraw": {"resource_id": "x", "number": 1, "reason": "Perché sì."},
    "opencohesion_quality_review_decide": {"check": "x", "basis": "consent", "reason": "Perché lo dico io."},
    "opencohesion_quality_approve": {"check": "x"},
    "opencohesion_quality_send_back": {"check": "x", "reason": "Perché lo dico io."},
    "opencohesion_quality_takedown": {
        "resource_id": "x",
        "column": "a",
        "values": ["b"],
        "reason": "Perché sì.",
    },
    "opencohesion_quality_history": {},
    "opencohesion_quality_repair_preview": {"resource_id": "x"},
    "opencohesion_quality_repair_apply": {"resource_id": "x", "repairs": ["x"], "sha256": "0" * 64},
}

#: Action, arguments, what a stranger gets, what another office's administrator gets.
TABLE: list[tuple[str, Arguments, int, int]] = [
    *[(name, lambda s, m=more: public(s, **m), FORBIDDEN, FORBIDDEN) for name, more in EDITING.items()],
    *[(name, lambda s, m=more: hidden(s, **m), UNKNOWN, UNKNOWN) for name, more in EDITING.items()],
    ("opencohesion_access_counts", public, ALLOWED, ALLOWED),
    ("opencohesion_access_counts", hidden, UNKNOWN, UNKNOWN),
    ("opencohesion_audit_list", lambda s: {}, FORBIDDEN, FORBIDDEN),
    ("opencohesion_draft_create", lambda s: {"owner_org": s.office["id"]}, FORBIDDEN, FORBIDDEN),
    ("opencohesion_draft_discard", lambda s: {"id": s.draft["id"]}, UNKNOWN, UNKNOWN),
    ("opencohesion_draft_discard", public, UNKNOWN, UNKNOWN),
    ("opencohesion_draft_list", lambda s: {}, FORBIDDEN, ALLOWED),
    ("opencohesion_feedback_close", lambda s: {"id": "1"}, FORBIDDEN, FORBIDDEN),
    ("opencohesion_feedback_list", lambda s: {}, FORBIDDEN, FORBIDDEN),
    # open to everybody who has opened the form
    ("opencohesion_feedback_send", lambda s: {"text": "Non si legge niente."}, INVALID, INVALID),
    # each sees their own
    ("opencohesion_job_list", lambda s: {}, FORBIDDEN, ALLOWED),
    ("opencohesion_job_show", lambda s: {"id": "x"}, FORBIDDEN, FORBIDDEN),
    ("opencohesion_job_stop", lambda s: {"id": "x"}, FORBIDDEN, FORBIDDEN),
    # each reads and chooses their own
    ("opencohesion_notice_list", lambda s: {}, FORBIDDEN, ALLOWED),
    ("opencohesion_notice_mark_seen", lambda s: {}, FORBIDDEN, ALLOWED),
    ("opencohesion_notice_choose", lambda s: {"mail": "x"}, FORBIDDEN, INVALID),
    ("opencohesion_page_part_history", part, FORBIDDEN, FORBIDDEN),
    ("opencohesion_page_part_update", part, FORBIDDEN, FORBIDDEN),
    ("opencohesion_quality_decision_list", public, ALLOWED, ALLOWED),
    ("opencohesion_quality_decision_list", hidden, UNKNOWN, UNKNOWN),
    ("opencohesion_quality_legal_bases", lambda s: {}, ALLOWED, ALLOWED),
    ("opencohesion_quality_takedown_list", lambda s: {}, ALLOWED, ALLOWED),
    ("opencohesion_quality_takedown_list", hidden, UNKNOWN, UNKNOWN),
    # who brings data for no office has no desk and tries no files
    ("opencohesion_quality_desk", lambda s: {}, FORBIDDEN, ALLOWED),
    ("opencohesion_quality_desk", lambda s: {"organization": "ufficio-a"}, FORBIDDEN, UNKNOWN),
    ("opencohesion_quality_precheck", lambda s: {}, FORBIDDEN, INVALID),
    ("opencohesion_quality_precheck_show", lambda s: {"id": "x"}, FORBIDDEN, UNKNOWN),
    ("opencohesion_quality_summary", public, ALLOWED, ALLOWED),
    ("opencohesion_quality_summary", hidden, UNKNOWN, UNKNOWN),
    ("opencohesion_quality_repair_list", lambda s: public(s, resource_id="x", sha256="0"), ALLOWED, ALLOWED),
    ("opencohesion_quality_repair_list", lambda s: hidden(s, resource_id="x", sha256="0"), UNKNOWN, UNKNOWN),
    ("opencohesion_quality_release_list", public, ALLOWED, ALLOWED),
    ("opencohesion_quality_release_list", hidden, UNKNOWN, UNKNOWN),
    ("opencohesion_quality_report_show", public, ALLOWED, ALLOWED),
    ("opencohesion_quality_report_show", hidden, UNKNOWN, UNKNOWN),
    ("opencohesion_quality_report_show", lambda s: public(s, target="staged"), UNKNOWN, UNKNOWN),
    *[
        (f"opencohesion_question_{what}", about(which), UNKNOWN, UNKNOWN)
        for what in ("answer", "close", "show")
        for which in ("open", "published", "secret")
    ],
    ("opencohesion_question_ask", lambda s: public(s, kind="other", text="Una domanda."), INVALID, INVALID),
    ("opencohesion_question_ask", lambda s: hidden(s, kind="other", text="Una domanda."), UNKNOWN, UNKNOWN),
    ("opencohesion_question_inbox", lambda s: {}, FORBIDDEN, ALLOWED),
    ("opencohesion_question_inbox", lambda s: {"organization": "ufficio-a"}, FORBIDDEN, FORBIDDEN),
    ("opencohesion_question_list", public, ALLOWED, ALLOWED),
    ("opencohesion_question_list", hidden, UNKNOWN, UNKNOWN),
    ("opencohesion_release_plan", lambda s: {"id": "ufficio-a"}, ALLOWED, ALLOWED),
    ("opencohesion_reminders_set", lambda s: {"id": "ufficio-a", "enabled": False}, FORBIDDEN, FORBIDDEN),
    ("opencohesion_reminders_show", lambda s: {"id": "ufficio-a"}, FORBIDDEN, FORBIDDEN),
    ("opencohesion_search_suggest", lambda s: {"q": SECRET[:5]}, ALLOWED, ALLOWED),
    ("opencohesion_table_schema_list", lambda s: {}, ALLOWED, ALLOWED),
    ("opencohesion_table_schema_show", lambda s: {"id": "opencoesione/progetti"}, ALLOWED, ALLOWED),
    (
        "opencohesion_table_schema_save",
        lambda s: {"organization": "ufficio-a", "name": "alberi", "schema": {"fields": [{"name": "id"}]}},
        FORBIDDEN,
        FORBIDDEN,
    ),
    *[
        (f"opencohesion_table_{what}", lambda s: {"id": s.file["id"], "by": "comune"}, ALLOWED, ALLOWED)
        for what in ("aggregate", "rows", "show")
    ],
    *[
        (f"opencohesion_table_{what}", lambda s: {"id": s.hidden["resources"][0]["id"]}, UNKNOWN, UNKNOWN)
        for what in ("aggregate", "rows", "show")
    ],
]


def own_actions() -> set[str]:
    found: set[str] = set()
    for plugin in PluginImplementations(IActions):
        found |= {name for name in plugin.get_actions() if name.startswith("opencohesion_")}
    return found


def test_every_action_has_its_line(scene: Scene) -> None:
    assert {line[0] for line in TABLE} == own_actions()


def test_each_gets_what_is_theirs_and_nothing_of_what_is_hidden(scene: Scene, _web_application: Any) -> None:
    before = rows()
    wrong = []
    for action, arguments, stranger, foreigner in TABLE:
        for who, headers, expected in (
            ("stranger", {}, stranger),
            ("foreigner", scene.foreigner.headers, foreigner),
        ):
            sent = arguments(scene)
            answer = _web_application.post(f"/api/3/action/{action}", json=sent, headers=headers)
            text = answer.get_data(as_text=True)
            if answer.status_code != expected or SECRET in text or "visitor@example.org" in text:
                wrong.append(f"{action} {sent} as {who}: {answer.status_code}, not {expected}: {text[-300:]}")
    assert not wrong, "\n".join(wrong)
    assert rows() == before


def rows() -> dict[str, int]:
    """What refused calls must not have changed: how many rows there are of everything but uses counted."""
    model.Session.remove()
    names = sorted(model.meta.metadata.tables)
    with model.ensure_engine().connect() as connection:
        return {
            name: connection.scalar(sa.text(f'SELECT count(*) FROM "{name}"')) or 0
            for name in names
            if name.startswith(("oc_", "package", "resource", "member")) and "access" not in name
        }


def test_no_argument_breaks_an_action(scene: Scene, _web_application: Any) -> None:
    """Wrong types, NUL, numbers without end in every argument: refused with a sentence, never answered with 500."""
    hostile: list[Any] = [["a", {"b": 1}], 10**30, "x'\" \ud800" * 999]
    wrong = []
    for action, arguments in {line[0]: line[1] for line in reversed(TABLE)}.items():
        sent = arguments(scene)
        for name in sent or {"id": ""}:
            for value in hostile:
                answer = _web_application.post(
                    f"/api/3/action/{action}", json={**sent, name: value}, headers=scene.administrator.headers
                )
                if answer.status_code >= 500:
                    wrong.append(f"{action} {name}={str(value)[:20]!r}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


# -- parameters -----------------------------------------------------------------------------------------------------------

HOSTILE = [
    quote(HTML),
    quote("' OR 1=1 --"),
    "x" * 3000,
    "-1",
    "999999999",
    "%ff%fe",
    "%F0%9F%92%A9",
    "[]",
    "..%2f..%2fetc%2fpasswd",
    quote('{!join from=id} *:* OR [* TO *] AND "'),
    "2026-99-99",
]
NAMES = [
    "q",
    "page",
    "sort",
    "id",
    "limit",
    "offset",
    "start",
    "rows",
    "tags",
    "from",
    "to",
    "show",
    "by",
    "activity_id",
    "new_id",
    "diff_type",
    "kind",
    "format",
    "lang",
]
#: What nothing can make sense of: refused before any page sees it.
REFUSED = [
    "q=%00",
    "page=" + "9" * 40,
    "limit=-" + "9" * 20,
    "came_from=//zzx.example",
    "came_from=/%5Czzx.example",
]


def test_no_parameter_of_any_page_breaks_it(scene: Scene, _web_application: Any) -> None:
    """Every address that is read with GET: with hostile parameters, and with hostile parts."""
    rules = {
        rule.rule
        for rule in _web_application.flask_app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint not in ("static", "webassets.index")
    }
    assert len(rules) > 150
    wrong = []
    for number, rule in enumerate(sorted(rules)):
        values = itertools.islice(itertools.cycle(HOSTILE), number, number + len(NAMES))
        query = "&".join(f"{name}={value}" for name, value in zip(NAMES, values, strict=True))
        hostile = HOSTILE[number % len(HOSTILE)]
        whole = [filled(rule, "aperto") + f"?{query}"]
        whole += [filled(rule, hostile) + f"?q=one&q={hostile}"] if "<" in rule else []
        wrong += [fault for address in whole if (fault := fault_of(_web_application, address))]
    assert not wrong, "\n".join(wrong)


def filled(rule: str, value: str) -> str:
    return re.sub(r"<[^>]+>", lambda part: "1" if part[0].startswith("<int") else value, rule)


def fault_of(site: Any, address: str) -> str:
    """What is wrong with the answer to an address; empty where nothing is."""
    began = time.monotonic()
    try:
        status = site.get(address, follow_redirects=False).status_code
    except Exception as error:  # in production a page "500"
        model.Session.remove()
        return f"{type(error).__name__} {address[:160]}"
    if status >= 500 or time.monotonic() - began > 20:
        return f"{status} {time.monotonic() - began:.0f} s {address[:160]}"
    return ""


@pytest.mark.parametrize("value", HOSTILE)
def test_no_parameter_of_the_pages_with_many_breaks_them(
    scene: Scene, _web_application: Any, value: str
) -> None:
    file = f"/dataset/aperto/resource/{scene.file['id']}"
    rows = f"/api/3/action/opencohesion_table_rows?id={scene.file['id']}"
    for address in (
        f"/dataset/?q={value}&tags={value}&page={value}&sort={value}&theme={value}&publisher={value}",
        f"{file}?show={value}&q={value}&c={value}&page={value}&sort={value}&f={value}&by={value}&value={value}&fn={value}",
        f"{rows}&filters={value}&offset={value}&sort={value}",
        f"/access-counts.csv?from={value}&to={value}",
        f"/dataset/aperto/ask?kind={value}&place={value}",
    ):
        assert not fault_of(_web_application, address)


@pytest.mark.parametrize("query", REFUSED)
def test_what_can_not_be_meant_is_refused_everywhere(scene: Scene, _web_application: Any, query: str) -> None:
    for page in (
        "/dataset/",
        "/organization/",
        "/dataset/aperto",
        "/user/login",
        "/api/3/action/organization_list",
    ):
        assert _web_application.get(f"{page}?{query}").status_code == 400, page
    assert _web_application.get("/dataset/%00").status_code == 400


def test_ten_thousand_filters_are_refused(_web_application: Any, scene: Scene) -> None:
    query = "&".join(f"tags=t{number}" for number in range(10_000))
    assert _web_application.get(f"/dataset/?{query}").status_code == 400
