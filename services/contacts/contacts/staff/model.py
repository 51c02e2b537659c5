"""The users of the platform, as far as contacts needs to know them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import BigInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from contacts.base import Base


class StaffMember(Base):
    """A user known from `user.*`: the name for warnings, the e-mail for mails and calendars, the team for ownership,
    the time zone in which their days are (None: the platform's), the locale (BCP 47) in which they read what is
    written for them (None: as the platform has it), whether records may stay with them. Of one who left:
    `handed_over` to the deputy was begun, or there is nothing left that is theirs (`released`)."""

    __tablename__ = "staff"

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str | None] = mapped_column(index=True)
    team_id: Mapped[UUID | None]
    partner_id: Mapped[UUID | None]
    time_zone: Mapped[str | None]
    locale: Mapped[str | None]
    active: Mapped[bool]
    released: Mapped[bool] = mapped_column(default=False)
    handed_over: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    sequence: Mapped[int] = mapped_column(BigInteger)
