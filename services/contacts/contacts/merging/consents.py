"""Consent in a merge: it is never widened."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from contacts.consent import actions as consent
from contacts.consent.rules import strict
from contacts.merging.rules import must_withdraw
from contacts.people.model import Person

MERGED = "merge"


def differing(session: Session, survivor: Person, loser: Person) -> tuple[list[str], list[str]]:
    """Before the loser's consents follow: the purposes that must be withdrawn (or objected to), because one of the two
    did; and those that the loser alone spoke of."""
    mine, theirs = (_state(session, person.id) for person in (survivor, loser))
    return must_withdraw(mine, theirs), sorted(theirs.keys() - mine.keys())


def tell(session: Session, survivor: Person, purposes: tuple[list[str], list[str]], merge_id: UUID) -> None:
    """Record the withdrawals that the merge brings, and tell anew what is now the survivor's word."""
    withdrawn, taken_over = purposes
    for purpose in withdrawn:
        text = "One of two merged records had withdrawn: the stricter holds."
        consent.decide(
            session, survivor, purpose=purpose, granted=strict(purpose), text=text, source=MERGED, evidence_id=merge_id
        )
    for purpose in taken_over:
        record = consent.current(session, survivor.id, purpose)
        if record is not None:
            consent.tell(session, record)


def _state(session: Session, person_id: UUID) -> dict[str, bool]:
    return {record.purpose: record.granted for record in consent.all_current(session, person_id)}
