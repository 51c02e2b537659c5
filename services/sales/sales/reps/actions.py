"""Keep the copy of the gateway's users, and find those who take leads."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import Actor, actor
from chassis.db import Owned
from chassis.errors import Invalid
from chassis.events import Event
from chassis.zones import day_of, zone_or
from sales.locks import hold
from sales.reps.model import Rep
from sales.reps.rules import manages, takes_leads


class Taker(NamedTuple):
    """A rep, as far as who gets something needs to know."""

    id: UUID
    team_id: UUID | None
    time_zone: str | None


def take_user(session: Session, event: Event) -> None:
    """Copy the user that the event tells of, unless a newer event did."""
    data, user_id = event.data, event.uuid("user_id")
    hold(session, user_id)
    rep = session.get(Rep, user_id)
    if rep is None:
        rep = Rep(id=user_id)
        session.add(rep)
    elif rep.known_sequence >= event.sequence:
        return
    rep.name = event.personal.get("name") or ""
    rep.email = event.personal.get("email")
    rep.team_id = event.optional_uuid("team_id")
    rep.active = data.get("active", True) and event.type != "user.deactivated"
    rep.takes_leads = takes_leads(rep.active, data.get("roles") or ())
    rep.manages = manages(rep.active, data.get("roles") or ())
    rep.roles = sorted(data.get("roles") or ())
    rep.time_zone = data.get("time_zone")
    rep.known_sequence = event.sequence


def taking_leads(session: Session) -> dict[UUID, Taker]:
    """Every rep who takes leads now, by id."""
    rows = session.execute(select(Rep.id, Rep.team_id, Rep.time_zone).where(Rep.takes_leads))
    return {row.id: Taker(*row) for row in rows}


def manager_of(session: Session, team_id: UUID | None, but: UUID | None) -> UUID | None:
    """Who manages this team, other than `but`; None where nobody does."""
    managers = select(Rep.id).where(Rep.team_id == team_id, Rep.manages, Rep.id.is_distinct_from(but))
    return session.scalar(managers.order_by(Rep.id).limit(1))


def find_rep(session: Session, rep_id: UUID, field: str = "owner_id") -> Rep:
    """The active rep with this id; Invalid, naming `field`, where there is none."""
    rep = session.get(Rep, rep_id)
    if rep is None or not rep.active:
        raise Invalid(field, "unknown_rep", "There is no active user with this id.")
    return rep


def zone_of(time_zone: str | None) -> str:
    """The zone in which somebody's days begin who has this one, or none: then the platform's, else UTC."""
    return zone_or(time_zone, "UTC")


def my_zone(session: Session) -> str:
    """The zone in which the days of the actor begin."""
    return zone_of(session.scalar(select(Rep.time_zone).where(Rep.id == actor().id)))


def my_day(session: Session) -> date:
    """Which day it is for the actor."""
    return day_of(clock.now(), my_zone(session))


def check_team(session: Session, team_id: UUID, field: str) -> None:
    """Invalid, naming `field`, for a team that no active user is in: teams are known by their people."""
    if session.scalar(select(Rep.id).where(Rep.team_id == team_id, Rep.active).limit(1)) is None:
        raise Invalid(field, "unknown_team", "Nobody is in this team.")


def set_owner(record: Owned, owner: Rep | Taker | Actor) -> None:
    """Make `owner` the owner of a record, and the owner's team its team."""
    record.owner_id, record.team_id = owner.id, owner.team_id


def own_by_creator(record: Owned, who: Actor) -> None:
    """Make the user who acts the owner of a new record; an API client or the system owns nothing."""
    if who.kind == "user":
        set_owner(record, who)
    record.partner_id = who.partner_id
