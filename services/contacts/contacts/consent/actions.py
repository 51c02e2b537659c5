"""Use cases about consent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor
from chassis.events import emit
from contacts.consent.model import ConsentRecord
from contacts.consent.rules import check_time, holds
from contacts.people.model import Person
from contacts.timeline import actions as timeline


def decide(
    session: Session,
    person: Person,
    *,
    purpose: str,
    granted: bool,
    text: str = "",
    source: str = "api",
    at: datetime | None = None,
    evidence_id: UUID | None = None,
) -> ConsentRecord:
    """Record what the person (locked) decided about a purpose. The same evidence twice is one record.

    Others are told only of a decision that holds: one that arrives late, behind a newer one, is history at once.
    """
    at = at or clock.now()
    check_time(at, clock.now())
    before = _by_evidence(session, person.id, purpose, evidence_id)
    if before is not None:
        return before
    latest = current(session, person.id, purpose)
    record = ConsentRecord(
        person_id=person.id,
        purpose=purpose,
        granted=granted,
        text=text,
        at=at,
        source=source,
        evidence_id=evidence_id,
        recorded_by=actor().id,
    )
    session.add(record)
    session.flush()
    if holds(at, granted, latest and latest.at, latest and latest.granted):
        tell(session, record)
    return record


def current(session: Session, person_id: UUID, purpose: str) -> ConsentRecord | None:
    """The decision that holds for one purpose."""
    return session.scalar(_latest(person_id).where(ConsentRecord.purpose == purpose))


def all_current(session: Session, person_id: UUID) -> Sequence[ConsentRecord]:
    """The decision that holds for each purpose that was ever asked about."""
    return session.scalars(_latest(person_id)).all()


def history(session: Session, person_id: UUID) -> Sequence[ConsentRecord]:
    """Every decision of a person, the newest first."""
    return session.scalars(
        select(ConsentRecord)
        .where(ConsentRecord.person_id == person_id)
        .order_by(ConsentRecord.at.desc(), ConsentRecord.id.desc())
    ).all()


def _latest(person_id: UUID) -> Select[ConsentRecord]:
    return (
        select(ConsentRecord)
        .ext(distinct_on(ConsentRecord.purpose))
        .where(ConsentRecord.person_id == person_id)
        .order_by(ConsentRecord.purpose, ConsentRecord.at.desc(), ConsentRecord.granted, ConsentRecord.id.desc())
    )


def _by_evidence(session: Session, person_id: UUID, purpose: str, evidence: UUID | None) -> ConsentRecord | None:
    if evidence is None:
        return None
    return session.scalar(
        select(ConsentRecord).where(
            ConsentRecord.person_id == person_id,
            ConsentRecord.purpose == purpose,
            ConsentRecord.evidence_id == evidence,
        )
    )


def tell(session: Session, record: ConsentRecord) -> None:
    """Emit `consent.granted` or `consent.withdrawn`, and put it on the timeline."""
    type_ = "consent.granted" if record.granted else "consent.withdrawn"
    data = {
        "person_id": str(record.person_id),
        "purpose": record.purpose,
        "text": record.text,
        "at": record.at.isoformat(),
        "source": record.source,
    }
    emit(session, type_, record, data)
    title = f"Consent to {record.purpose} {'given' if record.granted else 'withdrawn'}"
    entry = {"purpose": record.purpose, "source": record.source}
    timeline.record(session, record.id, type_, title, at=record.at, person_id=record.person_id, data=entry)
