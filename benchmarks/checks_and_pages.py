"""How long an officer waits for a verdict, and how pages are served while many checks run. Against a live portal.

Usage: PORTAL_URL=… PORTAL_TOKEN=… python benchmarks/checks_and_pages.py [organization]

It makes datasets of its own in the organization and deletes them. Three figures:

- ``verdict``: seconds from sending a 5,000-row file until the page with its verdict is there, asking as the officer's page
  does (hold: under 3 on two idle cores);
- ``quiet`` and ``busy``: seconds until the search page and a dataset's page are there, without checks and while twenty
  files are sent and checked at once (hold: median of busy below 3 × that of quiet, and no error).

Ends with 1 where one does not hold.
"""

from __future__ import annotations

import io
import json
import os
import statistics
import sys
import threading
import time
import urllib.request
import uuid
from collections.abc import Iterator
from typing import Any

URL = os.environ["PORTAL_URL"].rstrip("/")
TOKEN = os.environ["PORTAL_TOKEN"]
ROWS, CHECKS, PAGES = 5_000, 20, 30
LIMIT_SECONDS = 600
MOST_SECONDS, MOST_SLOWER = 3.0, 3.0
#: As in the page's ``progress.js``.
FIRST_PAUSE, LONGER, LONGEST_PAUSE = 0.3, 1.4, 2.0

#: What is a dataset's own, and not copied.
OWN = {
    "id",
    "name",
    "title",
    "resources",
    "identifier",
    "private",
    "organization",
    "owner_org",
    "creator_user_id",
}

HEADER = (
    "COD_LOCALE_PROGETTO;COD_REGIONE;DEN_REGIONE;COD_PROVINCIA;DEN_PROVINCIA;COD_COMUNE;DEN_COMUNE;"
    "INDIRIZZO_PROG;CAP_PROG;OC_TERRITORIO_PROG"
)


def table(mark: str, rows: int = ROWS) -> bytes:
    """Return a file that no other call gives: nothing is known of its content."""
    lines = (
        f'"1CAL{mark}{number:05d}";"018";"CALABRIA";"078";"COSENZA";"045";"COSENZA";"Via {number}";"87100";"C"'
        for number in range(rows)
    )
    return ("\ufeff" + "\n".join([HEADER, *lines, ""])).encode()


def call(action: str, **data: Any) -> Any:
    """Call an action of the API and return its result."""
    request = urllib.request.Request(  # noqa: S310 - the portal's own address
        f"{URL}/api/3/action/{action}",
        json.dumps(data).encode(),
        {"Authorization": TOKEN, "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=LIMIT_SECONDS) as answer:  # noqa: S310
        return json.load(answer)["result"]


def send(package_id: str, content: bytes) -> None:
    """Upload a file as a browser does."""
    boundary = uuid.uuid4().hex
    fields = {
        "package_id": package_id,
        "name": "Misura",
        "format": "CSV",
        "table_schema": "opencoesione/localizzazioni",
    }
    body = io.BytesIO()
    for name, value in fields.items():
        body.write(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        )
    body.write(
        f'--{boundary}\r\nContent-Disposition: form-data; name="upload"; filename="misura.csv"\r\n'
        "Content-Type: text/csv\r\n\r\n".encode()
    )
    body.write(content + f"\r\n--{boundary}--\r\n".encode())
    request = urllib.request.Request(  # noqa: S310
        f"{URL}/api/3/action/resource_create",
        body.getvalue(),
        {"Authorization": TOKEN, "Content-Type": f"multipart/form-data; boundary={boundary}"},
    )
    urllib.request.urlopen(request, timeout=LIMIT_SECONDS).close()  # noqa: S310


def made(organization: str, like: dict[str, Any]) -> str:
    """Make an empty dataset with the metadata of another and return its id."""
    kept = {
        name: value for name, value in like.items() if name not in OWN and not name.startswith("quality_")
    }
    name = f"misura-{uuid.uuid4().hex[:12]}"
    fields = {**kept, "name": name, "title": name, "owner_org": organization, "private": False}
    return call("package_create", **fields)["id"]


def status(package_id: str) -> str:
    """Return how a dataset stands; an empty word while its check waits or runs."""
    told = call("package_show", id=package_id)["quality_status"]
    return "" if told in ("pending", "running") else told


def verdict(package_id: str) -> str:
    """Wait until a dataset's report is on the screen, asking as often as the page does; return the verdict."""
    end, pause = time.monotonic() + LIMIT_SECONDS, FIRST_PAUSE
    while time.monotonic() < end:
        time.sleep(pause)
        if told := status(package_id):
            read(f"/dataset/{package_id}/quality", {"Authorization": TOKEN})
            return told
        pause = min(LONGER * pause, LONGEST_PAUSE)
    return "too late"


def read(path: str, headers: dict[str, str]) -> None:
    """Read a page."""
    request = urllib.request.Request(URL + path, headers=headers)  # noqa: S310
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        answer.read()


def pages(name: str) -> Iterator[float]:
    """Yield the seconds that pages take, as a visitor sees them."""
    for number in range(PAGES):
        path = f"/dataset/{name}" if number % 2 else "/dataset/?q=progetti"
        started = time.perf_counter()
        read(path, {})
        yield time.perf_counter() - started


def told(word: str, seconds: list[float]) -> None:
    ordered = sorted(seconds)
    print(
        f"{word:8} median {statistics.median(ordered):.3f} s, 95 % {ordered[int(len(ordered) * 0.95) - 1]:.3f} s, "
        f"worst {ordered[-1]:.3f} s"
    )


def main() -> int:
    """Measure, print, delete what was made."""
    found = call("package_search", fq="type:(dataset OR pnrr OR cohesion)", rows=1)["results"]
    like = call("package_show", id=found[0]["id"])
    organization = sys.argv[1] if len(sys.argv) > 1 else like["owner_org"]
    ids = []
    try:
        waits = []
        for _ in range(3):
            ids.append(made(organization, like))
            content = table(uuid.uuid4().hex[:6])
            started = time.perf_counter()
            send(ids[-1], content)
            came = verdict(ids[-1])
            waits.append(time.perf_counter() - started)
            print(f"{len(content) / 1e6:.1f} MB: {came}")
        told("verdict", waits)
        list(pages(like["name"]))  # warm
        quiet = list(pages(like["name"]))
        told("quiet", quiet)
        many = [made(organization, like) for _ in range(CHECKS)]
        ids += many
        senders = [
            threading.Thread(target=send, args=(one, table(uuid.uuid4().hex[:6], 4 * ROWS))) for one in many
        ]
        started = time.perf_counter()
        for sender in senders:
            sender.start()
        busy: list[float] = []
        waiting, outcome = list(many), set()
        while waiting and time.perf_counter() - started < LIMIT_SECONDS:
            busy += list(pages(like["name"]))
            while waiting and (done := status(waiting[-1])):
                outcome.add(done)
                waiting.pop()
        told("busy", busy)
        seconds = time.perf_counter() - started
        print(f"{CHECKS} checks of {4 * ROWS} rows: {outcome}, {len(waiting)} not ended, {seconds:.0f} s")
    finally:
        for one in ids:
            call("dataset_purge", id=one)
    slower = statistics.median(busy) / statistics.median(quiet)
    print(f"pages are {slower:.1f} times slower while {CHECKS} files are checked")
    return 0 if statistics.median(waits) < MOST_SECONDS and slower < MOST_SLOWER and not waiting else 1


if __name__ == "__main__":
    raise SystemExit(main())
