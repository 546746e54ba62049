"""Who is told of a check's end, and reading what they were told. Within the caller's transaction."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.quality.decisions import policy
from ckanext.opencohesion.quality.model import utcnow
from ckanext.opencohesion.quality.outcome import Outcome

from . import mail
from .model import Notice, NoticeChoice

#: Older notices are deleted when their reader gets a new one.
KEEP = timedelta(days=180)
#: What somebody has to see to.
_TO_DO = ("failed", "unreadable", "awaiting_approval")


def note(outcome: Outcome) -> None:
    """Tell those who wait for a check that it has ended, and those who are to decide that something awaits them.

    A check that was made before the officer's page answered told its outcome there. Where nobody waits (a linked file
    that changed, new rules), those who look after the dataset are told on the portal if there is something to see to.
    """
    unasked = outcome.job is None or outcome.job.later
    told = _deciders(outcome.package_id) if outcome.status == "awaiting_approval" else set()
    if jobs.in_background():
        if not unasked:
            told |= _waiting(outcome)
        elif outcome.status in _TO_DO:
            told |= _officers(outcome.package_id)
    for user_id in sorted(told):
        _forget_old(user_id)
        notice = Notice(
            user_id=user_id,
            package_id=outcome.package_id,
            target=outcome.target,
            verdict=outcome.status,
            live=outcome.live,
        )
        model.Session.add(notice)
        model.Session.flush()
        if not unasked and wants_mail(user_id):
            mail.announce(notice)


def _waiting(outcome: Outcome) -> set[str]:
    """Return the ids of the persons who brought the data or asked for the check."""
    asked = {outcome.brought_by, outcome.job.creator_user_id if outcome.job else None}
    return _persons(sa.select(model.User.id).where(model.User.id.in_([one for one in asked if one])))


def _officers(package_id: str) -> set[str]:
    """Return the ids of the editors and administrators of the dataset's organization."""
    package = model.Package.get(package_id)
    return _persons(_members_of([package.owner_org])) if package and package.owner_org else set()


def _deciders(package_id: str) -> set[str]:
    """Return the ids of the members of the dataset's organization and of the data office who may decide on it."""
    package, office = model.Package.get(package_id), policy.data_office()
    groups = [package.owner_org if package else None, office.id if office else None]
    found = _persons(_members_of([group for group in groups if group]))
    users = [model.User.get(user_id) for user_id in found]
    kinds: tuple[policy.Decision, ...] = ("review", "approve")
    return {
        user.id for user in users if user and any(policy.may_decide(user, package, kind) for kind in kinds)
    }


def _members_of(groups: list[str]) -> sa.Select[Any]:
    """Select the ids of the editors and administrators of organizations."""
    return (
        sa.select(model.User.id)
        .join(model.Member, model.Member.table_id == model.User.id)
        .where(
            model.Member.group_id.in_(groups),
            model.Member.table_name == "user",
            model.Member.state == "active",
            model.Member.capacity.in_(("editor", "admin")),
        )
    )


def _persons(query: sa.Select[Any]) -> set[str]:
    """Return the ids of active persons; the portal's own user is none."""
    site_user = tk.config["ckan.site_id"]
    return set(model.Session.scalars(query.where(model.User.state == "active", model.User.name != site_user)))


def _forget_old(user_id: str) -> None:
    old = utcnow() - KEEP
    model.Session.execute(sa.delete(Notice).where(Notice.user_id == user_id, Notice.created < old))


def wants_mail(user_id: str) -> bool:
    """Say whether a person wants notices by mail too: yes, unless they said no."""
    choice = model.Session.get(NoticeChoice, user_id)
    return choice is None or choice.mail


def choose_mail(user_id: str, *, wanted: bool) -> None:
    """Keep whether a person wants notices by mail too."""
    choice = model.Session.get(NoticeChoice, user_id)
    if choice is None:
        model.Session.add(NoticeChoice(user_id=user_id, mail=wanted))
    else:
        choice.mail = wanted


def unseen(user_id: str) -> int:
    """Return how many notices a person has not seen."""
    query = sa.select(sa.func.count()).where(Notice.user_id == user_id, Notice.seen.is_(None))
    return model.Session.scalar(query) or 0


def notices_of(user_id: str, *, limit: int, offset: int) -> tuple[int, list[dict[str, Any]]]:
    """Return how many notices a person has, and some of them, newest first."""
    mine = Notice.user_id == user_id
    total = model.Session.scalar(sa.select(sa.func.count()).select_from(Notice).where(mine)) or 0
    query = (
        sa.select(Notice, model.Package.name, model.Package.title)
        .join(model.Package, model.Package.id == Notice.package_id)
        .where(mine)
        .order_by(Notice.created.desc(), Notice.id)
        .limit(limit)
        .offset(offset)
    )
    return total, [
        {
            "id": notice.id,
            "dataset": {"id": notice.package_id, "name": name, "title": title or name},
            "target": notice.target,
            "verdict": notice.verdict,
            "live": notice.live,
            "created": f"{notice.created.isoformat(timespec='seconds')}Z",
            "seen": f"{notice.seen.isoformat(timespec='seconds')}Z" if notice.seen else None,
        }
        for notice, name, title in model.Session.execute(query)
    ]


def mark_seen(user_id: str) -> int:
    """Mark all notices of a person as seen; return how many were new."""
    unseen_ones = sa.update(Notice).where(Notice.user_id == user_id, Notice.seen.is_(None))
    return len(model.Session.execute(unseen_ones.values(seen=utcnow()).returning(Notice.id)).all())
