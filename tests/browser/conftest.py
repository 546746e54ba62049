"""A real Chromium on a live portal, for the tests that do what a person does."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ViewportSize, sync_playwright

# Debian's Chromium, quiet: nothing of its own goes to the network.
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Pages of a contended machine may take long; a test that waits so long has still failed.
PATIENCE_MS = 30_000


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser, once a module: Playwright's event loop must not be there for the tests of other rooms."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    assert program, "Chromium is missing: `make test` installs it"
    with sync_playwright() as playwright:
        # The windows of Chromium itself (the order of day and month in a date field) speak the system's language.
        environment: dict[str, str | float | bool] = {**os.environ, "LANGUAGE": "it"}
        browser = playwright.chromium.launch(
            executable_path=program, args=list(QUIET), env=environment, chromium_sandbox=False
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def window(chromium: Browser, portal_server: str) -> Iterator[Callable[[], BrowserContext]]:
    """Call it for the windows of somebody who has never been here: they have cookies of their own."""
    contexts = []

    def enter() -> BrowserContext:
        size: ViewportSize = {"width": 1280, "height": 900}
        context = chromium.new_context(base_url=portal_server, locale="it-IT", viewport=size)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        return context

    yield enter
    for context in contexts:
        context.close()
