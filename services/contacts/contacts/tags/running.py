"""Tags kept true: a sweep over the people who changed, and a job over everybody when a tag's rule did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.jobs import JobRun, job
from contacts.people.model import Person
from contacts.tags.actions import RUN, start
from contacts.tags.fitting import fits
from contacts.tags.giving import Cause, bring
from contacts.tags.model import Tag, TagDirty, TagGiving

PEOPLE_PER_SWEEP, PEOPLE_PER_STEP = 2000, 2000
# How long a rule with relative dates may be wrong about somebody with whom nothing happens.
_TIME_PASSES = timedelta(hours=24)


def sweep(session: Session) -> int:
    """Reckon the tags of people about whom something changed; how many rows of the queue that settled. A row goes in
    the transaction that deals with it: a crash leaves it, and one that commits late is not passed over."""
    first = select(TagDirty.seq).order_by(TagDirty.seq).limit(PEOPLE_PER_SWEEP).with_for_update(skip_locked=True)
    gone = session.scalars(delete(TagDirty).where(TagDirty.seq.in_(first)).returning(TagDirty.person_id)).all()
    if gone:
        ids = sorted(set(gone))
        for tag in session.scalars(select(Tag).order_by(Tag.id)).all():
            apply(session, tag, ids)
    return len(gone)


def apply(session: Session, tag: Tag, ids: Sequence[UUID]) -> int:
    """Make the tag true of these people; how many that changed. Only who changes is locked, and looked at again."""
    wrong = _wrong(session, tag, ids)
    if not wrong:
        return 0
    locked = select(Person).where(Person.id.in_(wrong)).order_by(Person.id).with_for_update(of=Person, key_share=True)
    rows = session.scalars(locked, execution_options={"populate_existing": True}).all()
    having = _having(session, tag, [row.id for row in rows])
    return bring(session, tag, rows, having, Cause("rule" if tag.rule else "record"))


def rerun_timed(session: Session, now: datetime) -> int:
    """Run rules with relative dates once a day: time passes for people with whom nothing happens, too."""
    due = select(Tag).where(Tag.timed, Tag.run_at <= now - _TIME_PASSES).with_for_update(skip_locked=True)
    tags = session.scalars(due).all()
    for tag in tags:
        start(session, tag)
    return len(tags)


@job(RUN)
def run_tag(run: JobRun) -> dict[str, Any]:
    """Apply one tag to everybody, step by step by id. A newer run of the same tag takes over from this one."""
    tag_id, more = UUID(run.params["tag_id"]), True
    while more:
        with run.step() as session:
            # Shared: the rule stays what it is for as long as a step of it lasts.
            tag = session.get(Tag, tag_id, with_for_update={"read": True})
            if tag is None or tag.run_id != run.id:
                return {"changed": run.state.get("changed", 0), "superseded": True}
            after = UUID(run.state.get("after", str(UUID(int=0))))
            page = select(Person.id).where(Person.id > after).order_by(Person.id).limit(PEOPLE_PER_STEP)
            ids = session.scalars(page).all()
            changed = apply(session, tag, ids)
            run.state["changed"] = run.state.get("changed", 0) + changed
            run.state["seen"] = run.state.get("seen", 0) + len(ids)
            run.progress(done=run.state["seen"])
            more = bool(ids)
            if more:
                run.state["after"] = str(ids[-1])
    return {"changed": run.state["changed"], "superseded": False}


def _wrong(session: Session, tag: Tag, ids: Sequence[UUID]) -> list[UUID]:
    """Of whom the tag is not true: what they should have, their label and the giving are not at one."""
    should = _having(session, tag, ids)
    label = set(session.scalars(select(Person.id).where(Person.id.in_(ids), Person.tags.contains([tag.label]))))
    held = select(TagGiving.person_id).where(
        TagGiving.tag_id == tag.id, TagGiving.taken_at.is_(None), TagGiving.person_id.in_(ids)
    )
    given = {id_ for id_ in session.scalars(held) if id_ is not None}
    return sorted((should ^ label) | (should ^ given))


def _having(session: Session, tag: Tag, ids: Sequence[UUID]) -> set[UUID]:
    """Who of these should have it: whom the rule fits; without a rule, whose record says so."""
    fitting = fits(tag.rule, clock.now()) if tag.rule else Person.tags.contains([tag.label])
    return set(session.scalars(select(Person.id).where(Person.id.in_(ids), fitting)))
