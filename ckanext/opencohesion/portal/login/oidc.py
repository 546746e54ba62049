"""OpenID Connect, the part that does not know CKAN: where to send the visitor, and who the provider says has come.

Authorization code flow with PKCE (RFC 7636), state and nonce; the ID token's signature, issuer, audience, expiry and nonce
are checked (OpenID Connect Core 3.1.3.7) by Authlib's libraries. The provider's address is the operator's, not a visitor's.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

TIMEOUT_SECONDS = 10
#: No "none", and no shared keys: who knows the client's secret must not be able to say who somebody is.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
#: The visitor has so long to log in at the provider.
PATIENCE_SECONDS = 900


class LoginRefusedError(Exception):
    """The provider did not, or not rightly, say who has come. The message is for the log, not for the visitor."""


@dataclass(frozen=True)
class Client:
    """The portal as the provider knows it. `acr`: the ways of logging in that are good enough, empty for any."""

    issuer: str
    client_id: str
    client_secret: str
    scope: str
    redirect_uri: str
    acr: tuple[str, ...] = ()
    proxy: str | None = None


@dataclass(frozen=True)
class Identity:
    """Who has come. `subject` is the provider's own, lasting name for the person, together with the issuer."""

    subject: str
    email: str
    email_verified: bool
    name: str
    claims: Mapping[str, Any]


def begin(client: Client) -> tuple[str, dict[str, Any]]:
    """Return where to send the visitor, and what has to be in the session when the visitor comes back."""
    kept = {
        "state": secrets.token_urlsafe(24),
        "nonce": secrets.token_urlsafe(24),
        "verifier": secrets.token_urlsafe(48),
        "at": int(time.time()),
    }
    extra = {"acr_values": " ".join(client.acr)} if client.acr else {}
    with _session(client) as session:
        address, _ = session.create_authorization_url(
            _discover(client)["authorization_endpoint"],
            state=kept["state"],
            nonce=kept["nonce"],
            code_verifier=kept["verifier"],
            **extra,
        )
    return address, kept


def finish(client: Client, returned: Mapping[str, str], kept: Mapping[str, Any]) -> Identity:
    """Say who has come back with these parameters. `kept` is what `begin` gave. Raises LoginRefusedError."""
    if not kept or not secrets.compare_digest(str(kept.get("state")), returned.get("state", "")):
        raise LoginRefusedError("the answer is not one to a question from this browser")
    if time.time() - kept["at"] > PATIENCE_SECONDS:
        raise LoginRefusedError("the answer came too late")
    if returned.get("error") or not returned.get("code"):
        raise LoginRefusedError(f"the provider says: {returned.get('error', 'no code')[:100]}")
    if returned.get("iss", client.issuer).rstrip("/") != client.issuer:
        raise LoginRefusedError("the answer names another provider (RFC 9207)")
    found = _discover(client)
    try:
        with _session(client) as session:
            token = session.fetch_token(
                found["token_endpoint"],
                code=returned["code"],
                code_verifier=kept["verifier"],
                timeout=TIMEOUT_SECONDS,
            )
            keys = KeySet.import_key_set(_json(session, found["jwks_uri"]))
            claims = _checked(client, token.get("id_token", ""), keys, str(kept["nonce"]))
            if "email" not in claims and "userinfo_endpoint" in found:
                claims = _with_userinfo(claims, _json(session, found["userinfo_endpoint"], token=True))
    except (requests.RequestException, OAuthError, JoseError, ValueError, KeyError) as error:
        raise LoginRefusedError(f"{type(error).__name__}: {error}") from error
    return Identity(
        subject=f"{client.issuer}|{claims['sub']}",
        email=str(claims.get("email") or "").strip(),
        email_verified=claims.get("email_verified") is True,
        name=str(claims.get("name") or "").strip(),
        claims=claims,
    )


def _checked(client: Client, id_token: str, keys: KeySet, nonce: str) -> dict[str, Any]:
    token = jwt.decode(id_token, keys, algorithms=ALGORITHMS)
    rules = jwt.JWTClaimsRegistry(
        leeway=60,
        iss={"essential": True, "value": client.issuer},
        aud={"essential": True, "value": client.client_id},
        exp={"essential": True},
        sub={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    rules.validate(token.claims)
    if token.claims.get("azp", client.client_id) != client.client_id:
        raise LoginRefusedError("the ID token is for another client")
    if client.acr and token.claims.get("acr") not in client.acr:
        raise LoginRefusedError("the way of logging in is not good enough (acr)")
    return dict(token.claims)


def _with_userinfo(claims: dict[str, Any], userinfo: dict[str, Any]) -> dict[str, Any]:
    if userinfo.get("sub") != claims["sub"]:
        raise LoginRefusedError("userinfo is about somebody else")
    return {**userinfo, **claims}


def _discover(client: Client) -> dict[str, Any]:
    """The provider's description of itself (OpenID Connect Discovery), which has to name the issuer we know."""
    try:
        with _session(client) as session:
            found = _json(session, f"{client.issuer}/.well-known/openid-configuration")
    except (requests.RequestException, ValueError) as error:
        raise LoginRefusedError(f"the provider does not answer: {type(error).__name__}") from error
    if str(found.get("issuer", "")).rstrip("/") != client.issuer:
        raise LoginRefusedError("the provider calls itself otherwise")
    return found


def _session(client: Client) -> Any:
    # Authlib has no types
    session: Any = OAuth2Session(
        client.client_id,
        client.client_secret or None,
        token_endpoint_auth_method="client_secret_basic" if client.client_secret else "none",
        scope=client.scope,
        redirect_uri=client.redirect_uri,
        code_challenge_method="S256",
    )
    session.trust_env = False
    if client.proxy:
        session.proxies = {"http": client.proxy, "https": client.proxy}
    return session


def _json(session: Any, address: str, *, token: bool = False) -> Any:
    answer = session.get(address, timeout=TIMEOUT_SECONDS, withhold_token=not token)
    answer.raise_for_status()
    found = answer.json()
    if not isinstance(found, dict):
        raise ValueError("no JSON object")
    return found
