"""Give leads to reps by territory and turn."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.errors import Invalid
from sales.managers import require_manager
from sales.reps.actions import taking_leads
from sales.reps.model import Rep
from sales.territories.model import Member, Territory, Turn
from sales.territories.rules import Area, Offer, check_area, next_in_turn, offer, plain

Place = tuple[str | None, str | None]


@dataclass(frozen=True)
class Given:
    """Whose turn it is, None where nobody takes leads, and why."""

    rep: Rep | None
    offer: Offer


def give(session: Session, places: Sequence[Place], *, dry_run: bool = False) -> list[Given]:
    """Whose turn it is for a lead from each of `places` (country, postcode), in order.

    The rounds stay locked until the transaction ends; a dry run locks nothing and takes no turn.
    """
    areas, reps = _areas(session, {country for country, _ in places}), taking_leads(session)
    offers = [offer(areas, reps, country, postcode) for country, postcode in places]
    last = _last_turns(session, {one.turn for one in offers if one.members}, lock=not dry_run)
    given = []
    for one in offers:
        rep_id = next_in_turn(one.members, last.get(one.turn)) if one.members else None
        if rep_id:
            last[one.turn] = rep_id
        given.append(Given(reps[rep_id] if rep_id else None, one))
    if not dry_run:
        _save_turns(session, last)
    return given


def create(session: Session, data: dict[str, Any]) -> Territory:
    """A new territory; the last in order where no position is named."""
    require_manager("territories")
    if data.get("position") is None:
        data["position"] = session.scalar(select(func.coalesce(func.max(Territory.position), 0) + 1))
    territory = Territory(**_own(session, data))
    check_area(territory.country, territory.postcode_prefix)
    session.add(territory)
    return territory


def change(session: Session, territory: Territory, changes: dict[str, Any]) -> Territory:
    """Change a territory; members are replaced as a whole."""
    require_manager("territories")
    for name, value in _own(session, changes).items():
        setattr(territory, name, value)
    check_area(territory.country, territory.postcode_prefix)
    territory.touch()
    return territory


def remove(session: Session, territory: Territory) -> None:
    """Delete a territory; the leads that it gave away stay where they are."""
    require_manager("territories")
    session.delete(territory)


def _own(session: Session, data: dict[str, Any]) -> dict[str, Any]:
    values = {name: value for name, value in data.items() if name != "member_ids"}
    if values.get("postcode_prefix") is not None:
        values["postcode_prefix"] = plain(values["postcode_prefix"]) or None
    if "member_ids" in data:
        values["members"] = [Member(rep_id=rep_id) for rep_id in _known(session, data["member_ids"])]
    return values


def _known(session: Session, rep_ids: list[UUID]) -> list[UUID]:
    known = set(session.scalars(select(Rep.id).where(Rep.id.in_(rep_ids))))
    for index, rep_id in enumerate(rep_ids):
        if rep_id not in known:
            raise Invalid(f"member_ids.{index}", "unknown_rep", "There is no user with this id.")
    return sorted(known)


def _areas(session: Session, countries: Collection[str | None]) -> list[Area]:
    members = func.array_remove(func.array_agg(Member.rep_id), None)
    rows = session.execute(
        select(Territory.id, Territory.name, Territory.country, Territory.postcode_prefix, members)
        .outerjoin(Member)
        .where(Territory.active, or_(Territory.country.is_(None), Territory.country.in_(countries)))
        .group_by(Territory.id)
        .order_by(Territory.position, Territory.id)
    )
    return [Area(id_, name, country, prefix, tuple(ids)) for id_, name, country, prefix, ids in rows]


def _last_turns(session: Session, rounds: Collection[str], *, lock: bool) -> dict[str, UUID | None]:
    """Who had the last turn in each of `rounds`, locked in one order by all so that nobody waits in a
    circle."""
    if not rounds:
        return {}
    found = select(Turn.round, Turn.last_rep_id).where(Turn.round.in_(rounds)).order_by(Turn.round)
    if not lock:
        return {row.round: row.last_rep_id for row in session.execute(found)}
    last = {row.round: row.last_rep_id for row in session.execute(found.with_for_update())}
    if len(last) < len(rounds):
        new = [{"round": name} for name in sorted(set(rounds) - last.keys())]
        session.execute(insert(Turn).values(new).on_conflict_do_nothing())
        last = {row.round: row.last_rep_id for row in session.execute(found.with_for_update())}
    return last


def _save_turns(session: Session, last: dict[str, UUID | None]) -> None:
    for name, rep_id in last.items():
        session.execute(update(Turn).where(Turn.round == name).values(last_rep_id=rep_id))
