"""Every code has its words, and every sentence can be filled with what its code comes with."""

from __future__ import annotations

import ast
import string
from pathlib import Path

import pytest

import ckanext.opencohesion.tables as room
from ckanext.opencohesion.tables.findings import FINDINGS

FOLDER = Path(room.__file__).parent
RAISERS = {"UnreadableTableError", "NotOpenableError", "Note"}


def _named(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def _codes_in_source() -> set[str]:
    """Return every literal that is raised or noted as a code, and the values of tables of codes."""
    codes: set[str] = set()
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISERS:
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    codes.add(first.value)
    return codes


def test_every_code_that_is_raised_has_its_words() -> None:
    codes = _codes_in_source()

    assert len(codes) > 25
    assert codes <= set(FINDINGS)


def test_no_words_are_left_without_a_code() -> None:
    sources = "".join(
        path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.py") if path.name != "findings.py"
    )

    assert {code for code in FINDINGS if f'"{code}"' not in sources} == set()


@pytest.mark.parametrize("code", sorted(FINDINGS))
def test_words_are_sentences(code: str) -> None:
    finding = FINDINGS[code]

    assert finding.title and not finding.title.endswith(".") and not _named(finding.title)
    assert finding.explanation.rstrip("”)").endswith((".", "!")), finding.explanation
    assert finding.remedy.rstrip("”)").endswith("."), finding.remedy
