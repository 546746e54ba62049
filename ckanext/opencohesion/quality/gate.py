"""The chain through which every change to a dataset passes (DESIGN §4).

``package_create`` and ``package_update`` are the one choke point: every other action that changes a dataset or its
resources calls them. A dataset that is not live may change freely, it stays private. A change to the data of a live
dataset is staged: ``package_update`` then raises ``Staged`` to the outer action that called it, and the chained outer
action answers ``{id, staged: true, …}``, so that nothing after it touches what is live.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib import search
from ckan.types import Context

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.quality import asking, versions
from ckanext.opencohesion.quality.changes import (
    difference,
    keep_upload,
    rebase,
    replaces_file,
    strip_gate_fields,
)
from ckanext.opencohesion.quality.datasets import stored_dataset
from ckanext.opencohesion.quality.keys import JOBS_KEY, WISH_KEY
from ckanext.opencohesion.quality.model import DatasetState, StagedChange, get_state, utcnow
from ckanext.opencohesion.quality.publication import publication
from ckanext.opencohesion.quality.staging import (
    Staged,
    lock_dataset,
    saved_past,
    stage,
    staged_with_new,
    with_bringer,
)
from ckanext.opencohesion.quality.state import exempt, guarded
from ckanext.opencohesion.quality.token import is_gate

Action = Callable[[Context, dict[str, Any]], Any]

_TRUE = ("true", "yes", "t", "y", "1")


def wish(dataset: dict[str, Any]) -> bool | None:
    """Return whether a dataset dict asks to be public (``private`` false, as CKAN reads it), ``None`` if it does not say."""
    private = dataset.get("private")
    return None if private is None else str(private).strip().lower() not in _TRUE


def _user_id(context: Context) -> str | None:
    user = context.get("auth_user_obj") or model.User.get(context.get("user"))
    return getattr(user, "id", None)


# -- the outermost action: answers what was staged, and checks small files before it returns --------------------------


def _outermost(
    next_action: Action,
    context: Context,
    data_dict: dict[str, Any],
    answer: Callable[[Staged], Any],
    show: str,
) -> Any:
    """Run an action of the chain. The outermost one answers for what was staged and runs the checks of small files.

    ``show``: the action that reads the result again when a check has changed it meanwhile.
    """
    if JOBS_KEY in context:
        return next_action(context, data_dict)
    asked: list[jobs.Job] = []
    context[JOBS_KEY] = asked  # pyright: ignore[reportGeneralTypeIssues]
    try:
        result = next_action(context, data_dict)
    except Staged as staged:
        model.Session.commit()
        result = answer(staged)
    finally:
        context.pop(JOBS_KEY, None)  # pyright: ignore[reportCallIssue, reportArgumentType]
    if not asked or context.get("defer_commit"):
        return result
    for job in asked:
        jobs.run_now(job)
    if isinstance(result, dict) and "id" in result and not result.get("staged"):
        reading: Any = {"user": context.get("user"), "ignore_auth": True}
        return tk.get_action(show)(reading, {"id": result["id"]})
    return result


@tk.chained_action
def package_create(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Create every guarded dataset private; keep what it asks for as a wish."""
    if is_gate(context) or exempt(data_dict.get("type")):
        return next_action(context, data_dict)
    dataset = strip_gate_fields(data_dict)
    asked = wish(dataset)
    context[WISH_KEY] = True if asked is None else asked  # pyright: ignore[reportGeneralTypeIssues]
    dataset["private"] = True
    return _outermost(next_action, context, dataset, Staged.dataset_result, "package_show")


@tk.chained_action
def package_update(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Let a change through to a dataset that is not live; stage a change to the data of one that is."""
    package = model.Package.get(data_dict.get("id") or data_dict.get("name"))
    if package is None or is_gate(context) or exempt(package.type):
        return next_action(context, data_dict)

    def guarded_update(context: Context, data_dict: dict[str, Any]) -> Any:
        return _package_update(next_action, package, context, data_dict)

    return _outermost(guarded_update, context, data_dict, Staged.dataset_result, "package_show")


def _package_update(
    next_action: Action, package: model.Package, context: Context, data_dict: dict[str, Any]
) -> Any:
    tk.check_access("package_update", context, {**data_dict, "id": package.id})
    wanted = strip_gate_fields(data_dict)
    wanted["id"] = package.id
    expected = wanted.pop(versions.EXPECTED, None)
    if not guarded(package.type):
        return next_action(context, {**wanted, "private": True})

    _, state, _ = lock_dataset(package.id)
    if state is None:
        state = DatasetState(
            package_id=package.id, wants_public=False, live=False, status="pending", brought_by=[]
        )
        model.Session.add(state)
        model.Session.flush()
    asked = wish(wanted)
    wants_public = state.wants_public if asked is None else asked
    live = stored_dataset(package)
    if expected:
        versions.refuse_if_changed(expected, versions.version(package, live))
    before = {resource["id"]: resource for resource in live["resources"]}
    for resource in wanted.get("resources") or []:
        if resource.get("id") in before:
            keep_upload(before[resource["id"]], resource)

    serving = bool(state.live and package.state == "active")
    staying = serving and wants_public and wanted.get("state", "active") == "active"
    change = difference(live, _with_ids(wanted))
    changes_data = change.data
    if staying and changes_data:
        change = stage(context, package, live, _with_ids(wanted))
        asking.request_staged(package, context)
        raise Staged(package, change)
    if changes_data:
        state.uploader_id = _user_id(context)
        state.brought_by = with_bringer([] if serving else state.brought_by, state.uploader_id)
    state.wants_public, state.live = wants_public, staying
    model.Session.flush()
    wanted["private"] = not staying
    context["original_package"] = live  # pyright: ignore[reportGeneralTypeIssues]
    owner = package.owner_org
    replaced = {r["id"] for r in wanted.get("resources") or [] if r.get("id") and replaces_file(r)}
    result = next_action(context, wanted)
    if saved_past(package.id, change, replaced):
        asking.request_staged(package, context)
    if serving and not staying:
        publication.close(package)
    elif package.owner_org != owner:
        publication.close_history(package.id)
    if not staying and (package.state == "active" or (package.state == "draft" and changes_data)):
        asking.request_current(package, state, context)
    if not context.get("defer_commit"):
        model.Session.commit()  # CKAN commits nothing when it finds nothing changed; the wish may have
    return result


def _with_ids(dataset: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of a dataset dict in which every resource has an id: what is staged needs a name."""
    if "resources" not in dataset:
        return dict(dataset)
    resources = [
        {**resource, "id": resource.get("id") or str(uuid.uuid4())} for resource in dataset["resources"] or []
    ]
    return {**dataset, "resources": resources}


# -- outer actions: they call package_update, and answer for it when it staged ---------------------------------------


def _dataset_action(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    return _outermost(next_action, context, data_dict, Staged.dataset_result, "package_show")


@tk.chained_action
def package_patch(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Answer for a patch that was staged."""
    return _dataset_action(next_action, context, data_dict)


@tk.chained_action
def package_resource_reorder(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Answer for a new order (metadata: it is never staged, but checks may be asked for)."""
    return _dataset_action(next_action, context, data_dict)


@tk.chained_action
def package_owner_org_update(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Tell the search index and the activity stream of a new owner: CKAN would go on showing it to the old one's members."""
    result = next_action(context, data_dict)
    package = model.Package.get(data_dict.get("id"))
    if package is not None and not context.get("defer_commit"):
        publication.close_history(package.id)
        model.Session.commit()
        search.rebuild(package.id)
    return result


@tk.chained_action
def package_revise(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Answer for a revision that was staged, in ``package_revise``'s own form."""

    def answer(staged: Staged) -> dict[str, Any]:
        return {"package": staged.dataset_result(), "staged": True}

    return _outermost(next_action, context, data_dict, answer, "package_show")


@tk.chained_action
def resource_create(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Answer for a new resource that was staged."""
    return _outermost(next_action, context, data_dict, lambda s: s.resource_result(None), "resource_show")


def _resource_action(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    resource_id = data_dict.get("id")
    _refuse_if_file_changed(data_dict)
    return _outermost(
        next_action, context, data_dict, lambda s: s.resource_result(resource_id), "resource_show"
    )


def _refuse_if_file_changed(data_dict: dict[str, Any]) -> None:
    """Take out the version of a file that a client sent, and refuse the change when it is not the present one."""
    expected = data_dict.pop(versions.EXPECTED, None)
    resource = model.Resource.get(str(data_dict.get("id"))) if expected else None
    package = model.Package.get(resource.package_id, for_update=True) if resource else None
    if package is None:
        return
    shown = next((r for r in stored_dataset(package)["resources"] if r["id"] == data_dict["id"]), None)
    if shown:
        versions.refuse_if_changed(expected, versions.resource_version(shown))


def _locked(staged: StagedChange, resource_id: str) -> model.Package:
    """Lock the dataset of a staged change and read the change as it then is.

    Raises ``ObjectNotFound`` where the resource has been published, discarded or deleted meanwhile.
    """
    package, _, present = lock_dataset(staged.package_id)
    if package is None or present is None or resource_id not in present.resources:
        raise tk.ObjectNotFound(
            tk._("This change was published or discarded in the meantime: nothing was saved.")
        )
    return package


def _restage(context: Context, staged: StagedChange, values: dict[str, Any]) -> None:
    """Stage a resource that is itself only staged once more, with other values or another file."""
    package = _locked(staged, values["id"])
    live = stored_dataset(package)
    wanted = rebase(live, staged.fields, staged.resources)
    wanted["resources"] = [values if r["id"] == values["id"] else r for r in wanted["resources"]]
    change = stage(context, package, live, strip_gate_fields(wanted))
    asking.request_staged(package, context)
    raise Staged(package, change)


@tk.chained_action
def resource_update(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Answer for a resource that was staged; a resource that is only staged is staged again."""
    staged = staged_with_new(data_dict.get("id"))
    if staged is None:
        return _resource_action(next_action, context, data_dict)

    def again(context: Context, data_dict: dict[str, Any]) -> None:
        tk.check_access("resource_update", context, data_dict)
        _restage(context, staged, dict(data_dict))

    return _resource_action(again, context, data_dict)


@tk.chained_action
def resource_patch(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Answer for a resource that was staged; a resource that is only staged is staged again."""
    staged = staged_with_new(data_dict.get("id"))
    if staged is None:
        return _resource_action(next_action, context, data_dict)

    def again(context: Context, data_dict: dict[str, Any]) -> None:
        tk.check_access("resource_patch", context, data_dict)
        _locked(staged, data_dict["id"])
        _restage(context, staged, {**staged.resources[data_dict["id"]]["values"], **data_dict})

    return _resource_action(again, context, data_dict)


@tk.chained_action
def resource_delete(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Answer for a deletion that was staged; a resource that is only staged is simply forgotten."""
    staged = staged_with_new(data_dict.get("id"))
    if staged is None:
        return _resource_action(next_action, context, data_dict)
    tk.check_access("resource_delete", context, data_dict)
    package = _locked(staged, data_dict["id"])
    staged.resources = {key: value for key, value in staged.resources.items() if key != data_dict["id"]}
    staged.status, staged.checked, staged.updated = "pending", None, utcnow()
    if not staged.resources and not staged.fields:
        model.Session.delete(staged)
    else:
        asking.request_staged(package, context)
    model.Session.commit()
    return {"id": data_dict["id"], "package_id": staged.package_id, "staged": True}


# -- what the hooks tell ---------------------------------------------------------------------------------------------


def note_created(context: Context, package_id: str) -> None:
    """Keep the wish of a new dataset and ask for its check, within the transaction that creates it."""
    package = model.Package.get(package_id)
    if package is None or is_gate(context) or not guarded(package.type):
        return
    user_id = _user_id(context)
    state = DatasetState(
        package_id=package_id,
        wants_public=bool(context.get(WISH_KEY)),
        uploader_id=user_id,
        brought_by=with_bringer([], user_id),
    )
    model.Session.add(state)
    model.Session.flush()
    if package.state in asking.CHECKED_STATES:
        asking.request_current(package, state, context)


def note_deleted(package_id: str) -> None:
    """Close a dataset that is deleted, within the transaction that deletes it."""
    package, state = model.Package.get(package_id), get_state(package_id, lock=True)
    if package is not None and state is not None:
        state.live = False
        publication.close(package)


def actions() -> dict[str, Any]:
    """Return the chained actions of the gate."""
    return {
        "package_create": package_create,
        "package_update": package_update,
        "package_patch": package_patch,
        "package_owner_org_update": package_owner_org_update,
        "package_revise": package_revise,
        "package_resource_reorder": package_resource_reorder,
        "resource_create": resource_create,
        "resource_update": resource_update,
        "resource_patch": resource_patch,
        "resource_delete": resource_delete,
    }
