"""Consent in a merge, and after it: it is never widened."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from contacts.consent import actions as consent
from contacts.consent.model import ConsentRecord
from contacts.consent.rules import MERGED, strict
from contacts.merging.model import Merge
from contacts.merging.rules import must_withdraw
from contacts.people.model import Person


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


def part(session: Session, survivor: Person, loser: Person, merge: Merge) -> None:
    """What was taken back while the two were one, either of them may have said: it holds for the loser, too."""
    said: dict[str, ConsentRecord] = {}
    for record in consent.history(session, survivor.id):
        if record.created_at >= merge.created_at and record.source != MERGED:
            said.setdefault(record.purpose, record)
    for purpose, record in sorted(said.items()):
        if record.granted == strict(purpose):
            consent.decide(
                session, loser, purpose=purpose, granted=record.granted, text=record.text, source=record.source,
                at=record.at, evidence=f"merge {merge.id}",
            )  # fmt: skip


def _state(session: Session, person_id: UUID) -> dict[str, bool]:
    return {record.purpose: record.granted for record in consent.all_current(session, person_id)}
