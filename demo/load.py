"""Fill a portal: ``python -m demo.load --url URL --token-file FILE --region 18 --demo sample``.

``--demo`` is ``sample`` (files written on the spot), ``none`` (nothing is loaded) or a folder of real source files.
Everything goes through the portal's public API and its gate, as an officer's upload does.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from demo.plans import DatasetPlan, Skipped
from demo.portal_api import Portal, PortalError
from demo.publish import Outcome, ensure_organization, outcome_of, send
from demo.real_files import real_plans
from demo.sample import sample_plans
from demo.write import write

FIRST_REASONS = 3
FIRST_PATHS = 3
WAIT_SECONDS = 240.0


def say(text: str) -> None:
    """Print a line at once: whoever started the portal follows it."""
    print(text, flush=True)


def load(portal: Portal, region: str, plans: list[DatasetPlan], folder: Path) -> list[Outcome]:
    """Publish ``plans`` with the files in ``folder`` and return what the gate said of each.

    A dataset that the portal refuses outright is told and left out of what is returned. Small files have their verdict
    when they are sent; for those that the background workers check, all wait together at the end.
    """
    began = time.monotonic()
    organization = ensure_organization(portal, region)
    outcomes: list[Outcome] = []
    waiting: list[Outcome] = []
    for plan in plans:
        try:
            outcome = outcome_of(portal, plan, send(portal, plan, folder, organization), until=0)
        except PortalError as error:
            say(f"  rifiutato   {plan.title}\n              {error}")
            continue
        if outcome.under_way:
            waiting.append(outcome)
        else:
            outcomes.append(outcome)
            _say_outcome(outcome)
    until = time.monotonic() + WAIT_SECONDS
    for sent in waiting:
        outcomes.append(outcome_of(portal, sent.plan, sent.changed, until))
        _say_outcome(outcomes[-1])
    live = sum(outcome.live for outcome in outcomes)
    under_way = sum(outcome.under_way for outcome in outcomes)
    changed = sum(outcome.changed for outcome in outcomes)
    say(
        f"{live} pubblicati, {len(outcomes) - live - under_way} trattenuti, {under_way} in attesa, "
        f"{len(plans) - len(outcomes)} rifiutati; {changed} caricati ora, {len(outcomes) - changed} già presenti "
        f"({time.monotonic() - began:.0f} s)."
    )
    return outcomes


def _say_outcome(outcome: Outcome) -> None:
    word = "pubblicato" if outcome.live else "in attesa" if outcome.under_way else "trattenuto"
    say(f"  {word:<11} {outcome.plan.title}")
    if not outcome.live:
        for reason in outcome.reasons[:FIRST_REASONS]:
            say(f"              - {reason}")
        if len(outcome.reasons) > FIRST_REASONS:
            say(f"              … e altri {len(outcome.reasons) - FIRST_REASONS} tipi di rilievo")


def _say_skipped(skipped: list[Skipped]) -> None:
    by_reason: dict[str, list[str]] = {}
    for skip in skipped:
        by_reason.setdefault(skip.reason, []).append(skip.path)
    for reason, paths in by_reason.items():
        more = f" … e altri {len(paths) - FIRST_PATHS}" if len(paths) > FIRST_PATHS else ""
        say(f"  non caricato: {reason}\n              {', '.join(paths[:FIRST_PATHS])}{more}")


def main() -> int:
    """Read the command line and load.

    Returns the exit code: 0 every dataset has its verdict, 1 some were refused or still wait, 2 cannot start.
    """
    parser = argparse.ArgumentParser(description="Fill a portal with sample or real files through its gate.")
    parser.add_argument("--url", required=True, help="address of the portal")
    parser.add_argument(
        "--token-file", required=True, type=Path, help="file with the API token of a sysadmin"
    )
    parser.add_argument("--region", default="18", help="ISTAT code of the region, two digits (default: 18)")
    parser.add_argument("--demo", default="sample", help="sample, none, or a folder of real source files")
    options = parser.parse_args()
    if options.demo == "none":
        say("Nessun dato da caricare (PORTAL_DEMO=none).")
        return 0
    try:
        portal = Portal(options.url, options.token_file.read_text("utf-8").strip())
        if options.demo == "sample":
            with tempfile.TemporaryDirectory() as folder:
                write(options.region, Path(folder))
                plans = sample_plans(options.region)
                outcomes = load(portal, options.region, plans, Path(folder))
        else:
            plans, skipped = real_plans(options.region, Path(options.demo))
            _say_skipped(skipped)
            outcomes = load(portal, options.region, plans, Path(options.demo))
    except (PortalError, LookupError, OSError) as error:
        print(f"Il caricamento non può partire: {error}", file=sys.stderr)
        return 2
    return 0 if len(outcomes) == len(plans) and not any(outcome.under_way for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
