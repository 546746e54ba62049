"""Reading questions from the database, and how the API shows them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.opencohesion.jobs.api import JobHandle

from .model import Question, utcnow

PURGE_KIND = "question_purge_addresses"

#: An address whose question nobody ever handled is not kept for ever either.
OPEN_DAYS = 365


def published(package_id: str) -> list[Question]:
    """Return the published questions about a dataset, newest first."""
    query = sa.select(Question).where(Question.package_id == package_id, Question.published.is_not(None))
    return list(model.Session.scalars(query.order_by(Question.published.desc())))


def inbox(
    organization_ids: Iterable[str], status: str | None, *, limit: int, offset: int
) -> tuple[int, list[tuple[Question, model.Package]]]:
    """Return how many questions there are about the organizations' datasets, and a page of them.

    Open ones come with the oldest first, as they are to be answered; others with the newest first.
    """
    where: list[sa.ColumnElement[bool]] = [model.Package.owner_org.in_(list(organization_ids))]
    if status:
        where.append(Question.status == status)
    of_dataset = sa.and_(model.Package.id == Question.package_id, *where)
    total = model.Session.scalar(
        sa.select(sa.func.count()).select_from(Question).join(model.Package, of_dataset)
    )
    order = Question.created.asc() if status == "open" else Question.created.desc()
    rows = model.Session.execute(
        sa.select(Question, model.Package)
        .join(model.Package, of_dataset)
        .order_by(order)
        .limit(limit)
        .offset(offset)
    )
    return total or 0, [(row[0], row[1]) for row in rows]


def open_counts(organization_ids: Iterable[str]) -> dict[str, int]:
    """Return how many questions wait, by id of the organization; those without one are left out."""
    rows = model.Session.execute(
        sa.select(model.Package.owner_org, sa.func.count())
        .join(Question, Question.package_id == model.Package.id)
        .where(Question.status == "open", model.Package.owner_org.in_(list(organization_ids)))
        .group_by(model.Package.owner_org)
    )
    return {str(row[0]): int(row[1]) for row in rows}


def shown_to_all(question: Question) -> dict[str, Any]:
    """Return a published question as everyone reads it."""
    return {
        "id": question.id,
        "kind": question.kind,
        "resource_id": question.resource_id,
        "text": question.public_text,
        "answer": question.answer,
        "asked": question.created.date().isoformat(),
        "published": _iso(question.published),
    }


def shown_to_officers(question: Question, package: model.Package) -> dict[str, Any]:
    """Return a question as who answers it reads it: all but the visitor's address."""
    officer = model.User.get(question.handled_by) if question.handled_by else None
    return {
        "id": question.id,
        "dataset": {
            "id": package.id,
            "name": package.name,
            "title": package.title or package.name,
            "type": package.type,
            "organization": package.owner_org,
        },
        "resource_id": question.resource_id,
        "place": question.place,
        "kind": question.kind,
        "text": question.text,
        "wants_email": question.email is not None,
        "status": question.status,
        "answer": question.answer,
        "public_text": question.public_text,
        "published": _iso(question.published),
        "closing_reason": question.closing_reason,
        "handled_by": officer.display_name if officer else None,
        "handled": _iso(question.handled),
        "created": _iso(question.created),
    }


def purge_addresses(_handle: JobHandle, _args: dict[str, Any]) -> dict[str, Any]:
    """Forget visitors' e-mail addresses whose time is over (a job)."""
    days = tk.config["ckanext.opencohesion.stewardship.question_email_days"]
    handled_before = utcnow() - timedelta(days=days)
    asked_before = utcnow() - timedelta(days=OPEN_DAYS)
    done = model.Session.execute(
        sa.update(Question)
        .where(
            Question.email.is_not(None),
            sa.or_(
                sa.and_(Question.status != "open", Question.handled < handled_before),
                Question.created < asked_before,
            ),
        )
        .values(email=None)
    )
    model.Session.commit()
    return {"purged": getattr(done, "rowcount", 0)}


def _iso(moment: datetime | None) -> str | None:
    return f"{moment.isoformat(timespec='seconds')}Z" if moment else None
