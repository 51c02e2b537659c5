"""Which cadence a lead has, and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.db.bulk import one_of
from chassis.db.kept import kept
from sales.cadence.model import Cadence
from sales.cadence.rules import Rhythm, StepRule, choose, default_steps
from sales.customers.model import Person
from sales.leads.model import Lead
from sales.settings import settings


class Chosen(NamedTuple):
    """A cadence that is for a lead, and why."""

    rhythm: Rhythm
    reason: str

    def noted(self, since: datetime) -> dict[str, Any]:
        """The columns of the lead that tell of it, counted from `since`."""
        choice = {"name": self.rhythm.name, "reason": self.reason}
        return {"cadence_id": self.rhythm.id, "cadence_choice": choice, "cadence_since": since}


def rhythm_of(session: Session, lead: Lead) -> Rhythm:
    """The cadence that is for the lead now; it and the reason are noted on the lead."""
    person = session.get(Person, lead.person_id)
    rhythm, reason = choose(
        kept(session, (Cadence,), _active), _default(), person.grade if person else None, lead.source
    )
    lead.cadence_id, lead.cadence_choice = rhythm.id, {"name": rhythm.name, "reason": reason}
    return rhythm


def choose_many(session: Session, leads: Sequence[Lead]) -> list[Chosen]:
    """The cadence that is for each of many leads now, in their order: by two statements. Nothing is noted."""
    rhythms, default, grades = (
        kept(session, (Cadence,), _active),
        _default(),
        _grades(session, [lead.person_id for lead in leads]),
    )
    asked = {(grades.get(lead.person_id), lead.source) for lead in leads}
    found = {one: Chosen(*choose(rhythms, default, *one)) for one in asked}
    return [found[grades.get(lead.person_id), lead.source] for lead in leads]


def _default() -> Rhythm:
    return Rhythm(None, "Default", default_steps(settings().follow_up_days))


def _grades(session: Session, people: Sequence[UUID]) -> dict[UUID, str]:
    graded = select(Person.id, Person.grade).where(one_of(Person.id, people), Person.grade.is_not(None))
    return {row.id: row.grade for row in session.execute(graded)}


def _active(session: Session) -> list[Rhythm]:
    active = select(Cadence).where(Cadence.active).order_by(Cadence.position, Cadence.id)
    return [_rhythm(one) for one in session.scalars(active)]


def _rhythm(cadence: Cadence) -> Rhythm:
    steps = tuple(StepRule(step["days"], step["titles"], step["channel"]) for step in cadence.steps)
    return Rhythm(
        cadence.id, cadence.name, steps, frozenset(cadence.grades), frozenset(cadence.sources), cadence.working_days
    )
