"""What templates may ask about questions."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from . import rules, store
from .auth import handles


def opencohesion_questions(dataset: dict[str, Any]) -> dict[str, Any]:
    """Return ``{published, open, may_answer}`` for a dataset's page; ``open`` is of its organization, for its officers."""
    context: Any = {"user": tk.current_user.name}
    organization_id = dataset.get("owner_org")
    may_answer = handles(context, organization_id)
    waiting = store.open_counts([organization_id]) if may_answer and organization_id else {}
    published = store.published(dataset["id"]) if dataset.get("id") else []
    return {
        "published": [store.shown_to_all(question) for question in published],
        "may_answer": may_answer,
        "open": waiting.get(organization_id or "", 0),
    }


def opencohesion_questions_waiting() -> int:
    """Return how many questions wait for the user of this page."""
    if tk.current_user.is_anonymous:
        return 0
    context: Any = {"user": tk.current_user.name}
    organizations = tk.get_action("organization_list_for_user")(context, {"permission": "update_dataset"})
    return sum(store.open_counts(o["id"] for o in organizations).values())


def opencohesion_question_words() -> dict[str, dict[str, str]]:
    """Return the kinds and statuses of questions in the page's language."""
    return {
        "kinds": {name: tk._(label) for name, label in rules.KINDS.items()},
        "statuses": {name: tk._(label) for name, label in rules.STATUSES.items()},
    }
