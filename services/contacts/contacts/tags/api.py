"""The routes of tags."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.http import Api, Resource
from chassis.jobs import Job, JobOut
from contacts.companies.model import Company
from contacts.people.model import Person
from contacts.tags import actions, running  # noqa: F401 - running registers the job
from contacts.tags.model import Tag
from contacts.tags.schema import ChangedOut, CountOut, GivingOut, RuleIn, SubjectsIn, TagIn, TagOut, TagPatch

api = Api("tags", scope="contacts")
api.add(
    Resource(
        Tag,
        path="tags",
        read=TagOut,
        create=TagIn,
        update=TagPatch,
        filters=("kind", "name", "label", "created_at"),
        sorts=("created_at", "name", "kind"),
        on_create=actions.create,
        on_update=actions.change,
        on_delete=actions.remove,
    )
)


@api.post("/tags/preview", body=RuleIn, returns=CountOut)
def preview_rule(session: Session, body: dict[str, Any]) -> dict[str, int]:
    """Count the people a rule fits now, within the caller's reach. Nothing is written."""
    return {"count": actions.preview(session, body["rule"])}


@api.post("/tags/<uuid:tag_id>/give", body=SubjectsIn, returns=ChangedOut, errors=(403, 404, 409))
def give_tag(session: Session, tag_id: UUID, body: dict[str, Any]) -> dict[str, int]:
    """Give a tag to people and companies; to those who have it nothing happens."""
    return actions.by_hand(session, tag_id, give=True, **body)


@api.post("/tags/<uuid:tag_id>/take", body=SubjectsIn, returns=ChangedOut, errors=(403, 404, 409))
def take_tag(session: Session, tag_id: UUID, body: dict[str, Any]) -> dict[str, int]:
    """Take a tag from people and companies; to those who do not have it nothing happens."""
    return actions.by_hand(session, tag_id, give=False, **body)


@api.post("/tags/<uuid:tag_id>/run", returns=JobOut, status=202, errors=(403, 404))
def run_tag(session: Session, tag_id: UUID) -> Job:
    """Apply a tag to everybody once more."""
    return actions.rerun(session, tag_id)


@api.get("/people/<uuid:person_id>/tags", returns=GivingOut, many=True, errors=(404,))
def person_tags(session: Session, person_id: UUID) -> list[dict[str, Any]]:
    """List the tags a person has and had: when, by whom and why given and taken."""
    return actions.history(session, Person, person_id)


@api.get("/companies/<uuid:company_id>/tags", returns=GivingOut, many=True, errors=(404,))
def company_tags(session: Session, company_id: UUID) -> list[dict[str, Any]]:
    """List the tags a company has and had: when, by whom and why given and taken."""
    return actions.history(session, Company, company_id)
