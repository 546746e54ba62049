"""Which security headers an answer gets.

The rule is one strict policy for every page. What needs less is named here with its reason, page by page, so that the
list of exceptions can be read in one place (and is: docs/operator.md, "Security headers").
"""

from __future__ import annotations

from collections.abc import Mapping

#: Everything comes from the portal itself. Neither scripts nor styles stand in the page: what an attacker manages to
#: write into a page does not run. Images as data: are the icons inside Bootstrap's style sheet.
STRICT: Mapping[str, str] = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",
}

_STYLE_ATTRIBUTES = {"style-src-attr": "'unsafe-inline'"}

#: Endpoint (or its last part behind a dot, for what every dataset type has) → what differs from STRICT there, and why.
#: No page is allowed scripts inside the page, or from elsewhere.
RELAXED: Mapping[str, Mapping[str, str]] = {
    # CKAN's own activity pages write style="…" into the list of whom one follows, the pager and the comparison.
    "activity.dashboard": _STYLE_ATTRIBUTES,
    "activity.user_activity": _STYLE_ATTRIBUTES,
    "activity.package_activity": _STYLE_ATTRIBUTES,
    "activity.group_activity": _STYLE_ATTRIBUTES,
    "activity.organization_activity": _STYLE_ATTRIBUTES,
    "activity.package_changes": _STYLE_ATTRIBUTES,
    "activity.group_changes": _STYLE_ATTRIBUTES,
    "activity.organization_changes": _STYLE_ATTRIBUTES,
    # A view is made to stand in somebody's page; the DataTables library writes style="…" into its table.
    ".view": {**_STYLE_ATTRIBUTES, "frame-ancestors": "*"},
}

_POWERFUL_FEATURES = (
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "usb",
)

_ALWAYS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _POWERFUL_FEATURES),
    "Cross-Origin-Opener-Policy": "same-origin",
}

#: A year, as browsers' preload lists ask; without subdomains, which are not the portal's to decide on.
_HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000"}

#: `*` never comes with cookies, so a foreign page reads what every anonymous visitor reads and nothing else.
_OPEN_DATA = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


def content_security_policy(endpoint: str, *, https: bool) -> str:
    """The policy of the page at a Flask endpoint, such as ``dataset.read``."""
    own = RELAXED.get(endpoint) or RELAXED.get(f".{endpoint.rpartition('.')[2]}") or {}
    policy = {**STRICT, **own}
    directives = [f"{name} {value}" for name, value in policy.items()]
    return "; ".join([*directives, "upgrade-insecure-requests"] if https else directives)


def security_headers(
    endpoint: str, method: str, status: int, mimetype: str, *, https: bool
) -> dict[str, str]:
    """The headers of an answer. None of them replaces one that the view itself has set."""
    headers = {**_ALWAYS, "Content-Security-Policy": content_security_policy(endpoint, https=https)}
    if https:
        headers |= _HTTPS_ONLY
    if is_data(method, status, mimetype):
        return headers | _OPEN_DATA
    return headers | {"Cross-Origin-Resource-Policy": "same-origin"}


def is_data(method: str, status: int, mimetype: str) -> bool:
    """Whether an answer is data for reuse (API, RDF, feed, download, or the way there) and not a page."""
    return method in ("GET", "HEAD") and (mimetype != "text/html" or 300 <= status < 400)
