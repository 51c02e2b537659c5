from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.db import Entity, Searchable
from gateway.base import Base
from gateway.partners.model import Partner
from gateway.roles.model import Role, user_roles
from gateway.teams.model import Team


class User(Entity, Searchable, Base):
    """Somebody who logs in. Without a password hash there is no logging in, whatever is sent.

    `email` is kept in lower case. `time_zone` (IANA) is where a day begins for the user, `locale` (BCP 47) how the user
    reads and writes; None: as the platform has it.
    """

    __tablename__ = "users"
    __search__ = ("name", "email")

    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str | None]
    password_changed_at: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(default=True, index=True)
    region: Mapped[str | None]
    time_zone: Mapped[str | None]
    locale: Mapped[str | None]
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey(Team.id), index=True)
    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey(Partner.id), index=True)
    last_login_at: Mapped[datetime | None]

    held: Mapped[list[Role]] = relationship(secondary=user_roles, lazy="selectin", order_by=Role.key)

    @property
    def roles(self) -> list[str]:
        """The keys of the roles that the user holds, sorted."""
        return sorted(role.key for role in self.held)
