"""What a change to a dataset touches, kept as a difference that can be laid on a newer dataset. Plain module.

A *data* change is one that changes what people download: files added, removed or replaced, another address, another
format or Table Schema. Everything else is metadata. Orders and texts are metadata; bytes are data.
"""

from __future__ import annotations

import json
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

#: Dataset and resource fields that only the gate writes: what a client sends in them is ignored.
GATE_DATASET_FIELDS = frozenset({"quality_status", "quality_checked", "quality_live"})
GATE_RESOURCE_FIELDS = frozenset({"download_url", "size", "hash", "mimetype", "last_modified"})

#: Resource fields whose change is a change of data.
DATA_FIELDS = ("url", "url_type", "format", "table_schema")

#: Fields that CKAN computes or that other calls own: no difference in them is a change.
COMPUTED_DATASET_FIELDS = frozenset(
    {
        *(
            "id",
            "type",
            "creator_user_id",
            "isopen",
            "metadata_created",
            "metadata_modified",
            "num_resources",
        ),
        *("num_tags", "organization", "relationships_as_object", "relationships_as_subject", "license_title"),
        *("license_url", "plugin_data", "tracking_summary", "resources", "private", "state"),
    }
)
COMPUTED_RESOURCE_FIELDS = frozenset(
    {
        *("id", "package_id", "created", "metadata_modified", "position", "state", "datastore_active"),
        *(
            "datastore_contains_all_records_of_source_file",
            "cache_last_updated",
            "cache_url",
            "mimetype_inner",
        ),
        *("resource_type", "tracking_summary", "upload", "clear_upload", "save", "staged"),
    }
)


@dataclass
class Change:
    """A difference to a dataset.

    ``fields``: changed dataset fields, ``None`` for one that was taken away. ``resources``: per resource id an
    operation ``{"op": "put", "new": bool, "values": {field: value or None}, "file": dict or None}`` or
    ``{"op": "delete"}``. ``data``: whether what people download changes.
    """

    fields: dict[str, Any] = field(default_factory=dict)
    resources: dict[str, dict[str, Any]] = field(default_factory=dict)
    data: bool = False


def strip_gate_fields(dataset: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of a dataset dict without the fields that only the gate writes."""
    stripped = {key: value for key, value in dataset.items() if key not in GATE_DATASET_FIELDS}
    if isinstance(stripped.get("resources"), list):
        stripped["resources"] = [
            {key: value for key, value in resource.items() if key not in GATE_RESOURCE_FIELDS}
            if isinstance(resource, Mapping)
            else resource
            for resource in stripped["resources"]
        ]
    return stripped


def _is_blank(value: Any) -> bool:
    return value is None or value in ("", [], {})


def _same(left: Any, right: Any) -> bool:
    return left == right or (_is_blank(left) and _is_blank(right))


def _last_segment(url: str) -> str:
    return unquote(urlsplit(url).path.rsplit("/", 1)[-1])


def keep_upload(live: Mapping[str, Any], wanted: dict[str, Any]) -> None:
    """Mend in place a resource dict that names an uploaded file by its public address or its bare file name.

    CKAN shows an uploaded file as an absolute address; a client that sends it back means "the same file", also when
    it left ``url_type`` out. An upload or a cleared upload is never mended.
    """
    if live.get("url_type") != "upload" or wanted.get("upload") or wanted.get("clear_upload"):
        return
    url = wanted.get("url")
    unchanged = url == live.get("url") or (
        wanted.get("url_type", "upload") == "upload"
        and (not url or _last_segment(url) == _last_segment(live.get("url") or ""))
    )
    if unchanged:
        wanted["url"] = live.get("url")
        wanted["url_type"] = "upload"


def replaces_file(wanted: Mapping[str, Any]) -> bool:
    """Say whether a resource dict, as a client sends it, brings a file or takes one away."""
    return bool(wanted.get("upload") or wanted.get("clear_upload"))


def resource_data_changed(live: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Say whether ``wanted`` stands for other data than ``live`` (both resource dicts, ``keep_upload`` done)."""
    return replaces_file(wanted) or any(not _same(live.get(name), wanted.get(name)) for name in DATA_FIELDS)


def _difference(
    live: Mapping[str, Any], wanted: Mapping[str, Any], ignored: frozenset[str]
) -> dict[str, Any]:
    names = (set(live) | set(wanted)) - ignored
    return {name: wanted.get(name) for name in sorted(names) if not _same(live.get(name), wanted.get(name))}


def difference(live: Mapping[str, Any], wanted: Mapping[str, Any], replaced: Container[str] = ()) -> Change:
    """Return what ``wanted`` changes in ``live``.

    Both are dataset dicts without gate fields; ``wanted`` as a client sends it to ``package_update``: fields that are
    not in it are taken away, resources are left alone when the list is not in it, every new resource has an id.
    ``replaced``: ids of resources whose file was replaced by an upload that is no longer in ``wanted``.
    """
    change = Change(fields=_difference(live, wanted, COMPUTED_DATASET_FIELDS))
    if "resources" not in wanted:
        return change
    before = {resource["id"]: resource for resource in live.get("resources", [])}
    kept = set()
    for resource in wanted["resources"]:
        old = before.get(resource["id"])
        kept.add(resource["id"])
        values = _difference(old or {}, resource, COMPUTED_RESOURCE_FIELDS)
        is_data = old is None or resource["id"] in replaced or resource_data_changed(old, resource)
        if values or is_data:
            change.resources[resource["id"]] = {
                "op": "put",
                "new": old is None,
                "values": values,
                "file": None,
            }
        change.data = change.data or is_data
    for gone in before.keys() - kept:
        change.resources[gone] = {"op": "delete"}
        change.data = True
    return change


def merge(
    fields: Mapping[str, Any], resources: Mapping[str, Any], later: Change
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Lay ``later`` over a staged change (its ``fields`` and ``resources``) and return the two merged parts.

    A resource that was new and is deleted again leaves no trace; a file stays staged until another one replaces it or
    the address changes.
    """
    merged = {key: dict(operation) for key, operation in resources.items()}
    for resource_id, operation in later.resources.items():
        earlier = merged.get(resource_id)
        if operation["op"] == "delete":
            if earlier and earlier.get("new"):
                del merged[resource_id]
            else:
                merged[resource_id] = dict(operation)
        elif earlier and earlier["op"] == "put":
            url = earlier["values"].get("url")
            replaced = operation["file"] or operation["values"].get("url", url) != url
            merged[resource_id] = {
                "op": "put",
                "new": earlier["new"],
                "values": {**earlier["values"], **operation["values"]},
                "file": operation["file"] if replaced else earlier["file"],
            }
        else:
            merged[resource_id] = dict(operation)
    return {**fields, **later.fields}, merged


def superseded(
    fields: Mapping[str, Any], resources: Mapping[str, Any], later: Change, replaced: Container[str] = ()
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what is left of a waiting change when ``later`` was saved past it: the last word on each thing wins.

    A field, or a file's field, that was changed anew waits no more. A file that was replaced (``replaced``), moved or
    removed takes back what waited for it.
    """
    left: dict[str, Any] = {}
    for resource_id, operation in resources.items():
        new = later.resources.get(resource_id)
        if new is None or (operation["op"] == "put" and operation["new"]):
            left[resource_id] = dict(operation)
            continue
        is_data = (
            resource_id in replaced or new["op"] == "delete" or any(n in new["values"] for n in DATA_FIELDS)
        )
        if is_data or operation["op"] == "delete":
            if not is_data:
                left[resource_id] = dict(operation)
            continue
        values = {name: value for name, value in operation["values"].items() if name not in new["values"]}
        if values or operation["file"]:
            left[resource_id] = {**operation, "values": values}
    return {name: value for name, value in fields.items() if name not in later.fields}, left


def _overlay(base: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    result = {**base, **values}
    return {key: value for key, value in result.items() if not (key in values and value is None)}


def rebase(
    live: Mapping[str, Any], fields: Mapping[str, Any], resources: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the dataset dict that ``live`` becomes with a staged change: live's order, new resources last.

    A change to a resource that was removed from the live dataset in the meantime is dropped with it.
    """
    result = _overlay(live, fields)
    present = []
    for resource in live.get("resources", []):
        operation = resources.get(resource["id"])
        if operation is None:
            present.append(dict(resource))
        elif operation["op"] == "put":
            present.append(_overlay(resource, operation["values"]))
    ids = {resource["id"] for resource in live.get("resources", [])}
    for resource_id, operation in resources.items():
        if operation["op"] == "put" and operation["new"] and resource_id not in ids:
            values = {key: value for key, value in operation["values"].items() if value is not None}
            present.append({**values, "id": resource_id})
    result["resources"] = present
    return result


def jsonable(value: Any) -> Any:
    """Return ``value`` as JSON keeps it; what JSON does not know (dates) becomes its text."""
    return json.loads(json.dumps(value, default=str))
