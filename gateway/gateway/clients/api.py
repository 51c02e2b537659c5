"""`/api/v1/clients`: machines and their secrets.

Making a client and rotating its secret take no Idempotency-Key: the kept answer would keep the secret.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.access import load
from chassis.http import Answer, Api, Resource
from chassis.http.endpoint import check_version
from gateway.clients import actions
from gateway.clients.model import ApiClient
from gateway.clients.schema import ClientIn, ClientOut, ClientPatch, RotateIn, SecretOut
from gateway.roles.rules import ADMIN
from gateway.runtime import here

api = Api("clients", scope="gateway")
api.add(
    Resource(
        ApiClient,
        path="clients",
        read=ClientOut,
        update=ClientPatch,
        filters=("name", "active", "partner_id", "created_at"),
        sorts=("created_at", "name"),
        on_update=actions.change_client,
        scope=ADMIN,
    )
)


@api.post("/clients", body=ClientIn, returns=SecretOut, status=201, read_only=True, scope=ADMIN)
def create_client(_session: Session, body: dict[str, Any]) -> Answer:
    """Create an API client. Its secret is in this answer and nowhere else."""
    with here().database.transaction() as writing:
        client, secret = actions.create_client(writing, body)
    return Answer(with_secret(client, secret), headers={"Location": f"/api/v1/clients/{client.id}"})


@api.post(
    "/clients/<uuid:id>/rotate",
    body=RotateIn,
    returns=SecretOut,
    guarded=True,
    read_only=True,
    scope=ADMIN,
)
def rotate(_session: Session, id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Give a client another secret. It is in this answer and nowhere else."""
    with here().database.transaction() as writing:
        client = load(writing, ApiClient, id, lock=True)
        check_version(client)
        secret = actions.rotate(writing, client, body["keep_old_for"])
    return with_secret(client, secret)


def with_secret(client: ApiClient, secret: str) -> dict[str, Any]:
    """The client as it is shown the one time that its secret is known."""
    shown = {name: getattr(client, name) for name in ClientOut().fields}
    return shown | {"client_id": client.id, "client_secret": secret}
