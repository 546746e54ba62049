"""What a question and an answer may be: kinds, lengths, and which characters are kept. Plain module."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from ckanext.opencohesion.dcatapit.rules import BadValueError, clean_email
from ckanext.opencohesion.i18n_marks import N_

KINDS = {
    "question": N_("A question about the data"),
    "mistake": N_("A mistake in the data"),
    "other": N_("Something else"),
}
STATUSES = {"open": N_("Open"), "answered": N_("Answered"), "closed": N_("Closed without publishing")}

TEXT_CHARS = (10, 4000)
ANSWER_CHARS = (2, 8000)
REASON_CHARS = (3, 1000)
PLACE_CHARS = 200
#: RFC 5321, 4.5.3.1: the longest address that a mail server takes
EMAIL_CHARS = 254

_TOO_SHORT = N_("Write {least} characters or more.")
_TOO_LONG = N_("Write {most} characters at most: these are {count}.")


class QuestionError(Exception):
    """Values that can not be kept. ``errors``: for each field a sentence, not yet translated, and its parameters."""

    def __init__(self, errors: dict[str, tuple[str, dict[str, Any]]]) -> None:
        super().__init__(", ".join(errors))
        self.errors = errors


def clean_text(value: object) -> str:
    """Return a text with ``\\n`` line ends, trimmed, without control and invisible formatting characters.

    PostgreSQL takes no NUL, and characters that turn the direction of writing can make a text read as another.
    """
    text = str(value or "").replace("\r\n", "\n").replace("\r", "\n")
    kept = (c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    return re.sub(r"\n{3,}", "\n\n", "".join(kept)).strip()


def clean_question(values: Mapping[str, Any]) -> dict[str, str | None]:
    """Return ``{kind, text, place, email}`` as they are kept. Raises ``QuestionError``."""
    errors: dict[str, tuple[str, dict[str, Any]]] = {}
    kind = str(values.get("kind") or "")
    if kind not in KINDS:
        errors["kind"] = (N_("Choose what it is about."), {})
    text = _bounded("text", values.get("text"), TEXT_CHARS, errors)
    place = " ".join(_bounded("place", values.get("place"), (0, PLACE_CHARS), errors).split())
    email = clean_text(values.get("email"))
    if email:
        try:
            email = clean_email(email)
            if len(email) > EMAIL_CHARS:
                raise BadValueError(N_("“{value}” is not one e-mail address."), value=email[:40])
        except BadValueError as error:
            errors["email"] = (error.message, error.params)
    if errors:
        raise QuestionError(errors)
    return {"kind": kind, "text": text, "place": place or None, "email": email or None}


def clean_answer(values: Mapping[str, Any], *, publish: bool) -> dict[str, str | None]:
    """Return ``{answer, public_text}``; the public text is needed only where it is to be published.

    Raises ``QuestionError``.
    """
    errors: dict[str, tuple[str, dict[str, Any]]] = {}
    answer = _bounded("answer", values.get("answer"), ANSWER_CHARS, errors)
    least = TEXT_CHARS[0] if publish else 0
    public = _bounded("public_text", values.get("public_text"), (least, TEXT_CHARS[1]), errors)
    if errors:
        raise QuestionError(errors)
    return {"answer": answer, "public_text": public or None}


def clean_reason(value: object) -> str:
    """Return the reason for closing a question. Raises ``QuestionError``."""
    errors: dict[str, tuple[str, dict[str, Any]]] = {}
    reason = _bounded("reason", value, REASON_CHARS, errors)
    if errors:
        raise QuestionError(errors)
    return reason


def _bounded(
    name: str, value: object, chars: tuple[int, int], errors: dict[str, tuple[str, dict[str, Any]]]
) -> str:
    text = clean_text(value)
    least, most = chars
    if len(text) < least:
        errors[name] = (_TOO_SHORT, {"least": least})
    elif len(text) > most:
        errors[name] = (_TOO_LONG, {"most": most, "count": len(text)})
    return text
