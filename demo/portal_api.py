"""A small client of the portal's action API."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

# A file is checked within the request when it is small, so an answer may take a while.
TIMEOUT_SECONDS = 300.0


class PortalError(Exception):
    """The portal refused an action, or did not answer. The text is a sentence for a person."""


class NotFoundError(PortalError):
    """The portal has no such thing."""


@dataclass(frozen=True)
class Portal:
    """A portal at ``url``, spoken to with the API token of a user."""

    url: str
    token: str = field(repr=False)

    def action(self, name: str, /, *, upload: Path | None = None, **values: Any) -> Any:
        """Call the action ``name`` and return its result; ``upload`` sends a file along.

        Raises NotFoundError or PortalError.
        """
        address = f"{self.url.rstrip('/')}/api/3/action/{name}"
        headers = {"Authorization": self.token}
        try:
            if upload is None:
                answer = requests.post(address, json=values, headers=headers, timeout=TIMEOUT_SECONDS)
            else:
                with upload.open("rb") as content:
                    answer = requests.post(
                        address,
                        data=values,
                        files={"upload": (upload.name, content)},
                        headers=headers,
                        timeout=TIMEOUT_SECONDS,
                    )
        except requests.RequestException as error:
            raise PortalError(
                f"Il portale non risponde a {address}: {error or type(error).__name__}."
            ) from error
        return _result(name, answer)


def _result(name: str, answer: requests.Response) -> Any:
    try:
        body = answer.json()
    except requests.JSONDecodeError:
        raise PortalError(
            f"{name}: il portale ha risposto {answer.status_code} invece di un risultato. Guarda i suoi log."
        ) from None
    if isinstance(body, dict) and body.get("success"):
        return body["result"]
    error = body.get("error", {}) if isinstance(body, dict) else {}
    details = (
        {key: value for key, value in error.items() if key != "__type"} if isinstance(error, dict) else error
    )
    message = f"{name}: {json.dumps(details, ensure_ascii=False)}"
    if answer.status_code == requests.codes["not_found"]:
        raise NotFoundError(message)
    raise PortalError(message)
