"""A small site that serves the sample files as the publishers' sites do.

An alias redirects (302) to the file of the day, as OpenCoesione's does; Italia Domani's names answer directly.
``HEAD``, ``ETag`` and ``Last-Modified`` work, and an unchanged file is answered with 304. For tests and trials:
``python -m demo.server --region 18 --port 6809``.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from demo.facts import by
from demo.sample import sample_files

RELEASED = "Tue, 30 Jun 2026 08:00:00 GMT"
ITALIA_DOMANI = "/content/dam/sogei-ng/opendata"
DAY = "20260630"


@dataclass(frozen=True)
class Served:
    """A file as the site sends it."""

    content: bytes
    media_type: str

    @property
    def etag(self) -> str:
        """A tag that changes with the content."""
        return f'"{sha256(self.content).hexdigest()[:20]}"'


Site = Mapping[str, Served | str]


def publishers_site(region: str) -> Site:
    """Return what is served under which path: a file, or the path that an alias redirects to."""
    sigla = by("bodies", "region")[region]["sigla"]
    site: dict[str, Served | str] = {}
    for sample, content in sample_files(region):
        folder, _, name = sample.path.rpartition("/")
        stem = name.partition(".")[0]
        if folder == "italiadomani":
            kind = "text/csv" if sample.format == "CSV" else "application/octet-stream"
            site[f"{ITALIA_DOMANI}/{name}"] = Served(content, kind)
        elif folder == "opencoesione":
            dated = f"{stem}_{sigla}_{DAY}"
            site[f"/it/opendata/regioni/{stem}_{sigla}.zip"] = f"/media/open_data/{dated}.zip"
            site[f"/media/open_data/{dated}.zip"] = Served(
                _zipped(f"{dated}.csv", content), "application/zip"
            )
    return site


def _zipped(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_STORED) as archive:
        archive.writestr(ZipInfo(name, (2026, 6, 30, 8, 0, 0)), content)
    return out.getvalue()


class _Handler(BaseHTTPRequestHandler):
    site: Site = {}

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        found = self.site.get(self.path)
        if found is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        if isinstance(found, str):
            self._head(HTTPStatus.FOUND, {"Location": found, "Content-Length": "0"})
            return
        stamps = {"ETag": found.etag, "Last-Modified": RELEASED}
        if found.etag == self.headers["If-None-Match"] or self.headers["If-Modified-Since"] == RELEASED:
            self._head(HTTPStatus.NOT_MODIFIED, stamps)
            return
        length = {"Content-Type": found.media_type, "Content-Length": str(len(found.content))}
        self._head(HTTPStatus.OK, stamps | length)
        if with_body:
            self.wfile.write(found.content)

    def _head(self, status: HTTPStatus, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet: whoever uses the site keeps the log."""


def _server(site: Site, port: int) -> ThreadingHTTPServer:
    handler = type("Handler", (_Handler,), {"site": site})
    return ThreadingHTTPServer(("127.0.0.1", port), handler)


@contextmanager
def serving(site: Site, port: int = 0) -> Iterator[str]:
    """Serve ``site`` on this machine while the block runs; the value is its address. Port 0: any free one."""
    server = _server(site, port)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description="Serve the sample files as the publishers' sites do.")
    parser.add_argument("--region", default="18", help="ISTAT code of the region, two digits (default: 18)")
    parser.add_argument("--port", type=int, default=6809)
    options = parser.parse_args()
    site = publishers_site(options.region)
    for path in site:
        print(f"http://127.0.0.1:{options.port}{path}")
    with _server(site, options.port) as server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main()
