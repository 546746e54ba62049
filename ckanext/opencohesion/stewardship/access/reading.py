"""Reads the counts back: by dataset, by day, and which datasets are used most."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.lib.redis import connect_to_redis
from redis.exceptions import RedisError

from ckanext.opencohesion.quality.model import DatasetState
from ckanext.opencohesion.stewardship.access.counting import pending_key
from ckanext.opencohesion.stewardship.access.model import AccessCount
from ckanext.opencohesion.stewardship.access.rules import KINDS, day_of

#: Whose uses are the public's: crawlers and the office itself apart.
PUBLIC_AUDIENCES = ("human", "program")
_MOST_USED_DAYS = 90
_MOST_USED_SECONDS = 600
_MOST_USED_KEPT = 50


def today() -> date:
    """Return the present day in Italy."""
    return day_of(datetime.now(UTC))


def daily(package_id: str, first: date, last: date) -> list[dict[str, Any]]:
    """Return the raw counts of a dataset, by day, file, kind and audience."""
    columns = (
        AccessCount.day,
        AccessCount.resource_id,
        AccessCount.kind,
        AccessCount.audience,
        AccessCount.count,
    )
    query = (
        sa.select(*columns)
        .where(AccessCount.package_id == package_id, AccessCount.day.between(first, last))
        .order_by(*columns[:-1])
    )
    return [
        {**row._asdict(), "day": row.day.isoformat(), "resource_id": row.resource_id or None}
        for row in model.Session.execute(query)
    ]


def totals(package_id: str) -> dict[str, int]:
    """Return the public's uses of a dataset since counting began, by kind; of the dataset's own page as ``view``."""
    query = (
        sa.select(AccessCount.kind, sa.func.sum(AccessCount.count))
        .where(AccessCount.package_id == package_id, AccessCount.audience.in_(PUBLIC_AUDIENCES))
        # a file's page is looked at on the way to it: the dataset's views are those of its own page
        .where(sa.or_(AccessCount.kind != "view", AccessCount.resource_id == ""))
        .group_by(AccessCount.kind)
    )
    found = {kind: int(count) for kind, count in model.Session.execute(query)}
    return {kind: found.get(kind, 0) for kind in KINDS}


def _live() -> Any:
    return (
        sa.select(model.Package.id)
        .join(DatasetState, DatasetState.package_id == model.Package.id)
        .where(model.Package.state == "active", DatasetState.live)
    )


def all_daily(first: date, last: date) -> Iterator[tuple[Any, ...]]:
    """Yield the raw counts of all live datasets: day, dataset's id and name, file's id, kind, audience, count."""
    query = (
        sa.select(
            AccessCount.day,
            AccessCount.package_id,
            model.Package.name,
            AccessCount.resource_id,
            AccessCount.kind,
            AccessCount.audience,
            AccessCount.count,
        )
        .join(model.Package, model.Package.id == AccessCount.package_id)
        .where(AccessCount.day.between(first, last), AccessCount.package_id.in_(_live()))
        .order_by(AccessCount.day, model.Package.name, AccessCount.resource_id, AccessCount.kind)
        .execution_options(yield_per=1000)
    )
    with model.ensure_engine().connect() as connection:
        for row in connection.execute(query):
            yield tuple(row)


def most_used() -> list[tuple[str, int]]:
    """Return id and number of uses of the live datasets that the public used most in the last 90 days, most used first.

    Kept for ten minutes in Redis: whoever shows them asks again which of them are still public.
    """
    key = f"{pending_key()}:most-used"
    try:
        kept: Any = connect_to_redis().get(key)
        if kept:
            return [(name, count) for name, count in json.loads(kept)]
    except RedisError:
        kept = None
    uses = sa.func.sum(AccessCount.count)
    query = (
        sa.select(AccessCount.package_id, uses)
        .where(
            AccessCount.day > today() - timedelta(days=_MOST_USED_DAYS),
            AccessCount.audience.in_(PUBLIC_AUDIENCES),
            AccessCount.package_id.in_(_live()),
        )
        .group_by(AccessCount.package_id)
        .order_by(uses.desc(), AccessCount.package_id)
        .limit(_MOST_USED_KEPT)
    )
    found = [(name, int(count)) for name, count in model.Session.execute(query)]
    with contextlib.suppress(RedisError):
        connect_to_redis().set(key, json.dumps(found), ex=_MOST_USED_SECONDS)
    return found
