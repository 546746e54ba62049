"""/.well-known/security.txt (RFC 9116): where weaknesses are reported, as the configuration says."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response

from ckanext.opencohesion.jobs import api as jobs

log = logging.getLogger(__name__)

blueprint = Blueprint("opencohesion_security_txt", __name__)

KIND = "security_txt_watch"
#: So long before security.txt lapses its keepers are warned.
WARNING_DAYS = 30
_OPTION = "ckanext.opencohesion.security."


def text_of(
    contacts: list[str], expires: date, languages: list[str], canonical: str, others: dict[str, str]
) -> str:
    """The file. `others`: further fields by name; empty ones are left out."""
    lines = [f"Contact: {contact}" for contact in contacts]
    lines.append(f"Expires: {expires.isoformat()}T23:59:59Z")
    lines += [f"{name}: {value}" for name, value in others.items() if value]
    lines.append(f"Preferred-Languages: {', '.join(languages)}")
    lines.append(f"Canonical: {canonical}")
    return "\n".join(lines) + "\n"


def expiry() -> date | None:
    """Until when it holds; None where that, or whom to write to, is not configured."""
    text = str(tk.config[_OPTION + "contact_expires"] or "").strip()
    if not text or not tk.config[_OPTION + "contact"]:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        log.warning("%scontact_expires is no day such as 2027-06-30: there is no security.txt", _OPTION)
        return None


def days_left(today: date | None = None) -> int | None:
    """Days until it lapses, negative when it has; None where there is none."""
    expires = expiry()
    return None if expires is None else (expires - (today or datetime.now(UTC).date())).days


def opencohesion_security_txt_warning() -> str:
    """A sentence for sysadmins when security.txt lapses soon or has lapsed; empty else. A template helper."""
    days = days_left()
    if days is None or days > WARNING_DAYS:
        return ""
    if days < 0:
        return tk._("security.txt has lapsed and is no longer served: renew its expiry in the configuration.")
    return tk.ungettext(
        "security.txt lapses in {count} day: renew its expiry in the configuration.",
        "security.txt lapses in {count} days: renew its expiry in the configuration.",
        days,
    ).format(count=days)


def watch(handle: jobs.JobHandle, args: dict[str, Any]) -> dict[str, Any]:
    """The daily job: warn in the log."""
    days = days_left()
    if days is not None and days <= WARNING_DAYS:
        log.warning("security.txt lapses in %s days: renew %scontact_expires", days, _OPTION)
    return {"days": days}


@blueprint.route("/.well-known/security.txt")
def show() -> Any:
    """Give security.txt. One that has lapsed is none: who reads it could not trust it."""
    expires, days = expiry(), days_left()
    if expires is None or days is None or days < 0:
        return tk.abort(404)
    address = tk.h.url_for("opencohesion_security_txt.show", locale="default", _external=True)
    others = {
        "Encryption": tk.config[_OPTION + "encryption_url"],
        "Policy": tk.config[_OPTION + "policy_url"],
    }
    text = text_of(
        tk.config[_OPTION + "contact"], expires, tk.config["ckan.locales_offered"], address, others
    )
    return Response(text, mimetype="text/plain")
