"""Many records given what they are to have, in a few statements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis.db.updating import update_many
from chassis.errors import Refusal
from contacts.bulk.kinds import Kind
from contacts.bulk.rules import OWNERSHIP, parted
from contacts.owners.actions import hand_many_on

Wanted = Mapping[Any, dict[str, Any]]


def write(session: Session, kind: Kind, job_id: UUID, wanted: Wanted, told: int) -> tuple[set[Any], int]:
    """Give records (locked, as they are in the session) what is `wanted` of each, with their events; `told` is how many
    bundles the job has sent so far. The records that cannot be given it, and how many it has sent then.

    All at once where nothing but the record changes; where the database refuses one of them (a value that another has
    taken meanwhile), and where more follows from it, one after the other by the use case of a single change.
    """
    alone = {record: changed for record, changed in wanted.items() if kind.apart(record, changed)}
    many = {record: changed for record, changed in wanted.items() if record not in alone}
    refused: set[Any] = set()
    try:
        with session.begin_nested():
            refused, told = _together(session, kind, job_id, many, told)
    except IntegrityError:
        alone = dict(wanted)
    return refused | one_by_one(session, kind, alone), told


def _together(session: Session, kind: Kind, job_id: UUID, wanted: Wanted, told: int) -> tuple[set[Any], int]:
    changes = {record: dict(changed) for record, changed in wanted.items()}
    owned = {record: changed for record, changed in changes.items() if not changed.keys().isdisjoint(OWNERSHIP)}
    refused = hand_many_on(session, kind.model, owned)
    given = {record: changed for record, changed in changes.items() if record not in refused}
    assign(session, given)
    return refused, kind.tell(session, job_id, list(given), told)


def assign(session: Session, wanted: Wanted) -> None:
    """Set what is `wanted` of each record, one version more for each."""
    update_many(session, {record: parted(changed, record.custom or {}) for record, changed in wanted.items()})


def one_by_one(session: Session, kind: Kind, wanted: Wanted) -> set[Any]:
    """Change each record (locked) by the use case of a single change; those that refuse it."""
    refused: set[Any] = set()
    for record, changed in wanted.items():
        try:
            with session.begin_nested():
                kind.change(session, record, parted(changed, record.custom or {}))
        except (Refusal, IntegrityError):
            refused.add(record)
    return refused
