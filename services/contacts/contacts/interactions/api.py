"""The routes of interactions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.access import load
from chassis.http import Answer, Api, Resource
from chassis.http.resource import ListQuery
from contacts.base import SERVICE
from contacts.interactions import actions, schema
from contacts.interactions.model import Correction, Interaction, Outcome
from contacts.people.model import Person

api = Api("interactions", scope="contacts")
_INTERACTIONS = Resource(
    Interaction,
    path="interactions",
    read=schema.InteractionOut,
    update=schema.InteractionPatch,
    filters=(
        "person_id", "company_id", "lead_id", "deal_id", "ticket_id", "channel", "direction", "outcome", "author_id",
        "owner_id", "at", "created_at",
    ),
    sorts=("at", "created_at"),
    default_sort="-at",
    on_update=actions.change,
    exported=True,
)  # fmt: skip
api.add(_INTERACTIONS)
api.add(
    Resource(
        Outcome,
        path="interaction-outcomes",
        read=schema.OutcomeOut,
        create=schema.OutcomeIn,
        update=schema.OutcomePatch,
        filters=("active",),
        sorts=("name",),
        default_sort="name",
        on_create=actions.add_outcome,
        on_update=actions.change_outcome,
        write_scope="gateway:admin",
    )
)


@api.post("/interactions", body=schema.InteractionIn, returns=schema.LoggedOut, status=201)
def log_interaction(session: Session, body: dict[str, Any]) -> Answer:
    """Record a contact with a customer.

    `warnings` in the answer name the colleagues who were in touch with the same customer within the last hours.
    """
    return _logged(actions.log(session, body))


@api.post(
    "/appointments/<uuid:appointment_id>/log", body=schema.AppointmentLogIn, returns=schema.LoggedOut, status=201,
    errors=(404, 409),
)  # fmt: skip
def log_appointment(session: Session, appointment_id: UUID, body: dict[str, Any]) -> Answer:
    """Record how an appointment went: a visit, unless `channel` says otherwise.

    Who took part, when and how long is taken from the appointment.
    """
    return _logged(actions.log_appointment(session, appointment_id, body))


@api.get("/interactions/<uuid:interaction_id>/history", returns=schema.CorrectionOut, many=True, errors=(404,))
def list_corrections(session: Session, interaction_id: UUID) -> Sequence[Correction]:
    """List what was changed about an interaction, the latest first."""
    return actions.history(session, interaction_id)


@api.get(
    "/people/<uuid:person_id>/interactions", query=ListQuery, returns=schema.InteractionOut, many=True, errors=(404,),
)  # fmt: skip
def list_with_person(session: Session, person_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """List all that a person took part in, the latest first."""
    load(session, Person, person_id)
    return _INTERACTIONS.spec.page(actions.with_person(person_id), query, session)


def _logged(interaction: Interaction) -> Answer:
    return Answer(interaction, headers={"Location": f"{SERVICE.url_prefix}/interactions/{interaction.id}"})
