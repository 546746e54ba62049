"""A visitor's words find what a reader would expect, in Italian and in English."""

from __future__ import annotations

from typing import Any

import pytest
from support.people import act, dataset_fields

pytestmark = pytest.mark.usefixtures("clean_db")


def index(organization: dict[str, Any], *titles: str, **fields: Any) -> None:
    for title in titles:
        package = act("package_create", **dataset_fields(organization["id"], title=title, **fields))
        print(package["name"])


def found(words: str) -> list[str]:
    answer = act("package_search", q=words, include_private=True)
    return sorted(package["title"] for package in answer["results"])


def test_x(organization: dict[str, Any]) -> None:
    index(organization, "Progetti finanziati")
    assert found("progetto") == ["Progetti finanziati"]
