"""Who works here, from the gateway's events; and whose a new record is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.access import actor
from chassis.db.bulk import one_of
from chassis.events import Event
from chassis.zones import zone_or
from contacts.recurrence.rules import DEFAULT_ZONE
from contacts.staff.model import StaffMember
from contacts.staff.rules import Ownership, check_assignable


def keep(session: Session, event: Event) -> None:
    """Take over what `user.created`, `user.updated` and `user.deactivated` say; an older one changes nothing."""
    team, partner = event.data.get("team_id"), event.data.get("partner_id")
    values = {
        "name": event.personal.get("name") or "",
        "email": (event.personal.get("email") or "").lower() or None,
        "team_id": UUID(team) if team else None,
        "partner_id": UUID(partner) if partner else None,
        "time_zone": event.data.get("time_zone"),
        "locale": event.data.get("locale"),
        "active": bool(event.data["active"]) and event.type != "user.deactivated",
        "released": False,
        "handed_over": False,
        "sequence": event.sequence,
    }
    new = insert(StaffMember).values(user_id=UUID(event.data["user_id"]), **values)
    session.execute(
        new.on_conflict_do_update(
            index_elements=["user_id"], set_=values, where=StaffMember.sequence < new.excluded.sequence
        )
    )


def names(session: Session, user_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The names of users, as far as they are known."""
    wanted = set(user_ids)
    if not wanted:
        return {}
    found = session.execute(select(StaffMember.user_id, StaffMember.name).where(StaffMember.user_id.in_(wanted)))
    return dict(found.all())


def zone_of(session: Session, user_id: UUID | None) -> str:
    """The time zone in which a user's days are: the own one, else the platform's, else that of China."""
    mine = select(StaffMember.time_zone).where(StaffMember.user_id == user_id)
    return zone_or(session.scalar(mine) if user_id else None, DEFAULT_ZONE)


def locale_of(session: Session, user_id: UUID | None) -> str | None:
    """The locale (BCP 47) in which a user reads; None where they named none."""
    mine = select(StaffMember.locale).where(StaffMember.user_id == user_id)
    return session.scalar(mine) if user_id else None


def by_email(session: Session, address: str) -> UUID | None:
    """The user with this address, who may have left since; of several the one who works here."""
    mine = select(StaffMember.user_id).where(StaffMember.email == address.lower())
    return session.scalar(mine.order_by(StaffMember.active.desc(), StaffMember.user_id).limit(1))


def ownership(session: Session, data: dict[str, Any], *, stays_in_sight: bool = False) -> Ownership:
    """Takes `owner_id`, `team_id`, `partner_id` out of `data` and says whose the new record is: by default the
    actor's, their team's and their partner company's. Invalid where the actor may not give it to that owner, which
    whoever sees it afterwards (`stays_in_sight`) may."""
    who = actor()
    default_owner = who.id if who.kind == "user" or who.reach == "own" else None
    owner_id: UUID | None = data.pop("owner_id", default_owner)
    if not stays_in_sight:
        check_assignable(who.reach, who.id, owner_id)
    team_id = data.pop("team_id", None) or team_of(session, owner_id)
    partner_id = data.pop("partner_id", None)
    return Ownership(owner_id, team_id, who.partner_id if who.reach == "partner" else partner_id or who.partner_id)


def team_of(session: Session, owner_id: UUID | None) -> UUID | None:
    """The team of a record's owner; the actor's own team for what is theirs or nobody's."""
    who = actor()
    if owner_id is None or owner_id == who.id:
        return who.team_id
    return session.scalar(select(StaffMember.team_id).where(StaffMember.user_id == owner_id))


def teams_of(session: Session, owner_ids: Iterable[UUID]) -> dict[UUID, UUID | None]:
    """The teams of many owners, as far as those are known. For handlers: nobody's is the actor's."""
    found = select(StaffMember.user_id, StaffMember.team_id).where(one_of(StaffMember.user_id, owner_ids))
    return dict(session.execute(found).all())


def places_of(session: Session, owner_ids: Iterable[UUID]) -> dict[UUID, tuple[UUID | None, str | None]]:
    """The team and the locale of many owners, as far as those are known."""
    row = StaffMember
    found = session.execute(select(row.user_id, row.team_id, row.locale).where(one_of(row.user_id, owner_ids)))
    return {user_id: (team_id, locale) for user_id, team_id, locale in found}


def active(session: Session, user_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the users who work here."""
    statement = select(StaffMember.user_id).where(StaffMember.user_id.in_(list(user_ids)), StaffMember.active)
    return set(session.scalars(statement))
