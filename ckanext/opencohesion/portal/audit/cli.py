"""``ckan opencohesion-audit``: prove that the audit log is as it was written."""

from __future__ import annotations

import click

from .seals import broken_days, seal_past_days

__all__ = ["opencohesion_audit"]


@click.group("opencohesion-audit", short_help="The audit log.")
def opencohesion_audit() -> None:
    """The audit log."""


@opencohesion_audit.command("verify")
def verify() -> None:
    """Compare every sealed day with its seal. Ends with 1 where one does not fit."""
    sealed = seal_past_days()
    broken = broken_days()
    for day in broken:
        click.echo(f"{day}: the entries are not those that were sealed")
    if broken:
        raise SystemExit(1)
    click.echo(f"Every sealed day is as it was written ({sealed} sealed just now).")
