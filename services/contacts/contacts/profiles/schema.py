"""Profiles over the API."""

from __future__ import annotations

from typing import ClassVar

from chassis.schema import Schema, fields
from contacts.addresses.schema import AddressOut
from contacts.companies.schema import CompanyOut
from contacts.consent.schema import ConsentOut
from contacts.insights.schema import InsightOut
from contacts.interactions.schema import InteractionOut
from contacts.people.schema import PersonOut
from contacts.relationships.schema import SeenOut
from contacts.tasks.schema import TaskOut
from contacts.timeline.schema import EntryOut


class CountsOut(Schema):
    """How many there are in all of what the profile shows the latest of."""

    interactions = fields.Integer()
    open_tasks = fields.Integer()
    timeline = fields.Integer()
    deals = fields.Integer(metadata={"description": "Of sales, whoever has them; the timeline tells of each."})
    orders = fields.Integer()
    tickets = fields.Integer()
    people = fields.Integer()


class _Around(Schema):
    class Meta(Schema.Meta):
        hidden: ClassVar[dict[str, tuple[str, ...]]] = {"partner": ("insights",)}

    addresses = fields.Nested(AddressOut, many=True)
    relationships = fields.Nested(SeenOut, many=True)
    insights = fields.Nested(InsightOut, many=True)
    interactions = fields.Nested(InteractionOut, many=True)
    open_tasks = fields.Nested(TaskOut, many=True)
    timeline = fields.Nested(EntryOut, many=True)
    counts = fields.Nested(CountsOut)


class PersonProfileOut(_Around):
    """A person with company, addresses, relationships, consents, insights (not for partners), the latest interactions,
    the next open tasks and the head of the timeline. What the caller does not reach is left out."""

    class Meta(_Around.Meta):
        pass

    person = fields.Nested(PersonOut)
    company = fields.Nested(CompanyOut, allow_none=True)
    consents = fields.Nested(ConsentOut, many=True)


class CompanyProfileOut(_Around):
    """A company with its first people, addresses, relationships, insights (not for partners), the latest interactions,
    the next open tasks and the head of the timeline."""

    class Meta(_Around.Meta):
        pass

    company = fields.Nested(CompanyOut)
    people = fields.Nested(PersonOut, many=True)
