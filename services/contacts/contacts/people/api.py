"""The routes of people."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.http import Answer, Api, Resource
from contacts.addresses.exporting import exported
from contacts.base import SERVICE
from contacts.insights.reading import finders
from contacts.people import actions
from contacts.people.company import before_change
from contacts.people.finding import by_market
from contacts.people.model import Person
from contacts.people.reading import POINTS, for_export, with_points
from contacts.people.schema import CreateQuery, IdentifiedOut, IdentifyIn, PersonIn, PersonOut, PersonPatch
from contacts.points.finding import FINDERS

api = Api("people", scope="contacts")
PEOPLE = Resource(
    Person,
    path="people",
    read=PersonOut,
    update=PersonPatch,
    filters=(
        "name", "company_id", "lifecycle", "grade", "reference", "restricted", "tags", "tag", "country", "city",
        "postcode", "source", "role", "roles", "department",
        "campaign_id", "entered_by", "owner_id", "team_id", "partner_id", "created_at", "updated_at",
    ),
    sorts=("created_at", "updated_at", "name"),
    finders={**FINDERS, "market": by_market, **finders(Person)},
    before_update=before_change,
    on_update=actions.change,
    on_delete=actions.remove,
    moved=actions.moved,
    exported=True,
    complete=with_points,
    beside={"points": POINTS},
    export_read=exported(PersonOut),
    export_complete=for_export,
)  # fmt: skip
api.add(PEOPLE)


@api.post("/people", body=PersonIn, query=CreateQuery, returns=PersonOut, status=201)
def create_person(session: Session, body: dict[str, Any], query: dict[str, Any]) -> Answer:
    """Create a person.

    Somebody who is here already, by one of the e-mails or phones, is not created again: 409 with `existing_id`.
    """
    person, _ = actions.create(session, body, **query)
    return Answer(person, headers={"Location": f"{SERVICE.url_prefix}/people/{person.id}"})


@api.post("/people/identify", body=IdentifyIn, returns=IdentifiedOut)
def identify_person(session: Session, body: dict[str, Any]) -> Person:
    """Find a person by e-mail, phone, social handle or membership number, or create them.

    What was not known of a person who is found is filled in, and new contact points are added; nothing is overwritten.
    """
    person, made = actions.identify(session, body)
    person.matched = not made  # type: ignore[attr-defined]
    return person
