"""What the room's pages share: who asks, which dataset, and telling what went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz


def context() -> Any:
    """Return the context of an action that the visitor of the page calls."""
    return {"user": tk.current_user.name, "auth_user_obj": tk.current_user}


def dataset_of(id: str) -> dict[str, Any]:
    """Return a dataset, or answer 404: who may not see it is not told that it exists."""
    try:
        return tk.get_action("package_show")(context(), {"id": id})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(404, tk._("Dataset not found"))


def editable(id: str) -> dict[str, Any]:
    """Return a dataset that the visitor may edit, or answer 404 (not seen) or 403 (not theirs)."""
    dataset = dataset_of(id)
    if not authz.is_authorized_boolean("package_update", context(), {"id": dataset["id"]}):
        return tk.abort(403, tk._("You may not do this."))
    return dataset


def sentences(errors: Any) -> Iterator[str]:
    """Yield the sentences of a ``ValidationError``'s error dict, however deep they lie."""
    if isinstance(errors, dict):
        for name, part in errors.items():
            if not str(name).startswith("__"):
                yield from sentences(part)
    elif isinstance(errors, list):
        for part in errors:
            yield from sentences(part)
    elif errors:
        yield str(errors)


def tell(error: Any) -> None:
    """Show what a ``ValidationError`` says above the next page."""
    for sentence in dict.fromkeys(sentences(error.error_dict)):
        tk.h.flash_error(sentence)


def inert(value: str) -> str:
    """Keep a spreadsheet from running a cell of an exported table as a formula."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
