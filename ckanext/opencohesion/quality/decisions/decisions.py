"""What persons decided on what was checked, what follows from it, and what still awaits a decision.

``decision_actions`` writes decisions, ``conclusion`` acts on them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from ckan import model

from ckanext.opencohesion.i18n_marks import N_
from ckanext.opencohesion.quality.decisions import policy
from ckanext.opencohesion.quality.decisions.model import Decision, OpenReview
from ckanext.opencohesion.quality.model import (
    DatasetCheck,
    DatasetState,
    FileVerdict,
    Override,
    StagedChange,
    get_state,
)
from ckanext.opencohesion.quality.reports.reports import published_fingerprints
from ckanext.opencohesion.quality.run import Run
from ckanext.opencohesion.quality.state import OPENING
from ckanext.opencohesion.quality.verdicts import overridable, read_enough

#: ``review``: findings on personal data want a legal basis. ``approval``: a second person's yes is wanted.
Kind = Literal["review", "approval"]

AWAITING = "awaiting_approval"


@dataclass(frozen=True)
class Decided:
    """What counts after the persons' decisions: the verdict that is kept with the run, and the dataset's status."""

    verdict: str
    status: str

    @property
    def opens(self) -> bool:
        """Whether this content may be public."""
        return self.status in OPENING


def decided(run: Run) -> Decided:
    """Return what follows from a run and from what persons decided about exactly its content.

    An override covers errors, never what wants a review: who overrides a wrong date has not said on which basis the
    names beside it are published.
    """
    found = run.verdict
    if found not in ("passed", "review", "failed", "unreadable"):
        return Decided(found, found)
    opened = "passed"
    if found in ("failed", "unreadable"):
        if not _overridden(run):
            return Decided(found, found)
        opened = "overridden"
    undecided = reviews(run.package_id, run.fingerprint, review_findings(run))
    if undecided.refused:
        return Decided("review", "failed")
    if undecided.open:
        return Decided("review", AWAITING)
    package, state = model.Package.get(run.package_id), get_state(run.package_id)
    is_public = run.target == "current" and state is not None and state.live
    if package is not None and not is_public and policy.wants_second_person(package.owner_org):
        yes = _second_yes(run, package)
        if yes is None:
            return Decided(AWAITING, AWAITING)
        if not yes:
            return Decided(AWAITING, "failed")
    return Decided(opened, opened)


# -- reviews -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reviews:
    """The findings that want a review, by how they stand: nobody decided yet, or somebody sent them back."""

    open: list[dict[str, Any]]
    refused: list[dict[str, Any]]


def finding_key(finding: dict[str, Any]) -> tuple[str, str, int | None]:
    """Return what tells one finding of a review from another."""
    return finding["resource_id"], finding["code"], finding["column"]


def review_findings(run: Run) -> list[dict[str, Any]]:
    """Return the findings of a run that want a review: ``{resource_id, code, column, label, total}`` each, no value."""
    return _findings_of((one.resource["id"], one.key, one.rules) for one in run.judged)


def review_findings_of_check(check: DatasetCheck) -> list[dict[str, Any]]:
    """Return the same of a run that is kept."""
    return _findings_of((entry["resource_id"], entry["key"], entry["rules"]) for entry in check.resources)


def reviews(package_id: str, fingerprint: str, findings: Iterable[dict[str, Any]]) -> Reviews:
    """Sort the findings on a content by what persons decided on them; the latest decision on a finding counts."""
    latest: dict[tuple[str, str, int | None], bool] = {}
    for decision in _decisions(package_id, fingerprint, "review"):
        for finding in decision.findings:
            latest[finding_key(finding)] = decision.accepted
    found = Reviews([], [])
    for finding in findings:
        accepted = latest.get(finding_key(finding))
        if accepted is None:
            found.open.append(finding)
        elif not accepted:
            found.refused.append(finding)
    return found


def _findings_of(
    judged: Iterable[tuple[str, str | None, list[dict[str, Any]]]],
) -> list[dict[str, Any]]:
    found = []
    for resource_id, key, rules in judged:
        verdict = model.Session.get(FileVerdict, key) if key else None
        causes = [
            cause for cause in (verdict.report if verdict else {}).get("causes", []) if _wants_review(cause)
        ]
        counted = {(cause["code"], cause["column"]) for cause in causes}
        causes += [
            {
                "code": rule["code"],
                "column": rule["column"],
                "label": None,
                "total": rule["params"].get("count", 1),
            }
            for rule in [*rules, *(verdict.rules if verdict else [])]
            if _wants_review(rule) and (rule["code"], rule["column"]) not in counted
        ]
        found += [
            {
                "resource_id": resource_id,
                **{name: cause[name] for name in ("code", "column", "label", "total")},
            }
            for cause in causes
        ]
    return found


def _wants_review(finding: dict[str, Any]) -> bool:
    return finding.get("severity") == "review"


# -- the second yes, the override --------------------------------------------------------------------------------------


def _second_yes(run: Run, package: model.Package) -> bool | None:
    """Return the latest yes or no of another person than those who brought the data; None where there is none.

    Who answered for the findings of a review, or decided against the verdict, has looked at it too: that counts where
    the policy lets the same person give the second yes.
    """
    bringers = policy.bringers_of(run.package_id)
    answers = [
        (decision.created, decision.accepted)
        for decision in _decisions(run.package_id, run.fingerprint, "approval")
        if decision.user_id not in bringers
    ]
    others: list[Decision | Override] = [
        *_decisions(run.package_id, run.fingerprint, "review"),
        *_overrides(run.package_id, run.fingerprint),
    ]
    answers += [
        (one.created, getattr(one, "accepted", True))
        for one in others
        if policy.may_decide(model.User.get(one.user_id), package, "approve")
    ]
    return max(answers)[1] if answers else None


def _overridden(run: Run) -> bool:
    """Say whether a person decided to publish exactly this content, and may have."""
    if not _overrides(run.package_id, run.fingerprint):
        return False
    return why_not_overridable(((one.key, one.rules) for one in run.judged), run.metadata) is None


def why_not_overridable(
    judged: Iterable[tuple[str | None, list[dict[str, Any]]]], metadata_errors: list[dict[str, Any]]
) -> str | None:
    """Return why nobody may decide against a verdict, as a message; None where a person may.

    ``judged``: of each resource the key of the verdict on its file, and the findings beside it.
    """
    found: list[dict[str, Any]] = []
    for key, rules in judged:
        found += rules
        verdict = model.Session.get(FileVerdict, key) if key else None
        if verdict is None:
            continue
        if not read_enough(verdict.verdict, verdict.format, verdict.rules):
            return N_(
                "A file that could not be read to its end can not be published by decision: nobody knows whether tax "
                "codes of persons stand in the rest. It has to be mended."
            )
        found += verdict.rules
        found += [error for task in verdict.report.get("tasks", []) for error in task.get("errors", [])]
    if not overridable(found, metadata_errors):
        return N_(
            "Personal tax codes and missing mandatory metadata hold a dataset back whatever anyone decides."
        )
    return None


def _decisions(package_id: str, fingerprint: str, kind: str) -> list[Decision]:
    """Return the decisions on a content, the oldest first."""
    query = sa.select(Decision).where(
        Decision.package_id == package_id, Decision.fingerprint == fingerprint, Decision.kind == kind
    )
    return list(model.Session.scalars(query.order_by(Decision.created, Decision.id)))


def _overrides(package_id: str, fingerprint: str) -> list[Override]:
    query = sa.select(Override).where(Override.package_id == package_id, Override.fingerprint == fingerprint)
    return list(model.Session.scalars(query.order_by(Override.created)))


def note_open_review(package_id: str, *, is_open: bool) -> None:
    """Keep that a public dataset awaits a review, or no longer does, within the present transaction."""
    row = model.Session.get(OpenReview, package_id)
    if is_open and row is None:
        model.Session.add(OpenReview(package_id=package_id))
    elif not is_open and row is not None:
        model.Session.delete(row)


# -- for people --------------------------------------------------------------------------------------------------------


def decisions_of(package_id: str, *, public: bool) -> list[dict[str, Any]]:
    """Return the decisions on a dataset, newest first: who, when, on which basis, why.

    ``public``: only those that justify something that was published; what was sent back stays with the office.
    """
    query = sa.select(Decision).where(Decision.package_id == package_id)
    if public:
        published = published_fingerprints(package_id)
        query = query.where(Decision.accepted, Decision.fingerprint.in_(published))
    result = []
    for row in model.Session.scalars(query.order_by(Decision.created.desc())):
        user = model.User.get(row.user_id)
        result.append(
            {
                "kind": row.kind,
                "accepted": row.accepted,
                "basis": row.basis,
                "basis_text": row.basis_text,
                "reason": row.reason,
                "findings": row.findings,
                "user": user.display_name if user else row.user_id,
                "created": f"{row.created.isoformat(timespec='seconds')}Z",
                "fingerprint": row.fingerprint,
            }
        )
    return result


@dataclass(frozen=True)
class Awaiting:
    """A dataset (``target`` ``current``), or the change that waits for it (``staged``), that awaits a person's decision.

    ``since``: UTC time of the check. ``live``: the dataset is public; of a ``current`` one, because the rules or the time
    changed after it had passed. ``sent_back``: somebody did decide, and it waits for the officer.
    """

    package_id: str
    name: str
    title: str
    owner_org: str | None
    target: Literal["current", "staged"]
    kind: Kind
    since: datetime | None
    live: bool
    sent_back: bool = False


def awaiting(owner_orgs: Collection[str] | None = None) -> list[Awaiting]:
    """Return what awaits a decision, the longest waiting first: of these organizations (ids), or of all (``None``)."""
    query = _standing().where(
        sa.or_(
            DatasetState.status == AWAITING,
            StagedChange.status == AWAITING,
            sa.and_(DatasetState.live, OpenReview.package_id.is_not(None)),
        )
    )
    if owner_orgs is not None:
        query = query.where(model.Package.owner_org.in_(list(owner_orgs)))
    found = (_awaiting(*row) for row in model.Session.execute(query))
    return sorted((one for one in found if one), key=lambda one: one.since or datetime.max)


def decidable(package_id: str) -> Awaiting | None:
    """Return what a person may decide about a dataset: what awaits it, or what was sent back (they may think again)."""
    row = model.Session.execute(_standing().where(model.Package.id == package_id)).first()
    return _awaiting(*row, sent_back=True) if row else None


def _standing() -> sa.Select[Any]:
    return (
        sa.select(model.Package, DatasetState, StagedChange, OpenReview)
        .join(DatasetState, DatasetState.package_id == model.Package.id)
        .outerjoin(StagedChange, StagedChange.package_id == model.Package.id)
        .outerjoin(OpenReview, OpenReview.package_id == model.Package.id)
        .where(model.Package.state == "active")
    )


def _awaiting(
    package: model.Package,
    state: DatasetState,
    staged: StagedChange | None,
    review: OpenReview | None,
    *,
    sent_back: bool = False,
) -> Awaiting | None:
    wanted = (AWAITING, "failed") if sent_back else (AWAITING,)
    if staged is not None and staged.status in wanted:
        target, status, since = "staged", staged.status, staged.checked
    elif not state.live and state.status in wanted:
        target, status, since = "current", state.status, state.checked
    elif state.live and review is not None:
        target, status, since = "current", AWAITING, review.since
    else:
        return None
    verdict = model.Session.scalar(
        sa.select(DatasetCheck.verdict)
        .where(DatasetCheck.package_id == package.id, DatasetCheck.target == target)
        .order_by(DatasetCheck.finished.desc())
        .limit(1)
    )
    if verdict not in ("review", AWAITING):
        return None  # it failed its checks: nobody decides on that here
    return Awaiting(
        package_id=package.id,
        name=package.name,
        title=package.title or package.name,
        owner_org=package.owner_org,
        target=target,
        kind="review" if verdict == "review" else "approval",
        since=since,
        live=state.live,
        sent_back=status != AWAITING,
    )
