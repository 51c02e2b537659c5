"""Use cases about consent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor
from chassis.errors import Invalid
from chassis.events import emit
from contacts.consent.model import ConsentRecord, ConsentText
from contacts.consent.rules import OPT_OUTS, check_time, check_until, check_wording, holds
from contacts.people import actions as people
from contacts.people.model import Person
from contacts.timeline import actions as timeline

EXPIRED = "expiry"
_BATCH = 200


def decide(
    session: Session,
    person: Person,
    *,
    purpose: str,
    granted: bool,
    text: str = "",
    text_id: UUID | None = None,
    source: str = "api",
    at: datetime | None = None,
    until: datetime | None = None,
    evidence_id: UUID | None = None,
    evidence: str | None = None,
) -> ConsentRecord:
    """Record what the person (locked) decided about a purpose. The same evidence twice is one record.

    Others are told only of a decision that holds: one that arrives late, behind a newer one, is history at once.
    """
    at = at or clock.now()
    check_time(at, clock.now())
    check_until(purpose, at, until)
    before = _by_evidence(session, person.id, purpose, evidence_id)
    if before is not None:
        return before
    latest = current(session, person.id, purpose)
    wording = _wording(session, text_id, purpose, at)
    record = ConsentRecord(
        person_id=person.id,
        purpose=purpose,
        granted=granted,
        text=wording.text if wording else text,
        wording=wording,
        at=at,
        until=until,
        source=source,
        evidence_id=evidence_id,
        evidence=evidence,
        recorded_by=actor().id,
    )
    session.add(record)
    session.flush()
    if holds(purpose, at, granted, latest and latest.at, latest and latest.granted):
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


def expire(session: Session, now: datetime) -> None:
    """Consent whose end has come is withdrawn, at that end, unless the person has decided anew since.

    The person is locked first, as wherever somebody decides."""
    due = ConsentRecord.until <= now, ConsentRecord.ended_at.is_(None)
    found = select(ConsentRecord.id, ConsentRecord.person_id).where(*due).order_by(ConsentRecord.until).limit(_BATCH)
    for id_, person_id in sorted(session.execute(found), key=lambda row: (row[1], row[0])):
        person = people.known(session, person_id)
        record = session.get(ConsentRecord, id_, populate_existing=True)
        if person is None or record is None or record.person_id != person.id or record.ended_at is not None:
            continue  # parted, merged or erased meanwhile: the next turn finds it where it is
        latest, record.ended_at = current(session, person.id, record.purpose), now
        if latest is record and record.granted:
            decide(session, person, purpose=record.purpose, granted=False, source=EXPIRED, at=record.until)


def _wording(session: Session, text_id: UUID | None, purpose: str, at: datetime) -> ConsentText | None:
    """The registered text, held as it is until the decision by it is committed."""
    if text_id is None:
        return None
    wording = session.scalar(select(ConsentText).where(ConsentText.id == text_id).with_for_update(read=True))
    if wording is None:
        raise Invalid("text_id", "unknown_reference", "There is no such consent text.")
    check_wording(purpose, wording.valid_from, wording.purpose, at)
    return wording


def _latest(person_id: UUID) -> Select[ConsentRecord]:
    looser = ConsentRecord.granted != ConsentRecord.purpose.in_(OPT_OUTS)
    return (
        select(ConsentRecord)
        .ext(distinct_on(ConsentRecord.purpose))
        .where(ConsentRecord.person_id == person_id)
        .order_by(ConsentRecord.purpose, ConsentRecord.at.desc(), looser, ConsentRecord.id.desc())
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
    data: dict[str, Any] = {
        "person_id": str(record.person_id),
        "purpose": record.purpose,
        "text": record.text,
        "text_version": record.text_version,
        "language": record.language,
        "at": record.at.isoformat(),
        "until": record.until.isoformat() if record.until else None,
        "source": record.source,
    }
    emit(session, type_, record, data)
    title = f"Consent to {record.purpose} {'given' if record.granted else 'withdrawn'}"
    entry = {"purpose": record.purpose, "source": record.source}
    timeline.record(session, record.id, type_, title, at=record.at, person_id=record.person_id, data=entry)
