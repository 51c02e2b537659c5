"""The tasks that sales plans."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.db.aliases import resolve_many
from chassis.db.bulk import insert_rows, one_of, rows_given
from chassis.db.search import search_values
from chassis.db.updating import update_many
from chassis.events import Event
from chassis.languages import in_language
from contacts.companies.model import Company
from contacts.merging.model import Tombstone
from contacts.people.model import Person
from contacts.staff.actions import places_of
from contacts.tasks.actions import cancelled, done
from contacts.tasks.events import Row, tell_made, tell_together
from contacts.tasks.model import CancelledTask, Task, TaskReminder

_COLUMNS = (
    "id", "title", "due_at", "priority", "state", "person_id", "company_id", "lead_id", "deal_id", "source",
    "remind_before", "owner_id", "team_id", "version", "created_at", "updated_at", "search_text", "search_grams",
)  # fmt: skip
_TABLE = cast(Table, Task.__table__)
_PUT = insert_rows(_TABLE, _COLUMNS).on_conflict_do_nothing().returning(_TABLE.c.id)

_DONE = ("done", "decided")
# Whoever makes tasks holds it with others, whoever hears that one is over of which nothing is known holds it alone: so
# that neither misses what the other is about to commit.
_SHARED = text("SELECT pg_advisory_xact_lock_shared(hashtextextended('contacts.follow-ups', 0))")
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended('contacts.follow-ups', 0))")


def take_followup(session: Session, event: Event) -> None:
    """`followup.planned`: make the task that sales planned, under the id that sales chose. Planned twice is once;
    cancelled before it was heard of stays cancelled."""
    for task in _make(session, [_planned(event)]):
        tell_made(session, task)


def take_followups(session: Session, events: Sequence[Event]) -> None:
    """The same for all that `followups.planned` tells of: by one statement, told of by the hundred."""
    tell_together(session, "created", _make(session, [_planned(event) for event in events]))


def take_warning(session: Session, event: Event) -> None:
    """`customer.reclaim_due`: make a task of the warning that a customer goes back to a public pool, likewise."""
    for task in _make(session, _warnings(session, [event])):
        tell_made(session, task)


def take_warnings(session: Session, events: Sequence[Event]) -> None:
    """The same for all that `customers.reclaim_due` tells of."""
    tell_together(session, "created", _make(session, _warnings(session, events)))


def take_approval(session: Session, event: Event) -> None:
    """`approval.requested`: make a task of it for who is asked for their yes, likewise."""
    about = {"deal_id": event.optional_uuid("deal_id"), "owner_id": event.uuid("user_id")}
    for task in _make(session, [_task(event, event.uuid("task_id"), event.instant("due_at"), **about)]):
        tell_made(session, task)


def drop_followup(session: Session, event: Event) -> None:
    """`followup.cancelled`, `approval.settled`: complete the task if it is open and its step was done, else cancel it;
    or remember that it is over where it has not come yet."""
    _drop(session, event.uuid("task_id"), done if event.data.get("state") in _DONE else cancelled)


def drop_followups(session: Session, events: Sequence[Event]) -> None:
    """Cancel all that `followups.cancelled` tells of, likewise: by a number of statements that does not grow with
    them."""
    _cancel(session, {event.uuid("task_id") for event in events})


def drop_warning(session: Session, event: Event) -> None:
    """`customer.kept`, `customer.reclaimed`: what was warned of has come, or does not come. Likewise."""
    warning_id = event.optional_uuid("warning_id")
    if warning_id is not None:
        _drop(session, warning_id)


def drop_warnings(session: Session, events: Sequence[Event]) -> None:
    """The same for all that `customers.kept`, or `customers.reclaimed`, tells of."""
    _cancel(session, {id_ for event in events if (id_ := event.optional_uuid("warning_id"))})


def _cancel(session: Session, ids: set[UUID]) -> None:
    if not ids:
        return
    found = _known(session, ids)
    tasks = [task for task in found if task.state == "open"]
    update_many(session, {task: {"state": "cancelled"} for task in tasks})
    session.execute(delete(TaskReminder).where(one_of(TaskReminder.task_id, [task.id for task in tasks])))
    _remember(session, ids - {task.id for task in found})
    tell_together(session, "cancelled", tasks)


def _warnings(session: Session, events: Sequence[Event]) -> list[Row]:
    """The columns of the tasks of which these events tell; companies that are not known are not named."""
    wanted = [id_ for event in events if (id_ := event.optional_uuid("company_id"))]
    known = set(session.scalars(select(Company.id).where(one_of(Company.id, wanted)))) if wanted else set()
    return [
        _task(
            event, event.uuid("warning_id"), event.instant("reclaim_at"),
            company_id=id_ if (id_ := event.optional_uuid("company_id")) in known else None,
        )
        for event in events
    ]  # fmt: skip


def _planned(event: Event) -> Row:
    return _task(event, event.uuid("task_id"), event.instant("due_at"), lead_id=event.uuid("lead_id"))


def _task(event: Event, id_: UUID, due_at: datetime, **about: UUID | None) -> Row:
    """The columns of a task of which an event tells, and its `titles` by language; what depends on who the owner and
    the person are is missing."""
    nothing = dict.fromkeys((column.name for column in _TABLE.c), None)
    told: dict[str, Any] = {
        "id": id_, "title": event.data["title"], "due_at": due_at, "priority": "normal", "state": "open",
        "source": "followup", "remind_before": [], "owner_id": event.optional_uuid("owner_id"), "version": 1,
        "person_id": event.optional_uuid("person_id"), "created_at": clock.now(), "updated_at": clock.now(),
        "titles": event.data.get("titles") or {}, **about,
    }  # fmt: skip
    return Row(**nothing | told)


def _make(session: Session, tasks: Sequence[Row]) -> list[Row]:
    """Make these tasks but those that are there, or were cancelled; those that were made."""
    session.execute(_SHARED)
    gone = set(
        session.scalars(select(CancelledTask.task_id).where(one_of(CancelledTask.task_id, [t.id for t in tasks])))
    )
    people = _people(session, [task.person_id for task in tasks if task.person_id])
    places = places_of(session, {task.owner_id for task in tasks if task.owner_id})
    for task in tasks:
        task.person_id = people.get(task.person_id)
        task.team_id, locale = places.get(task.owner_id, (None, None))
        task.title = in_language(task.titles, locale, task.title)
        task.search_text, task.search_grams = search_values([task.title])
    rows = [{name: getattr(task, name) for name in _COLUMNS} for task in tasks if task.id not in gone]
    made = set(session.scalars(_PUT, rows_given(rows)))
    return [task for task in tasks if task.id in made]


def _people(session: Session, ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Whom these ids stand for, as far as those are known; they stay until this transaction ends."""
    now = resolve_many(session, Tombstone, ids)
    here = select(Person.id).where(one_of(Person.id, now.values())).order_by(Person.id)
    known = set(session.scalars(here.with_for_update(read=True, key_share=True)))
    return {id_: whom for id_, whom in now.items() if whom in known}


def _drop(session: Session, task_id: UUID, end: Callable[[Session, Task], Task] = cancelled) -> None:
    found = _known(session, {task_id})
    _remember(session, {task_id} - {task.id for task in found})
    for task in found:
        if task.state == "open":
            end(session, task)


def _known(session: Session, ids: set[UUID]) -> Sequence[Task]:
    """Those of the tasks that have come, locked. Of the others nobody makes one until this transaction ends."""
    locked = select(Task).where(one_of(Task.id, ids)).order_by(Task.id).with_for_update(of=Task)
    found = session.scalars(locked, execution_options={"populate_existing": True}).all()
    if len(found) == len(ids):
        return found
    session.execute(_ALONE)
    return session.scalars(locked, execution_options={"populate_existing": True}).all()


def _remember(session: Session, unheard: set[UUID]) -> None:
    """These are over before they have come."""
    if unheard:
        rows = insert(CancelledTask).values([{"task_id": id_} for id_ in sorted(unheard)])
        session.execute(rows.on_conflict_do_nothing())
