"""Use cases around API clients."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from chassis.errors import Invalid
from chassis.links import hash_of, new_token
from gateway.auth.revocations import revoke
from gateway.clients.model import ApiClient
from gateway.edge.rate import parse_limit
from gateway.roles.rules import check_reach, check_scopes
from gateway.tokens.real_time import real_now


def create_client(session: Session, data: dict[str, Any]) -> tuple[ApiClient, str]:
    """A new client and its secret, which nobody sees again."""
    secret = new_secret()
    client = ApiClient(**checked(data), active=True, secret_hash=hash_of(secret))
    check_partner(client)
    session.add(client)
    session.flush()
    return client, secret


def change_client(session: Session, client: ApiClient, changes: dict[str, Any]) -> ApiClient:
    """Change what is given; tokens that say otherwise count no more."""
    for name, value in checked(changes).items():
        setattr(client, name, value)
    check_partner(client)
    revoke(session, [client.id])
    return client


def rotate(session: Session, client: ApiClient, keep_old_for: int) -> str:
    """Another secret. The one before counts for `keep_old_for` seconds; without, it and its tokens end at once."""
    secret = new_secret()
    client.old_secret_hash = client.secret_hash if keep_old_for else None
    client.old_until = real_now() + timedelta(seconds=keep_old_for) if keep_old_for else None
    client.secret_hash = hash_of(secret)
    if not keep_old_for:
        revoke(session, [client.id])
    session.flush()
    return secret


def checked(data: dict[str, Any]) -> dict[str, Any]:
    """`data` with its scopes, reach and rate limit checked. Invalid names what is wrong."""
    good = dict(data)
    if "scopes" in good:
        good["scopes"] = check_scopes(good["scopes"])
    if "reach" in good:
        good["reach"] = check_reach(good["reach"])
    if good.get("rate_limit"):
        try:
            parse_limit(good["rate_limit"])
        except ValueError:
            raise Invalid("rate_limit", "not_valid", "Write a limit as 600/minute or 10/second, or off.") from None
    return good


def check_partner(client: ApiClient) -> None:
    """A partner's reach is that of a partner company."""
    if client.partner_id is None and "partner" in client.reach.values():
        raise Invalid("partner_id", "required", "A client with a partner's reach belongs to a partner company.")


def new_secret() -> str:
    """256 random bits, marked so that scanners for leaked secrets can tell what it is."""
    return f"qnt_{new_token()}"
