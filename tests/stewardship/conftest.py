"""Fixtures of the stewardship room's tests."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from support import people
from werkzeug.datastructures import FileStorage

GOOD = b"anno;comune;importo\n2024;Cosenza;1500,00\n2025;Crotone;2500,50\n"
BAD = b"anno;comune;importo\n2024;Cosenza;1500,00\n2025;Crotone\n"


def upload(body: bytes = GOOD, name: str = "dati.csv") -> FileStorage:
    """A file as a browser sends it."""
    return FileStorage(io.BytesIO(body), filename=name)


@pytest.fixture
def publish(organization: dict[str, Any]) -> Callable[..., dict[str, Any]]:
    """Make a dataset with one small file, which the gate checks at once: live unless `body` is bad or `private` is set."""

    def make(body: bytes = GOOD, **fields: Any) -> dict[str, Any]:
        dataset = people.act("package_create", **people.dataset_fields(organization["id"], **fields))
        people.act(
            "resource_create",
            package_id=dataset["id"],
            name="Dati",
            format="CSV",
            upload=upload(body),
            url="",
        )
        return people.act("package_show", id=dataset["id"])

    return make
