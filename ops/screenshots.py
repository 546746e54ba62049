"""`make screenshots`: the pictures in the guides, taken of the running portal (`make portal`) with its sample data.

A picture that a script takes is true after every change of a page; one that a person took is not.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.request import urlopen

from ops import preflight
from ops.errors import PortalError
from ops.settings import CHECKOUT, Settings, from_environment

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

FOLDER = CHECKOUT / "docs" / "images"
DESKTOP, PHONE = 1280, 390
QUALITY = 72


@dataclass(frozen=True)
class Shot:
    """A picture: file name without ending, address below the portal's, who looks, how wide, and what to show of it."""

    name: str
    path: str
    officer: bool = False
    width: int = DESKTOP
    height: int = 900
    whole: bool = False


# {live} and {held} are the names of a published and of a held-back dataset of the sample, {file} a file of the first,
# {organization} its office.
SHOTS = (
    Shot("home", "/"),
    Shot("home-en-phone", "/en/", width=PHONE, height=840),
    Shot("search", "/dataset?q=pagamenti"),
    Shot("dataset", "/dataset/{live}"),
    Shot("dataset-phone", "/dataset/{live}", width=PHONE, height=840),
    Shot("file", "/dataset/{live}/resource/{file}"),
    Shot("quality-report", "/dataset/{held}/quality", officer=True),
    Shot("publish", "/publish", officer=True),
    Shot("release-plan", "/organization/{organization}/release-plan", officer=True),
    Shot("questions", "/dashboard/questions", officer=True),
)


def take(_settings: Settings) -> int:
    """Take every picture. Raises PortalError where no portal runs."""
    from playwright.sync_api import sync_playwright

    settings = from_environment(os.environ)
    if not preflight.is_running(settings):
        raise PortalError("No portal is running here: `make portal` first, with its sample data.")
    names = _names(settings.url)
    program = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, chromium_sandbox=False)
        windows = {
            officer: browser.new_context(base_url=settings.url, locale="it-IT") for officer in (False, True)
        }
        _log_in(windows[True], _password(settings))
        for shot in SHOTS:
            _take(windows[shot.officer], shot, names)
            print(f"  {shot.name}")
        browser.close()
    return 0


def _names(url: str) -> dict[str, str]:
    held = "demo-difetto-zeri-territorio"
    live = "demo-pnrr-localizzazione"
    with urlopen(f"{url}/api/3/action/package_show?id={live}", timeout=60) as answer:  # noqa: S310
        dataset = json.load(answer)["result"]
    return {
        "live": live,
        "held": held,
        "file": dataset["resources"][0]["id"],
        "organization": dataset["organization"]["name"],
    }


def _password(settings: Settings) -> str:
    return json.loads((settings.state / "secrets.json").read_text())["admin"]


def _log_in(window: BrowserContext, password: str) -> None:
    page = window.new_page()
    page.goto("user/login")
    page.fill("#field-login", "admin")
    page.fill("#field-password", password)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.close()


def _take(window: BrowserContext, shot: Shot, names: dict[str, str]) -> None:
    page = window.new_page()
    page.set_viewport_size({"width": shot.width, "height": shot.height})
    answer = page.goto(shot.path.format_map(names).lstrip("/"), wait_until="networkidle")
    if answer is None or answer.status != 200:
        raise PortalError(f"{shot.path} answers {answer.status if answer else 'nothing'}: no picture of it")
    page.screenshot(path=FOLDER / f"{shot.name}.jpg", type="jpeg", quality=QUALITY, full_page=shot.whole)
    page.close()
