"""The scheme that grades follow: read, changed, and cut into fifths anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor
from chassis.errors import Stale
from chassis.jobs import start_job
from contacts.grades import rules
from contacts.grades.model import GradingScheme

REGRADE = "contacts.regrade"
_RECUT_AFTER = timedelta(days=1)
_CUTS = text(
    "WITH bought AS (SELECT extract(epoch FROM max(placed_at)) AS recency, count(*) AS frequency,"
    " sum(worth) AS monetary FROM purchases WHERE NOT cancelled GROUP BY person_id)"
    " SELECT percentile_disc(ARRAY[0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY recency) AS recency,"
    " percentile_disc(ARRAY[0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY frequency) AS frequency,"
    " percentile_disc(ARRAY[0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY monetary) AS monetary FROM bought"
)


def current_row(session: Session) -> GradingScheme:
    """The scheme that holds, as it is stored."""
    return session.scalars(select(GradingScheme).order_by(GradingScheme.number.desc()).limit(1)).one()


def current(session: Session) -> rules.Scheme:
    """The scheme that holds."""
    row = current_row(session)
    return rules.Scheme(
        thresholds=_decimals(row.thresholds),
        a=row.a,
        cuts=_decimals(row.cuts) if row.method == "quintiles" and row.cuts else None,
        former_days=row.former_days,
    )


def history(session: Session) -> Sequence[GradingScheme]:
    """All schemes, the one that holds first."""
    return session.scalars(select(GradingScheme).order_by(GradingScheme.number.desc())).all()


def change(session: Session, expected: int, data: Mapping[str, Any]) -> GradingScheme:
    """A new scheme, by which everybody is graded anew. Stale where another one than `expected` holds by now."""
    before = current_row(session)
    if before.number != expected:
        raise Stale(before.number)
    rules.check_scheme(data["method"], data["thresholds"], data["a"])
    thresholds = {name: [str(limit) for limit in limits] for name, limits in data["thresholds"].items()}
    made = GradingScheme(
        **{**data, "thresholds": thresholds}, number=before.number + 1, made_by=actor().id, made_at=clock.now()
    )
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        raise Stale(before.number + 1) from None
    if made.method == "quintiles":
        _cut(session, made)
    start_job(session, REGRADE)
    return made


def recut(session: Session, now: datetime) -> bool:
    """Once a day, where fifths hold: find the cuts between them anew, and grade everybody by them. Whether it was."""
    row = session.scalars(
        select(GradingScheme).order_by(GradingScheme.number.desc()).limit(1).with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None or row.method != "quintiles" or (row.cut_at and now - row.cut_at < _RECUT_AFTER):
        return False
    before = row.cuts
    _cut(session, row)
    if row.cuts != before:
        start_job(session, REGRADE)
    return row.cuts != before


def _cut(session: Session, row: GradingScheme) -> None:
    found = session.execute(_CUTS).one()
    known = all(getattr(found, name) for name in rules.DIMENSIONS)
    row.cuts = {name: [str(v) for v in getattr(found, name)] for name in rules.DIMENSIONS} if known else None
    row.cut_at = clock.now()


def _decimals(values: Mapping[str, Sequence[Any]]) -> dict[str, list[Decimal]]:
    return {name: [Decimal(str(value)) for value in values[name]] for name in rules.DIMENSIONS}
