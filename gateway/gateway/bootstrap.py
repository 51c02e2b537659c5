"""What a new installation needs before anybody can log in; running it again adds only what is missing."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.access import SYSTEM, acting_as
from chassis.db import Database
from chassis.errors import Invalid
from chassis.settings import service_settings
from gateway.auth.passwords import Passwords
from gateway.auth.rules import check_password
from gateway.base import SERVICE
from gateway.partners.actions import create_partner
from gateway.partners.model import Partner
from gateway.roles.administrators import count_administrators
from gateway.roles.built_in import ensure_built_in_roles
from gateway.teams.model import Team
from gateway.users.actions import create_user
from gateway.users.model import User

log = logging.getLogger("gateway.bootstrap")
_LOCK = 7_180_003
DOMAIN = "quintet.example"
Made = dict[str, Any]


class Demo(NamedTuple):
    """A demo user: `<account>@quintet.example`."""

    account: str
    name: str
    role: str
    team: str | None = None
    region: str | None = None
    partner: str | None = None


DEMO = (
    Demo("rep", "Lin Yue", "sales_rep", "East", "CN-East"),
    Demo("rep2", "Max Weber", "sales_rep", "West", "EU"),
    Demo("manager", "Chen Hao", "sales_manager", "East", "CN-East"),
    Demo("agent", "Aisha Khan", "agent", "Desk"),
    Demo("desk", "Tom Brown", "desk_manager", "Desk"),
    Demo("marketer", "Sofia Rossi", "marketer", "Marketing"),
    Demo("analyst", "Wang Min", "analyst"),
    Demo("partner", "Jonas Lind", "partner", region="EU", partner="Nordlicht Partners"),
)


def bootstrap(*, demo: bool, demo_password: str | None = None, database: Database | None = None) -> Iterator[Made]:
    """Built-in roles, the first administrator, and demo users if wanted; says who they are.

    The administrator is the one of QUINTET_ADMIN_EMAIL and QUINTET_ADMIN_PASSWORD, made only where nobody can
    administer yet. A password that is not given is made up and told, once.
    """
    database = database or Database(SERVICE, service_settings(SERVICE).database_url)
    with database.transaction() as session, acting_as(SYSTEM):
        session.execute(select(func.pg_advisory_xact_lock(_LOCK)))  # two at once take turns
        ensure_built_in_roles(session)
        passwords = Passwords()
        made = [administrator(session, passwords)]
        if demo:
            made += demo_users(session, passwords, demo_password)
    yield from made


def administrator(session: Session, passwords: Passwords) -> Made:
    """The first administrator, where there is none."""
    email = os.environ.get("QUINTET_ADMIN_EMAIL", f"admin@{DOMAIN}").strip().lower()
    if count_administrators(session):
        return {"email": email, "role": "admin", "created": False}
    given = os.environ.get("QUINTET_ADMIN_PASSWORD")
    password = given or secrets.token_urlsafe(12)
    warn_if_weak(password, email)
    data = {"email": email, "name": "Administrator", "roles": ["admin"]}
    create_user(session, data, passwords.hash(password))
    told = {} if given else {"password": password}
    return {"email": email, "role": "admin", "created": True} | told


def demo_users(session: Session, passwords: Passwords, password: str | None) -> list[Made]:
    """One user for each role, with teams, regions and a partner company."""
    there = set(session.scalars(select(User.email).where(User.email.like(f"%@{DOMAIN}"))))
    missing = [one for one in DEMO if f"{one.account}@{DOMAIN}" not in there]
    password = password or secrets.token_urlsafe(12)
    password_hash = passwords.hash(password) if missing else None
    teams = {name: team(session, name) for name in dict.fromkeys(one.team for one in missing) if name}
    partners = {name: partner(session, name) for name in dict.fromkeys(one.partner for one in missing) if name}
    for one in missing:
        data = {
            "email": f"{one.account}@{DOMAIN}",
            "name": one.name,
            "roles": [one.role],
            "region": one.region,
            "team_id": teams[one.team].id if one.team else None,
            "partner_id": partners[one.partner].id if one.partner else None,
        }
        create_user(session, data, password_hash)
    return [told(one, one in missing, password) for one in DEMO]


def told(one: Demo, created: bool, password: str) -> Made:
    """What is said of a demo user; its password only when it is new."""
    said = {"email": f"{one.account}@{DOMAIN}", "name": one.name, "role": one.role, "created": created}
    return said | ({"password": password} if created else {})


def team(session: Session, name: str) -> Team:
    """The team of this name."""
    found = session.scalars(select(Team).where(Team.name == name)).one_or_none() or Team(name=name)
    session.add(found)
    session.flush()
    return found


def partner(session: Session, name: str) -> Partner:
    """The partner company of this name."""
    found = session.scalars(select(Partner).where(Partner.name == name)).one_or_none()
    return found or create_partner(session, {"name": name})


def warn_if_weak(password: str, email: str) -> None:
    """The operator decides; a weak password is not refused here, for nobody could log in then."""
    try:
        check_password(password, shortest=10, email=email)
    except Invalid as refusal:
        log.warning("the first administrator's password is weak: %s", refusal.errors[0].message)
