"""Use cases about interactions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor, load
from chassis.errors import Invalid, NotFound
from chassis.events import emit
from contacts.companies.model import Company
from contacts.interactions.model import Interaction
from contacts.interactions.rules import TOUCHING, Touch, check_about, check_time, warning
from contacts.people.model import Person
from contacts.settings import settings
from contacts.staff import actions as staff
from contacts.timeline import actions as timeline

_MAX_WARNINGS = 5


def log(session: Session, data: dict[str, Any]) -> Interaction:
    """Record a contact with a customer that the actor had. The answer's `warnings` name the colleagues who were in
    touch with the same customer within the last hours (`CONTACTS_COLLEAGUE_HOURS`)."""
    data = {"at": clock.now(), **data}
    check_time(data["at"], clock.now())
    check_about(*(data.get(name) for name in ("person_id", "company_id", "lead_id", "deal_id", "ticket_id")))
    person, company = _customer(session, data)
    interaction = Interaction(**{"source": "api", "author_id": actor().id, **data})
    if person is not None:
        interaction.company_id = interaction.company_id or person.company_id
    _belong(interaction, person, company)
    warnings = [warning(touch) for touch in _recent_touches(session, interaction)]
    session.add(interaction)
    session.flush()
    interaction.warnings = warnings  # type: ignore[attr-defined]
    tell(session, interaction)
    return interaction


def change(session: Session, interaction: Interaction, changes: dict[str, Any]) -> Interaction:
    """Correct what was recorded."""
    if "at" in changes:
        check_time(changes["at"], clock.now())
    for name, value in changes.items():
        setattr(interaction, name, value)
    session.flush()
    timeline.retitle(session, interaction.id, "interaction.logged", _title(interaction), interaction.at)
    return interaction


def tell(session: Session, interaction: Interaction) -> None:
    """Emit `interaction.logged` and put it on the timeline."""
    ids = ("person_id", "company_id", "deal_id", "lead_id", "ticket_id", "author_id")
    data: dict[str, Any] = {name: str(value) if (value := getattr(interaction, name)) else None for name in ids}
    data |= {"interaction_id": str(interaction.id), "at": interaction.at.isoformat()}
    data |= {name: getattr(interaction, name) for name in ("channel", "direction", "outcome")}
    emit(session, "interaction.logged", interaction, data)
    timeline.record(
        session,
        interaction.id,
        "interaction.logged",
        _title(interaction),
        at=interaction.at,
        person_id=interaction.person_id,
        company_id=interaction.company_id,
        data={name: data[name] for name in ("channel", "direction", "outcome", "lead_id", "deal_id", "ticket_id")},
        actor_id=interaction.author_id,
    )


def _title(interaction: Interaction) -> str:
    return interaction.summary or interaction.channel.capitalize()


def _customer(session: Session, data: dict[str, Any]) -> tuple[Person | None, Company | None]:
    """Who it was with, locked so that two colleagues who write at the same time see each other. Invalid for somebody
    outside the actor's reach."""
    person_id, company_id = data.get("person_id"), data.get("company_id")
    field = "person_id"
    try:
        person = load(session, Person, person_id, lock=True) if person_id else None
        field = "company_id"
        company = load(session, Company, company_id, access="write") if company_id else None
    except NotFound:
        raise Invalid(field, "unknown_reference", "There is nobody with this id.") from None
    return person, company


def _belong(interaction: Interaction, person: Person | None, company: Company | None) -> None:
    """It belongs to whom the customer belongs, so that whoever reaches the customer reads it; else to its author."""
    who, customer = actor(), person or company
    interaction.owner_id = (customer.owner_id if customer else None) or who.id
    interaction.team_id = (customer.team_id if customer else None) or who.team_id
    interaction.partner_id = customer.partner_id if customer else who.partner_id


def _recent_touches(session: Session, interaction: Interaction) -> Sequence[Touch]:
    """The latest contact of each colleague with the same customer, within the window before this one."""
    if interaction.channel not in TOUCHING or not (interaction.person_id or interaction.company_id):
        return []
    same = (
        Interaction.person_id == interaction.person_id
        if interaction.person_id
        else Interaction.company_id == interaction.company_id
    )
    latest = session.execute(
        select(Interaction.id, Interaction.author_id, Interaction.channel, Interaction.at)
        .where(same, Interaction.at >= interaction.at - settings().colleague_window, Interaction.at <= interaction.at)
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
    return [Touch(row.id, row.author_id, known.get(row.author_id), row.channel, row.at) for row in rows]
