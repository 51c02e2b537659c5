"""Which fields a record lacks, as SQL: one place for the score of one record, the reports and the lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, String, Subquery, case, exists, false, func, literal, or_
from sqlalchemy.orm import InstrumentedAttribute

from contacts.companies.model import Company
from contacts.interactions.model import Interaction
from contacts.people.model import Person
from contacts.points.model import ContactPoint
from contacts.quality.model import CompanyVerified, PersonVerified
from contacts.quality.rules import Of
from contacts.settings import settings


@dataclass(frozen=True)
class Subject:
    """A kind of record whose quality is looked at: its model, and what points to a row of it."""

    of: Of
    model: Any
    verified: Any
    verified_id: InstrumentedAttribute[Any]
    touched_id: InstrumentedAttribute[Any]

    @property
    def weights(self) -> dict[str, int]:
        """What each field counts for here."""
        return settings().weights[self.of]

    def lacks(self, field: str) -> ColumnElement[bool]:
        """The WHERE clause for rows without this field."""
        if self.model is Person and field in ("email", "phone"):
            return ~exists().where(ContactPoint.person_id == Person.id, ContactPoint.kind == field)
        column = getattr(self.model, field)
        return or_(column.is_(None), column == "") if isinstance(column.type, String) else column.is_(None)

    def lacking(self, rows: Select[Any], key: InstrumentedAttribute[Any]) -> Subquery:
        """Of each row of `rows` (a SELECT of the model) the `key`, and for each field whether it is missing. Contact
        points come by a join, so that few rows are looked up and many hashed; a condition on each row would be looked
        up a million times."""
        missing = {field: self.lacks(field) for field in self.weights}
        if self.model is Person:
            rows = rows.outerjoin_from(Person, ContactPoint, ContactPoint.person_id == Person.id).group_by(Person.id)
            for kind in {"email", "phone"} & missing.keys():
                missing[kind] = ~func.coalesce(func.bool_or(ContactPoint.kind == kind), false())
        return rows.with_only_columns(
            key.label("key"), *(said.label(field) for field, said in missing.items()), maintain_column_froms=False
        ).subquery()

    def score(self, each: Subquery) -> ColumnElement[Any]:
        """How complete a row of `lacking()` is, 0 to 100 (not rounded)."""
        points: Any = literal(0)
        for field, weight in self.weights.items():
            points = points + case((each.c[field], 0), else_=weight)
        return points * 100.0 / sum(self.weights.values())


PEOPLE = Subject("people", Person, PersonVerified, PersonVerified.person_id, Interaction.person_id)
COMPANIES = Subject("companies", Company, CompanyVerified, CompanyVerified.company_id, Interaction.company_id)
SUBJECTS: dict[str, Subject] = {"people": PEOPLE, "companies": COMPANIES}
