"""The job behind `POST /hand-overs`: a batch a transaction; after a crash another worker moves what is left."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.jobs import JobRun, job
from contacts.handovers.actions import RUN, moved_here
from contacts.handovers.model import HandOver
from contacts.handovers.moving import move
from contacts.handovers.rules import KINDS


@job(RUN)
def run_hand_over(run: JobRun) -> dict[str, Any]:
    """Move everything; the result counts it by kind. Whatever comes to be theirs meanwhile moves, too."""
    id_, done = UUID(run.params["hand_over_id"]), False
    while not done:
        with run.step() as session:
            hand_over = session.get_one(HandOver, id_, with_for_update=True)
            before = hand_over.moved
            for kind in (kind for kind in KINDS if kind in hand_over.include):
                count = move(session, hand_over, kind, before.get(kind, 0))
                if count:
                    hand_over.moved = before | {kind: before.get(kind, 0) + count}
                    break
            else:
                done = True
                moved_here(session, hand_over)
            moved = dict(hand_over.moved)
            run.progress(done=sum(moved.values()))
    return moved
