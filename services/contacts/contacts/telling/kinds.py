"""What is read of people and of companies to tell of them, in the order of their ids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from chassis.db.bulk import one_of
from contacts import bundles
from contacts.companies.model import Company
from contacts.people.model import Person
from contacts.points.model import ContactPoint

_OWNED = ("owner_id", "team_id", "partner_id")
_PERSON = (
    "id", "version", "name", "company_id", "company_name", *_OWNED, "lifecycle", "grade", "country", "postcode",
    "source", "campaign_id", "reference", "restricted", "tags", "roles", "custom",
)  # fmt: skip
_COMPANY = (
    "id", "version", "name", "domain", "country", "postcode", "industry", "employees", "parent_id", "roles", *_OWNED,
    "custom",
)  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """A kind of record: the columns that are read of it, and how some rows of them are told of (see `bundles`)."""

    name: str
    model: Any
    columns: tuple[str, ...]
    tell: Callable[[Session, UUID, Sequence[Row[Any]], int], int]

    def next(self, session: Session, after: str | None, limit: int) -> Sequence[Row[Any]]:
        """The rows behind the id `after`. None of them is deleted before this transaction ends, or the news of that
        could come first; what is changed meanwhile has a higher version, and is told of by itself."""
        rows = select(*(getattr(self.model, name) for name in self.columns)).order_by(self.model.id).limit(limit)
        if after is not None:
            rows = rows.where(self.model.id > UUID(after))
        return session.execute(rows.with_for_update(of=self.model, read=True, key_share=True)).all()


def _tell_people(session: Session, job_id: UUID, people: Sequence[Row[Any]], told: int) -> int:
    found: dict[UUID, list[Any]] = defaultdict(list)
    theirs = select(ContactPoint.person_id, ContactPoint.kind, ContactPoint.value)
    theirs = theirs.where(one_of(ContactPoint.person_id, (person.id for person in people)))
    ordered = theirs.order_by(ContactPoint.person_id, ContactPoint.kind, ContactPoint.position)
    for point in session.execute(ordered):
        found[point.person_id].append(point)
    written = [bundles.Written(person, person.version, found[person.id]) for person in people]
    return bundles.tell_people(session, "people.told", job_id, written, told)


def _tell_companies(session: Session, job_id: UUID, companies: Sequence[Row[Any]], told: int) -> int:
    return bundles.tell_companies(session, "companies.told", job_id, companies, told)


# Companies first: people name them.
KINDS = (
    Kind("companies", Company, _COMPANY, _tell_companies),
    Kind("people", Person, _PERSON, _tell_people),
)
