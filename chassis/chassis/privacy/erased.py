"""Who was erased: the ids that must not come to name anybody again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.db.bulk import ids_given, one_of_given
from chassis.db.sending import ask, send
from chassis.db.tables import erased_people as table
from chassis.events.envelope import Event
from chassis.ids import id_of, id_texts

ERASURE = ("/contacts", "contact.erased")
_MANY = "people"
_NAMED_BY = ("person_id", "survivor_id", "loser_id")
_LOCK = 7_170_004
# Whoever handles events shares the lock; an erasure has it alone. So no handler is still at work with what it read
# of a person before the erasure when that commits.
_SHARED = text(f"SELECT pg_advisory_xact_lock_shared({_LOCK})")
_ALONE = text(f"SELECT pg_advisory_xact_lock({_LOCK})")
_ERASED = select(table.c.person_id).where(one_of_given(table.c.person_id))


def people_of(event: Event) -> list[UUID]:
    """The ids that an event gives its person, or people; those that are no ids are passed over."""
    return list(_ids(_named(event)))


def person_ids_of(event: Event) -> list[str]:
    """The same as texts, which of a bundle costs a tenth."""
    named = [name for name in _named(event) if name is not None]
    try:
        return id_texts(named)
    except ValueError:
        return [str(id_) for id_ in _ids(named)]


def without_people(data: dict[str, Any], ids: Collection[UUID]) -> dict[str, Any]:
    """The data of an event without what names these people; of a bundle, in which `personal` stands by person, only
    their part of it goes."""
    personal = data.get("personal")
    if _MANY in data and isinstance(personal, dict):
        gone = {str(id_) for id_ in ids}
        return data | {"personal": {id_: part for id_, part in personal.items() if id_ not in gone}}
    return {name: value for name, value in data.items() if name != "personal"}


def among(session: Session, ids: Iterable[UUID | str]) -> set[UUID]:
    """Those of the ids whose people were erased."""
    wanted = set(ids)
    if not wanted:
        return set()
    return {id_ for (id_,) in ask(session, _ERASED, ids_given(wanted))}


def hold_still(session: Session) -> None:
    """Let no erasure begin until this transaction ends: from its next statement on, with which this one goes."""
    send(session, _SHARED, {})


def be_alone(session: Session) -> None:
    """Wait until no event is being handled, and let none be until this transaction ends. Before any row is locked."""
    session.connection().execute(_ALONE)


def mark(session: Session, ids: Sequence[UUID]) -> None:
    """Remember, for good, that the people with these ids are erased."""
    be_alone(session)
    rows = [{"person_id": id_, "erased_at": clock.now()} for id_ in sorted(set(ids))]
    session.execute(insert(table).values(rows).on_conflict_do_nothing())


def is_erasure(event: Event) -> bool:
    """Whether the event says that a person was erased."""
    return (event.source, event.type) == ERASURE


def _named(event: Event) -> list[Any]:
    named = [event.data.get(name) for name in _NAMED_BY]
    listed, many = event.data.get("person_ids"), event.data.get(_MANY)
    named += listed if isinstance(listed, list) else ()
    named += [one.get("person_id") for one in many if isinstance(one, dict)] if isinstance(many, list) else ()
    return named


def _ids(values: Iterable[object]) -> Iterable[UUID]:
    for value in values:
        try:
            if isinstance(value, str):
                yield id_of(value)
        except ValueError:
            continue
