"""Fetch one URL into a file, within the limits of a policy."""

from __future__ import annotations

import hashlib
import ssl
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

import httpcore

from .errors import FetchFailedError
from .filenames import filename_of
from .network import Deadline, GuardedBackend, check_behind_proxy
from .pace import Pace, retry_wait
from .policy import FetchPolicy
from .targets import DEFAULT_PORTS, Target, parse, redirected
from .unpack import BadCompressionError, CutShortError, unpack

_REDIRECTS = {301, 302, 303, 307, 308}
_BUSY = {429, 503}
_MEGABYTE = 1024 * 1024
_PACE = Pace()


@dataclass(frozen=True)
class Fetched:
    """A file that was fetched whole. ``path`` lies in the caller's folder and is the caller's to remove."""

    path: Path
    final_url: str
    sha256: str
    size_bytes: int
    media_type: str | None
    filename: str
    etag: str | None
    last_modified: str | None
    not_modified: Literal[False] = False


@dataclass(frozen=True)
class NotModified:
    """Nothing has changed since the ``etag`` or ``last_modified`` that was asked with, says the source."""

    final_url: str
    etag: str | None
    last_modified: str | None
    not_modified: Literal[True] = True


def fetch(
    url: str,
    *,
    into: Path,
    policy: FetchPolicy,
    etag: str | None = None,
    last_modified: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> Fetched | NotModified:
    """Fetch ``url`` into a new file in the folder ``into``.

    With ``etag`` or ``last_modified`` (as an earlier answer gave them) the source may answer that nothing has
    changed. ``media_type`` is what the server claims: an HTML page where a data file was asked is the
    caller's to recognise. ``progress`` hears of the bytes so far and may end the fetch by raising.
    Raises FetchRefusedError (we do not go there) or FetchFailedError (it did not work out); both hold
    ``code`` and ``params`` and read as a sentence. No file is left behind then.
    """
    target = parse(url)
    deadline = Deadline(policy.total_timeout_seconds, target.host)
    conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    conditions = {name: value for name, value in conditions.items() if value and value.isprintable()}
    with _pool(policy, deadline) as pool:
        for _ in range(policy.max_redirects + 1):
            with _network_errors_told(target.host, deadline):
                response = _ask(pool, target, conditions, policy, deadline)
            if response.status in _REDIRECTS:
                location = _header(response, "Location")
                response.close()
                if not location:
                    raise FetchFailedError("bad_redirect", url=target.shown)
                target = redirected(target, location)
                continue
            if response.status == 304 and conditions:
                return NotModified(target.url, etag, last_modified)
            _check_status(response, target)
            return _store(response, target, into, policy, _body(response, target, policy, deadline, progress))
    raise FetchFailedError("too_many_redirects", url=parse(url).shown, limit=policy.max_redirects)


def _pool(policy: FetchPolicy, deadline: Deadline) -> httpcore.ConnectionPool:
    tls = ssl.create_default_context(cafile=policy.ca_file)
    backend = GuardedBackend(policy, deadline)
    if policy.proxy is None:
        return httpcore.ConnectionPool(ssl_context=tls, network_backend=backend)
    parts = urlsplit(policy.proxy)
    auth = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    proxy = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    return httpcore.HTTPProxy(proxy, proxy_auth=auth, ssl_context=tls, network_backend=backend)


def _ask(
    pool: httpcore.ConnectionPool,
    target: Target,
    conditions: dict[str, str],
    policy: FetchPolicy,
    deadline: Deadline,
) -> httpcore.Response:
    """Send the request, again after a wait where the host says that it is busy; its body is not read yet."""
    check_behind_proxy(policy, target.host)
    attempt = 1
    while True:
        time.sleep(deadline.left(_PACE.reserve(target.host, policy.min_interval_seconds)))
        response = pool.handle_request(_request(target, conditions, policy))
        if response.status not in _BUSY:
            return response
        wait = retry_wait(_header(response, "Retry-After"), attempt)
        # a wait longer than ours is respected by not asking again
        if attempt >= policy.max_attempts or wait > deadline.left(policy.max_retry_wait_seconds):
            raise FetchFailedError("busy", host=target.host, status=response.status)
        response.close()
        time.sleep(wait)
        attempt += 1


def _request(target: Target, conditions: dict[str, str], policy: FetchPolicy) -> httpcore.Request:
    headers = {
        "Host": target.authority,
        "User-Agent": policy.user_agent,
        "Accept": "*/*",
        "Accept-Encoding": "gzip",
        **conditions,
    }
    timeouts = {
        "connect": policy.connect_timeout_seconds,
        "read": policy.read_timeout_seconds,
        "write": policy.read_timeout_seconds,
    }
    return httpcore.Request(
        b"GET",
        httpcore.URL(
            scheme=target.scheme.encode(),
            host=target.host.encode(),
            port=None if target.port == DEFAULT_PORTS[target.scheme] else target.port,
            target=target.path.encode("ascii"),
        ),
        headers=[(name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items()],
        extensions={"timeout": timeouts},
    )


def _check_status(response: httpcore.Response, target: Target) -> None:
    status = response.status
    if 200 <= status < 300:
        return
    if status in {404, 410}:
        raise FetchFailedError("not_found", url=target.shown, status=status)
    if status in {401, 403, 407}:
        raise FetchFailedError("not_public", url=target.shown, status=status)
    raise FetchFailedError("bad_status", url=target.shown, status=status)


def _store(
    response: httpcore.Response, target: Target, into: Path, policy: FetchPolicy, body: Iterator[bytes]
) -> Fetched:
    length = _header(response, "Content-Length") or ""
    if length.isdecimal() and int(length) > policy.max_bytes:
        raise FetchFailedError("too_large", limit_mb=policy.max_bytes // _MEGABYTE)
    digest = hashlib.sha256()
    size = 0
    with tempfile.NamedTemporaryFile(dir=into, prefix="fetch-", delete=False) as file:
        path = Path(file.name)
        try:
            for piece in body:
                size += len(piece)
                if size > policy.max_bytes:
                    limit_mb = policy.max_bytes // _MEGABYTE
                    raise FetchFailedError("too_large_unpacked", host=target.host, limit_mb=limit_mb)
                digest.update(piece)
                file.write(piece)
        except BaseException:
            path.unlink()
            raise
    media_type = (_header(response, "Content-Type") or "").partition(";")[0].strip().lower()
    return Fetched(
        path=path,
        final_url=target.url,
        sha256=digest.hexdigest(),
        size_bytes=size,
        media_type=media_type or None,
        filename=filename_of(_header(response, "Content-Disposition"), target.path),
        etag=_header(response, "ETag"),
        last_modified=_header(response, "Last-Modified"),
    )


def _body(
    response: httpcore.Response,
    target: Target,
    policy: FetchPolicy,
    deadline: Deadline,
    progress: Callable[[int], None] | None,
) -> Iterator[bytes]:
    encoding = (_header(response, "Content-Encoding") or "").strip().lower()
    try:
        with _network_errors_told(target.host, deadline):
            yield from unpack(_received(response, policy, progress), encoding)
    except BadCompressionError:
        raise FetchFailedError("bad_compression", host=target.host) from None
    except CutShortError:
        raise FetchFailedError("cut_short", host=target.host) from None


def _received(
    response: httpcore.Response, policy: FetchPolicy, progress: Callable[[int], None] | None
) -> Iterator[bytes]:
    size = 0
    for chunk in response.iter_stream():
        size += len(chunk)
        if size > policy.max_bytes:
            raise FetchFailedError("too_large", limit_mb=policy.max_bytes // _MEGABYTE)
        if progress is not None:
            progress(size)
        yield chunk


@contextmanager
def _network_errors_told(host: str, deadline: Deadline) -> Iterator[None]:
    """Turn what the HTTP library raises into our errors."""
    try:
        yield
    except httpcore.TimeoutException:
        deadline.left()
        raise FetchFailedError("timed_out", host=host) from None
    except (httpcore.ReadError, httpcore.WriteError):
        raise FetchFailedError("cut_short", host=host) from None
    except (httpcore.NetworkError, httpcore.ProxyError):
        raise FetchFailedError("connection_failed", host=host) from None
    except httpcore.RemoteProtocolError as error:
        # h11 and httpcore tell an early end of the connection only in words
        code = "cut_short" if "connect" in str(error) else "bad_answer"
        raise FetchFailedError(code, host=host) from None
    except httpcore.ProtocolError:
        raise FetchFailedError("bad_answer", host=host) from None


def _header(response: httpcore.Response, name: str) -> str | None:
    """The first header of this name as text: UTF-8, which many sites send, else Latin-1."""
    for key, value in response.headers:
        if key.decode("latin-1").lower() == name.lower():
            try:
                return value.decode("utf-8")
            except UnicodeDecodeError:
                return value.decode("latin-1")
    return None
