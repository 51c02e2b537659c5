"""The routes of hand-overs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.access import actor
from chassis.http import Answer, Api, Resource
from contacts.handovers import actions, deputies, job  # noqa: F401 - job registers itself
from contacts.handovers.model import Deputy, HandOver
from contacts.handovers.schema import DeputyIn, DeputyOut, HandOverIn, HandOverOut
from contacts.handovers.targets import shown_to_them

api = Api("hand-overs", scope="contacts")
api.add(
    Resource(
        HandOver,
        path="hand-overs",
        read=HandOverOut,
        filters=("from_user_id", "state", "created_at"),
        where=lambda: shown_to_them(HandOver.from_user_id, HandOver.concerns(actor().id)),
    )
)
api.add(
    Resource(
        Deputy,
        path="deputies",
        read=DeputyOut,
        filters=("deputy_id",),
        where=lambda: shown_to_them(Deputy.id, Deputy.deputy_id == actor().id),
    )
)


@api.put("/deputies/<uuid:user_id>", body=DeputyIn, returns=DeputyOut, also=(201,), guarded=False, errors=(403,))
def name_deputy(session: Session, user_id: UUID, body: dict[str, Any]) -> Answer:
    """Name who takes over what is a user's when that user leaves."""
    found, made = deputies.name(session, user_id, **body)
    return Answer(found, 201 if made else 200)


@api.delete("/deputies/<uuid:user_id>", guarded=False, errors=(403, 404))
def unname_deputy(session: Session, user_id: UUID) -> None:
    """Let the user have no deputy any more."""
    deputies.unname(session, user_id)


@api.post("/hand-overs", body=HandOverIn, returns=HandOverOut, status=202, also=(200,))
def hand_over(session: Session, body: dict[str, Any]) -> Answer:
    """Hand over all that is a user's, here and in the other services, whether or not they are still active.

    What they had when they left counts, too. With `dry_run` the answer (200) says what would move here. The same again
    while it runs answers with the running one (200); once it has ended it moves what has come since.
    """
    found, made = actions.start(session, body)
    return Answer(found, 202 if made and not body["dry_run"] else 200)
