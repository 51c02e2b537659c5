"""There is always somebody who can administer."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.errors import Conflict
from gateway.roles.model import Role, user_roles
from gateway.roles.rules import ADMIN
from gateway.users.model import User

_LOCK = 7_180_001


def keep_an_administrator(session: Session) -> None:
    """Refuse (409) the change at hand if it leaves no active user with the scope gateway:admin.

    Changes that could do so take turns until they are committed: two administrators who remove each other at once
    would both see the other still there.
    """
    session.flush()
    session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    if count_administrators(session) == 0:
        raise Conflict("last_administrator", "This would leave nobody who can administer the platform.")


def count_administrators(session: Session) -> int:
    """How many active users may administer."""
    holders = (
        select(func.count(User.id.distinct()))
        .join(user_roles, user_roles.c.user_id == User.id)
        .join(Role, Role.id == user_roles.c.role_id)
        .where(User.active, Role.scopes.contains([ADMIN]))
    )
    return session.scalar(holders) or 0
