"""What CKAN's own pages leave unanswered: without these handlers each would be a 500, as if the portal were broken."""

from __future__ import annotations

import logging
from typing import Any

from ckan import model
from ckan.lib.search.common import SearchError, SolrConnectionError
from ckan.plugins import toolkit as tk
from rdflib.plugin import PluginException
from sqlalchemy.exc import DataError

log = logging.getLogger(__name__)


def register(app: Any) -> None:
    """Have the application answer them."""
    app.register_error_handler(DataError, _not_a_value)
    app.register_error_handler(SearchError, _not_a_value)
    app.register_error_handler(SolrConnectionError, _away)
    app.register_error_handler(tk.ValidationError, _not_a_value)
    # a document in a form that nobody writes, such as /catalog.xyz
    app.register_error_handler(PluginException, _not_there)
    app.register_error_handler(tk.ObjectNotFound, _not_there)
    app.register_error_handler(tk.NotAuthorized, _not_there)


def _not_a_value(error: Exception) -> Any:
    """A parameter that the database, the index or an action does not take."""
    return _page(error, 400)


def _not_there(error: Exception) -> Any:
    """What is missing, or may not be seen: the same answer, which tells nobody that it exists."""
    return _page(error, 404)


def _away(error: Exception) -> Any:
    """The index does not answer."""
    return _page(error, 503)


def _page(error: Exception, code: int) -> Any:
    model.Session.rollback()
    log.info("Left unanswered by %s: %s", tk.request.endpoint, type(error).__name__)
    return tk.render("error_document_template.html", {"code": code, "content": "", "name": ""}), code
