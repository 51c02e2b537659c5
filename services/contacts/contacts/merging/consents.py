"""Consent in a merge: it is never widened."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, aliased

from contacts.consent import actions as consent
from contacts.consent.model import ConsentRecord
from contacts.merging.rules import must_withdraw
from contacts.people.model import Person

MERGED = "merge"


def merge(session: Session, survivor: Person, loser: Person, row: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Move the loser's consents to the survivor, whose evidence is kept once; into `row` goes what an unmerge needs.

    The purposes that must be withdrawn, because one of them did; and those that the loser alone spoke of.
    """
    mine, theirs = (_state(session, person.id) for person in (survivor, loser))
    twice = aliased(ConsentRecord)
    same = select(twice.id).where(
        twice.person_id == survivor.id, twice.purpose == ConsentRecord.purpose,
        twice.evidence_id == ConsentRecord.evidence_id,
    )  # fmt: skip
    doubled = delete(ConsentRecord).where(ConsentRecord.person_id == loser.id, same.exists())
    kept = func.to_jsonb(ConsentRecord.__table__.table_valued())
    row["dropped_consents"] = list(session.scalars(doubled.returning(kept), execution_options=_PLAIN))
    moved = update(ConsentRecord).where(ConsentRecord.person_id == loser.id).values(person_id=survivor.id)
    row["consents"] = [str(id_) for id_ in session.scalars(moved.returning(ConsentRecord.id), execution_options=_PLAIN)]
    return must_withdraw(mine, theirs), sorted(theirs.keys() - mine.keys())


def tell(session: Session, survivor: Person, purposes: tuple[list[str], list[str]], merge_id: UUID) -> None:
    """Record the withdrawals that the merge brings, and tell anew what is now the survivor's word."""
    withdrawn, taken_over = purposes
    for purpose in withdrawn:
        text = "One of two merged records had withdrawn: the stricter holds."
        consent.decide(
            session, survivor, purpose=purpose, granted=False, text=text, source=MERGED, evidence_id=merge_id
        )
    for purpose in taken_over:
        record = consent.current(session, survivor.id, purpose)
        if record is not None:
            consent.tell(session, record)


def give_back(session: Session, merge_ids: list[str], loser_id: UUID) -> None:
    """The consents that came with the loser are theirs again."""
    moved = ConsentRecord.id.in_([UUID(one) for one in merge_ids])
    statement = update(ConsentRecord).where(moved).values(person_id=loser_id)
    session.execute(statement, execution_options=_PLAIN)


_PLAIN = {"synchronize_session": False}


def _state(session: Session, person_id: UUID) -> dict[str, bool]:
    return {record.purpose: record.granted for record in consent.all_current(session, person_id)}
