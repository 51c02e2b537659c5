"""The routes of collaborators, the same on people and on companies."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.http import Answer, Api
from contacts.collaborators import actions
from contacts.collaborators.model import Collaborator
from contacts.collaborators.schema import AccountCollaboratorIn, CollaboratorIn, CollaboratorOut
from contacts.companies.model import Company
from contacts.people.model import Person

api = Api("collaborators", scope="contacts")


@api.get("/people/<uuid:person_id>/collaborators", returns=CollaboratorOut, many=True)
def person_collaborators(session: Session, person_id: UUID) -> list[Collaborator]:
    """List who works with a person besides the owner."""
    return actions.of_record(session, Person, person_id)


@api.post(
    "/people/<uuid:person_id>/collaborators", body=CollaboratorIn, returns=CollaboratorOut, status=201, also=(200,)
)
def share_person(session: Session, person_id: UUID, body: dict[str, Any]) -> Answer:
    """Let a user or a team work with a person.

    Who has a grant already keeps one: it is as said now, and the answer is 200.
    """
    return _granted(*actions.grant(session, Person, person_id, body))


@api.delete("/people/<uuid:person_id>/collaborators/<uuid:collaborator_id>", guarded=False)
def unshare_person(session: Session, person_id: UUID, collaborator_id: UUID) -> None:
    """Take a grant on a person back; one's own without the owner's access."""
    actions.revoke(session, Person, person_id, collaborator_id)


@api.get("/companies/<uuid:company_id>/collaborators", returns=CollaboratorOut, many=True)
def company_collaborators(session: Session, company_id: UUID) -> list[Collaborator]:
    """List who works with a company besides the owner."""
    return actions.of_record(session, Company, company_id)


@api.post(
    "/companies/<uuid:company_id>/collaborators", body=AccountCollaboratorIn, returns=CollaboratorOut, status=201,
    also=(200,),
)  # fmt: skip
def share_company(session: Session, company_id: UUID, body: dict[str, Any]) -> Answer:
    """Let a user or a team work with a company, and with its people where `include_people` says so.

    Who has a grant already keeps one: it is as said now, and the answer is 200.
    """
    return _granted(*actions.grant(session, Company, company_id, body))


@api.delete("/companies/<uuid:company_id>/collaborators/<uuid:collaborator_id>", guarded=False)
def unshare_company(session: Session, company_id: UUID, collaborator_id: UUID) -> None:
    """Take a grant on a company back; one's own without the owner's access."""
    actions.revoke(session, Company, company_id, collaborator_id)


def _granted(row: Collaborator, made: bool) -> Answer:
    return Answer(row, 201 if made else 200)
