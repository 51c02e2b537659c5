"""The tasks that sales plans."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.events import Event
from contacts.companies.model import Company
from contacts.people.actions import known
from contacts.staff.actions import team_of
from contacts.tasks.actions import cancelled, done
from contacts.tasks.events import tell_all
from contacts.tasks.model import CancelledTask, Task

_DONE = ("done", "decided")


def take_followup(session: Session, event: Event) -> None:
    """`followup.planned`: make the task that sales planned, under the id that sales chose. Planned twice is once;
    cancelled before it was heard of stays cancelled."""
    _make(session, event, event.uuid("task_id"), event.instant("due_at"), lead_id=event.uuid("lead_id"))


def take_warning(session: Session, event: Event) -> None:
    """`customer.reclaim_due`: make a task of the warning that a customer goes back to a public pool, likewise."""
    company_id = event.optional_uuid("company_id")
    known_id = session.scalar(select(Company.id).where(Company.id == company_id)) if company_id else None
    _make(session, event, event.uuid("warning_id"), event.instant("reclaim_at"), company_id=known_id)


def take_approval(session: Session, event: Event) -> None:
    """`approval.requested`: make a task of it for who is asked for their yes, likewise."""
    about = {"deal_id": event.optional_uuid("deal_id"), "owner_id": event.uuid("user_id")}
    _make(session, event, event.uuid("task_id"), event.instant("due_at"), **about)


def drop_followup(session: Session, event: Event) -> None:
    """`followup.cancelled`, `approval.settled`: complete the task if it is open and its step was done, else cancel it;
    or remember that it is over where it has not come yet."""
    _drop(session, event.uuid("task_id"), done if event.data.get("state") in _DONE else cancelled)


def drop_warning(session: Session, event: Event) -> None:
    """`customer.kept`, `customer.reclaimed`: what was warned of has come, or does not come. Likewise."""
    warning_id = event.optional_uuid("warning_id")
    if warning_id is not None:
        _drop(session, warning_id)


def _make(session: Session, event: Event, task_id: UUID, due_at: datetime, **about: UUID | None) -> None:
    if session.get(Task, task_id) or session.get(CancelledTask, task_id):
        return
    about = {"owner_id": event.optional_uuid("owner_id")} | about
    person = known(session, event.data.get("person_id"))
    task = Task(
        id=task_id, title=event.data["title"], due_at=due_at, team_id=team_of(session, about["owner_id"]),
        person_id=person.id if person else None, source="followup", **about,
    )  # fmt: skip
    session.add(task)
    session.flush()
    tell_all(session, "task.created", task)


def _drop(session: Session, task_id: UUID, end: Callable[[Session, Task], Task] = cancelled) -> None:
    task = session.scalar(select(Task).where(Task.id == task_id).with_for_update())
    if task is None:
        session.execute(insert(CancelledTask).values(task_id=task_id).on_conflict_do_nothing())
    elif task.state == "open":
        end(session, task)
