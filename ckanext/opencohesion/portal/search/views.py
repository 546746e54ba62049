"""The search page and the feeds, in place of CKAN's own at the same addresses."""

from __future__ import annotations

import logging
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.search.common import SearchError, SolrConnectionError
from flask import Blueprint, Response

from . import feeds, results, wanted
from .helpers import opencohesion_search_url
from .wanted import BadParameterError, Wanted

log = logging.getLogger(__name__)

blueprint = Blueprint("opencohesion_search", __name__)


@blueprint.route("/dataset/", strict_slashes=False)
def search() -> Any:
    """Show the results of the search that the address asks for."""
    asked = _wanted()
    try:
        found = results.search(asked)
    except (SearchError, SolrConnectionError):
        return _no_answer(asked)
    return tk.render("package/search.html", {"found": found, "wanted": asked, "dataset_type": "dataset"})


@blueprint.route("/pnrr/", defaults={"dataset_type": "pnrr"}, strict_slashes=False)
@blueprint.route("/cohesion/", defaults={"dataset_type": "cohesion"}, strict_slashes=False)
@blueprint.route("/series/", defaults={"dataset_type": "series"}, strict_slashes=False)
@blueprint.route("/protected/", defaults={"dataset_type": "protected"}, strict_slashes=False)
def search_of_type(dataset_type: str) -> Any:
    """Send the reader of one type's own list to the search page, filtered."""
    return tk.redirect_to(opencohesion_search_url(_wanted().with_filter("dataset_type", dataset_type)))


@blueprint.route("/feeds/custom.atom")
def feed() -> Any:
    """Give the feed of a search."""
    return _feed(_wanted())


@blueprint.route("/feeds/dataset.atom")
def feed_of_all() -> Any:
    """Give the feed of all datasets."""
    return _feed(Wanted(page=_wanted().page))


@blueprint.route("/feeds/tag/<string:id>.atom")
def feed_of_tag(id: str) -> Any:
    """Give the feed of a keyword."""
    return _feed(Wanted(filters=(("tags", id),), page=_wanted().page))


@blueprint.route("/feeds/organization/<string:id>.atom", defaults={"kind": "organization"})
@blueprint.route("/feeds/group/<string:id>.atom", defaults={"kind": "group"})
def feed_of_group(kind: str, id: str) -> Any:
    """Give the feed of an organization or a group."""
    try:
        name = tk.get_action(f"{kind}_show")({}, {"id": id, "include_datasets": False})["name"]
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(404, tk._("There is no such page"))
    parameter = "organization" if kind == "organization" else "groups"
    return _feed(Wanted(filters=((parameter, name),), page=_wanted().page))


def _wanted() -> Wanted:
    try:
        return wanted.read(tk.request.args.items(multi=True))
    except BadParameterError as error:
        return tk.abort(400, tk._(str(error)))


def _feed(asked: Wanted) -> Any:
    try:
        document = feeds.feed(asked)
    except BadParameterError as error:
        return tk.abort(400, tk._(str(error)))
    except (SearchError, SolrConnectionError):
        return _no_answer(asked)
    return Response(document, content_type="application/atom+xml; charset=utf-8")


def _no_answer(asked: Wanted) -> Any:
    log.exception("The index did not answer to %r", asked)
    return tk.abort(503, tk._("The search does not answer just now. Please try again in a few minutes."))
