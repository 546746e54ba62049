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
from demo.publish import Outcome, ensure_organization, publish
from demo.real_files import real_plans
from demo.sample import sample_plans
from demo.write import write

FIRST_REASONS = 3


def say(text: str) -> None:
    """Print a line at once: whoever started the portal follows it."""
    print(text, flush=True)


def load(portal: Portal, region: str, plans: list[DatasetPlan], folder: Path) -> int:
    """Publish ``plans`` with the files in ``folder``; return how many datasets the portal refused outright."""
    began = time.monotonic()
    organization = ensure_organization(portal, region)
    outcomes: list[Outcome] = []
    refused = 0
    for plan in plans:
        try:
            outcome = publish(portal, plan, folder, organization)
        except PortalError as error:
            refused += 1
            say(f"  rifiutato   {plan.title}\n              {error}")
            continue
        outcomes.append(outcome)
        _say_outcome(outcome)
    live = sum(outcome.live for outcome in outcomes)
    changed = sum(outcome.changed for outcome in outcomes)
    say(
        f"{live} pubblicati, {len(outcomes) - live} trattenuti, {refused} rifiutati; "
        f"{changed} caricati ora, {len(outcomes) - changed} già presenti ({time.monotonic() - began:.0f} s)."
    )
    return refused


def _say_outcome(outcome: Outcome) -> None:
    word = (
        "pubblicato"
        if outcome.live
        else "in attesa"
        if outcome.status in ("pending", "running")
        else "trattenuto"
    )
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
        say(f"  non caricato: {reason}\n              {', '.join(paths)}")


def main() -> int:
    """Read the command line, load, and return the exit code: 0 loaded, 1 something was refused, 2 cannot start."""
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
                return 1 if load(portal, options.region, sample_plans(options.region), Path(folder)) else 0
        plans, skipped = real_plans(options.region, Path(options.demo))
        _say_skipped(skipped)
        return 1 if load(portal, options.region, plans, Path(options.demo)) else 0
    except (PortalError, LookupError, OSError) as error:
        print(f"Il caricamento non può partire: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
