"""A real S3-compatible server on this machine for tests: Versity's gateway over a folder.

It is no package of Python's: `go install github.com/versity/versitygw/cmd/versitygw@v1.8.0` makes the program, which is
looked for in PATH and in Go's own folder. Without it the tests that need it say so and are skipped.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ckanext.opencohesion.quality.storage.object_store import Bucket

HOW = "go install github.com/versity/versitygw/cmd/versitygw@v1.8.0"
ACCESS, SECRET = "portal", "secret-of-the-tests"


def program() -> str:
    """The server's program; skips the test where it is not installed."""
    found = shutil.which("versitygw", path=f"{os.environ['PATH']}:{Path.home() / 'go' / 'bin'}")
    if found is None:
        pytest.skip(
            f"OBJECT STORAGE IS NOT TESTED: there is no S3 server on this machine. To have one: {HOW}"
        )
    return found


@contextmanager
def serving(folder: Path) -> Iterator[Bucket]:
    """Serve the folders in `folder` as buckets, and give the one called `files`."""
    (folder / "files").mkdir(parents=True, exist_ok=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [program(), "--port", f"127.0.0.1:{port}", "--access", ACCESS, "--secret", SECRET, "--quiet"]
    process = subprocess.Popen([*command, "posix", str(folder)], stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            if status(address) is not None:
                break
            time.sleep(0.1)
        yield Bucket("files", address, "us-east-1", ACCESS, SECRET)
    finally:
        process.terminate()
        process.wait(20)


def status(url: str) -> int | None:
    """What somebody without a key is answered; None where nothing answers."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None
