"""Use cases about the texts that ask for consent."""

from __future__ import annotations

from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor
from chassis.errors import Conflict
from contacts.consent.model import ConsentRecord, ConsentText


def register(session: Session, data: dict[str, Any]) -> ConsentText:
    """A new text, valid from now where nothing else is said. Conflict where the version is taken in this language."""
    text = ConsentText(**{"valid_from": clock.now(), "created_by": actor().id, **data})
    try:
        with session.begin_nested():
            session.add(text)
            session.flush()
    except IntegrityError as error:
        detail = f"There is a version {text.text_version} of this text in this language."
        raise Conflict("version_exists", detail) from error
    return text


def change(session: Session, text: ConsentText, changes: dict[str, Any]) -> ConsentText:
    """Change a text (locked) that nobody has decided by. Conflict where somebody has."""
    _refuse_used(session, text)
    for name, value in changes.items():
        setattr(text, name, value)
    return text


def remove(session: Session, text: ConsentText) -> None:
    """Delete a text (locked) that nobody has decided by. Conflict where somebody has."""
    _refuse_used(session, text)
    session.delete(text)


def _refuse_used(session: Session, text: ConsentText) -> None:
    # A decision by it holds the row (FOR SHARE) until it is committed: one that was under way is seen here.
    if session.scalar(select(exists().where(ConsentRecord.text_id == text.id))):
        raise Conflict("in_use", "Somebody has decided by this text; register another version.")
