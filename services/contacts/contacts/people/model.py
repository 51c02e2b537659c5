"""People."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from chassis.custom import Custom
from chassis.db import Entity, Owned, Searchable
from chassis.db.references import reference
from contacts.base import ALIASES, REFERENCES, Base
from contacts.collaborators.model import PERSON
from contacts.points.model import ContactPoint
from contacts.searching.model import PersonGrams

_BY_GRADE, _BY_STAGE, _BY_OWNER = ((column, "created_at", "id") for column in ("grade", "lifecycle", "owner_id"))


class Person(Entity, Owned, Searchable, Custom, Base):
    """Somebody the enterprise deals with, in a company or on their own.

    `source` is the channel that brought the record (`web_form`, `api`, `import`, ...), `campaign_id` and `utm` what led
    there, `entered_by` the user who typed it. `roles` are what they are to the enterprise (`people.rules.ROLES`),
    several at once. The place is their primary address, `address_kind` what it is for; further ones are in `addresses`.
    `grade` (A, B, C) is internal: it never leaves towards partners. `restricted`: they had the
    use of their data restricted (`contacts.privacy`).
    """

    __tablename__ = "people"
    __search__ = ("name", "company_name", "points")
    __grams__ = PersonGrams
    __shares__ = PERSON
    __references__ = REFERENCES
    __aliases__ = ALIASES
    __table_args__ = (
        Index("ix_people_updated_at_id", "updated_at", "id"),
        Index("ix_people_name_id", "name", "id"),
        # The usual narrowings with the usual order: a page costs the same however many rows there are.
        Index("ix_people_grade_created_at_id", *_BY_GRADE, postgresql_where=text("grade IS NOT NULL")),
        Index("ix_people_lifecycle_created_at_id", *_BY_STAGE, postgresql_where=text("lifecycle <> 'contact'")),
        Index("ix_people_owner_id_created_at_id", *_BY_OWNER, postgresql_where=text("owner_id IS NOT NULL")),
        *(
            Index(f"ix_people_{column}", column, postgresql_where=text(f"{column} IS NOT NULL"))
            for column in ("team_id", "partner_id")
        ),
        Index("ix_people_roles", "roles", postgresql_using="gin", postgresql_where=text("roles <> '{}'")),
        Index("ix_people_tags", "tags", postgresql_using="gin", postgresql_where=text("tags <> '{}'")),
    )

    # Of most people of a large base nobody is the owner yet: their indexes (above) are of those who have one.
    owner_id: Mapped[UUID | None] = mapped_column(sort_order=80)
    team_id: Mapped[UUID | None] = mapped_column(sort_order=81)
    partner_id: Mapped[UUID | None] = mapped_column(sort_order=82)
    name: Mapped[str]
    job_title: Mapped[str | None]
    department: Mapped[str | None]
    company_id: Mapped[UUID | None] = mapped_column(reference("companies.id", ondelete="SET NULL"), index=True)
    company_name: Mapped[str | None]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    role = synonym("roles")  # one of them, as a filter
    lifecycle: Mapped[str] = mapped_column(default="contact", server_default="contact")
    grade: Mapped[str | None]
    rfm: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    reference: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    restricted: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    tag = synonym("tags")  # one of them, as a filter
    country: Mapped[str | None]
    region: Mapped[str | None]
    city: Mapped[str | None]
    postcode: Mapped[str | None]
    address: Mapped[str | None]
    address_kind: Mapped[str | None]
    note: Mapped[str | None]
    source: Mapped[str]
    campaign_id: Mapped[UUID | None]
    utm: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    entered_by: Mapped[UUID | None]
    # Written and read by processes of the release before, from which a trigger takes it over; goes with the next one.
    search_grams: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}", deferred=True, sort_order=96)

    points: Mapped[list[ContactPoint]] = relationship(
        order_by=(ContactPoint.kind, ContactPoint.position),
        lazy="selectin",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )

    @property
    def emails(self) -> list[ContactPoint]:
        """Its e-mail addresses, the primary one first."""
        return self._of("email")

    @property
    def phones(self) -> list[ContactPoint]:
        """Its phone numbers, the primary one first."""
        return self._of("phone")

    @property
    def handles(self) -> list[ContactPoint]:
        """Its accounts of social networks."""
        return self._of("handle")

    @property
    def memberships(self) -> list[ContactPoint]:
        """Its membership, card and external numbers."""
        return self._of("membership")

    @property
    def email(self) -> str | None:
        """The primary e-mail address."""
        return next((point.value for point in self.emails), None)

    @property
    def phone(self) -> str | None:
        """The primary phone number, E.164."""
        return next((point.value for point in self.phones), None)

    def _of(self, kind: str) -> list[ContactPoint]:
        return sorted((point for point in self.points if point.kind == kind), key=lambda point: point.position)

    def search_terms(self) -> Iterable[str | None]:
        """Found by name, company, and every e-mail and phone, as typed and in normal form."""
        return self.name, self.company_name, *(point.value for point in self.points)
