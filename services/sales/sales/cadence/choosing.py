"""Which cadence a lead has, and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from chassis.db.kept import kept
from chassis.encoding import to_json
from sales.cadence.model import Cadence
from sales.cadence.rules import Rhythm, StepRule, choose, default_steps
from sales.customers.model import Person
from sales.leads.model import Lead
from sales.settings import settings

_NOTE = text(
    "UPDATE leads SET cadence_id = c.cadence_id, cadence_choice = c.cadence_choice, cadence_since = :since"
    " FROM jsonb_to_recordset(CAST(:chosen AS jsonb)) AS c (id uuid, cadence_id uuid, cadence_choice jsonb)"
    " WHERE leads.id = c.id"
)


def rhythm_of(session: Session, lead: Lead) -> Rhythm:
    """The cadence that is for the lead now; it and the reason are noted on the lead."""
    person = session.get(Person, lead.person_id)
    chosen, choice = _choose(kept(session, (Cadence,), _active), person.grade if person else None, lead)
    lead.cadence_id, lead.cadence_choice = chosen.id, choice
    return chosen


def rhythms_of(session: Session, leads: Sequence[Lead], since: datetime) -> list[Rhythm]:
    """The same for many leads, each counted from `since`, in their order: by three statements."""
    rhythms, grades = kept(session, (Cadence,), _active), _grades(session, [lead.person_id for lead in leads])
    found = [_choose(rhythms, grades.get(lead.person_id), lead) for lead in leads]
    rows = []
    for lead, (chosen, choice) in zip(leads, found, strict=True):
        values = {"cadence_id": chosen.id, "cadence_choice": choice}
        rows.append({"id": lead.id, **values})
        for name, value in (values | {"cadence_since": since}).items():
            set_committed_value(lead, name, value)
    session.execute(_NOTE, {"chosen": to_json(rows).decode(), "since": since})
    return [chosen for chosen, _ in found]


def _choose(rhythms: Sequence[Rhythm], grade: str | None, lead: Lead) -> tuple[Rhythm, dict[str, str]]:
    default = Rhythm(None, "Default", default_steps(settings().follow_up_days))
    chosen, reason = choose(rhythms, default, grade, lead.source)
    return chosen, {"name": chosen.name, "reason": reason}


def _grades(session: Session, people: Sequence[UUID]) -> dict[UUID, str]:
    graded = select(Person.id, Person.grade).where(Person.id.in_(people), Person.grade.is_not(None))
    return {row.id: row.grade for row in session.execute(graded)}


def _active(session: Session) -> list[Rhythm]:
    active = select(Cadence).where(Cadence.active).order_by(Cadence.position, Cadence.id)
    return [_rhythm(one) for one in session.scalars(active)]


def _rhythm(cadence: Cadence) -> Rhythm:
    steps = tuple(StepRule(step["days"], step["titles"], step["channel"]) for step in cadence.steps)
    return Rhythm(
        cadence.id, cadence.name, steps, frozenset(cadence.grades), frozenset(cadence.sources), cadence.working_days
    )
