"""What a legal hold forbids: that the person is erased, or deleted."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.errors import Conflict
from contacts.people.model import Person
from contacts.privacy.model import LegalHold


def refuse_held(session: Session, person: Person) -> None:
    """Conflict (`on_hold`, with its reason) where a hold on the person (locked) is in force."""
    in_force = LegalHold.lifted_at.is_(None), or_(LegalHold.until.is_(None), LegalHold.until > clock.now())
    hold = session.scalar(select(LegalHold).where(LegalHold.person_id == person.id, *in_force).limit(1))
    if hold is not None:
        raise Conflict("on_hold", f"The person must not be erased: {hold.reason}", hold_id=str(hold.id))
