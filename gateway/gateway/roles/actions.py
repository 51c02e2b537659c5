"""Use cases around custom roles."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.errors import Conflict
from gateway.auth.revocations import revoke
from gateway.roles.administrators import keep_an_administrator
from gateway.roles.model import Role, user_roles
from gateway.roles.rules import check_reach, check_scopes


def create_role(session: Session, data: dict[str, Any]) -> Role:
    """A custom role."""
    role = Role(**data | {"scopes": check_scopes(data["scopes"]), "reach": check_reach(data["reach"])})
    session.add(role)
    return role


def change_role(session: Session, role: Role, changes: dict[str, Any]) -> Role:
    """Change a custom role; tokens of its holders count no more, their next refresh gets right ones."""
    refuse_built_in(role)
    if "scopes" in changes:
        changes["scopes"] = check_scopes(changes["scopes"])
    if "reach" in changes:
        changes["reach"] = check_reach(changes["reach"])
    for name, value in changes.items():
        setattr(role, name, value)
    keep_an_administrator(session)
    revoke(session, session.scalars(select(user_roles.c.user_id).where(user_roles.c.role_id == role.id)))
    return role


def delete_role(session: Session, role: Role) -> None:
    """Remove a custom role that nobody holds."""
    refuse_built_in(role)
    session.delete(role)


def refuse_built_in(role: Role) -> None:
    """Built-in roles mean the same in every installation."""
    if role.built_in:
        raise Conflict("built_in", "Built-in roles cannot be changed; make a custom one.")
