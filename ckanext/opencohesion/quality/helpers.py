"""Template helpers of the gate."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib import i18n
from flask import current_app, has_request_context
from flask_babel import format_datetime

from ckanext.opencohesion.quality.decisions import decisions
from ckanext.opencohesion.quality.desk.words import STATES
from ckanext.opencohesion.quality.model import get_state
from ckanext.opencohesion.quality.office_schemas import store as office_schemas
from ckanext.opencohesion.quality.personal.legal_bases import LEGAL_BASES
from ckanext.opencohesion.quality.reports.findings_table import SEVERITY_WORDS
from ckanext.opencohesion.quality.reports.reports import overrides_of
from ckanext.opencohesion.quality.reports.summary import repairs_behind_files
from ckanext.opencohesion.quality.staging import get_staged, resting
from ckanext.opencohesion.quality.state import guarded
from ckanext.opencohesion.tables.profiles import load_profile, profile_ids

VERDICTS = {**STATES, "pending": STATES["waiting"], "review": STATES["awaiting_approval"]}


def opencohesion_table_schema_choices(field: dict[str, Any] | None = None) -> list[dict[str, str]]:
    """Return the Table Schemas that a resource can name, as scheming choices in the page's language.

    Those of offices come with every version, since a file may stay with an older one; the newest stands first.
    """
    # Validation asks for the choices too, also in jobs and on the command line, where there is no request.
    language = "en" if has_request_context() and str(i18n.get_lang()).startswith("en") else "it"
    choices = []
    for name in profile_ids():
        title = load_profile(name).title
        choices.append({"value": name, "label": title.get(language) or title.get("it") or name})
    choices.sort(key=lambda choice: choice["label"].casefold())
    for row in office_schemas.every_version():
        title = row.schema["title_en" if language == "en" else "title"]
        label = (
            tk._("{title} ({office}, version {version})")
            if has_request_context()
            else "{title} ({office}, {version})"
        )
        words = label.format(title=title, office=row.organization, version=row.version)
        choices.append({"value": row.schema_id, "label": words})
    return choices


def opencohesion_when(value: datetime | str) -> str:
    """Return a UTC time (a datetime without zone, or ISO text) as the page's language writes it, in the portal's zone."""
    moment = datetime.fromisoformat(value.removesuffix("Z")) if isinstance(value, str) else value
    return format_datetime(
        moment.replace(tzinfo=UTC).astimezone(tk.h.get_display_timezone()), "d MMMM y, HH:mm", rebase=False
    )


def opencohesion_severity(severity: str) -> str:
    """Return the gravity of a finding in the page's language."""
    return tk._(SEVERITY_WORDS.get(severity, severity))


def opencohesion_verdict(verdict: str) -> str:
    """Return a verdict on a dataset in the page's language."""
    return tk._(VERDICTS.get(verdict, verdict))


def opencohesion_has_page(endpoint: str) -> bool:
    """Say whether the portal has a page of this name: those of rooms above this one are there only with their plugin."""
    return endpoint in current_app.view_functions


def opencohesion_overrides(package_id: str) -> list[dict[str, Any]]:
    """Return the latest decision to publish a dataset against the verdict, as ``[{user, reason, created}]`` or empty."""
    return overrides_of(package_id, public=True)[:1]


def opencohesion_repairs(dataset: dict[str, Any]) -> list[dict[str, Any]]:
    """Return how the present files of a dataset were mended by the portal, as ``opencohesion_quality_repair_list``."""
    return repairs_behind_files(dataset)


def opencohesion_quality_standing(dataset: dict[str, Any]) -> dict[str, Any]:
    """Return how a dataset stands at the gate, for the reader of its page.

    ``{guarded, live, wants_public, status, staged, resting, may_edit}``; ``staged`` is the status of the change that waits,
    ``resting`` whether one waits for the dataset to be public again: for editors only.
    """
    if not dataset.get("id") or not guarded(dataset.get("type")):
        return {"guarded": False}
    state = get_state(dataset["id"])
    may_edit = tk.h.check_access("package_update", {"id": dataset["id"]})
    staged = get_staged(dataset["id"]) if may_edit else None
    return {
        "guarded": True,
        "live": bool(state and state.live),
        "wants_public": bool(state and state.wants_public),
        "status": state.status if state else "pending",
        "staged": staged.status if staged else None,
        "resting": may_edit and resting(dataset["id"]) is not None,
        "may_edit": may_edit,
    }


def opencohesion_legal_basis(code: str, text: str | None = None) -> str:
    """Return a legal basis in words: its title, or what was written where it is another one."""
    return text or tk._(LEGAL_BASES.get(code, code))


def opencohesion_awaited(package_id: str) -> dict[str, Any] | None:
    """Return what a dataset awaits, for who may edit it or decide on it: ``{waiting, may_decide}``."""
    waiting = decisions.decidable(package_id)
    if waiting is None or not tk.h.check_access("opencohesion_quality_staged_show", {"id": package_id}):
        return None
    action = (
        "opencohesion_quality_review_decide" if waiting.kind == "review" else "opencohesion_quality_approve"
    )
    may_decide = tk.h.check_access(action, {"id": package_id})
    return {"waiting": waiting, "may_decide": may_decide}
