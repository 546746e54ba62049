"""Asking the gate for a check of a dataset, or of the change that waits for it."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.quality.keys import JOBS_KEY
from ckanext.opencohesion.quality.model import DatasetState, ResourceFile
from ckanext.opencohesion.quality.staging import get_staged
from ckanext.opencohesion.quality.state import fileless

KIND = "quality_check"

#: States of a dataset whose files are judged. A draft is never published: its officer learns early what to mend.
CHECKED_STATES = ("active", "draft")


def request_check(
    package: model.Package, *, enqueue: bool = True, user_id: str | None = None, later: bool = False
) -> jobs.Job:
    """Ask for a check of a dataset, within the present transaction; a worker gets it after the commit.

    ``later``: no officer waits for it (a link that changed, new rules for what is live).
    """
    title = tk._("Check of {name}").format(name=package.name)
    timeout = tk.config["ckanext.opencohesion.quality.check_timeout_seconds"]
    return jobs.submit(
        KIND,
        package.id,
        {"id": package.id},
        timeout_seconds=timeout,
        title=title,
        creator_user_id=user_id,
        enqueue=enqueue,
        later=later,
    )


def request_current(package: model.Package, state: DatasetState, context: Context) -> None:
    """Ask for a check of a dataset that is not live and has something to be checked."""
    state.status, state.checked = "pending", None
    resources = [resource for resource in package.resources if resource.state == "active"]
    if not resources and not fileless(package.type):
        return
    files = [model.Session.get(ResourceFile, resource.id) for resource in resources]
    sizes = [
        row.size_bytes if row and resource.url_type == "upload" else None
        for row, resource in zip(files, resources, strict=True)
    ]
    _request(package, context, sizes)


def request_staged(package: model.Package, context: Context) -> None:
    """Ask for a check of the change that waits for a live dataset."""
    staged = get_staged(package.id)
    puts = [put for put in staged.resources.values() if put["op"] == "put"] if staged else []
    _request(package, context, [put["file"]["size_bytes"] if put["file"] else None for put in puts])


def _request(package: model.Package, context: Context, sizes: list[int | None]) -> None:
    """Ask for a check; files that are here and small are checked before the caller's action returns (DESIGN §4)."""
    waiting: list[jobs.Job] | None = context.get(JOBS_KEY)
    limit = tk.config["ckanext.opencohesion.quality.check_at_once_bytes"]
    known = [size for size in sizes if size is not None]
    at_once = waiting is not None and len(known) == len(sizes) and sum(known) <= limit
    user = context.get("auth_user_obj")
    job = request_check(package, enqueue=not at_once, user_id=getattr(user, "id", None))
    if at_once and waiting is not None and job.id not in [other.id for other in waiting]:
        waiting.append(job)
