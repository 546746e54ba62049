"""``ckan opencohesion``: the gate from the command line."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from .judging.cli_check import language_of_locale, run_check

__all__ = ["opencohesion"]


@click.group(short_help="Checks of files as the quality gate makes them.")
def opencohesion() -> None:
    """Checks of files as the quality gate makes them."""


@opencohesion.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--schema",
    metavar="ID|FILE",
    help="The Table Schema to check against: e.g. italiadomani/pnrr_progetti, or the path of a JSON file of your own.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option(
    "--no-screen",
    is_flag=True,
    help="Let frictionless judge every row, also of a large file: the same report, more slowly.",
)
def check(file: Path, schema: str | None, as_json: bool, no_screen: bool) -> None:
    """Check FILE and say what is wrong and how to mend it.

    Exit code: 0 passed, 1 findings that hold it back, 2 it could not be checked.
    """
    text, code = run_check(
        file, schema, as_json=as_json, translate=language_of_locale(), screen=not no_screen
    )
    click.echo(text)
    sys.exit(code)
