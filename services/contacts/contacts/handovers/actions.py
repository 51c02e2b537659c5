"""Use cases about hand-overs."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor
from chassis.errors import Conflict
from chassis.events import Event, emit
from chassis.ids import uuid7
from chassis.jobs import start_job
from contacts import asking
from contacts.handovers.deputies import deputy_of
from contacts.handovers.model import HandOver, HandOverAnswer
from contacts.handovers.moving import counts
from contacts.handovers.rules import INCLUDED, SERVICES, check_targets
from contacts.handovers.targets import check_giver, check_may_give, check_takers, require_all

RUN = "contacts.handover"
_BATCH = 100


def start(session: Session, data: dict[str, Any]) -> tuple[HandOver, bool]:
    """Hand over all that is a user's, to the deputy where nobody is named; and whether that is new. The same hand-over
    while it runs is that one; another of the same user's is a Conflict until it has ended. A dry run writes nothing and
    counts. Forbidden for who may not hand over what is theirs in one of the services."""
    require_all()
    check_giver(session, data["from_user_id"])
    to_user_ids = list(dict.fromkeys(map(str, _takers(session, data))))
    by_team = {str(team): str(user) for team, user in data["by_team"].items()}
    check_targets(str(data["from_user_id"]), to_user_ids, by_team)
    takers = [*to_user_ids, *by_team.values()]
    check_takers(session, takers)
    users = [data["from_user_id"], *map(UUID, takers)]
    check_may_give(session, data["include"], users, "; name in `include` what you may")
    said = {
        "from_user_id": data["from_user_id"], "to_user_ids": to_user_ids, "by_team": by_team, "reason": data["reason"],
        "include": [kind for kind in INCLUDED if kind in data["include"]], "moved": {},
    }  # fmt: skip
    if data["dry_run"]:
        here = counts(session, data["from_user_id"], said["include"])
        return HandOver(**said | {"moved": here}, state="planned"), True
    id_, now = uuid7(), clock.now()
    row = said | {"id": id_, "state": "running", "job_id": uuid7(), "requested_by": actor().id, "version": 1,
                  "created_at": now, "updated_at": now}  # fmt: skip
    running = HandOver.state == "running"
    new = insert(HandOver).values(row).on_conflict_do_nothing(index_elements=["from_user_id"], index_where=running)
    if session.execute(new.returning(HandOver.id)).scalar() is None:
        return _running(session, said), False
    start_job(session, RUN, params={"hand_over_id": str(id_)}, id=row["job_id"])
    made = session.get_one(HandOver, id_)
    made.services = [HandOverAnswer(service=name, asked_at=now) for name in SERVICES if name in made.include]
    tell(session, "handover.requested", made)
    return made, True


def moved_here(session: Session, hand_over: HandOver) -> None:
    """Contacts has moved its part of a locked hand-over: it is done when every other service has, too."""
    hand_over.state = "waiting"
    if not hand_over.outstanding:
        _end(session, hand_over)


def confirm(session: Session, event: Event) -> None:
    """`handover.moved`: another service has moved what was theirs there."""
    found = session.get(HandOver, event.uuid("hand_over_id"), with_for_update=True, populate_existing=True)
    if found is None:
        return
    all_answered = asking.note(found.services, event.source.strip("/"), moved=event.data["moved"])
    if all_answered and found.state == "waiting":
        _end(session, found)


def look_after(session: Session, now: datetime) -> None:
    """Ask the services again, once a day, of which one has not said since yesterday what it moved."""
    late = (
        HandOver.state == "waiting", HandOver.created_at <= now - asking.AGAIN,
        or_(HandOver.reminded_at.is_(None), HandOver.reminded_at <= now - asking.AGAIN),
    )  # fmt: skip
    waiting = select(HandOver).where(*late).order_by(HandOver.id).limit(_BATCH)
    for hand_over in session.scalars(waiting.with_for_update(skip_locked=True)):
        hand_over.reminded_at = now
        tell(session, "handover.requested", hand_over)


def tell(session: Session, type_: str, hand_over: HandOver) -> None:
    """Emit `handover.requested` or `handover.completed`."""
    data = {
        "hand_over_id": str(hand_over.id), "from_user_id": str(hand_over.from_user_id), "moved": hand_over.moved,
        "to_user_ids": hand_over.to_user_ids, "by_team": hand_over.by_team, "include": hand_over.include,
        "requested_by": str(hand_over.requested_by) if hand_over.requested_by else None,
        "elsewhere": {answer.service: answer.moved for answer in hand_over.services if answer.answered_at},
    }  # fmt: skip
    emit(session, type_, hand_over, data)


def _end(session: Session, hand_over: HandOver) -> None:
    hand_over.state, hand_over.ended_at = "done", clock.now()
    tell(session, "handover.completed", hand_over)


def _takers(session: Session, data: dict[str, Any]) -> list[UUID]:
    if "to_user_ids" in data:
        return list(data["to_user_ids"])
    taker = data["to_user_id"] if "to_user_id" in data else deputy_of(session, data["from_user_id"])
    return [taker] if taker else []


def _running(session: Session, said: dict[str, Any]) -> HandOver:
    found = session.scalars(
        select(HandOver).where(HandOver.from_user_id == said["from_user_id"]).order_by(HandOver.id.desc()).limit(1)
    ).one()
    if any(getattr(found, name) != said[name] for name in ("to_user_ids", "by_team", "include")):
        raise Conflict("hand_over_running", "Another hand-over of this user is under way.", existing_id=str(found.id))
    return found
