"""The routes of possible duplicates: the review queue."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.http import Api, Resource
from contacts.candidates import actions
from contacts.candidates.model import Duplicate
from contacts.candidates.schema import DuplicateOut
from contacts.merging.actions import refuse_partners

api = Api("duplicates", scope="contacts")
api.add(
    Resource(
        Duplicate,
        path="duplicates",
        read=DuplicateOut,
        filters=("score", "state", "low_id", "high_id", "created_at"),
        sorts=("score", "created_at"),
        default_sort="-score",
        where=actions.in_reach,
    )
)


@api.post("/duplicates/<uuid:duplicate_id>/dismiss", returns=DuplicateOut, errors=(404, 409))
def dismiss_duplicate(session: Session, duplicate_id: UUID) -> Duplicate:
    """Say that these are two people; the pair is not shown again."""
    return actions.dismiss(session, duplicate_id)


@api.get("/people/<uuid:person_id>/duplicates", returns=DuplicateOut, many=True, read_only=False, errors=(403, 404))
def person_duplicates(session: Session, person_id: UUID) -> Sequence[Duplicate]:
    """List who may be the same as a person, looked for now, the likeliest first."""
    refuse_partners()
    return actions.of_person(session, person_id)
