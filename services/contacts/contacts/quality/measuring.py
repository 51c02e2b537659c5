"""Which fields a record lacks, as SQL: one place for the score of one record, the reports and the lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, case, exists, literal, or_
from sqlalchemy.orm import InstrumentedAttribute

from contacts.companies.model import Company
from contacts.interactions.model import Interaction
from contacts.people.model import Person
from contacts.points.model import ContactPoint
from contacts.quality.model import CompanyVerified, PersonVerified
from contacts.quality.rules import WEIGHTS, Of
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

    def score(self) -> ColumnElement[Any]:
        """How complete a row is, 0 to 100 (not rounded)."""
        total = sum(self.weights.values())
        points: Any = literal(0)
        for field, weight in self.weights.items():
            points = points + case((self.lacks(field), 0), else_=weight)
        return points * 100.0 / total


PEOPLE = Subject("people", Person, PersonVerified, PersonVerified.person_id, Interaction.person_id)
COMPANIES = Subject("companies", Company, CompanyVerified, CompanyVerified.company_id, Interaction.company_id)
SUBJECTS: dict[str, Subject] = {"people": PEOPLE, "companies": COMPANIES}
FIELDS = {of: tuple(weights) for of, weights in WEIGHTS.items()}
