"""The small site answers as the publishers' sites do."""

from __future__ import annotations

import io
from collections.abc import Iterator
from zipfile import ZipFile

import pytest
import requests

from demo.sample import SAMPLES, Material
from demo.server import publishers_site, serving

ALIAS = "/it/opendata/regioni/progetti_esteso_CAL.zip"
DIRECT = "/content/dam/sogei-ng/opendata/PNRR_Progetti.csv"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(publishers_site("18")) as found:
        yield found


def test_an_alias_redirects_to_the_dated_file(address: str) -> None:
    answer = requests.get(address + ALIAS, allow_redirects=False)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/media/open_data/progetti_esteso_CAL_20260630.zip"
    followed = requests.get(address + ALIAS)
    with ZipFile(io.BytesIO(followed.content)) as archive:
        assert archive.namelist() == ["progetti_esteso_CAL_20260630.csv"]


def test_the_file_comes_byte_for_byte(address: str) -> None:
    sample = next(sample for sample in SAMPLES if sample.path.endswith("/PNRR_Progetti.csv"))
    assert requests.get(address + DIRECT).content == Material("18").content(sample)


def test_head_tells_the_same_without_the_file(address: str) -> None:
    head, whole = requests.head(address + DIRECT), requests.get(address + DIRECT)
    assert head.status_code == 200
    assert head.content == b""
    for name in ("ETag", "Last-Modified", "Content-Length"):
        assert head.headers[name] == whole.headers[name]


@pytest.mark.parametrize(
    ("asked", "told"), [("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")]
)
def test_an_unchanged_file_is_not_sent_again(address: str, asked: str, told: str) -> None:
    first = requests.get(address + DIRECT)
    again = requests.get(address + DIRECT, headers={asked: first.headers[told]})
    assert again.status_code == 304
    assert again.content == b""


def test_an_unknown_path_is_not_found(address: str) -> None:
    assert requests.get(address + "/media/open_data/progetti_esteso_CAL_20260430.zip").status_code == 404
