"""The grants by which colleagues work with a customer that is somebody else's."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity, Grant, SharedBy
from contacts.base import Base


class Collaborator(Entity, Grant, Base):
    """A user or a team that works with a person or a company. `include_people`: with the people of the company, too."""

    __tablename__ = "collaborators"
    __table_args__ = tuple(
        Index(
            f"uq_collaborators_{record}_{grantee}", f"{record}_id", f"{grantee}_id", unique=True,
            postgresql_where=text(f"{record}_id IS NOT NULL AND {grantee}_id IS NOT NULL"),
        ) for record in ("person", "company") for grantee in ("user", "team")
    )  # fmt: skip
    __partner_visible__ = False

    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    include_people: Mapped[bool] = mapped_column(default=False)
    granted_by: Mapped[UUID | None]


COMPANY = (SharedBy("id", Collaborator.company_id),)
PERSON = (
    SharedBy("id", Collaborator.person_id),
    SharedBy("company_id", Collaborator.company_id, Collaborator.include_people),
)
# What was said with a customer: with the person, with the company itself, and with its people where they are included.
ABOUT = (
    SharedBy("person_id", Collaborator.person_id),
    SharedBy("company_id", Collaborator.company_id, Collaborator.include_people),
    SharedBy("company_id", Collaborator.company_id, only_without="person_id"),
)
