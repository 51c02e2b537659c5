"""`/api/v1/users`: administration of the people who log in.

What takes a password takes no Idempotency-Key: beside the kept answer lies a plain hash of the request, by which a
password could be guessed.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.access import load
from chassis.http import Answer, Api, Resource
from gateway.auth import sessions, throttle
from gateway.auth.rules import check_password
from gateway.roles.rules import ADMIN
from gateway.runtime import here
from gateway.users import actions
from gateway.users.model import User
from gateway.users.schema import NewPasswordIn, UserIn, UserOut, UserPatch

api = Api("users", scope="gateway")


api.add(
    Resource(
        User,
        path="users",
        read=UserOut,
        update=UserPatch,
        filters=("email", "active", "region", "team_id", "partner_id", "last_login_at", "created_at"),
        sorts=("created_at", "name", "email"),
        on_update=actions.change_user,
        scope=ADMIN,
    )
)


@api.post("/users", body=UserIn, returns=UserOut, status=201, read_only=True, scope=ADMIN)
def create(_session: Session, body: dict[str, Any]) -> Answer:
    """Create a user. A repeat is refused (409): the e-mail address is taken then."""
    password = body.pop("password", None)
    hashed = password_hash(password, body["email"], body["name"]) if password else None
    with here().database.transaction() as writing:
        user = actions.create_user(writing, body, hashed)
    return Answer(user, headers={"Location": f"/api/v1/users/{user.id}"})


def password_hash(password: str, email: str, name: str) -> str:
    """The hash of a password that keeps the rules."""
    check_password(password, shortest=here().settings.password_min, email=email, name=name)
    return here().passwords.hash(password)


@api.post("/users/<uuid:id>/deactivate", returns=UserOut, scope=ADMIN)
def deactivate(session: Session, id: UUID) -> User:
    """Let a user in no more; all sessions end. The last administrator stays (409)."""
    return actions.deactivate(session, load(session, User, id, lock=True))


@api.post("/users/<uuid:id>/activate", returns=UserOut, scope=ADMIN)
def activate(session: Session, id: UUID) -> User:
    """Let a user in again."""
    return actions.activate(session, load(session, User, id, lock=True))


@api.post("/users/<uuid:id>/password", body=NewPasswordIn, status=204, read_only=True, scope=ADMIN)
def set_password(session: Session, id: UUID, body: dict[str, Any]) -> None:
    """Set a user's password; all sessions end and a lock-out too."""
    user = load(session, User, id)
    hashed = password_hash(body["password"], user.email, user.name)
    with here().database.transaction() as writing:
        user = load(writing, User, id, lock=True)
        actions.refuse_inactive(user)
        actions.set_password(writing, user, hashed)


@api.post("/users/<uuid:id>/unlock", status=204, scope=ADMIN)
def unlock(session: Session, id: UUID) -> None:
    """End a lock-out after failed log-ins."""
    throttle.forgive(session, load(session, User, id).email)


@api.post("/users/<uuid:id>/logout", status=204, scope=ADMIN)
def log_out_everywhere(session: Session, id: UUID) -> None:
    """End every session of a user."""
    sessions.end_all(session, load(session, User, id).id, "ended by an administrator")
