"""What an error page says, in words for a person."""

from __future__ import annotations

from werkzeug.exceptions import default_exceptions

from ckanext.opencohesion.i18n_marks import N_

_WORDS = {
    400: (
        N_("The address can not be read"),
        N_("A part of it has a value that does not exist. Check it, or search for what you need."),
    ),
    401: (N_("You have to log in"), N_("This page is for people of the data office.")),
    403: (
        N_("This page is not for everybody"),
        N_(
            "It may be a dataset that has not passed its checks yet. If you are from the data office, log in."
        ),
    ),
    404: (
        N_("There is no such page"),
        N_("The address may be mistyped, or the dataset may have been withdrawn. Search for it by its name."),
    ),
    413: (
        N_("The file is too large"),
        N_("Compress it, or put it on a server of your office and give its address."),
    ),
    429: (N_("Too many requests"), N_("Wait a minute and try again.")),
    500: (
        N_("Something broke on our side"),
        N_(
            "It was noted in the log. Try again in a few minutes; if it happens again, write to the office "
            "and say what you did."
        ),
    ),
    503: (N_("The portal is busy"), N_("Try again in a few minutes.")),
}


def words(code: int) -> tuple[str, str]:
    """Title and help for an HTTP status, as msgids; those of 400 or 500 where it has none of its own."""
    return _WORDS.get(code) or _WORDS[500 if code >= 500 else 400]


def said(code: int, description: str) -> str:
    """What the page itself had to say; empty where it is only the framework's English sentence for the status."""
    own = default_exceptions.get(code)
    return "" if code >= 500 or (own and description == own.description) else description
