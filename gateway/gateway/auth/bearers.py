"""From a user or a client to what a token says of it."""

from __future__ import annotations

from uuid import UUID

from gateway.clients.model import ApiClient
from gateway.roles.rules import combined_reach, combined_scopes
from gateway.tokens.issue import Bearer
from gateway.users.model import User


def bearer_of_user(user: User, login_session: UUID | None = None) -> Bearer:
    """`user` with all that the roles allow now."""
    return Bearer(
        id=user.id,
        kind="user",
        name=user.name,
        email=user.email,
        scopes=combined_scopes(role.scopes for role in user.held),
        reach=combined_reach(role.reach for role in user.held),
        roles=user.roles,
        team_id=user.team_id,
        partner_id=user.partner_id,
        session=login_session,
    )


def bearer_of_client(client: ApiClient, scopes: list[str]) -> Bearer:
    """`client` with those of its scopes that it asked for."""
    return Bearer(
        id=client.id,
        kind="client",
        name=client.name,
        scopes=scopes,
        reach=client.reach,
        team_id=client.team_id,
        partner_id=client.partner_id,
        rate=client.rate_limit,
    )
