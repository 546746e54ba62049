"""The address of the identity's style sheet."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response

from . import settings
from .identity import digest, style_sheet

blueprint = Blueprint("opencohesion_look", __name__)

#: The name holds a hash of the content, so what was fetched once stays right.
_FOR_EVER = "public, max-age=31536000, immutable"


@blueprint.route("/look/<name>.css")
def identity_css(name: str) -> Response:
    """The identity's colours. Only under its present name: an old page that still asks for an old one gets no wrong one."""
    css = style_sheet(settings.identity().colour)
    if name != digest(css):
        tk.abort(404, tk._("There is no such style sheet"))
    return Response(css, mimetype="text/css", headers={"Cache-Control": _FOR_EVER})


@blueprint.route("/themes")
def themes() -> str:
    """The European themes, with the number of datasets in each."""
    return tk.render("opencohesion/look/themes.html")
