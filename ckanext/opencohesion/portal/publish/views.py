"""Pages of the officer's way: begin with a file, the draft's form, what happens then, and the form of what is public."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context, ErrorDict
from ckan.views.dataset import EditView as CkanEditView
from ckan.views.dataset import _form_save_redirect
from flask import Blueprint, g
from werkzeug.datastructures import FileStorage

from ...jobs import api as jobs
from ...quality import asking
from ...quality.reports import listing
from ...quality.state import fileless, guarded
from ...quality.versions import EXPECTED
from ...quality.visibility import hidden
from ...stewardship.publication.actions import moment_of
from . import drafts, forms, intake, proposals

blueprint = Blueprint("opencohesion_publish", __name__)

#: The dataset types that an officer chooses from, and all that have our form.
OFFERED = ("dataset", "cohesion", "pnrr", "protected")
EDITED = (*OFFERED, "series")
_CAUSES_SHOWN = 5


def _user() -> str:
    if not tk.current_user.is_authenticated:
        tk.abort(403, tk._("Log in to publish data."))
    return tk.current_user.name


def _context() -> Context:
    return drafts.draft_context(_user())


def _package(id: str) -> model.Package:
    """Return a dataset that the user may change, or answer 404: who may not is not told that it exists."""
    package = model.Package.get(id)
    if package is None or not guarded(package.type):
        return tk.abort(404, tk._("Dataset not found"))
    try:
        tk.check_access("package_update", _context(), {"id": package.id})
    except tk.NotAuthorized:
        return tk.abort(404, tk._("Dataset not found"))
    return package


def _sent_file() -> FileStorage | None:
    upload = tk.request.files.get("upload")
    return upload if upload and upload.filename else None


# -- the first page: the file --------------------------------------------------------------------------------------------


def begin() -> Any:
    """Ask for the office and the file; a file that nobody could use is told about here."""
    _user()
    offices = tk.h.organizations_available("create_dataset")
    sent = tk.request.form
    errors: ErrorDict = {}
    if tk.request.method == "POST":
        upload, url = _sent_file(), sent.get("url", "").strip()
        chosen = sent.get("dataset_type") or None
        without = sent.get("save") == "without" or fileless(chosen or "dataset")
        if without or upload or url:
            values = {} if without else {"upload": upload, "url": url}
            try:
                draft = tk.get_action("opencohesion_draft_create")(
                    _context(), {"owner_org": sent.get("owner_org"), "type": chosen, **values}
                )
            except tk.ValidationError as error:
                errors = error.error_dict
            except tk.NotAuthorized:
                return tk.abort(403, tk._("You may not publish for this organization."))
            else:
                return tk.redirect_to("opencohesion_publish.form", id=draft["id"])
        else:
            errors = {"upload": [tk._("Choose a file or give its address; or go on without a file.")]}
    return tk.render(
        "opencohesion/publish/begin.html",
        {
            "offices": offices,
            "data": dict(sent),
            "errors": errors,
            "types": _types(),
            "drafts": tk.h.opencohesion_drafts(),
        },
    )


def _types() -> list[dict[str, str]]:
    return [{"value": name, "label": _type_label(name)} for name in OFFERED]


def _type_label(name: str) -> str:
    labels = {
        "dataset": tk._("Other data of the region"),
        "cohesion": tk._("Cohesion policy"),
        "pnrr": tk._("Recovery plan (PNRR)"),
        "protected": tk._("Protected data, given on request (no file)"),
    }
    return labels.get(name, name)


# -- the draft's form ----------------------------------------------------------------------------------------------------


def form(id: str) -> Any:
    """Show the form of a draft, save it, give it another file or type, or publish it."""
    package = _package(id)
    if package.state != "draft":
        if (
            tk.request.method == "POST"
        ):  # somebody published it meanwhile: what is sent is a change to what is there
            return EditView().post(package.type, package.id)
        return tk.redirect_to(f"{package.type}.edit", id=package.name)
    if tk.request.method == "GET":
        return _draft_page(package, {}, {})
    wanted = tk.request.form.get("save", "draft")
    data = forms.submitted(package.type)
    forms.choose(package, data)
    found = forms.compare(package, data)
    if found and found[0].conflicts:
        return _draft_page(package, found[0].values, {}, forms.conflict_lines(package, found[0]))
    if found:
        data = found[0].values
    try:
        whole = _whole(package, data)
        tk.get_action("package_update")(_context(), {**whole, "state": "draft"})
        data["name"] = "" if drafts.is_placeholder(whole["name"]) else whole["name"]
        if wanted == "replace":
            return _replace(package)
        if wanted == "type":
            return _other_type(package)
        if wanted == "publish":
            return _publish(package, data)
        if wanted == "later":
            return _publish(
                package, data, f"{tk.request.form.get('day', '')}T{tk.request.form.get('time', '')}"
            )
    except tk.ValidationError as error:
        return _draft_page(package, data, error.error_dict)
    tk.h.flash_success(tk._("The draft is saved. Only your organization sees it."))
    return tk.redirect_to("opencohesion_publish.form", id=package.id)


def _whole(package: model.Package, data: dict[str, Any]) -> dict[str, Any]:
    """Return the dataset that a form stands for, with its files."""
    stored = tk.get_action("package_show")(_context(), {"id": package.id})
    title = str(data.get("title") or "").strip()
    name = str(data.get("name") or "").strip()
    if drafts.is_made_from_title(name, title, str(stored.get("title") or "")):
        publishing = tk.request.form.get("save") in ("publish", "later") and title
        name = drafts.name_from_title(title, package.id) if publishing else package.name
    return {**data, "id": package.id, "name": name, "type": package.type, "resources": forms.files_of(stored)}


def _publish(package: model.Package, data: dict[str, Any], at: str | None = None) -> Any:
    """Publish a draft: as soon as it has passed, or (``at``: day and time in Italy) not before that time."""
    whole = _whole(package, data)
    if not whole["resources"] and not fileless(package.type):
        message = tk._(
            "Add the file: without one there is nothing to publish. You can save the draft and go on later."
        )
        return _draft_page(package, data, {"upload": [message]})
    if at is None:
        tk.get_action("package_update")(_context(), {**whole, "state": "active"})
    else:
        moment_of(at)  # a time that can not be meant leaves the draft a draft
        tk.get_action("package_update")(_context(), {**whole, "state": "active", "private": True})
        tk.get_action("opencohesion_publication_schedule")(_context(), {"id": package.id, "at": at})
    drafts.forget(package)
    return tk.redirect_to("opencohesion_publish.done", id=package.name)


def _replace(package: model.Package) -> Any:
    """Give the draft its file, or another one in its place; what is still empty is proposed from it."""
    upload, url = _sent_file(), tk.request.form.get("url", "").strip()
    if not upload and not url:
        raise tk.ValidationError({"upload": [tk._("Choose the file first, then press the button.")]})
    brought = intake.look_into(upload, url or None)
    stored = tk.get_action("package_show")(_context(), {"id": package.id})
    offered = {
        name: proposal
        for name, proposal in intake.for_dataset(brought, package.type).items()
        if not stored.get(name) and not (name == "tag_string" and stored.get("tags"))
    }
    file = proposals.for_file(brought.recognised, brought.filename)
    if stored["resources"]:
        values = {"upload": upload} if upload else {"url": url, "url_type": ""}
        facts = {name: file[name].value for name in ("format", "table_schema") if name in file}
        resource = stored["resources"][0]
        tk.get_action("resource_patch")(_context(), {"id": resource["id"], **facts, **values})
    else:
        resource = intake.add_file(_user(), package.id, file, upload, url)
    if offered:
        values = {name: proposal.value for name, proposal in offered.items()}
        tk.get_action("package_patch")(_context(), {"id": package.id, **values})
    drafts.remember(package.id, offered, {resource["id"]: file})
    tk.h.flash_success(tk._("The file is here. See below what the first look found."))
    return tk.redirect_to("opencohesion_publish.form", id=package.id)


def _other_type(package: model.Package) -> Any:
    wanted = tk.request.form.get("dataset_type", "")
    if wanted not in OFFERED or (fileless(wanted) and package.resources):
        raise tk.ValidationError({"dataset_type": [tk._("Data with a file can not be of this type.")]})
    drafts.change_type(package, wanted)
    return tk.redirect_to("opencohesion_publish.form", id=package.id)


def _draft_page(
    package: model.Package,
    data: dict[str, Any],
    errors: dict[str, Any],
    conflict: dict[str, Any] | None = None,
) -> str:
    """Show the form with what was kept, or (``data``) with what was sent and is still to be mended."""
    stored = forms.with_tag_string(tk.get_action("package_show")(_context(), {"id": package.id}))
    fields = forms.fields_of(package.type)
    if data:
        stored |= forms.blanks(package.type) | data
        stored["private"] = data.get("private", stored.get("private"))
    else:
        stored["name"] = "" if drafts.is_placeholder(stored["name"]) else stored["name"]
        stored |= forms.defaults(fields, stored)
    kept = drafts.proposed(package)
    resources = forms.files_of(stored) if data else stored["resources"]
    return tk.render(
        "opencohesion/publish/form.html",
        {
            "dataset_type": package.type,
            "type_label": _type_label(package.type),
            "types": [one for one in _types() if one["value"] != "protected" or not resources],
            "schema": tk.h.scheming_get_dataset_schema(package.type),
            "data": stored,
            "fields": forms.with_marks(fields, kept["dataset"], stored),
            "files": _file_groups(package, resources, kept["files"], errors.get("resources") or []),
            "fileless": fileless(package.type),
            "errors": errors,
            "missing": [] if errors else forms.missing(fields, stored),
            "conflict": conflict,
            "moment": {name: tk.request.form.get(name, "") for name in ("day", "time")},
            "look": _first_look(package),
            "proposed": bool(kept["dataset"]) and not errors,
        },
    )


def _file_groups(
    package: model.Package,
    resources: list[dict[str, Any]],
    kept: dict[str, Any],
    errors: list[dict[str, Any]],
) -> list[dict[str, Any]]:
    """Return for each file its fields under names of their own (``file-0-name``), its values and its errors."""
    schema = tk.h.scheming_get_dataset_schema(package.type)
    wanted = {one["field_name"]: one for one in schema["resource_fields"]}
    groups = []
    for position, resource in enumerate(resources):
        prefix = f"file-{position}-"
        fields = forms.with_marks(
            [wanted[name] for name in forms.FILE_FIELDS], kept.get(resource["id"], {}), resource
        )
        wrong = errors[position] if position < len(errors) else {}
        groups.append(
            {
                "prefix": prefix,
                "resource": resource,
                "fields": [{**one, "field_name": prefix + one["field_name"]} for one in fields],
                "data": {
                    "id": resource["id"],
                    **{prefix + name: resource.get(name) for name in forms.FILE_FIELDS},
                },
                "errors": {prefix + name: messages for name, messages in wrong.items()},
            }
        )
    return groups


def _first_look(package: model.Package) -> dict[str, Any] | None:
    """Return what the checks have found in the files so far; ``None`` where there is no file."""
    if not package.resources:
        return None
    report = tk.get_action("opencohesion_quality_report_show")(_context(), {"id": package.id})
    causes = [cause for resource in report["resources"] for cause in listing.causes(resource, tk._)]
    job = jobs.latest(asking.KIND, package.id)
    return {
        "running": bool(job and job.state in ("queued", "running")),
        "status": report["status"],
        "errors": listing.count(causes, "error"),
        "warnings": listing.count(causes, "warning"),
        "causes": [cause for cause in causes if cause.severity != "info"][:_CAUSES_SHOWN],
        "more": max(0, len([cause for cause in causes if cause.severity != "info"]) - _CAUSES_SHOWN),
        "rows": sum(resource["rows"] or 0 for resource in report["resources"]),
    }


def first_look(id: str) -> str:
    """Give the part of the form that tells what the checks found, for the page that waits for it."""
    package = _package(id)
    return tk.render(
        "opencohesion/publish/first_look.html", {"look": _first_look(package), "pkg": package, "alone": True}
    )


def discard(id: str) -> Any:
    """Throw a draft away."""
    try:
        tk.get_action("opencohesion_draft_discard")(_context(), {"id": id})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(404, tk._("There is no such draft."))
    tk.h.flash_success(tk._("The draft has been thrown away."))
    return tk.redirect_to("opencohesion_publish.begin")


def done(id: str) -> str:
    """Say what happens now: the check, then the public page or what is to be mended."""
    package = _package(id)
    dataset = tk.get_action("package_show")(_context(), {"id": package.id})
    return tk.render(
        "opencohesion/publish/done.html",
        {
            "pkg_dict": dataset,
            "standing": tk.h.opencohesion_quality_standing(dataset),
            "look": _first_look(package),
            "fileless": fileless(package.type),
        },
    )


# -- the form of what is public ------------------------------------------------------------------------------------------


class EditView(CkanEditView):
    """CKAN's form of a dataset, which here overwrites nobody's change. A draft has its own form."""

    def get(
        self,
        package_type: str,
        id: str,
        data: dict[str, Any] | None = None,
        errors: dict[str, Any] | None = None,
        error_summary: dict[str, Any] | None = None,
    ) -> Any:
        """Show the form."""
        package = model.Package.get(id)
        draft = package is not None and package.state == "draft" and guarded(package.type)
        if package is not None and draft and not hidden(_context(), package.id):
            return tk.redirect_to("opencohesion_publish.form", id=package.id)
        return super().get(package_type, id, data, errors, error_summary)

    def post(self, package_type: str, id: str) -> Any:
        """Save what the form sends, unless somebody else changed the same field meanwhile."""
        package = _package(id)
        data = forms.submitted(package.type)
        forms.choose(package, data)
        found = forms.compare(package, data)
        if found is not None:
            merged, present = found
            if merged.conflicts:
                g.opencohesion_conflict = forms.conflict_lines(package, merged)
                return super().get(package.type, id, forms.blanks(package.type) | merged.values, {}, {})
            data = {**merged.values, EXPECTED: present}
        if tk.request.form.get("save") == "go-metadata-unpublish":
            data["state"] = "draft"
        try:
            saved = tk.get_action("package_update")(_context(), {**data, "id": package.id})
        except tk.ValidationError as error:
            sent = forms.blanks(package.type) | data
            return super().get(package.type, id, sent, error.error_dict, error.error_summary)
        if found is not None and found[0].taken:
            tk.h.flash_notice(tk._("Saved, together with what somebody else changed in the meantime."))
        if data.get("state") == "draft":
            return tk.redirect_to("opencohesion_publish.form", id=package.id)
        return _form_save_redirect(saved["name"], "edit", package_type=package.type)


blueprint.add_url_rule("/publish", "begin", begin, methods=["GET", "POST"])
blueprint.add_url_rule("/publish/<id>", "form", form, methods=["GET", "POST"])
blueprint.add_url_rule("/publish/<id>/first-look", "first_look", first_look)
blueprint.add_url_rule("/publish/<id>/discard", "discard", discard, methods=["POST"])
blueprint.add_url_rule("/publish/<id>/done", "done", done)
# A rule of its own for each type: CKAN's are, and one with a placeholder would come after them.
for _type in EDITED:
    blueprint.add_url_rule(
        f"/{_type}/edit/<id>",
        f"edit_{_type}",
        EditView.as_view(f"edit_{_type}"),
        defaults={"package_type": _type},
    )
