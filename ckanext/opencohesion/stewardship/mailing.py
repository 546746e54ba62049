"""Sends mail through CKAN's mailer, from background jobs: no page waits for a mail server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib import mailer
from flask import Flask
from flask_babel import force_locale

from ckanext.opencohesion.jobs import api as jobs

_applications: list[Flask] = []


def remember(application: Flask) -> None:
    """Keep the web application, whose translations mails are written with."""
    _applications[:] = [application]


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """Have texts translated into a language: a worker has no application context, and without one they stay English."""
    with _applications[0].app_context(), force_locale(language):
        yield


def can_send() -> bool:
    """Say whether the portal has a mail server to send through and an address to send from."""
    return bool(tk.config.get("smtp.server") and tk.config.get("smtp.mail_from"))


def send(name: str, address: str, subject: str, body: str) -> dict[str, Any]:
    """Send one mail and return ``{"sent": True}``. Raises ``JobFailedError`` where the server does not take it."""
    # a line break in a header would begin another one
    name, subject = " ".join(name.split()), " ".join(subject.split())
    try:
        mailer.mail_recipient(name, address, subject, body)
    except (mailer.MailerException, OSError) as error:
        raise jobs.JobFailedError(tk._("The mail server did not take the mail.")) from error
    return {"sent": True}
