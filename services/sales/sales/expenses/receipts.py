"""Receipts: files of their owner, each for the lines of one report."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import IO
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor, load, visible
from chassis.errors import Conflict, Forbidden
from chassis.ids import uuid7
from chassis.storage import is_set_up, storage, sweep, take_in
from sales.expenses.model import ExpenseLine, ExpenseReceipt, ExpenseReport
from sales.expenses.settings import settings

TYPES = ("pdf", "png", "jpg", "jpeg", "heic", "webp", "tif", "tiff")
EVERY = 20  # seconds: the 256 parts of the storage take less than an hour and a half


def add(session: Session, stream: IO[bytes], name: str) -> ExpenseReceipt:
    """A receipt of the user who acts. The same content is the same receipt, however often it is sent: nobody gets money
    back for it twice. Forbidden for API clients, TooLarge and Invalid for what is no receipt."""
    who = actor()
    if who.kind != "user":
        raise Forbidden("A receipt belongs to a user.", "not_a_user")
    kept = take_in(session, stream, name, at_most=settings().max_bytes, types=TYPES)
    owned = {"owner_id": who.id, "team_id": who.team_id, "partner_id": None}
    now = clock.now()
    row = insert(ExpenseReceipt).values(id=uuid7(), **kept, **owned, version=1, created_at=now, updated_at=now)
    session.execute(row.on_conflict_do_nothing(index_elements=["owner_id", "sha256"]))
    mine = select(ExpenseReceipt).where(ExpenseReceipt.owner_id == who.id, ExpenseReceipt.sha256 == kept["sha256"])
    return session.scalars(mine).one()


def remove(session: Session, receipt: ExpenseReceipt) -> None:
    """Throw a receipt of one's own away; its content goes with the next sweep. Conflict where a line has it."""
    if actor().id != receipt.owner_id:
        raise Forbidden("Only its owner may delete a receipt.", "not_the_owner")
    if session.scalar(select(ExpenseLine.report_id).where(ExpenseLine.receipt_id == receipt.id).limit(1)):
        raise Conflict("receipt_used", "An expense has this receipt; take it off first.")
    session.delete(receipt)


def readable(session: Session, receipt_id: UUID) -> ExpenseReceipt:
    """A receipt within reach, by itself or by the report that has it: who decides on that looks at it."""
    has_it = select(ExpenseReport.id).join(ExpenseLine).where(ExpenseLine.receipt_id == receipt_id).limit(1)
    if session.scalar(visible(has_it, ExpenseReport)) is not None:
        return session.get_one(ExpenseReceipt, receipt_id)
    return load(session, ExpenseReceipt, receipt_id)


def usable(session: Session, ids: Collection[UUID], report_id: UUID | None) -> dict[UUID, bool]:
    """Those of these receipts that are of the user who acts, and whether each is free for this report: no other has
    it. They are locked, so that of two reports that name one at once one is first."""
    mine = select(ExpenseReceipt.id).where(ExpenseReceipt.id.in_(ids), ExpenseReceipt.owner_id == actor().id)
    found = session.scalars(mine.order_by(ExpenseReceipt.id).with_for_update(key_share=True)).all()
    elsewhere = select(ExpenseLine.receipt_id).where(ExpenseLine.receipt_id.in_(found))
    if report_id is not None:
        elsewhere = elsewhere.where(ExpenseLine.report_id != report_id)
    taken = set(session.scalars(elsewhere))
    return {id_: id_ not in taken for id_ in found}


def sweep_unused(session: Session, now: datetime) -> None:
    """Remove the content of receipts that are there no more, a part of the storage at a time."""
    if is_set_up():
        sweep(session, storage(session), _spoken_of, now, every=EVERY)


def _spoken_of(session: Session, keys: Sequence[str]) -> set[str]:
    return set(session.scalars(select(ExpenseReceipt.sha256).where(ExpenseReceipt.sha256.in_(keys))))
