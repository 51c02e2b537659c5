"""Use cases about interactions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, union
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor, load, visible
from chassis.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from contacts.calendar.model import Appointment
from contacts.companies.model import Company
from contacts.interactions import rules, touches
from contacts.interactions.events import tell
from contacts.interactions.model import Correction, Interaction, Outcome, Participant
from contacts.people.model import Person
from contacts.staff import actions as staff
from contacts.tasks import actions as tasks
from contacts.tasks.rules import check_next_step

_ABOUT = ("person_id", "company_id", "lead_id", "deal_id", "ticket_id")


def log(session: Session, data: dict[str, Any]) -> Interaction:
    """Record a contact with a customer that the actor had; with `plan_task` its next step becomes a task. The answer's
    `warnings` name the colleagues who were in touch with the same customer within the last hours
    (`CONTACTS_COLLEAGUE_HOURS`)."""
    data = {"at": clock.now(), **data}
    plan_task, others = data.pop("plan_task", False), data.pop("person_ids", [])
    rules.check_time(data["at"], clock.now())
    if others and not data.get("person_id"):
        data["person_id"] = others[0]
    rules.check_about(*(data.get(name) for name in _ABOUT))
    if data["channel"] == rules.NOTE and actor().reach == "partner":
        raise Forbidden("Notes are internal.", "partner_reach")
    _check_outcome(session, data.get("outcome"), data["channel"])
    _check_users(session, data.get("user_ids", []))
    people, company = _customers(session, [data.get("person_id"), *others], data.get("company_id"))
    person = people.get(data.get("person_id"))
    interaction = Interaction(**{"source": "api", "author_id": actor().id, "user_ids": [], **data})
    interaction.people = [Participant(person_id=id_) for id_ in people if id_ != interaction.person_id]
    if person is not None:
        interaction.company_id = interaction.company_id or person.company_id
    _belong(interaction, person, company)
    if plan_task:
        interaction.task_id = _next_step(session, interaction)
    touches.take_turn(session, interaction.company_id)
    seen = touches.recent(session, interaction)
    locale = staff.locale_of(session, actor().id) if seen else None
    warnings = [rules.warning(touch, locale) for touch in seen]
    session.add(interaction)
    session.flush()
    interaction.warnings = warnings  # type: ignore[attr-defined]
    tell(session, interaction)
    return interaction


def log_appointment(session: Session, appointment_id: UUID, data: dict[str, Any]) -> Interaction:
    """Record that an appointment took place: with whom, when and how long is known already. Conflict for one that is
    cancelled, or was logged before."""
    appointment = load(session, Appointment, appointment_id, lock=True)
    rules.check_took_place(appointment.state, appointment.starts_at, clock.now())
    known: dict[str, Any] = {
        "person_id": appointment.person_id,
        "person_ids": appointment.person_ids,
        "company_id": appointment.company_id,
        "deal_id": appointment.deal_id,
        "user_ids": [id_ for id_ in appointment.user_ids if id_ != actor().id],
        "summary": appointment.title,
        "at": appointment.starts_at,
        "duration_minutes": rules.minutes(appointment.starts_at, appointment.ends_at),
        "appointment_id": appointment.id,
    }
    if session.scalar(select(Interaction.id).where(Interaction.appointment_id == appointment.id)) is not None:
        raise Conflict("already_logged", "This appointment was logged already.")
    return log(session, known | {"direction": "out"} | data)


def change(session: Session, interaction: Interaction, changes: dict[str, Any]) -> Interaction:
    """Correct what was recorded. What it said before is kept."""
    if "at" in changes:
        rules.check_time(changes["at"], clock.now())
    if changes.get("outcome") != interaction.outcome:
        _check_outcome(session, changes.get("outcome"), interaction.channel)
    difference = rules.difference({name: getattr(interaction, name) for name in changes}, changes)
    if not difference:
        return interaction
    for name, value in changes.items():
        setattr(interaction, name, value)
    session.flush()
    who = actor().id
    session.add(Correction(interaction_id=interaction.id, at=clock.now(), actor_id=who, changes=difference))
    tell(session, interaction, "interaction.corrected")
    return interaction


def history(session: Session, interaction_id: UUID) -> Sequence[Correction]:
    """The corrections of an interaction, the latest first."""
    load(session, Interaction, interaction_id)
    statement = select(Correction).where(Correction.interaction_id == interaction_id)
    return session.scalars(statement.order_by(Correction.id.desc())).all()


def with_person(person_id: UUID) -> Any:
    """The SELECT of what a person took part in, within reach."""
    mine = union(
        select(Interaction.id).where(Interaction.person_id == person_id),
        select(Participant.interaction_id).where(Participant.person_id == person_id),
    )
    return visible(select(Interaction).where(Interaction.id.in_(mine)), Interaction)


def add_outcome(session: Session, data: dict[str, Any]) -> Outcome:
    """A new choice. Conflict for a name that is there."""
    outcome = Outcome(**data)
    return _named(session, outcome)


def change_outcome(session: Session, outcome: Outcome, changes: dict[str, Any]) -> Outcome:
    """Rename or retire a choice; what was logged with it stays."""
    for name, value in changes.items():
        setattr(outcome, name, value)
    return _named(session, outcome)


def _named(session: Session, outcome: Outcome) -> Outcome:
    try:
        with session.begin_nested():
            session.add(outcome)
            session.flush()
    except IntegrityError:
        raise Conflict("outcome_exists", "There is an outcome of this name.") from None
    return outcome


def _check_outcome(session: Session, outcome: str | None, channel: str) -> None:
    """Where outcomes are set up for a channel, one of them; free words otherwise. Invalid otherwise."""
    if outcome is None:
        return
    choices = session.execute(select(Outcome.name, Outcome.channels).where(Outcome.active)).all()
    rules.check_outcome(outcome, [name for name, channels in choices if not channels or channel in channels])


def _check_users(session: Session, user_ids: Sequence[UUID]) -> None:
    known = staff.active(session, user_ids) | {actor().id}
    unknown = [
        FieldError(f"user_ids.{number}", "unknown_reference", "There is no active user with this id.")
        for number, id_ in enumerate(user_ids) if id_ not in known
    ]  # fmt: skip
    if unknown:
        raise Invalid.many(unknown)


def _customers(
    session: Session, person_ids: Iterable[UUID | None], company_id: UUID | None
) -> tuple[dict[UUID | None, Person], Company | None]:
    """Whom it was with, locked in the order of their ids so that two colleagues who write at the same time see each
    other. Invalid for somebody outside the actor's reach."""
    wanted = [id_ for id_ in dict.fromkeys(person_ids) if id_]
    found: dict[UUID | None, Person] = {}
    field = "person_id"
    try:
        for id_ in sorted(wanted):
            field = "person_id" if id_ == wanted[0] else "person_ids"
            found[id_] = load(session, Person, id_, lock=True)
        field = "company_id"
        company = load(session, Company, company_id, access="write") if company_id else None
    except NotFound:
        raise Invalid(field, "unknown_reference", "There is nobody with this id.") from None
    return {id_: found[id_] for id_ in wanted}, company


def _belong(interaction: Interaction, person: Person | None, company: Company | None) -> None:
    """It belongs to whom the customer belongs, so that whoever reaches the customer reads it; else to its author."""
    who, customer = actor(), person or company
    interaction.owner_id = (customer.owner_id if customer else None) or who.id
    interaction.team_id = (customer.team_id if customer else None) or who.team_id
    interaction.partner_id = customer.partner_id if customer else who.partner_id


def _next_step(session: Session, interaction: Interaction) -> UUID:
    check_next_step(interaction.next_step, interaction.next_step_at)
    about = {name: getattr(interaction, name) for name in ("person_id", "company_id", "lead_id", "deal_id")}
    title, due_at = interaction.next_step, interaction.next_step_at
    return tasks.plan(session, {"title": title, "due_at": due_at, **about}).id
