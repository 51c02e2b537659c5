"""Use cases about insights."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor, load
from chassis.errors import Forbidden, NotFound
from chassis.events import emit
from contacts.companies.model import Company
from contacts.insights import reading
from contacts.insights.model import Insight
from contacts.insights.rules import check, values_of
from contacts.people.model import Person


def note(session: Session, subject: Person | Company, data: dict[str, Any]) -> tuple[Insight, bool]:
    """Note what is known of a person or company (locked), and whether it is new: the same again changes nothing."""
    check(data["kind"], data.get("choice"), data.get("days"), data.get("text"))
    who = {"person_id": subject.id} if isinstance(subject, Person) else {"company_id": subject.id}
    insight = Insight(**data, **who, author_id=actor().id)
    for known in reading.of(session, subject):
        if known.kind == insight.kind and values_of(known) == values_of(insight):
            return known, False
    session.add(insight)
    session.flush()
    _tell(session, "insight.noted", insight)
    insight.current = True  # type: ignore[attr-defined]
    return insight, True


def retract(session: Session, insight_id: UUID) -> Insight:
    """Take an insight back: it stays in the history, and what it had replaced holds again. Done already is done."""
    found = session.get(Insight, insight_id)
    if found is None:
        raise NotFound("insight")
    model: Any = Person if found.person_id else Company
    load(session, model, found.person_id or found.company_id, lock=True)  # type: ignore[arg-type]
    insight = load(session, Insight, insight_id, lock=True)
    if insight.retracted_at is None:
        insight.retracted_at, insight.retracted_by = clock.now(), actor().id
        session.flush()
        _tell(session, "insight.retracted", insight)
    insight.current = False  # type: ignore[attr-defined]
    return insight


def refuse_partners() -> None:
    """Forbidden for partners: what colleagues think of a customer stays in the house."""
    if actor().reach == "partner":
        raise Forbidden("Partners do not see what colleagues know of a customer.", "partner_reach")


def _tell(session: Session, type_: str, insight: Insight) -> None:
    names = ("person_id", "company_id", "author_id")
    ids = {name: str(id_) if (id_ := getattr(insight, name)) else None for name in names}
    told = {name: getattr(insight, name) for name in ("kind", "choice", "days")}
    personal = {"text": insight.text}
    emit(session, type_, insight, {"insight_id": str(insight.id), **ids, **told}, personal=personal)
