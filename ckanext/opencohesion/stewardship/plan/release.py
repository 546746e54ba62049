"""A new release: last time's metadata, a new file. It takes the road of every change, through the gate."""

from __future__ import annotations

from typing import Any

from ckanext.opencohesion.stewardship.plan.proposal import next_name, next_period, next_version
from ckanext.opencohesion.stewardship.plan.reading import day, last_period

#: In a dataset of this type every period has a file of its own; in the others the newest file takes the last one's place.
SERIES = "series"

#: What a new file beside the earlier ones takes over from the last of them.
_TAKEN_OVER = (
    "description",
    "format",
    "table_schema",
    "license",
    "status",
    "availability",
    "documentation",
    "conforms_to",
    "rights",
)


def last_file(dataset: dict[str, Any]) -> dict[str, Any] | None:
    """Return the file that the last release brought: the one that changed last, else the last in order."""
    resources = dataset.get("resources") or []
    if not resources:
        return None
    return max(enumerate(resources), key=lambda pair: (str(pair[1].get("created") or ""), pair[0]))[1]


def proposal(dataset: dict[str, Any], today: Any) -> dict[str, Any]:
    """Return what a new release of a dataset is filled with: ``{resource_id, name, version, period_start, period_end,
    modified}``; ``resource_id`` names the file whose place it takes, empty for one beside the earlier ones.
    """
    last = last_period(dataset)
    period = next_period(last, dataset.get("frequency"))
    file = last_file(dataset)
    replaced = file if dataset.get("type") != SERIES else None
    return {
        "resource_id": replaced["id"] if replaced else "",
        "name": next_name(file.get("name") if file else "", last, period),
        "version": next_version(dataset.get("version"), period, today),
        "period_start": period.start.isoformat() if period else "",
        "period_end": period.end.isoformat() if period and period.end else "",
        "modified": today.isoformat(),
    }


def with_release(dataset: dict[str, Any], release: dict[str, Any]) -> dict[str, Any]:
    """Return the dataset dict for ``package_update`` that a release makes of a dataset.

    ``release``: as ``proposal`` gives it, with ``version_notes`` and either ``upload`` (a file) or ``url``.
    """
    resources = [dict(resource) for resource in dataset.get("resources") or []]
    name = release.get("name") or ""
    replaced = next((each for each in resources if each["id"] == release.get("resource_id")), None)
    if replaced is None:
        template = last_file(dataset) or {}
        replaced = {key: template[key] for key in _TAKEN_OVER if template.get(key)}
        resources.append(replaced)
    replaced["name"] = name or replaced.get("name") or ""
    if release.get("upload"):
        replaced.update(upload=release["upload"], url="", url_type="upload")
    else:
        replaced.update(url=release["url"], url_type="")
    changed = {
        **dataset,
        "version": release.get("version") or "",
        "version_notes": release.get("version_notes") or "",
        "temporal_coverage": _coverage(dataset, release),
        "resources": resources,
    }
    if release.get("modified"):
        changed["modified"] = release["modified"]
    return changed


def _coverage(dataset: dict[str, Any], release: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the periods that the dataset covers with the release: the new one in the last one's place, or beside it.

    Beside the earlier ones where every period has a file of its own; a period that only grew stays one.
    """
    records = [dict(record) for record in dataset.get("temporal_coverage") or []]
    start = release.get("period_start")
    if not start:
        return records
    period = {"start": start, "end": release.get("period_end") or ""}
    last = last_period(dataset)
    beside = not release.get("resource_id") and last is not None and day(start) != last.start
    if beside:
        return [*records, period]
    kept = [each for each in records if last is None or day(each.get("start")) != last.start]
    return [*kept, period]
