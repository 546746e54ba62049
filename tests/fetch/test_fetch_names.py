"""File names, waits and compressed pieces."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.opencohesion.fetch.filenames import filename_of
from ckanext.opencohesion.fetch.pace import Pace, retry_wait
from ckanext.opencohesion.fetch.targets import parse, redirected
from ckanext.opencohesion.fetch.unpack import unpack


@pytest.mark.parametrize(
    ("header", "path", "name"),
    [
        ('attachment; filename="PNRR_Progetti.csv"', "/x", "PNRR_Progetti.csv"),
        ("attachment; filename=progetti.csv", "/x", "progetti.csv"),
        ("attachment; filename=\"a.csv\"; filename*=UTF-8''citt%C3%A0.csv", "/x", "città.csv"),
        ('attachment; filename="../../etc/passwd"', "/x", "passwd"),
        ('attachment; filename="C:\\\\temp\\\\dati.xlsx"', "/x", "dati.xlsx"),
        ('attachment; filename=".htaccess"', "/x", "htaccess"),
        ("attachment", "/dati/comuni.csv", "comuni.csv"),
        (None, "/dati/citt%C3%A0%20d.csv?x=/y.zip", "città d.csv"),
        (None, "/a/%2e%2e%2fpasswd", "passwd"),
        (None, "/", "download"),
        ("attachment; filename=\r\nX: y", "/", "X y"),
        ("filename*=utf-9''%ff", "/a.csv", "a.csv"),
    ],
)
def test_the_file_name(header: str | None, path: str, name: str):
    assert filename_of(header, path) == name


def test_a_long_name_keeps_its_extension():
    name = filename_of(None, "/" + "a" * 500 + ".csv")
    assert len(name) == 150
    assert name.endswith(".csv")


@given(st.text(max_size=300), st.text(max_size=300))
def test_a_file_name_never_leaves_its_folder(header: str, path: str):
    for name in (filename_of(header, path), filename_of(f'attachment; filename="{header}"', path)):
        assert name
        assert not set(name) & set("/\\\x00\r\n")
        assert not name.startswith(".")
        assert len(name) <= 150


def test_the_wait_of_a_busy_host():
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    assert retry_wait("7", 1) == 7
    assert retry_wait("-7", 1) == 0
    assert 25 < retry_wait(moment, 1) <= 30
    assert retry_wait("Sat, 21 Nov 2020 08:00:00 GMT", 1) == 0
    assert [retry_wait(value, 3) for value in (None, "soon", "")] == [4, 4, 4]


def test_hosts_do_not_wait_for_each_other():
    pace = Pace()
    assert pace.reserve("a", 5) == 0
    assert 4.9 < pace.reserve("a", 5) <= 5
    assert pace.reserve("b", 5) == 0


@given(st.lists(st.binary(max_size=2000), max_size=4), st.integers(1, 200))
def test_unpacking_undoes_packing_however_the_bytes_arrive(parts: list[bytes], size: int):
    packed = b"".join(gzip.compress(part) for part in parts)
    chunks = [packed[start : start + size] for start in range(0, len(packed), size)]
    assert b"".join(unpack(chunks, "gzip")) == b"".join(parts)


@pytest.mark.parametrize(
    ("url", "requested"),
    [
        ("HTTP://Example.ORG", "http://example.org/"),
        ("http://example.org:80/a", "http://example.org/a"),
        ("https://example.org:8443/a#part", "https://example.org:8443/a"),
        ("https://città.example/è?q=è&r=%20", "https://xn--citt-3na.example/%C3%A8?q=%C3%A8&r=%20"),
        ("http://example.org//evil.example/a", "http://example.org//evil.example/a"),
        (" http://[2606:4700::1111]/a ", "http://[2606:4700::1111]/a"),
        ("http://example.org?x=1", "http://example.org/?x=1"),
    ],
)
def test_a_url_is_requested_as_it_was_meant(url: str, requested: str):
    assert parse(url).url == requested


def test_a_redirect_is_relative_to_where_it_came_from():
    target = parse("https://example.org/a/b?c")
    assert redirected(target, "d").url == "https://example.org/a/d"
    assert redirected(target, "//other.example/d").url == "https://other.example/d"
