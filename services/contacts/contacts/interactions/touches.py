"""Which colleagues were in touch with the same customer just before."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import func, select, union
from sqlalchemy.orm import Session

from contacts.interactions.model import Interaction, Participant
from contacts.interactions.rules import CLOCK_SKEW, TOUCHING, Touch
from contacts.settings import settings
from contacts.staff import actions as staff

_MAX_WARNINGS = 5


def take_turn(session: Session, company_id: UUID | None) -> None:
    """Until the transaction ends nobody else logs a contact with this company: of two colleagues at once, the later
    sees the earlier. Not by a lock on its row, which would hold up everybody who adds a person to it."""
    if company_id is not None:
        key = func.hashtextextended(f"contacts.touch:{company_id}", 0)
        session.execute(select(func.pg_advisory_xact_lock(key)))


def recent(session: Session, interaction: Interaction) -> list[Touch]:
    """The latest contact of each colleague with one of the same people or anybody of the same company, within the
    window before this one (or just after: whoever logs at the same time waits for its turn with an earlier time)."""
    people, company_id = interaction.person_ids, interaction.company_id
    if interaction.channel not in TOUCHING or not (people or company_id):
        return []
    since = interaction.at - settings().colleague_window
    latest = session.execute(
        select(Interaction.id, Interaction.author_id, Interaction.channel, Interaction.at, Interaction.person_id)
        .where(Interaction.id.in_(_with(people, company_id, since)), Interaction.at <= interaction.at + CLOCK_SKEW)
        .where(Interaction.author_id.is_not(None), Interaction.author_id != interaction.author_id)
        .where(Interaction.channel.in_(TOUCHING))
        .order_by(Interaction.at.desc(), Interaction.id.desc())
        .limit(50)
    ).all()
    first: dict[UUID, Any] = {}
    for row in latest:
        first.setdefault(row.author_id, row)
    rows = list(first.values())[:_MAX_WARNINGS]
    known = staff.names(session, (row.author_id for row in rows))
    return [
        Touch(row.id, row.author_id, known.get(row.author_id), row.channel, row.at, row.person_id in people)
        for row in rows
    ]


def _with(people: list[UUID], company_id: UUID | None, since: Any) -> Any:
    """One SELECT for each index; OR would use none."""
    parts = [
        select(Interaction.id).where(Interaction.person_id.in_(people), Interaction.at >= since),
        select(Interaction.id)
        .join(Participant, Participant.interaction_id == Interaction.id)
        .where(Participant.person_id.in_(people), Interaction.at >= since),
    ]
    if company_id is not None:
        parts.append(select(Interaction.id).where(Interaction.company_id == company_id, Interaction.at >= since))
    return union(*parts)
