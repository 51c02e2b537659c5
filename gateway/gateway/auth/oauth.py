"""`POST /api/v1/auth/token`: OAuth 2.0 client credentials (RFC 6749, section 4.4) for API clients.

Form-encoded as the RFC has it, with the client's credentials in the Authorization header or in the body; JSON too.
Errors are those of section 5.2, not problem documents, because OAuth libraries read them.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from urllib.parse import unquote_plus
from uuid import UUID

from flask import Request, request
from sqlalchemy.orm import Session

from chassis.http import Answer, Api
from chassis.links import hash_of
from gateway.audit.annotate import annotate
from gateway.auth.bearers import bearer_of_client
from gateway.clients.model import ApiClient
from gateway.runtime import here
from gateway.tokens.issue import issue
from gateway.tokens.real_time import real_now

api = Api("auth", scope="gateway")
PARAMETERS = ("grant_type", "client_id", "client_secret", "scope")
_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class OAuthError(Exception):
    """An error answer of RFC 6749, section 5.2."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(error)
        self.answer = Answer({"error": error, "error_description": description}, status, dict(_NO_STORE))
        if status == 401:
            self.answer.headers["WWW-Authenticate"] = 'Basic realm="quintet"'


@api.post("/auth/token", public=True, read_only=True, errors=(401,))
def token(session: Session) -> Answer:
    """Get an access token with client credentials.

    `grant_type=client_credentials`, form-encoded or JSON; `scope` asks for some of the client's scopes, without it all.
    """
    try:
        given = parameters(request)
        client_id, secret = credentials(request.headers.get("Authorization"), given)
        if given.get("grant_type") != "client_credentials":
            raise wrong_grant(given.get("grant_type"))
        client = authenticated(session, client_id, secret)
        annotate(actor_id=client.id, actor_kind="client", actor_name=client.name)
        scopes = granted(client, given.get("scope"))
    except OAuthError as error:
        return error.answer
    ttl = here().settings.access_ttl
    access_token = issue(here().keys, bearer_of_client(client, scopes), ttl)
    body = {
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": ttl,
        "scope": " ".join(scopes),
    }
    return Answer(body, headers=_NO_STORE)


def parameters(asked: Request) -> dict[str, str]:
    """The request's parameters. One given twice is an error (section 3.2); unknown ones are ignored."""
    if asked.mimetype == "application/json":
        data = asked.get_json(silent=True)
        if not isinstance(data, dict) or not all(isinstance(data.get(name, ""), str) for name in PARAMETERS):
            raise OAuthError("invalid_request", "A JSON object of strings is expected.")
        return {name: data[name] for name in PARAMETERS if data.get(name)}
    if asked.mimetype not in ("application/x-www-form-urlencoded", ""):
        raise OAuthError("invalid_request", "Send application/x-www-form-urlencoded or application/json.")
    repeated = [name for name in PARAMETERS if len(asked.form.getlist(name)) > 1]
    if repeated:
        raise OAuthError("invalid_request", f"{repeated[0]} is given twice.")
    return {name: asked.form[name] for name in PARAMETERS if asked.form.get(name)}


def credentials(authorization: str | None, given: dict[str, str]) -> tuple[str, str]:
    """Id and secret, from the Authorization header or the body; from both is an error (section 2.3)."""
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        if "client_id" not in given or "client_secret" not in given:
            raise OAuthError("invalid_client", "The client's id and secret are missing.", 401)
        return given["client_id"], given["client_secret"]
    if "client_secret" in given:
        raise OAuthError("invalid_request", "Send the client's secret in one place only.")
    try:
        id_, _, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise OAuthError("invalid_client", "The Authorization header cannot be read.", 401) from None
    return unquote_plus(id_), unquote_plus(secret)


def authenticated(session: Session, client_id: str, secret: str) -> ApiClient:
    """The active client with this id and secret; the same error whichever is wrong."""
    try:
        client = session.get(ApiClient, UUID(client_id))
    except ValueError:
        client = None
    if client is None or not client.active or not knows(client, secret):
        raise OAuthError("invalid_client", "The client's id or secret is not right.", 401)
    return client


def knows(client: ApiClient, secret: str) -> bool:
    """Whether `secret` is the client's, or the one before while that still counts."""
    digest = hash_of(secret)
    old = client.old_secret_hash if client.old_until and client.old_until > real_now() else None
    fits = hmac.compare_digest(client.secret_hash, digest)
    return fits or (old is not None and hmac.compare_digest(old, digest))


def granted(client: ApiClient, asked: str | None) -> list[str]:
    """The scopes that are asked for, or all of the client's. OAuthError where it may not have one of them."""
    scopes = sorted(set((asked or "").split())) or client.scopes
    refused = set(scopes) - set(client.scopes)
    if refused:
        raise OAuthError("invalid_scope", f"This client may not have {' '.join(sorted(refused))}.")
    return scopes


def wrong_grant(grant: str | None) -> OAuthError:
    """Why this grant is refused."""
    if not grant:
        return OAuthError("invalid_request", "grant_type is missing.")
    return OAuthError("unsupported_grant_type", "Only client_credentials is supported.")
