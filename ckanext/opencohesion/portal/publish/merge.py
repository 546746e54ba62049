"""Two officers in one form: which fields the other changed, which both did. Plain module.

The form carries a digest of every field as it showed it. A field that only the other changed is taken over; one that
both changed is a conflict, which a person decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Field = Mapping[str, Any]


@dataclass
class Merged:
    """The outcome: ``taken`` fields have the other's value in ``values``; ``conflicts`` still have one's own."""

    values: dict[str, Any]
    taken: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)


def normal(field: Field, value: Any) -> Any:
    """Return a field's value as it is whether a form sent it or CKAN kept it."""
    if field.get("repeating_subfields"):
        entries = value if isinstance(value, list) else []
        kept = [{name: _line(part) for name, part in entry.items() if _line(part)} for entry in entries]
        return [entry for entry in kept if entry]
    if field["field_name"] == "tag_string":
        return sorted({tag.strip() for tag in str(value or "").split(",") if tag.strip()})
    if field.get("output_validators"):  # kept as a list
        entries = value if isinstance(value, list) else str(value or "").splitlines()
        return sorted({str(entry).strip() for entry in entries if str(entry).strip()})
    return _line(value)


def _line(value: Any) -> str:
    return "" if value is None else str(value).replace("\r\n", "\n").strip()


def merge(
    fields: Iterable[Field],
    digests: Mapping[str, str],
    theirs: Mapping[str, Any],
    mine: Mapping[str, Any],
    digest: Any,
) -> Merged:
    """Lay one's own form over what somebody saved meanwhile.

    ``digests``: of each field's normal value when the form was shown, by ``digest``; ``theirs``: the dataset as it
    stands; ``mine``: the dataset as the form sends it.
    """
    merged = Merged(dict(mine))
    for one in fields:
        name = one["field_name"]
        now, own = normal(one, theirs.get(name)), normal(one, mine.get(name))
        shown = digests.get(name)
        if shown is None or digest(now) == shown or now == own:
            continue
        if digest(own) == shown:
            merged.values[name] = theirs.get(name)
            merged.taken.append(name)
        else:
            merged.conflicts.append(name)
    return merged
