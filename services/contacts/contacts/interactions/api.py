"""The routes of interactions."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.http import Answer, Api, Resource
from contacts.base import SERVICE
from contacts.interactions import actions
from contacts.interactions.model import Interaction
from contacts.interactions.schema import InteractionIn, InteractionOut, InteractionPatch, LoggedOut

api = Api("interactions", scope="contacts")
api.add(
    Resource(
        Interaction,
        path="interactions",
        read=InteractionOut,
        update=InteractionPatch,
        filters=(
            "person_id", "company_id", "lead_id", "deal_id", "ticket_id", "channel", "direction", "outcome",
            "author_id", "owner_id", "at", "created_at",
        ),
        sorts=("at", "created_at"),
        default_sort="-at",
        on_update=actions.change,
        exported=True,
    )
)  # fmt: skip


@api.post("/interactions", body=InteractionIn, returns=LoggedOut, status=201)
def log_interaction(session: Session, body: dict[str, Any]) -> Answer:
    """Record a contact with a customer.

    `warnings` in the answer name the colleagues who were in touch with the same customer within the last hours.
    """
    interaction = actions.log(session, body)
    return Answer(interaction, headers={"Location": f"{SERVICE.url_prefix}/interactions/{interaction.id}"})
