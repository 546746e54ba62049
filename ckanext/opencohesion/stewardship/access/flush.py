"""Moves counts from Redis into the database, each exactly once, whatever is killed meanwhile.

The waiting counts are renamed to a batch, in one step that no increment can fall between; a batch is added to the table and
its id noted in the same transaction; then it is deleted. Killed before the commit, the batch is added next time; killed
after it, the batch is known and only deleted.
"""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.lib.redis import connect_to_redis
from sqlalchemy.dialects.postgresql import insert

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.quality.model import utcnow
from ckanext.opencohesion.stewardship.access.counting import SEPARATOR, pending_key
from ckanext.opencohesion.stewardship.access.model import AccessBatch, AccessCount

KIND = "stewardship_access_flush"
_REMEMBER_BATCHES = timedelta(days=30)


def flush(handle: jobs.JobHandle, _args: dict[str, Any]) -> dict[str, Any]:
    """Keep what was counted. A periodic job."""
    take_batch()
    names = waiting_batches()
    for number, name in enumerate(names):
        handle.progress(number, len(names))
        add_batch(name)
    model.Session.execute(sa.delete(AccessBatch).where(AccessBatch.added < utcnow() - _REMEMBER_BATCHES))
    model.Session.commit()
    return {"batches": len(names)}


def _batches_key() -> str:
    return f"{pending_key()}:batches"


def _batch_key(batch_id: str) -> str:
    return f"{pending_key()}:batch:{batch_id}"


def take_batch() -> str:
    """Set what was counted so far aside under a new batch id; an id without counts when there are none."""
    batch_id = str(uuid.uuid4())
    steps = connect_to_redis().pipeline(transaction=True)
    steps.sadd(_batches_key(), batch_id)
    steps.rename(pending_key(), _batch_key(batch_id))
    steps.execute(raise_on_error=False)  # RENAME fails when nothing was counted
    return batch_id


def waiting_batches() -> list[str]:
    """Return the ids of the batches that were set aside and not yet deleted."""
    return sorted(_text(each) for each in connect_to_redis().smembers(_batches_key()))  # pyright: ignore[reportGeneralTypeIssues]


def add_batch(batch_id: str) -> None:
    """Add a batch to the table unless it was added before, and delete it. Commits."""
    counted: dict[Any, Any] = connect_to_redis().hgetall(_batch_key(batch_id))  # pyright: ignore[reportAssignmentType]
    if counted:
        add_counts(batch_id, {_text(name): int(count) for name, count in counted.items()})
        model.Session.commit()
    forget_batch(batch_id)


def add_counts(batch_id: str, counted: dict[str, int]) -> None:
    """Add counts (by their names in Redis) to the table within the present transaction, once per batch id."""
    once = insert(AccessBatch).values(id=batch_id, added=utcnow()).on_conflict_do_nothing()
    if model.Session.execute(once.returning(AccessBatch.id)).first() is None:
        return
    # in one order, so that two transactions never wait for each other
    rows = [_row(name, count) for name, count in sorted(counted.items())]
    put = insert(AccessCount)
    keys = ("day", "package_id", "resource_id", "kind", "audience")
    added = put.on_conflict_do_update(
        index_elements=keys, set_={"count": AccessCount.count + put.excluded.count}
    )
    model.Session.execute(added, rows)


def forget_batch(batch_id: str) -> None:
    """Delete a batch from Redis."""
    steps = connect_to_redis().pipeline(transaction=True)
    steps.delete(_batch_key(batch_id))
    steps.srem(_batches_key(), batch_id)
    steps.execute()


def _row(name: str, count: int) -> dict[str, Any]:
    day, package_id, resource_id, kind, audience = name.split(SEPARATOR)
    return {
        "day": date.fromisoformat(day),
        "package_id": package_id,
        "resource_id": resource_id,
        "kind": kind,
        "audience": audience,
        "count": count,
    }


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
