"""The badge of a dataset's quality as a picture for other sites: SVG, no script, nothing from elsewhere. Plain module."""

from __future__ import annotations

from html import escape

#: Dark enough for white letters (WCAG 2.1 AA): proven, decided, anything else.
_COLOURS = {"passed": "#00563b", "overridden": "#7a4a00"}
_OTHER = "#455b71"
_LETTER = 7.2
_PADDING = 20

_PICTURE = """<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="24" role="img" aria-labelledby="t">
<title id="t">{label}: {words}</title>
<rect width="{left}" height="24" fill="#30373d"/><rect x="{left}" width="{right}" height="24" fill="{colour}"/>
<g fill="#fff" font-family="Verdana, DejaVu Sans, sans-serif" font-size="12" text-anchor="middle">
<text x="{first}" y="16">{label}</text><text x="{second}" y="16">{words}</text></g>
</svg>
"""


def badge(label: str, words: str, status: str) -> str:
    """Return the badge as SVG: what it tells of (``label``), what it says (``words``), its colour by ``status``."""
    left, right = round(len(label) * _LETTER) + _PADDING, round(len(words) * _LETTER) + _PADDING
    return _PICTURE.format(
        width=left + right,
        left=left,
        right=right,
        colour=_COLOURS.get(status, _OTHER),
        first=left // 2,
        second=left + right // 2,
        label=escape(label),
        words=escape(words),
    )
