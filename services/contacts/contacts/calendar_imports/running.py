"""The job behind `POST /calendar/import`: each event in a transaction of its own. One that cannot be planned holds up
no other, and a worker that dies is followed by one that goes on with the next."""

from __future__ import annotations

from collections import Counter
from typing import IO, Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.access import Actor, acting_as, actor
from chassis.errors import Forbidden, Refusal
from chassis.jobs import Job, JobRun, job, start_job
from chassis.zones import check_zone
from contacts.calendar_imports import cancels, reading
from contacts.calendar_imports.rules import MAX_BYTES, check_size
from contacts.calendar_imports.taking import take
from contacts.staff import actions as staff

KIND = "contacts.import-calendar"
_IDS = ("id", "team_id", "partner_id")


def start(session: Session, stream: IO[bytes], *, time_zone: str | None, force: bool) -> Job:
    """A job that takes a calendar over into the actor's. Invalid for what is no calendar, too large, or empty;
    Forbidden for who has none."""
    who = actor()
    if who.kind != "user" or who.id is None:
        raise Forbidden("Only a user has a calendar.", "not_a_user")
    if time_zone is not None:
        check_zone(time_zone)
    raw = stream.read(MAX_BYTES + 1)
    check_size(len(raw))
    total = len(reading.components(raw))
    stream.seek(0)
    told = {name: str(value) if (value := getattr(who, name)) else None for name in _IDS}
    params = {"actor": told | {"kind": who.kind, "reach": who.reach}, "time_zone": time_zone, "force": force}
    return start_job(session, KIND, params=params, file=stream, total=total)  # type: ignore[arg-type]


@job(KIND)
def import_calendar(run: JobRun) -> dict[str, Any]:
    """Take over what was not yet; what each event came to, counted."""
    with run.open() as stored:
        events = reading.components(stored.read())
    told = run.params["actor"]
    who = Actor(**told | {name: UUID(told[name]) if told[name] else None for name in _IDS})
    for number in range(run.state.get("next", 0), len(events)):
        with run.step() as session, acting_as(who):
            outcome = _take(session, run, number + 1, *events[number])
            counts = Counter(run.state.get("counts", {})) + Counter([outcome])
            run.state |= {"next": number + 1, "counts": dict(counts)}
            run.progress(done=number + 1)
    return dict(run.state["counts"])


def _take(session: Session, run: JobRun, number: int, component: Any, calendar: Any) -> str:
    try:
        with session.begin_nested():
            whose = UUID(run.params["actor"]["id"])
            event = reading.read(component, calendar, run.params["time_zone"], staff.zone_of(session, whose))
            heard = cancels.hear(session, event, whose)
            return take(session, heard, whose, force=run.params["force"]) if heard else "unchanged"
    except Refusal as refusal:
        at = refusal.errors[0] if refusal.errors else None
        run.error(
            row=number, field=at.field if at else "dtstart", code=at.code if at else refusal.code,
            message=at.message if at else refusal.detail, record={"uid": reading.uid_of(component)},
        )  # fmt: skip
        return "refused"
