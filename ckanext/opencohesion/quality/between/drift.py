"""Drift: how far a file is from the last published version of the same resource. Plain module.

Severities. Rows or keys lost and totals moved beyond what the profile calls normal hold back (``error``): that is how half
an export, another region's file or an amount in thousands looks, and a person can say that it is right. So does a file that
tells of an earlier time than the published one. Where no profile says what is normal a loss is a warning. Columns lost or
renamed are warnings: headers change at nearly every release of the national sources, and a column that a profile requires
is an error already. A period that was skipped, and the same file again, are warnings. What is new is told.
"""

# ruff: noqa: S608 - see between_bench

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from ...tables.checks.base import Severity
from ...tables.header import normal_label
from ...tables.profile_rules import Drift
from ..judging.report import rule
from .bench import Bench, Header, Loaded, TableFile, told_key

# Where no profile says what is normal.
DEFAULT_DRIFT = Drift(rows_lost=0.2)
# So few rows or keys are no drift, whatever share of a small table they are.
_FEW = 10
_EXAMPLES = 5
# A step this much longer than the one before has room for a release in between.
_LONGER = 1.75


def drift_rules(
    bench: Bench, new: TableFile, old: TableFile, before: TableFile | None = None
) -> list[dict[str, Any]]:
    """Return how a file differs from ``old``, the last published version, and whether a period seems to be skipped.

    ``before``: the version that was published before ``old``, if there was one.
    """
    profile = new.profile
    limits = profile.drift if profile else DEFAULT_DRIFT
    severity: Severity = "error" if profile else "warning"
    key = profile.key if profile else ()
    names: list[str] = [*key, *limits.totals, *([limits.period] if limits.period else [])]
    names = list(dict.fromkeys(names))
    now, then = bench.load(new, names), bench.load(old, names)
    found = header_drift(now.header, then.header)
    found += _rows(now, then, limits.rows_lost, severity)
    if key and limits.keys_lost is not None:
        found += _keys(bench, now, then, key, limits.keys_lost)
    for name, share in limits.totals.items():
        found += _total(bench, now, then, name, share)
    if limits.period:
        earlier = bench.load(before, [limits.period]) if before else None
        found += _period(bench, now, then, earlier, limits.period)
    return found


# -- header ------------------------------------------------------------------------------------------------------------


def header_drift(now: Header, then: Header) -> list[dict[str, Any]]:
    """Return the columns that are lost, renamed (another name in the same place) or new.

    Columns that a profile knows are the same under any of their names: their new spelling is told with the header.
    """
    here, there = _identities(now), _identities(then)
    lost = [name for name in there if name not in here]
    new = [name for name in here if name not in there]
    renamed = [
        (old, name)
        for old in lost
        for name in new
        if list(there).index(old) == list(here).index(name) and len(here) == len(there)
    ]
    lost = [name for name in lost if name not in {old for old, _ in renamed}]
    new = [name for name in new if name not in {name for _, name in renamed}]
    found = []
    if lost:
        params = {"count": len(lost), "fields": [there[name] for name in lost]}
        found.append(rule("columns-lost", "warning", params=params))
    if renamed:
        pairs = [[there[old], here[name]] for old, name in renamed]
        found.append(rule("columns-renamed", "warning", params={"count": len(pairs), "renamed": pairs}))
    if new:
        params = {"count": len(new), "fields": [here[name] for name in new]}
        found.append(rule("columns-added", "info", params=params))
    return found


def _identities(header: Header) -> dict[str, str]:
    """Return what tells each named column from another, and its label."""
    found = {
        canonical or normal_label(label): label
        for canonical, label in zip(header.canonical, header.labels, strict=True)
    }
    found.pop("", None)
    return found


# -- rows and keys -----------------------------------------------------------------------------------------------------


def _rows(now: Loaded, then: Loaded, limit: float | None, severity: Severity) -> list[dict[str, Any]]:
    lost = then.rows - now.rows
    if limit is None or lost < _FEW or lost <= limit * then.rows:
        return []
    params = {"count": lost, "before": then.rows, "now": now.rows, **_shares(lost / then.rows, limit)}
    return [rule("rows-lost", severity, params=params)]


def _keys(
    bench: Bench, now: Loaded, then: Loaded, key: tuple[str, ...], limit: float
) -> list[dict[str, Any]]:
    """Keys of the last version that are gone: told from the first, an error beyond the limit."""
    if not set(key) <= now.columns.keys() & then.columns.keys():
        return []
    here, there = (_key(loaded, key) for loaded in (now, then))
    gone = (
        f"SELECT key, min(row_number) AS row_number FROM (SELECT {there} AS key, row_number FROM {then.table}) "
        f"WHERE key NOT IN (SELECT {here} FROM {now.table}) GROUP BY key"
    )
    ((lost,),) = bench.ask(f"SELECT count(*) FROM ({gone})")
    ((known,),) = bench.ask(f"SELECT count(DISTINCT {there}) FROM {then.table}")
    if not lost:
        return []
    examples = bench.ask(f"SELECT key FROM ({gone}) ORDER BY row_number LIMIT {_EXAMPLES}")
    params = {
        "count": lost,
        "before": known,
        "fields": [now.header.label(name) for name in key],
        "examples": [told_key(example) for (example,) in examples],
        **_shares(lost / known, limit),
    }
    beyond = lost >= _FEW and lost > limit * known
    return [rule("keys-lost" if beyond else "keys-gone", "error" if beyond else "info", params=params)]


def _key(loaded: Loaded, key: tuple[str, ...]) -> str:
    """The columns put together, but for letter case and zeros at the beginning: those have findings of their own."""
    return " || chr(31) || ".join(f"ltrim(upper({loaded.columns[name]}), '0')" for name in key)


# -- totals and period -------------------------------------------------------------------------------------------------


def _total(bench: Bench, now: Loaded, then: Loaded, name: str, limit: float) -> list[dict[str, Any]]:
    if name not in now.columns or name not in then.columns:
        return []
    here, there = (_sum(bench, loaded, name) for loaded in (now, then))
    if here is None or not there:
        return []
    moved = abs(here - there) / abs(there)
    if moved <= Decimal(str(limit)):
        return []
    params = {
        "label": now.header.label(name),
        "before": _whole(there),
        "now": _whole(here),
        **_shares(float(moved), limit),
    }
    return [rule("total-moved", "error", column=now.header.number(name), params=params)]


def _sum(bench: Bench, loaded: Loaded, name: str) -> Decimal | None:
    column = loaded.columns[name]
    ((total,),) = bench.ask(f"SELECT sum(TRY_CAST({column} AS DECIMAL(28,2))) FROM {loaded.table}")
    return total


def _period(
    bench: Bench, now: Loaded, then: Loaded, earlier: Loaded | None, name: str
) -> list[dict[str, Any]]:
    here, there = _latest(bench, now, name), _latest(bench, then, name)
    if here is None or there is None:
        return []
    params = {"label": now.header.label(name), "before": there.isoformat(), "now": here.isoformat()}
    column = now.header.number(name)
    if here < there:
        return [rule("period-back", "error", column=column, params=params)]
    before = _latest(bench, earlier, name) if earlier else None
    if before is None or before >= there:
        return []
    step, usual = (here - there).days, (there - before).days
    if step <= _LONGER * usual:
        return []
    return [rule("period-skipped", "warning", column=column, params={**params, "days": step, "usual": usual})]


def _latest(bench: Bench, loaded: Loaded, name: str) -> date | None:
    """Return the last day that the column tells; texts that are no days tell nothing."""
    if name not in loaded.columns:
        return None
    ((latest,),) = bench.ask(f"SELECT max(TRY_CAST({loaded.columns[name]} AS DATE)) FROM {loaded.table}")
    return latest


def _shares(share: float, limit: float) -> dict[str, str]:
    """Return shares as whole percentages, which read the same in every language."""
    return {"share": f"{share * 100:.0f}", "limit": f"{limit * 100:.0f}"}


def _whole(amount: Decimal) -> str:
    """Return an amount without its cents, grouped by a blank, as SI writes it for readers of every language."""
    return f"{amount:,.0f}".replace(",", "\u202f")
