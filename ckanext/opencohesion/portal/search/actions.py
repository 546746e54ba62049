"""The action behind the search field."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.search.common import SearchError
from ckan.types import Context

from .suggestions import completions
from .wanted import MOST_CHARACTERS

_MOST_SUGGESTIONS = 8


@tk.side_effect_free
def opencohesion_search_suggest(context: Context, data_dict: dict[str, Any]) -> list[dict[str, str]]:
    """Suggest how a search that is being typed may go on.

    :param q: what was typed so far
    :returns: list of ``{text, kind}``: a search to make; ``kind`` is ``word`` or ``title``. Made of what everybody
        sees, whoever asks. Empty where nothing fits.
    """
    tk.check_access("opencohesion_search_suggest", context, data_dict)
    typed = data_dict.get("q")
    if not isinstance(typed, str) or len(typed) > MOST_CHARACTERS:
        return []
    try:
        return completions(typed, _MOST_SUGGESTIONS)
    except SearchError:
        # a suggestion is a courtesy: the search itself will say that the index does not answer
        return []
