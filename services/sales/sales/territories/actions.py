"""Keep the tree of territories."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.errors import Conflict, Invalid
from sales.locks import hold
from sales.managers import require_manager
from sales.matching.rules import check_tree, plain
from sales.reps.model import Rep
from sales.territories.model import Member, Territory
from sales.territories.rules import Place, check_countries, check_dates, check_members, check_parent


def create(session: Session, data: dict[str, Any]) -> Territory:
    """A new territory; the last in order where no position is named."""
    require_manager("territories")
    if data.get("position") is None:
        data["position"] = session.scalar(select(func.coalesce(func.max(Territory.position), 0) + 1))
    territory = Territory(**own_values(session, data))
    _check(session, territory, moved=territory.parent_id is not None)
    session.add(territory)
    _check_places(session)
    return territory


def change(session: Session, territory: Territory, changes: dict[str, Any]) -> Territory:
    """Change a territory; members are replaced as a whole."""
    require_manager("territories")
    apply(session, territory, own_values(session, changes))
    _check_places(session)
    return territory


def apply(session: Session, territory: Territory, values: dict[str, Any]) -> Territory:
    """Give a locked territory these values, as `own_values` made them."""
    for name, value in values.items():
        setattr(territory, name, value)
    _check(session, territory, moved="parent_id" in values)
    territory.touch()
    return territory


def remove(session: Session, territory: Territory) -> None:
    """Delete a territory; the leads that it gave away stay where they are. Conflict while others stand below it."""
    require_manager("territories")
    if session.scalar(select(Territory.id).where(Territory.parent_id == territory.id).limit(1)):
        raise Conflict("has_children", "Territories stand below this one; move or delete them first.")
    session.delete(territory)


def own_values(session: Session, data: dict[str, Any]) -> dict[str, Any]:
    """What a request says of a territory, as its columns and members. Invalid names who is not known."""
    values = {name: value for name, value in data.items() if name not in ("member_ids", "members")}
    if values.get("postcode_prefix") is not None:
        values["postcode_prefix"] = plain(values["postcode_prefix"]) or None
    if values.get("when"):
        check_tree(values["when"], places=True)
    elif "when" in values:
        values["when"] = None
    if "members" in data:
        check_members(data["members"])
        known_reps(session, [member["rep_id"] for member in data["members"]], "members.{}.rep_id")
        values["members"] = [Member(**member) for member in sorted(data["members"], key=lambda one: one["rep_id"])]
    elif "member_ids" in data:
        known = known_reps(session, data["member_ids"], "member_ids.{}")
        values["members"] = [Member(rep_id=rep_id, role="rep", weight=1) for rep_id in known]
    return values


def known_reps(session: Session, rep_ids: list[UUID], path: str) -> list[UUID]:
    """These users, each once, by their ids; Invalid, naming the spot (`path` with its place), for who is none."""
    known = set(session.scalars(select(Rep.id).where(Rep.id.in_(rep_ids))))
    for index, rep_id in enumerate(rep_ids):
        if rep_id not in known:
            raise Invalid(path.format(index), "unknown_rep", "There is no user with this id.")
    return sorted(known)


def _check(session: Session, territory: Territory, *, moved: bool) -> None:
    check_dates(territory.starts_on, territory.ends_on)
    if moved:
        hold(session, "territory tree")  # two moves at once could each be right and together make a circle
        with session.no_autoflush:
            tree = {row.id: row.parent_id for row in session.execute(select(Territory.id, Territory.parent_id))}
        check_parent(territory.id, territory.parent_id, tree)


def _check_places(session: Session) -> None:
    hold(session, "territory tree")  # one may lose its country while another below it comes to rely on it
    session.flush()
    columns = select(Territory.id, Territory.parent_id, Territory.country, Territory.postcode_prefix)
    check_countries(
        {row.id: Place(row.parent_id, row.country, row.postcode_prefix) for row in session.execute(columns)}
    )
