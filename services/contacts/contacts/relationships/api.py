"""The routes of relationships."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.access import load
from chassis.http import Answer, Api
from chassis.http.endpoint import check_version
from chassis.schema import Schema, fields
from contacts.companies.model import Company
from contacts.people.model import Person
from contacts.relationships import actions, reading
from contacts.relationships.model import Relationship
from contacts.relationships.schema import (
    ChartOut,
    ManagerIn,
    RelationshipIn,
    RelationshipOut,
    RelationshipPatch,
    SeenOut,
)

api = Api("relationships", scope="contacts")


class CurrentQuery(Schema):
    """`current=true` leaves out what has ended."""

    current = fields.Boolean(load_default=False)


@api.post("/relationships", body=RelationshipIn, returns=RelationshipOut, status=201, errors=(403, 409))
def relate(session: Session, body: dict[str, Any]) -> Relationship:
    """Say who is what to whom.

    A person has one manager at a time (409 `has_manager`); a reporting line that would close a circle is 422 `cycle`.
    """
    return actions.relate(session, body)


@api.get("/relationships/<uuid:relationship_id>", returns=RelationshipOut, errors=(403, 404))
def read_relationship(session: Session, relationship_id: UUID) -> Relationship:
    """Read a relationship."""
    return actions.reach(session, relationship_id, lock=False)


@api.patch("/relationships/<uuid:relationship_id>", body=RelationshipPatch, returns=RelationshipOut,
           errors=(403, 404, 409))  # fmt: skip
def change_relationship(session: Session, relationship_id: UUID, body: dict[str, Any]) -> Relationship:
    """Change a relationship, or end it with `until`."""
    return actions.change(session, _guarded(session, relationship_id), body)


@api.delete("/relationships/<uuid:relationship_id>", errors=(403, 404))
def delete_relationship(session: Session, relationship_id: UUID) -> None:
    """Delete a relationship that was entered by mistake."""
    actions.remove(session, _guarded(session, relationship_id))


@api.get("/people/<uuid:person_id>/relationships", query=CurrentQuery, returns=SeenOut, many=True, errors=(404,))
def person_relationships(session: Session, person_id: UUID, query: dict[str, Any]) -> list[dict[str, Any]]:
    """List what a person is to others and others to them, managers and reports among them."""
    return reading.seen_from(session, load(session, Person, person_id), **query)


@api.get("/companies/<uuid:company_id>/relationships", query=CurrentQuery, returns=SeenOut, many=True, errors=(404,))
def company_relationships(session: Session, company_id: UUID, query: dict[str, Any]) -> list[dict[str, Any]]:
    """List what a company is to others and others to it."""
    return reading.seen_from(session, load(session, Company, company_id), **query)


@api.put("/people/<uuid:person_id>/manager", body=ManagerIn, returns=RelationshipOut, guarded=False, also=(204,),
         errors=(403, 404, 409))  # fmt: skip
def set_manager(session: Session, person_id: UUID, body: dict[str, Any]) -> Relationship | Answer:
    """Say whom a person reports to from today. The line that was ends today; null ends it without another."""
    line = actions.report_to(session, person_id, body["manager_id"])
    return line if line is not None else Answer(None, 204)


@api.get("/companies/<uuid:company_id>/org-chart", returns=ChartOut, errors=(404,))
def org_chart(session: Session, company_id: UUID) -> dict[str, Any]:
    """Read the people of a company as a tree of who reports to whom, and who is not placed yet."""
    return reading.org_chart(session, company_id)


def _guarded(session: Session, relationship_id: UUID) -> Relationship:
    relationship = actions.reach(session, relationship_id)
    check_version(relationship)
    return relationship
