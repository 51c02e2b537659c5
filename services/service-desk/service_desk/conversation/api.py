"""Routes of the conversation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.http import Api
from chassis.http.lists import ListSpec
from chassis.http.resource import ListQuery
from chassis.schema import fields
from service_desk.conversation import actions
from service_desk.conversation.model import Message
from service_desk.conversation.schema import MessageIn, MessageOut, SayIn

api = Api("conversation", scope="service-desk")

_FILTERS: dict[str, tuple[Any, Any]] = {
    "public": (Message.public, fields.Boolean()),
    "direction": (Message.direction, fields.String()),
}
_LIST = ListSpec(Message, _FILTERS, ("created_at",), default_sort="created_at")


@api.get("/tickets/<uuid:ticket_id>/messages", query=ListQuery, returns=MessageOut, many=True, errors=(404,))
def messages(session: Session, ticket_id: UUID, query: dict[str, str]) -> dict[str, Any]:
    """List the messages of a ticket, oldest first; a partner sees no notes."""
    return _LIST.page(actions.messages_of(session, ticket_id), query, session)


@api.post("/tickets/<uuid:ticket_id>/messages", body=MessageIn, returns=MessageOut, status=201, errors=(403, 404, 409))
def add_message(session: Session, ticket_id: UUID, body: dict[str, Any]) -> Message:
    """Add a message: an answer, a note, or what the customer wrote."""
    return actions.say(session, ticket_id, **body)


@api.post("/tickets/<uuid:ticket_id>/reply", body=SayIn, returns=MessageOut, status=201, errors=(404, 409))
def reply(session: Session, ticket_id: UUID, body: dict[str, Any]) -> Message:
    """Answer the customer; the first answer stops the first-response clock."""
    return actions.say(session, ticket_id, **body)


@api.post(
    "/tickets/<uuid:ticket_id>/note", body=SayIn, returns=MessageOut, status=201, errors=(404, 409), internal=True
)
def note(session: Session, ticket_id: UUID, body: dict[str, Any]) -> Message:
    """Leave a note that only the desk sees."""
    return actions.say(session, ticket_id, public=False, **body)
