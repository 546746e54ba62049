"""The new file of a resource: mended into the store and brought to the dataset as any upload is, through the gate."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.types import Context
from werkzeug.datastructures import FileStorage

from ...i18n_marks import N_
from ...jobs import api as jobs
from ...tables.errors import UnreadableTableError
from ...tables.repair.mending import Mender
from ...tables.repair.writing import mended_name, write_mended
from ..model import FileRepair
from ..storage.uploader import content_store, max_file_bytes
from .privacy import PersonalPrivacy
from .target import Target, find_target, is_mendable

KIND = "quality_repair"


def ask(target: Target, names: Sequence[str], sheet: str | None, user: model.User) -> jobs.Job:
    """Ask for the mending of a large file in the background, within the present transaction."""
    return jobs.submit(
        KIND,
        target.resource["id"],
        {
            "id": target.package_id,
            "resource_id": target.resource["id"],
            "repairs": list(names),
            "sheet": sheet,
            "sha256": target.sha256,
            "user": user.name,
        },
        timeout_seconds=tk.config["ckanext.opencohesion.quality.check_timeout_seconds"],
        title=tk._("Repair of {file}").format(file=target.filename),
        creator_user_id=user.id,
    )


def last_job(package_id: str, resource_id: str) -> jobs.Job | None:
    """Return the last job that mended a file of this dataset in the background."""
    job = jobs.latest(KIND, resource_id)
    return job if job and job.args["id"] == package_id else None


def mend_file(handle: jobs.JobHandle, args: dict[str, Any]) -> dict[str, Any] | None:
    """Mend one file (the job's function). A run that was killed when it had ended finds that, and does nothing."""
    package = model.Package.get(args["id"])
    user = model.User.get(args["user"])
    if package is None or user is None:
        return None
    target = find_target(package, args["resource_id"])
    if target.sha256 != args["sha256"]:
        query = sa.select(FileRepair.id).where(
            FileRepair.source_sha256 == args["sha256"], FileRepair.result_sha256 == target.sha256
        )
        if model.Session.scalar(query.limit(1)):
            return None
        raise jobs.JobFailedError(N_("The file was replaced in the meantime: nothing was mended."))
    context: Any = {"user": user.name, "auth_user_obj": user, "ignore_auth": False}
    try:
        made = mend(
            context,
            target,
            args["repairs"],
            args["sheet"],
            handle.step(1, 1, target.filename),
        )
    except tk.ValidationError as error:
        raise jobs.JobFailedError("; ".join(map(str, error.error_summary.values()))) from error
    return {"repair_id": made["repair_id"], "changes": made["changes"]}


def mend(
    context: Context,
    target: Target,
    names: Sequence[str],
    sheet: str | None,
    progress: Callable[[int], None] = lambda _rows: None,
) -> dict[str, Any]:
    """Mend a file, keep log and untouched file, and bring the new one to the dataset as the user of ``context``.

    Returns ``{repair_id, changes, staged}``. Raises ``ValidationError`` where nothing is to be changed or the file can
    not be read, ``NotAuthorized`` where the user may not change the file. Commits.
    """
    user = model.User.get(context.get("user"))
    if user is None:
        raise tk.NotAuthorized
    store = content_store()
    store.root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=store.root, prefix="repair-") as folder:
        result, log = Path(folder) / "result", Path(folder) / "log"
        try:
            source = target.source(sheet)
            if not is_mendable(source):
                raise tk.ValidationError({"repairs": [tk._("Files of this format can not be mended here.")]})
            mender = Mender(source, target.profile, names, PersonalPrivacy(source, target.profile))
            mended = write_mended(mender, result, log, progress)
        except UnreadableTableError as error:
            message = tk._("The file can not be read: nothing was mended.")
            raise tk.ValidationError({"repairs": [message]}) from error
        if not mended.counts:
            raise tk.ValidationError(
                {"repairs": [tk._("There is nothing to change: the file stays as it is.")]}
            )
        with result.open("rb") as stream, log.open("rb") as log_stream:
            stored = store.add(stream, max_file_bytes())
            kept = store.add(log_stream, max_file_bytes())
        filename = mended_name(target.filename, source.native, source.member)
        row = FileRepair(
            package_id=target.package_id,
            resource_id=target.resource["id"],
            source_sha256=target.sha256,
            source_filename=target.filename,
            result_sha256=stored.sha256,
            result_filename=filename,
            log_sha256=kept.sha256,
            repairs=mended.counts,
            user_id=user.id,
        )
        model.Session.add(row)
        model.Session.flush()
        repair_id = row.id
        answer = _bring(context, target, filename, result, as_csv=source.native or bool(source.member))
    return {
        "repair_id": repair_id,
        "changes": sum(mended.counts.values()),
        "staged": bool(answer.get("staged")),
    }


def _bring(context: Context, target: Target, filename: str, path: Path, *, as_csv: bool) -> dict[str, Any]:
    """Upload the new file in the officer's name: what is live is staged, what is not is checked again."""
    declared = str(target.resource.get("format") or "")
    values = {"format": _csv_like(declared)} if as_csv and declared else {}
    with path.open("rb") as stream:
        upload = FileStorage(stream, filename=filename)
        patch: Any = {**context}
        return tk.get_action("resource_patch")(
            patch, {"id": target.resource["id"], "upload": upload, **values}
        )


def _csv_like(declared: str) -> str:
    """Return the format CSV, written as the resource writes formats: as a code or as its address."""
    return declared.rsplit("/", 1)[0] + "/CSV" if "/" in declared else "CSV"
