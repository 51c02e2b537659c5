"""What becomes of a lead or deal when territories are drawn anew."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from chassis.errors import Conflict

STATUSES = ("draft", "planning", "planned", "running", "done", "undoing", "undone")
RECORDS = ("leads", "deals")
KEEP = ("manual", "members")
STATES = ("planned", "moved", "skipped", "undone", "kept")
BY_HAND = ("manual", "creator", "customer_owner", "claimed")

_FROM = {
    "change": ("draft", "planned"),
    "plan": ("draft", "planned"),
    "run": ("planned",),
    "undo": ("done",),
    "delete": ("draft", "planned", "done", "undone"),
}
# Where a job has begun and ended early, it can be asked for again.
_AGAIN = {"plan": "planning", "run": "running", "undo": "undoing"}


def check_step(step: str, status: str, *, busy: bool) -> None:
    """Conflict unless a re-alignment that is `status` can be changed, planned, run, undone or deleted. `busy`: its job
    has not ended."""
    if status in _FROM[step] or (not busy and (status == _AGAIN.get(step) or (step == "undo" and status == "running"))):
        return
    detail = f"The re-alignment is {status}; that can be done of one that is {' or '.join(_FROM[step])}."
    raise Conflict("realignment_state", detail)


def stays(
    owner_id: UUID | None, *, active: bool, by_hand: bool, members: Collection[UUID], keep: Collection[str]
) -> bool:
    """Whether a record stays with its owner: a rep who is there, and was either chosen by hand or sits in the territory
    that the customer belongs to now, as far as such are kept."""
    if owner_id is None or not active:
        return False
    return ("manual" in keep and by_hand) or ("members" in keep and owner_id in members)
