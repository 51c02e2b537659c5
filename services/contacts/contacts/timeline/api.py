"""The routes of the timeline."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from chassis.access import load
from chassis.http import Api
from chassis.http.lists import ListSpec
from chassis.http.resource import ListQuery
from chassis.schema import fields
from contacts.companies.model import Company
from contacts.people.model import Person
from contacts.timeline.model import TimelineEntry
from contacts.timeline.reading import read, shown
from contacts.timeline.schema import EntryOut

api = Api("timeline", scope="contacts")

_SPEC = ListSpec(
    TimelineEntry,
    {
        "kind": (TimelineEntry.kind, fields.String()),
        "type": (TimelineEntry.type, fields.String()),
        "at": (TimelineEntry.at, fields.Instant()),
    },
    ("at",),
    "-at",
)
_PARAMETERS = tuple(
    {"name": name, "field": field}
    for name, field in {
        "kind": fields.String(),
        "type": fields.String(),
        "at__gte": fields.Instant(),
        "at__lt": fields.Instant(),
    }.items()
)


@api.get("/people/<uuid:person_id>/timeline", query=ListQuery, returns=EntryOut, many=True, extra_query=_PARAMETERS)
def person_timeline(session: Session, person_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """List all that happened with a person, the latest first.

    Interactions, tasks, consent, leads, deals, orders, tickets and surveys; `kind=` picks one of them.
    """
    load(session, Person, person_id)
    return _page(session, TimelineEntry.person_id == person_id, query)


@api.get("/companies/<uuid:company_id>/timeline", query=ListQuery, returns=EntryOut, many=True, extra_query=_PARAMETERS)
def company_timeline(session: Session, company_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """List all that happened with a company, and with those of its people within reach, the latest first."""
    load(session, Company, company_id)
    return _page(session, TimelineEntry.company_id == company_id, query)


def _page(session: Session, condition: ColumnElement[bool], query: dict[str, Any]) -> dict[str, Any]:
    page = _SPEC.page(select(TimelineEntry).where(condition, shown()), query, session)
    return page | {"data": read(session, page["data"])}
