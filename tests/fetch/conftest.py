"""Fixtures of the fetch room's tests."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fetch_source import OPEN, Get, Source, started

from ckanext.opencohesion.fetch.client import fetch


@pytest.fixture
def source() -> Iterator[Source]:
    yield from started()


@pytest.fixture
def other_source() -> Iterator[Source]:
    yield from started()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for ``dati.example`` that no authority has signed, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    subject = ["-subj", "/CN=dati.example", "-addext", "subjectAltName=DNS:dati.example"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    subprocess.run(
        [*command, "-keyout", "key.pem", "-out", "cert.pem"], cwd=folder, check=True, capture_output=True
    )
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture
def secure_source(certificate: tuple[Path, Path]) -> Iterator[Source]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    yield from started(context)


@pytest.fixture
def get(tmp_path: Path) -> Get:
    """Fetch with the open policy, changed as the keywords say, into ``tmp_path``."""

    def call(
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        progress=None,
        **changes: object,
    ):
        policy = replace(OPEN, **changes)  # pyright: ignore[reportArgumentType]
        before = set(tmp_path.iterdir())
        try:
            return fetch(
                url, into=tmp_path, policy=policy, etag=etag, last_modified=last_modified, progress=progress
            )
        except Exception:
            assert set(tmp_path.iterdir()) == before, "a failed fetch left its file behind"
            raise

    return call
