"""A notice in one sentence: what became of which dataset. Plain module."""

from __future__ import annotations

from ckanext.opencohesion.i18n_marks import N_

_OF_CHANGE = {
    "passed": N_("The change of “{title}” passed the checks."),
    "overridden": N_("The change of “{title}” is published by decision of the data office."),
    "failed": N_("The change of “{title}” did not pass the checks. The public version is unchanged."),
    "unreadable": N_("The change of “{title}” could not be checked. The public version is unchanged."),
    "awaiting_approval": N_(
        "The change of “{title}” awaits a person's decision. The public version is unchanged."
    ),
}
_OF_DATASET = {
    "passed": N_("“{title}” passed the checks. It is not public yet."),
    "overridden": N_("“{title}” may be published by decision of the data office. It is not public yet."),
    "failed": N_("“{title}” did not pass the checks: it is held back."),
    "unreadable": N_("“{title}” could not be checked: it is held back."),
    "awaiting_approval": N_("“{title}” awaits a person's decision: it is held back until then."),
}
_OF_LIVE = {
    "passed": N_("“{title}” passed the checks and is public."),
    "overridden": N_("“{title}” is public by decision of the data office."),
    "failed": N_(
        "“{title}” is public and did not pass a new check. It stays public: see what is to be mended."
    ),
    "unreadable": N_("“{title}” is public and could not be checked anew. It stays public."),
    "awaiting_approval": N_(
        "“{title}” is public, and a new check found something that a person has to decide on."
    ),
}


_OF_LINK = N_("A linked file of “{title}” can not be fetched any more. The last checked copy stays public.")


def sentence(target: str, verdict: str, *, live: bool) -> str:
    """Return the message (with ``{title}``) that tells of the end of a check."""
    if target == "link":
        return _OF_LINK
    words = _OF_CHANGE if target == "staged" else _OF_LIVE if live else _OF_DATASET
    return words[verdict]
