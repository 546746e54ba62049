"""Moves through a page as somebody without a mouse: Tab, Enter, Space, arrows and typing, nothing else."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

# More than any page of ours has: who has not arrived after so many has come round to the start.
MOST_STOPS = 150

DESCRIBE_FOCUS = """() => {
    const e = document.activeElement;
    const words = e.getAttribute("aria-label") || e.innerText || e.name || "";
    return `${e.tagName.toLowerCase()}#${e.id} ${words.slice(0, 40)}`;
}"""


class Keyboard:
    """The keys of one page. Methods fail (AssertionError) when a place can not be reached by Tab."""

    def __init__(self, page: Page) -> None:
        self._page = page
        # Somebody must be listening before a window for choosing files opens; attach() comes too late on a slow machine.
        page.on("filechooser", lambda _: None)

    def press(self, key: str) -> None:
        """Press a key, named as the browser names it: Tab, Enter, Space, ArrowDown."""
        self._page.keyboard.press(key)

    def reach(self, place: str) -> Locator:
        """Press Tab until the focus is on the only visible element that the selector `place` names."""
        wanted = self._page.locator(place).locator("visible=true")
        expect(wanted, f"what {place} names on {self._page.url}").to_have_count(1)
        stops = []
        for _ in range(MOST_STOPS):
            if wanted.evaluate("element => element === document.activeElement"):
                return wanted
            self.press("Tab")
            stops.append(self._page.evaluate(DESCRIBE_FOCUS))
        raise AssertionError(f"Tab does not reach {place} on {self._page.url}; it stops at: {stops}")

    def type(self, place: str, text: str) -> None:
        """Go to a field, choose what it holds and type over it."""
        self.reach(place)
        self.press("Control+A")
        self._page.keyboard.type(text)

    def choose(self, place: str, option: str) -> None:
        """Go to a closed list and type the start of an option, as the browser's own lists allow."""
        field = self.reach(place)
        self._page.keyboard.type(option)
        chosen = field.evaluate("element => element.selectedOptions[0].text.trim()")
        assert chosen.startswith(option), f"{place}: typing {option!r} chose {chosen!r}"

    def tick(self, place: str) -> None:
        """Go to a box and tick it."""
        box = self.reach(place)
        self.press("Space")
        assert box.is_checked(), f"{place}: Space does not tick it"

    def open(self, place: str) -> None:
        """Go to a link or button that leads to another page, press Enter, and wait for that page."""
        self.reach(place)
        with self._page.expect_navigation():
            self.press("Enter")

    def attach(self, place: str, file: Path) -> None:
        """Go to a button that asks for a file, press Enter, and choose the file in the window that opens."""
        self.reach(place)
        with self._page.expect_file_chooser() as window:
            self.press("Enter")
        window.value.set_files(file)
