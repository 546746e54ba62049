"""From a URL to what is asked of whom: parsed once, so that no second parser can read it otherwise."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

from .errors import FetchRefusedError

DEFAULT_PORTS = {"http": 80, "https": 443}
_CONTROL = re.compile(r"[\x00-\x20\x7f\\]")
_KEPT_IN_PATH = "/%:@!$&'()*+,;=-._~"
_KEPT_IN_QUERY = _KEPT_IN_PATH + "?[]"


@dataclass(frozen=True)
class Target:
    """One request: whom (``scheme``, ``host``, ``port``) and what (``path`` with query)."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """Host and port as the Host header gives them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The URL as it is requested."""
        return f"{self.scheme}://{self.authority}{self.path}"

    @property
    def shown(self) -> str:
        """The URL for messages: without the query, which may hold a key."""
        return self.url.partition("?")[0]


def parse(url: str) -> Target:
    """Read an absolute http(s) URL. Raises FetchRefusedError where it is none, or holds a user name."""
    text = url.strip()
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise FetchRefusedError("bad_url", url=_shorten(text)) from None
    if parts.scheme and parts.scheme not in DEFAULT_PORTS:
        raise FetchRefusedError("scheme_not_allowed", scheme=parts.scheme)
    if "@" in parts.netloc:
        raise FetchRefusedError("userinfo_not_allowed")
    host = _ascii_host(parts.hostname or "")
    if not parts.scheme or not host or port == 0:
        raise FetchRefusedError("bad_url", url=_shorten(text))
    path = quote(parts.path or "/", safe=_KEPT_IN_PATH)
    query = quote(parts.query, safe=_KEPT_IN_QUERY)
    return Target(
        scheme=parts.scheme,
        host=host,
        port=port or DEFAULT_PORTS[parts.scheme],
        path=f"{path}?{query}" if query else path,
    )


def redirected(target: Target, location: str) -> Target:
    """Where an answer with this Location header sends us. Raises FetchRefusedError as ``parse`` does."""
    return parse(urljoin(target.url, location.strip()))


def _ascii_host(host: str) -> str:
    """The host as DNS and TLS know it (IDNA), empty where it can not be one."""
    if _CONTROL.search(host):
        return ""
    if ":" in host:
        return host
    try:
        return host.rstrip(".").encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def _shorten(text: str) -> str:
    shown = text.partition("?")[0]
    # what stands before an @ may be a password
    shown = shown.rpartition("@")[2]
    return shown if len(shown) <= 200 else shown[:200] + "…"
