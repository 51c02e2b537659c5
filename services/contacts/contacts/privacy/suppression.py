"""Who was erased is not brought back by the import of an old list, nor by what was said of them before and comes late:
their contact points are kept as blind hashes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from contacts.points.model import ContactPoint
from contacts.privacy.model import SuppressedPoint
from contacts.privacy.settings import settings
from contacts.sensitive.keyring import keyring


def suppress(session: Session, points: Iterable[ContactPoint]) -> None:
    """Remember these contact points without keeping them. Not where an import may bring people back."""
    if not settings().suppress_erased:
        return
    digests = sorted({_digest(point.kind, point.value) for point in points})
    if digests:
        rows = [{"digest": digest, "since": clock.now()} for digest in digests]
        put = insert(SuppressedPoint).values(rows)
        last = {"since": put.excluded.since}
        session.execute(put.on_conflict_do_update(index_elements=["digest"], set_=last))


def suppressed(
    session: Session, points: Iterable[tuple[str, str]], after: datetime | None = None
) -> set[tuple[str, str]]:
    """Those of the points (kind and value in normal form) that were somebody's who was erased; `after`: since then."""
    if not settings().suppress_erased or session.scalar(select(SuppressedPoint.digest).limit(1)) is None:
        return set()
    by_digest = {_digest(kind, value): (kind, value) for kind, value in points}
    known = select(SuppressedPoint.digest).where(SuppressedPoint.digest.in_(by_digest))
    if after is not None:
        known = known.where(SuppressedPoint.since >= after)
    return {by_digest[bytes(digest)] for digest in session.scalars(known)}


def _digest(kind: str, value: str) -> bytes:
    return keyring().blind(f"point:{kind}", value)
