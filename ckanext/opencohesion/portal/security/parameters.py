"""What no page and no action can make sense of is refused before it reaches them: 400, with a sentence.

CKAN passes parameters on to PostgreSQL, which knows no NUL character, no half of a character (a lone surrogate, as JSON can
write it), no number beyond 64 bits, and no name that is a number; the answer would be 500. Parameters with a meaning of
their own are checked by the pages and actions that have them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from ckan import model
from ckan.plugins import toolkit as tk
from flask import Response, jsonify, make_response

from ckanext.opencohesion.i18n_marks import N_

_ADDRESS = N_("The address of this page can not be read: it holds characters that no address may hold.")
_SENT = N_("What was sent can not be read: it holds characters that no text may hold.")
_NUMBER = N_("“{name}” must be a whole number, and not such a large one.")
_TARGET = N_("“came_from” must be the address of a page of this portal.")
_ONE = N_("“{name}” must be one text.")
_JSONP = N_("There is no JSONP here: other sites may read this address directly (CORS), without “callback”.")

_SURROGATE = re.compile("[\ud800-\udfff]")
#: How CKAN's pages and actions name where a list begins and how long it is.
_PAGING = ("page", "limit", "offset", "rows", "start")
_LONGEST_NUMBER = 9
#: CKAN's page breaks over its own message for any other value.
_DUMP_FORMATS = ("csv", "tsv", "json", "xml")


def refuse() -> Response | None:
    """Answer a request that can not be meant; None lets it go on. Called before every request."""
    request = tk.request
    if "\0" in request.path or b"%00" in request.query_string:
        return _refusal(_ADDRESS)
    for name in _PAGING:
        if any(too_long_a_number(value) for value in request.args.getlist(name)):
            return _refusal(_NUMBER, name=name)
    if request.endpoint == "datastore.dump" and request.args.get("format", "csv") not in _DUMP_FORMATS:
        return tk.abort(404)
    if (request.blueprint or "").startswith("harvest") and _is_no_source(
        (request.view_args or {}).get("source")
    ):
        return tk.abort(404)
    target = request.args.get("came_from", "")
    if target and not is_own_page(target, str(tk.config["ckan.site_url"])):
        return _refusal(_TARGET)
    if any(unreadable(text) for pair in request.form.items(multi=True) for text in pair):
        return _refusal(_SENT)
    return _refuse_in_api() if request.blueprint == "api" else None


def unreadable(text: str) -> bool:
    """Say whether a text holds what no database, and no file, takes."""
    return "\0" in text or _SURROGATE.search(text) is not None


def too_long_a_number(text: str) -> bool:
    """Say whether a text is a number, of more digits than any position in a list has."""
    digits = text.strip().removeprefix("-")
    return digits.isdecimal() and len(digits) > _LONGEST_NUMBER


def is_own_page(target: str, site_url: str) -> bool:
    """Say whether a browser that is sent to `target` stays on the site.

    Browsers take ``\\`` for ``/`` and leave control characters out (WHATWG URL), so that ``/\\example.org`` and
    ``/<tab>/example.org`` lead away.
    """
    if "\\" in target or any(ord(sign) < 0x20 for sign in target):
        return False
    if target.startswith("/"):
        return not target.startswith("//")
    try:
        asked, own = urlsplit(target), urlsplit(site_url)
    except ValueError:
        return False
    return asked.scheme in ("http", "https") and bool(asked.netloc) and asked.netloc == own.netloc


def _refuse_in_api() -> Response | None:
    request = tk.request
    if "callback" in request.args:
        # its name would be run as a script of the portal's, which the Content-Security-Policy allows
        return _refusal(_JSONP)
    if len(request.args.getlist("id")) > 1:
        return _refusal(_ONE, name="id")
    if request.endpoint != "api.action":
        # CKAN's lists of suggestions take what they are given for a number
        wrong = [name for name in _PAGING if not request.args.get(name, "1").isdecimal()]
        return _refusal(_NUMBER, name=wrong[0]) if wrong else None
    if request.method != "POST" or request.mimetype in (
        "multipart/form-data",
        "application/x-www-form-urlencoded",
    ):
        return None
    try:
        sent = json.loads(request.get_data() or b"{}")
    except RecursionError:
        return _refusal(_SENT)
    except ValueError:
        # CKAN says what is wrong with it
        return None
    if isinstance(sent, dict) and not isinstance(sent.get("id", ""), str | None):
        return _refusal(_ONE, name="id")
    return _refusal(_SENT) if any(unreadable(text) for text in _texts(sent)) else None


def _is_no_source(name: str | None) -> bool:
    """Say whether a dataset of this name is none that is harvested from: the pages of sources break over it."""
    package = model.Package.get(name) if name else None
    return package is not None and package.type != "harvest"


def _texts(value: Any) -> Iterable[str]:
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            yield part
        elif isinstance(part, dict):
            waiting += [*part.keys(), *part.values()]
        elif isinstance(part, list):
            waiting += part


def _refusal(message: str, **params: str) -> Response:
    text = tk._(message).format(**params)
    if tk.request.blueprint != "api":
        return tk.abort(400, text)
    answer = {"success": False, "error": {"__type": "Bad Request Error", "message": text}}
    return make_response(jsonify(answer), 400)
