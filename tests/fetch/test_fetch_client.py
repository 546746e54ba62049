"""The fetcher against real servers that behave, and that do not."""

from __future__ import annotations

import gzip
import hashlib
import socket
import ssl
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from fetch_source import OPEN, Get, Source, send

from ckanext.opencohesion.fetch.client import Fetched, NotModified, fetch
from ckanext.opencohesion.fetch.errors import FetchFailedError, FetchRefusedError
from ckanext.opencohesion.fetch.messages import MESSAGES
from ckanext.opencohesion.fetch.policy import FetchPolicy

CSV = b"comune;importo\nReggio di Calabria;1,50\n"


def fails(code: str) -> pytest.RaisesExc[FetchFailedError]:
    return pytest.raises(FetchFailedError, check=lambda error: error.code == code and bool(str(error)))


def refuses(code: str) -> pytest.RaisesExc[FetchRefusedError]:
    return pytest.raises(FetchRefusedError, check=lambda error: error.code == code and bool(str(error)))


def test_a_file_arrives_whole_with_what_the_server_says_of_it(source: Source, get: Get):
    source.answers["/dati/comuni.csv"] = send(
        "200 OK",
        "Content-Type: Text/CSV; charset=utf-8",
        'ETag: "v1"',
        "Last-Modified: Sat, 21 Nov 2026 08:00:00 GMT",
        body=CSV,
    )
    fetched = get(source.url("/dati/comuni.csv"))
    assert isinstance(fetched, Fetched)
    assert fetched.path.read_bytes() == CSV
    assert fetched.sha256 == hashlib.sha256(CSV).hexdigest()
    assert fetched.size_bytes == len(CSV)
    assert (fetched.media_type, fetched.filename) == ("text/csv", "comuni.csv")
    assert (fetched.etag, fetched.last_modified) == ('"v1"', "Sat, 21 Nov 2026 08:00:00 GMT")
    assert fetched.final_url == source.url("/dati/comuni.csv")


def test_an_html_page_in_place_of_a_file_is_told_by_its_media_type(source: Source, get: Get):
    source.answers["/a.csv"] = send(
        "200 OK", "Content-Type: text/html; charset=utf-8", body=b"<html>login</html>"
    )
    fetched = get(source.url("/a.csv"))
    assert isinstance(fetched, Fetched)
    assert fetched.media_type == "text/html"


def test_spaces_and_accents_in_a_url_are_sent_encoded(source: Source, get: Get):
    source.answers["/dati%20citt%C3%A0.csv"] = send("200 OK", body=CSV)
    fetched = get(source.url("/dati città.csv?anno=2026 bis"))
    assert isinstance(fetched, Fetched)
    assert source.paths() == ["/dati%20citt%C3%A0.csv?anno=2026%20bis"]
    assert fetched.filename == "dati città.csv"


def test_the_user_agent_is_the_configured_one(source: Source, get: Get):
    source.answers["/"] = send("200 OK", body=CSV)
    get(source.url("/"), user_agent="portale/1.0")
    assert "User-Agent: portale/1.0\r\n" in source.requests[0]


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "GZIP"])
def test_gzip_is_undone_and_counted_unpacked(source: Source, get: Get, encoding: str):
    packed = gzip.compress(CSV[:10]) + gzip.compress(CSV[10:])
    source.answers["/a.csv"] = send("200 OK", f"Content-Encoding: {encoding}", body=packed)
    fetched = get(source.url("/a.csv"))
    assert isinstance(fetched, Fetched)
    assert fetched.path.read_bytes() == CSV
    assert fetched.size_bytes == len(CSV)


def test_chunked_answers_are_read_to_their_end(source: Source, get: Get):
    def chunked(connection: socket.socket, _: str) -> None:
        connection.sendall(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n1\r\nf\r\n0\r\n\r\n"
        )

    source.answers["/"] = chunked
    fetched = get(source.url("/"))
    assert isinstance(fetched, Fetched)
    assert fetched.path.read_bytes() == b"abcdef"


def test_unchanged_content_is_not_sent_again(source: Source, get: Get):
    source.answers["/a.csv"] = send("304 Not Modified")
    result = get(source.url("/a.csv"), etag='"v1"', last_modified="Sat, 21 Nov 2026 08:00:00 GMT")
    assert isinstance(result, NotModified)
    assert result.etag == '"v1"'
    assert 'If-None-Match: "v1"\r\n' in source.requests[0]
    assert "If-Modified-Since: Sat, 21 Nov 2026 08:00:00 GMT\r\n" in source.requests[0]


def test_a_304_that_nobody_asked_for_is_no_file(source: Source, get: Get):
    source.answers["/a.csv"] = send("304 Not Modified")
    with fails("bad_status"):
        get(source.url("/a.csv"))


def test_a_stored_etag_can_not_smuggle_a_header(source: Source, get: Get):
    source.answers["/a.csv"] = send("404 Not Found")
    with fails("not_found"):
        get(source.url("/a.csv"), etag='"v1"\r\nX-Evil: 1')
    assert "X-Evil" not in source.requests[0]


# --- where we do not go


def test_our_own_machine_is_refused_without_a_connection(source: Source, get: Get):
    source.answers["/"] = send("200 OK", body=CSV)
    with refuses("address_not_allowed"):
        get(source.url("/"), allow_private=())
    assert source.requests == []


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("file:///etc/passwd", "scheme_not_allowed"),
        ("ftp://example.org/a.csv", "scheme_not_allowed"),
        ("gopher://127.0.0.1:6379/_FLUSHALL", "scheme_not_allowed"),
        ("http://user:secret@example.org/a.csv", "userinfo_not_allowed"),
        ("http://good.example@127.0.0.1/", "userinfo_not_allowed"),
        ("example.org/a.csv", "bad_url"),
        ("", "bad_url"),
        ("http://", "bad_url"),
        ("http:///a.csv", "bad_url"),
        ("http://exa mple.org/", "bad_url"),
        ("http://good.example\\.evil.example/", "bad_url"),
        ("http://example.org:99999/", "bad_url"),
        ("http://[::1", "bad_url"),
        ("http://a..b/", "bad_url"),
    ],
)
def test_what_is_no_public_web_address_is_refused(get: Get, url: str, code: str):
    with refuses(code):
        get(url)


def test_no_message_repeats_a_password_or_a_key(get: Get):
    for url in ("http://user:secret@exa mple.org/?key=secret", "http://user:secret@example.org/?key=secret"):
        with pytest.raises(FetchRefusedError) as caught:
            get(url)
        assert "secret" not in str(caught.value)
        assert "secret" not in repr(caught.value.params)


def test_a_redirect_to_our_own_machine_is_refused(source: Source, other_source: Source, tmp_path: Path):
    # the first host is public as far as the policy knows, the second is not
    source.answers["/a.csv"] = send("302 Found", f"Location: http://localhost:{other_source.port}/secret")
    other_source.answers["/secret"] = send("200 OK", body=b"secret")
    policy = replace(
        OPEN,
        allow_private=(OPEN.allow_private[0].__class__("127.0.0.2/32"),),
        resolver=lambda host, _: ["127.0.0.2"] if host == "dati.example" else ["127.0.0.1"],
    )
    with socket.create_server(("127.0.0.2", 0)) as listener:
        threading.Thread(target=lambda: source.handle(listener.accept()[0]), daemon=True).start()
        with refuses("address_not_allowed"):
            fetch(f"http://dati.example:{listener.getsockname()[1]}/a.csv", into=tmp_path, policy=policy)
    assert source.paths() == ["/a.csv"]
    assert other_source.requests == []


@pytest.mark.parametrize("location", ["file:///etc/passwd", "gopher://127.0.0.1:6379/"])
def test_a_redirect_to_a_file_is_refused(source: Source, get: Get, location: str):
    source.answers["/a.csv"] = send("301 Moved", f"Location: {location}")
    with refuses("scheme_not_allowed"):
        get(source.url("/a.csv"))


def test_a_redirect_to_nowhere_is_told(source: Source, get: Get):
    source.answers["/a.csv"] = send("301 Moved")
    with fails("bad_redirect"):
        get(source.url("/a.csv"))


def test_a_loop_of_redirects_ends_after_five(source: Source, get: Get):
    source.answers["/a"] = send("302 Found", "Location: /b")
    source.answers["/b"] = send("307 Temporary", "Location: /a")
    with fails("too_many_redirects"):
        get(source.url("/a"))
    assert source.paths() == ["/a", "/b"] * 3


def test_a_redirect_is_followed_and_names_the_file(source: Source, get: Get):
    source.answers["/latest"] = send("303 See Other", "Location: files/pnrr_2026.csv?v=2")
    source.answers["/files/pnrr_2026.csv"] = send("200 OK", body=CSV)
    fetched = get(source.url("/latest"))
    assert isinstance(fetched, Fetched)
    assert fetched.final_url == source.url("/files/pnrr_2026.csv?v=2")
    assert fetched.filename == "pnrr_2026.csv"


def test_a_name_that_changes_its_address_after_the_check_gains_nothing(source: Source, tmp_path: Path):
    """DNS rebinding: public when asked first, our own machine when asked again."""
    answers = ["93.184.215.14", "127.0.0.1"]
    asked: list[str] = []

    def rebinding(host: str, _: int) -> list[str]:
        asked.append(host)
        return [answers[min(len(asked), 2) - 1]]

    policy = replace(OPEN, allow_private=(), resolver=rebinding, connect_timeout_seconds=1)
    source.answers["/"] = send("200 OK", body=b"secret")
    with pytest.raises(FetchFailedError):
        # the socket goes to the checked address, where nobody listens on this port
        fetch(f"http://dati.example:{source.port}/", into=tmp_path, policy=policy)
    assert asked == ["dati.example"]
    assert source.requests == []


def test_a_name_with_a_public_and_a_private_address_is_refused(source: Source, tmp_path: Path):
    policy = FetchPolicy(resolver=lambda *_: ["93.184.215.14", "127.0.0.1"])
    with refuses("address_not_allowed"):
        fetch(f"http://dati.example:{source.port}/", into=tmp_path, policy=policy)
    assert source.requests == []


def test_an_unknown_host_is_told(tmp_path: Path):
    with fails("host_not_found"):
        fetch("https://non-esiste.invalid/a.csv", into=tmp_path, policy=FetchPolicy())


def test_the_environments_proxy_is_not_used(source: Source, other_source: Source, get: Get, monkeypatch):
    monkeypatch.setenv("http_proxy", other_source.url("/"))
    monkeypatch.setenv("HTTP_PROXY", other_source.url("/"))
    source.answers["/a.csv"] = send("404 Not Found")
    with fails("not_found"):
        get(source.url("/a.csv"))
    assert other_source.requests == []


def test_a_configured_proxy_is_asked_for_public_names(other_source: Source, tmp_path: Path):
    other_source.answers["http://dati.example/a.csv"] = send("200 OK", body=CSV)
    proxy = other_source.url("").replace("http://", "http://utente:parola@")
    fetched = fetch("http://dati.example/a.csv", into=tmp_path, policy=FetchPolicy(proxy=proxy))
    assert isinstance(fetched, Fetched)
    assert "Proxy-Authorization: Basic dXRlbnRlOnBhcm9sYQ==" in other_source.requests[0]


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "[::1]"])
def test_a_configured_proxy_is_not_asked_for_private_addresses(
    other_source: Source, tmp_path: Path, host: str
):
    with refuses("address_not_allowed"):
        fetch(f"http://{host}/", into=tmp_path, policy=FetchPolicy(proxy=other_source.url("")))
    assert other_source.requests == []


# --- servers that never end, or lie


def assert_quick(started: float, seconds: float) -> None:
    assert time.monotonic() - started < seconds


def test_a_server_that_hangs_ends_in_time(source: Source, get: Get):
    source.answers["/"] = lambda *_: source.ended.wait()  # pyright: ignore[reportArgumentType]
    started = time.monotonic()
    with fails("timed_out"):
        get(source.url("/"), read_timeout_seconds=0.5)
    assert_quick(started, 3)


@pytest.mark.parametrize("start", [b"H", b"HTTP/1.1 200 OK\r\nX-A: ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_server_that_drips_ends_in_time(source: Source, get: Get, start: bytes):
    def drip(connection: socket.socket, _: str) -> None:
        connection.sendall(start)
        while not source.ended.wait(0.05):
            connection.sendall(b"x")

    source.answers["/"] = drip
    started = time.monotonic()
    with pytest.raises(FetchFailedError) as caught:
        get(source.url("/"), total_timeout_seconds=1)
    # the first is no HTTP answer; the others can only be ended by the clock
    assert caught.value.code in ({"too_slow", "bad_answer"} if start == b"H" else {"too_slow"})
    assert_quick(started, 3)


def test_a_server_that_ends_the_connection_without_an_answer_is_told(source: Source, get: Get):
    source.answers["/"] = lambda *_: None
    with fails("cut_short"):
        get(source.url("/"))


def test_a_port_where_nobody_listens_is_told(get: Get):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with fails("connection_failed"):
        get(f"http://127.0.0.1:{port}/")


def test_what_is_no_web_server_is_told(source: Source, get: Get):
    source.answers["/"] = lambda connection, _: connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
    with fails("bad_answer"):
        get(source.url("/"))


def test_a_file_shorter_than_announced_is_told(source: Source, get: Get):
    source.answers["/"] = send("200 OK", body=CSV, length=len(CSV) + 1)
    with fails("cut_short"):
        get(source.url("/"))


def test_bytes_beyond_the_announced_length_are_not_part_of_the_file(source: Source, get: Get):
    source.answers["/"] = send("200 OK", body=CSV + b"more", length=len(CSV))
    fetched = get(source.url("/"))
    assert isinstance(fetched, Fetched)
    assert fetched.path.read_bytes() == CSV


def test_a_file_announced_too_large_is_not_read(source: Source, get: Get):
    source.answers["/"] = send("200 OK", length=5 * 1024**3)
    with fails("too_large") as caught:
        get(source.url("/"))
    assert caught.value.params == {"limit_mb": 1}


def test_a_file_without_end_is_cut_off_at_the_limit(source: Source, get: Get):
    sent = []

    def endless(connection: socket.socket, _: str) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not source.ended.is_set():
            connection.sendall(b"0" * 65536)
            sent.append(65536)

    source.answers["/"] = endless
    with fails("too_large"):
        get(source.url("/"))
    assert sum(sent) < 64 * 1024 * 1024


def test_a_gzip_bomb_does_not_unpack(source: Source, get: Get, tmp_path: Path):
    bomb = gzip.compress(bytes(200 * 1024 * 1024), compresslevel=9)
    assert len(bomb) < 1024 * 1024
    source.answers["/"] = send("200 OK", "Content-Encoding: gzip", body=bomb)
    started = time.monotonic()
    with fails("too_large_unpacked"):
        get(source.url("/"))
    assert_quick(started, 2)


@pytest.mark.parametrize(
    ("encoding", "body", "code"),
    [
        ("gzip", b"not gzip at all", "bad_compression"),
        ("br", CSV, "bad_compression"),
        ("gzip", gzip.compress(CSV * 100)[:-20], "cut_short"),
    ],
)
def test_compression_that_can_not_be_undone_is_told(
    source: Source, get: Get, encoding: str, body: bytes, code: str
):
    source.answers["/"] = send("200 OK", f"Content-Encoding: {encoding}", body=body)
    with fails(code):
        get(source.url("/"))


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("404 Not Found", "not_found"),
        ("410 Gone", "not_found"),
        ("401 Unauthorized", "not_public"),
        ("403 Forbidden", "not_public"),
        ("500 Internal Server Error", "bad_status"),
        ("300 Multiple Choices", "bad_status"),
    ],
)
def test_an_answer_without_a_file_is_told(source: Source, get: Get, status: str, code: str):
    source.answers["/a.csv"] = send(status, body=b"sorry")
    with fails(code):
        get(source.url("/a.csv?key=secret"))


def test_the_caller_may_end_a_fetch(source: Source, get: Get):
    heard: list[int] = []

    def stop_soon(size: int) -> None:
        heard.append(size)
        if size > 100_000:
            raise KeyError("stopped")

    source.answers["/"] = send("200 OK", body=bytes(900_000))
    with pytest.raises(KeyError):
        get(source.url("/"), progress=stop_soon)
    assert heard == sorted(heard)
    assert heard[-1] < 900_000


# --- busy hosts


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
def test_a_busy_host_is_asked_again_after_the_wait_it_names(source: Source, get: Get, status: str):
    source.answers["/"] = [send(status, "Retry-After: 1"), send("200 OK", body=CSV)]
    started = time.monotonic()
    fetched = get(source.url("/"))
    assert isinstance(fetched, Fetched)
    assert 1 <= time.monotonic() - started < 4


def test_a_host_that_wants_a_long_wait_is_not_waited_for(source: Source, get: Get):
    source.answers["/"] = send("429 Too Many Requests", "Retry-After: 86400")
    started = time.monotonic()
    with fails("busy"):
        get(source.url("/"))
    assert_quick(started, 1)
    assert len(source.requests) == 1


def test_a_host_that_stays_busy_is_asked_three_times(source: Source, get: Get):
    source.answers["/"] = send("503 Service Unavailable", "Retry-After: 0")
    with fails("busy"):
        get(source.url("/"))
    assert len(source.requests) == 3


def test_requests_to_one_host_keep_their_distance(source: Source, get: Get):
    source.answers["/"] = send("200 OK", body=CSV)
    started = time.monotonic()
    for _ in range(3):
        get(source.url("/"), min_interval_seconds=0.3)
    assert time.monotonic() - started >= 0.6


# --- TLS


def test_a_proxy_does_not_stand_in_for_the_sites_certificate(
    other_source: Source, certificate: tuple[Path, Path], tmp_path: Path
):
    """Through a proxy the connection is encrypted to the site itself, whose certificate is checked."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*certificate)

    def tunnel(connection: socket.socket, _: str) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        with tls.wrap_socket(connection, server_side=True) as inner:
            other_source.requests.append(inner.recv(4096).decode("latin-1"))
            send("200 OK", body=CSV)(inner, "")

    other_source.answers["dati.example:443"] = tunnel
    policy = FetchPolicy(proxy=other_source.url(""), ca_file=str(certificate[0]))
    assert isinstance(fetch("https://dati.example/a.csv", into=tmp_path, policy=policy), Fetched)
    assert other_source.requests[1].startswith("GET /a.csv HTTP/1.1\r\nHost: dati.example\r\n")
    with fails("tls_failed"):
        fetch("https://dati.example/a.csv", into=tmp_path, policy=replace(policy, ca_file=None))


def secure(certificate: tuple[Path, Path] | None) -> FetchPolicy:
    ca_file = str(certificate[0]) if certificate else None
    return replace(OPEN, resolver=lambda *_: ["127.0.0.1"], ca_file=ca_file)


def test_the_certificate_is_checked_against_the_name_not_the_address(
    secure_source: Source, certificate: tuple[Path, Path], tmp_path: Path
):
    secure_source.answers["/"] = send("200 OK", body=CSV)
    url = f"https://dati.example:{secure_source.port}/"
    assert isinstance(fetch(url, into=tmp_path, policy=secure(certificate)), Fetched)
    assert f"Host: dati.example:{secure_source.port}\r\n" in secure_source.requests[0]


@pytest.mark.parametrize(("host", "trusted"), [("dati.example", False), ("altri.example", True)])
def test_a_certificate_that_does_not_hold_is_refused(
    secure_source: Source, certificate: tuple[Path, Path], tmp_path: Path, host: str, trusted: bool
):
    policy = secure(certificate if trusted else None)
    with fails("tls_failed"):
        fetch(f"https://{host}:{secure_source.port}/", into=tmp_path, policy=policy)
    assert secure_source.requests == []


# --- the sentences


def test_every_sentence_can_be_filled():
    params = {"url": "u", "host": "h", "scheme": "s", "limit": 1, "limit_mb": 1, "seconds": 1, "status": 1}
    for code in MESSAGES:
        for error in (FetchFailedError, FetchRefusedError):
            text = str(error(code, **params))
            assert "{" not in text
            assert text.endswith(".")
