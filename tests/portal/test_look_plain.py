"""Colours, identities, error words and compression: what needs no portal."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ckanext.opencohesion.portal.compression import Compression
from ckanext.opencohesion.portal.look import built, colours, errors, identity

COLOURS = st.tuples(*[st.integers(0, 255)] * 3)


@given(COLOURS)
def test_whatever_colour_is_configured_text_in_it_and_on_it_is_readable(colour: colours.Colour) -> None:
    tokens = {name: colours.parse(value) for name, value in colours.tokens(colour).items()}
    for shade in ("background-primary", "background-primary-hover", "background-primary-active"):
        assert colours.contrast(tokens[f"--it-color-{shade}"], colours.WHITE) >= colours.AA
    for shade in ("text-primary", "text-primary-hover", "text-primary-active"):
        for background in (colours.WHITE, colours.MUTED, tokens["--it-color-background-primary-lighter"]):
            assert colours.contrast(tokens[f"--it-color-{shade}"], background) >= colours.AA


@given(COLOURS)
def test_a_colour_is_written_as_it_is_read(colour: colours.Colour) -> None:
    assert colours.parse(colours.written(colour)) == colour


def test_a_readable_colour_stays_as_it_is_and_contrast_is_wcag_s() -> None:
    assert colours.readable((0, 89, 138)) == (0, 89, 138)
    assert colours.contrast(colours.WHITE, colours.BLACK) == pytest.approx(21)
    assert colours.contrast((0x76, 0x76, 0x76), colours.WHITE) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("text", ["", "red", "#fff", "#12345g", "#0066cc;}body{display:none"])
def test_what_is_no_colour_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="hexadecimal"):
        identity.style_sheet(text)


def test_the_shipped_identities_have_their_mark_and_both_languages() -> None:
    files = sorted(identity.IDENTITIES.glob("*.yaml"))
    assert {path.stem for path in files} >= {"18", "09", "default"}
    for path in files:
        shipped = yaml.safe_load(path.read_text("utf-8"))
        colours.parse(shipped["colour"])
        mark = (built.PUBLIC / "marks" / shipped["mark"]).read_text()
        assert mark.startswith("<svg")
        assert "<script" not in mark
        assert all(set(value) == {"it", "en"} for value in shipped.values() if isinstance(value, dict))


def test_a_region_without_an_identity_of_its_own_has_the_common_one_with_its_name() -> None:
    found = identity.load("17", "it", {"owner_name": "Regione Basilicata"})
    assert (found.owner, found.place, found.mark) == ("Regione Basilicata", "Basilicata", "default.svg")
    assert identity.load("18", "en", {}).owner == "Calabria Region"
    assert identity.load("18", "it", {"name": "Open data", "colour": "#123456"}).name == "Open data"
    assert identity.load("../../etc/passwd", "it", {}).mark == "default.svg"


def test_an_error_page_repeats_what_we_say_and_never_the_framework_s_english() -> None:
    assert errors.said(404, "Dataset non trovato") == "Dataset non trovato"
    assert errors.said(404, errors.default_exceptions[404].description or "") == ""
    assert errors.said(500, "SELECT secret FROM table") == ""
    assert errors.words(418) == errors.words(400)
    assert errors.words(502) == errors.words(500)


def answered(
    body: bytes, content_type: str, accepted: str, status: str = "200 OK", length: bool = True
) -> tuple[dict[str, str], bytes]:
    """Send a request through the compression and return the headers and the body of the answer."""
    sent: dict[str, str] = {}

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        headers = [("Content-Type", content_type), ("ETag", '"a"')]
        start_response(status, headers + ([("Content-Length", str(len(body)))] if length else []))
        return [body[:10], body[10:]]

    def start_response(_status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> Any:
        sent.update(headers)

    environ = {"REQUEST_METHOD": "GET", "HTTP_ACCEPT_ENCODING": accepted}
    return sent, b"".join(Compression(application)(environ, start_response))


CSS = b".oc-home { color: red }\n" * 200


def test_a_style_sheet_comes_compressed_and_whole() -> None:
    headers, body = answered(CSS, "text/css; charset=utf-8", "br, gzip")
    assert gzip.decompress(body) == CSS
    assert headers["Content-Length"] == str(len(body))
    assert (headers["Content-Encoding"], headers["Vary"], headers["ETag"]) == (
        "gzip",
        "Accept-Encoding",
        'W/"a"',
    )


def test_the_server_s_own_environment_stays_as_it_is() -> None:
    """gunicorn looks into it for its way of passing files on, after the answer."""
    seen: list[dict[str, Any]] = []
    environ = {"REQUEST_METHOD": "GET", "HTTP_ACCEPT_ENCODING": "gzip", "wsgi.file_wrapper": bytes}
    before = dict(environ)
    Compression(lambda given, _start: seen.append(given) or [])(environ, lambda *_: None)
    assert environ == before
    assert "wsgi.file_wrapper" not in seen[0], "files are read here, so that they can be compressed"


@pytest.mark.parametrize(
    ("content_type", "accepted", "status", "length"),
    [
        ("text/html", "gzip", "200 OK", True),  # pages hold secrets beside what the visitor sent (BREACH)
        ("application/json", "gzip", "200 OK", True),
        ("text/css", "br", "200 OK", True),
        ("text/css", "gzip;q=0", "200 OK", True),
        ("text/css", "gzip", "206 Partial Content", True),
        ("text/css", "gzip", "200 OK", False),
    ],
)
def test_everything_else_goes_out_as_it_is(
    content_type: str, accepted: str, status: str, length: bool
) -> None:
    headers, body = answered(CSS, content_type, accepted, status, length)
    assert body == CSS
    assert "Content-Encoding" not in headers


def test_no_template_of_the_look_holds_script_style_or_handler() -> None:
    folder = Path(built.PUBLIC).parent / "templates"
    ours = [
        folder / name for name in ("base.html", "page.html", "header.html", "footer.html", "home/index.html")
    ]
    ours += [folder / "error_document_template.html", *(folder / "opencohesion" / "look").glob("*.html")]
    for path in ours:
        text = path.read_text()
        assert not any(
            mark in text for mark in ("style=", "<style", "onclick", "onchange", "javascript:", "|safe")
        ), path
        assert "<script>" not in text, path
