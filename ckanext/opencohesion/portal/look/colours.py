"""From one colour of an identity to the design tokens that depend on it, with the contrast that WCAG 2.1 AA asks for."""

from __future__ import annotations

import re

#: WCAG 2.1, 1.4.3: text of ordinary size against its background.
AA = 4.5

Colour = tuple[int, int, int]
BLACK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)
# The greyest background that text in the identity's colour stands on (--it-color-background-muted).
MUTED: Colour = (245, 245, 245)

_HEX = re.compile(r"#([0-9a-fA-F]{6})")


def parse(text: str) -> Colour:
    """Read ``#0066cc``. Raises ValueError for anything else."""
    match = _HEX.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no colour: write # and six hexadecimal digits, such as #0066cc")
    red, green, blue = bytes.fromhex(match[1])
    return red, green, blue


def written(colour: Colour) -> str:
    """Write a colour as ``#0066cc``."""
    return f"#{bytes(colour).hex()}"


def luminance(colour: Colour) -> float:
    """Relative luminance, as WCAG 2.1 defines it."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    """Contrast ratio, 1 to 21, as WCAG 2.1 defines it."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def mixed(colour: Colour, other: Colour, share: float) -> Colour:
    """`colour` with a `share` (0 to 1) of `other` in it."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(colour, other, strict=True))
    return red, green, blue


def readable(colour: Colour) -> Colour:
    """`colour`, made darker as far as is needed: white is readable on it, and it is readable on our light backgrounds."""
    step = 0.0
    found = colour
    while min(contrast(found, background) for background in (WHITE, MUTED, _lighter(found))) < AA:
        step += 0.02
        found = mixed(colour, BLACK, step)
    return found


def tokens(primary: Colour) -> dict[str, str]:
    """The design tokens of Designers Italia that carry the identity's colour, with their values for `primary`."""
    base = readable(primary)
    hover, active = mixed(base, BLACK, 0.25), mixed(base, BLACK, 0.5)
    values = {
        "background-primary": base,
        "background-primary-hover": hover,
        "background-primary-active": active,
        "background-primary-muted": hover,
        "background-primary-deep": active,
        "background-primary-light": mixed(base, WHITE, 0.75),
        "background-primary-lighter": _lighter(base),
        "border-primary": base,
        "border-primary-hover": hover,
        "border-primary-active": active,
        "text-primary": base,
        "text-primary-hover": hover,
        "text-primary-active": active,
    }
    return {f"--it-color-{name}": written(value) for name, value in values.items()}


def _lighter(colour: Colour) -> Colour:
    return mixed(colour, WHITE, 0.94)
