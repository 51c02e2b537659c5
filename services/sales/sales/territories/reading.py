"""The territories that are in force, as assignment sees them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.db.kept import kept
from sales.territories.model import Member, Territory
from sales.territories.rules import Area, in_force

Row = Mapping[str, Any]
Seat = tuple[str, UUID, int]  # role, rep, weight
TABLES = (Territory, Member)
_SHOWN = ("id", "name", "country", "postcode_prefix", "when", "priority", "position", "parent_id")


def areas_in_force(session: Session, instead: Mapping[UUID, Row] | None = None) -> list[Area]:
    """The territories in force today. `instead` holds other values (columns and `seats`) for some of them:
    the plan as it would be."""
    rows = kept(session, TABLES, read_territories)
    return in_force_today([{**row, **instead.get(row["id"], {})} for row in rows] if instead else rows)


def in_force_today(rows: Sequence[Row]) -> list[Area]:
    """Those of these territories (`read_territories`) that are in force today."""
    today = clock.now().date()
    parents = {row["id"]: row["parent_id"] for row in rows}
    return [
        _area(row, _depth(row["id"], parents))
        for row in rows
        if row["active"] and in_force(row["starts_on"], row["ends_on"], today)
    ]


def read_territories(session: Session) -> list[Row]:
    """The columns of every territory, and its `seats`."""
    seats = _seats(session)
    rows = session.execute(select(Territory.__table__))
    return [dict(row._mapping) | {"seats": seats[row.id]} for row in rows]


def _seats(session: Session) -> dict[UUID, list[Seat]]:
    found: dict[UUID, list[Seat]] = defaultdict(list)
    for member in session.execute(
        select(Member.territory_id, Member.role, Member.rep_id, Member.weight).order_by(Member.rep_id)
    ):
        found[member.territory_id].append((member.role, member.rep_id, member.weight))
    return found


def _area(row: Row, depth: int) -> Area:
    seats: Sequence[Seat] = row["seats"]
    return Area(
        **{name: row[name] for name in _SHOWN},
        depth=depth,
        members=tuple((rep_id, weight) for role, rep_id, weight in seats if role == "rep"),
        backups=tuple((rep_id, weight) for role, rep_id, weight in seats if role == "backup"),
        managers=tuple(rep_id for role, rep_id, _ in seats if role == "manager"),
    )


def _depth(id_: UUID, parents: Mapping[UUID, UUID | None]) -> int:
    depth, parent_id = 0, parents.get(id_)
    while parent_id is not None and depth < len(parents):
        depth, parent_id = depth + 1, parents.get(parent_id)
    return depth
