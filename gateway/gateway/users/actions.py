"""Use cases around users; each tells the others with an event."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.errors import Conflict, FieldError, Invalid
from chassis.events import emit
from gateway.auth import sessions, throttle
from gateway.auth.revocations import revoke
from gateway.roles.administrators import keep_an_administrator
from gateway.roles.model import Role
from gateway.users.model import User


def create_user(session: Session, data: dict[str, Any], password_hash: str | None = None) -> User:
    """A new, active user. The password has been checked and hashed by the caller."""
    roles = roles_named(session, data.pop("roles", []))
    user = User(**data, password_hash=password_hash, active=True, held=roles)
    user.password_changed_at = clock.now() if password_hash else None
    check_partner(user)
    session.add(user)
    tell(session, "user.created", user)
    return user


def change_user(session: Session, user: User, changes: dict[str, Any]) -> User:
    """Change what is given. Tokens that say otherwise count no more; the user's next refresh gets a right one."""
    if "roles" in changes:
        user.held = roles_named(session, changes.pop("roles"))
        user.touch()
    for name, value in changes.items():
        setattr(user, name, value)
    check_partner(user)
    keep_an_administrator(session)
    revoke(session, [user.id])
    tell(session, "user.updated", user)
    return user


def prefer(session: Session, user: User, preferences: dict[str, Any]) -> User:
    """What users say of themselves. Tokens go on counting, for none of it stands in them."""
    for name, value in preferences.items():
        setattr(user, name, value)
    if session.is_modified(user):
        tell(session, "user.updated", user)
    return user


def deactivate(session: Session, user: User) -> User:
    """No more log-ins; every session ends. Repeating it changes nothing."""
    if not user.active:
        return user
    user.active = False
    keep_an_administrator(session)
    sessions.end_all(session, user.id, "the user was deactivated")
    revoke(session, [user.id])
    tell(session, "user.deactivated", user)
    return user


def activate(session: Session, user: User) -> User:
    """The user may log in again. Repeating it changes nothing."""
    if not user.active:
        user.active = True
        tell(session, "user.updated", user)
    return user


def set_password(session: Session, user: User, password_hash: str) -> None:
    """An administrator sets a password; every session of the user ends, and a lock-out too."""
    user.password_hash, user.password_changed_at = password_hash, clock.now()
    sessions.end_all(session, user.id, "an administrator set the password")
    throttle.forgive(session, user.email)


def roles_named(session: Session, keys: list[str]) -> list[Role]:
    """The roles with these keys. Invalid names each that does not exist."""
    found = {role.key: role for role in session.scalars(select(Role).where(Role.key.in_(keys)))}
    unknown = [(place, key) for place, key in enumerate(keys) if key not in found]
    if unknown:
        raise Invalid.many([FieldError(f"roles.{n}", "unknown_role", f"There is no role {k}.") for n, k in unknown])
    return [found[key] for key in sorted(set(keys))]


def check_partner(user: User) -> None:
    """A partner's reach is that of a partner company, so its user must belong to one."""
    if user.partner_id is None and any("partner" in role.reach.values() for role in user.held):
        raise Invalid("partner_id", "required", "A user with a partner's role belongs to a partner company.")


def refuse_inactive(user: User) -> None:
    """Some things make no sense for who cannot log in."""
    if not user.active:
        raise Conflict("not_active", "The user is not active.")


def tell(session: Session, event: str, user: User) -> None:
    """Say how the user stands after the change."""
    session.flush()
    data = {
        "user_id": str(user.id),
        "roles": user.roles,
        "team_id": str(user.team_id) if user.team_id else None,
        "partner_id": str(user.partner_id) if user.partner_id else None,
        "active": user.active,
        "region": user.region,
        "time_zone": user.time_zone,
        "locale": user.locale,
    }
    emit(session, event, user, data, personal={"name": user.name, "email": user.email})
