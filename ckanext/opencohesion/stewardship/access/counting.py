"""Counts a use when its answer leaves: one increment in Redis, of a name that says what, when and what kind of client.

No address, no User-Agent, no cookie is kept. Trouble in counting never troubles the answer.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import ckan.plugins as p
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import authz, model
from ckan.lib.redis import connect_to_redis
from flask import Response
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from ckanext.opencohesion.stewardship.access.audience import audience
from ckanext.opencohesion.stewardship.access.rules import counts, day_of

log = logging.getLogger(__name__)

#: What parts a name in the hash of waiting counts has: day, dataset, file, kind, audience. No id holds this sign.
SEPARATOR = "|"

#: Endpoint (without the dataset type before it) -> kind of use. Other rooms add theirs with `also_count`.
_ENDPOINTS: dict[str, str] = {
    "opencohesion_quality.checked_copy": "download",
    "opencohesion_quality.release": "download",
    "datastore.dump": "download",
}
_TYPED = {"read": "view", "download": "download"}


def also_count(endpoint: str, kind: str) -> None:
    """Count the answers of a Flask endpoint as a use of ``kind``.

    Its rule names the dataset in ``id`` (id or name), or the file in ``resource_id``, or both.
    """
    _ENDPOINTS[endpoint] = kind


def pending_key() -> str:
    """Return the name of the Redis hash in which counts wait to be kept."""
    return f"opencohesion:{tk.config['ckan.site_id']}:access"


def kind_of(endpoint: str | None, view_args: Mapping[str, Any]) -> str | None:
    """Return what kind of use an answer of this endpoint is; ``None`` for what is not counted."""
    if not endpoint:
        return None
    if endpoint in _ENDPOINTS:
        return _ENDPOINTS[endpoint]
    if endpoint == "api.action":
        return "api" if view_args.get("logic_function") == "datastore_search" else None
    blueprint, _, view = endpoint.rpartition(".")
    if blueprint in _dataset_blueprints():
        return _TYPED.get(view)
    return None


def _dataset_blueprints() -> set[str]:
    types = {name for plugin in p.PluginImplementations(p.IDatasetForm) for name in plugin.package_types()}
    types.add("dataset")
    return {"resource", *types, *(f"{name}_resource" for name in types)} - {"harvest", "harvest_resource"}


def count_request(response: Response) -> Response:
    """Count the answer to the present request where it is a use. An ``after_request`` function."""
    request = tk.request
    arguments = request.view_args or {}
    kind = kind_of(request.endpoint, arguments)
    if kind is None or not counts(
        kind, request.method, response.status_code, request.headers, _sent_away(response)
    ):
        return response
    try:
        subject = _subject(arguments, request.args)
        if subject is not None:
            package_id, owner, resource_id = subject
            who = "office" if _of_the_office(owner) else audience(request.headers.get("User-Agent"))
            day = day_of(datetime.now(UTC)).isoformat()
            name = SEPARATOR.join((day, package_id, resource_id, kind, who))
            connect_to_redis().hincrby(pending_key(), name, 1)
    except (RedisError, SQLAlchemyError):
        log.warning("A use could not be counted", exc_info=True)
    return response


def _sent_away(response: Response) -> bool:
    host = urlsplit(response.headers.get("Location", "")).netloc
    return bool(host) and host not in (tk.request.host, urlsplit(tk.config["ckan.site_url"]).netloc)


def _subject(arguments: Mapping[str, Any], query: Mapping[str, str]) -> tuple[str, str | None, str] | None:
    """Return the dataset's id, its organization's id and the file's id (empty: the dataset's page)."""
    resource_id = arguments.get("resource_id") or (query.get("resource_id") if "id" not in arguments else "")
    package = sa.select(model.Package.id, model.Package.owner_org)
    if "id" in arguments:
        named = sa.or_(model.Package.id == arguments["id"], model.Package.name == arguments["id"])
        found = model.Session.execute(package.where(named)).first()
    elif resource_id:
        joined = package.join(model.Resource, model.Resource.package_id == model.Package.id)
        found = model.Session.execute(joined.where(model.Resource.id == resource_id)).first()
    else:
        return None
    return (found[0], found[1], resource_id or "") if found else None


def _of_the_office(owner_org: str | None) -> bool:
    user = tk.current_user
    return bool(
        owner_org
        and user.is_authenticated
        and authz.has_user_permission_for_group_or_org(owner_org, user.name, "read")
    )
