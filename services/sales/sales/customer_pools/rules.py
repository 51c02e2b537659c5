"""What a customer is to the pools, and what contacts may answer."""

from __future__ import annotations

from uuid import UUID

from chassis.errors import Conflict

KINDS = ("company", "person")
STATES = ("owned", "unowned", "leaving", "pooled", "claimed")
# Of the reasons why contacts does not follow, those after which the record is not there any more.
GONE = frozenset({"deleted", "merged"})
REFUSALS = (*sorted(GONE), "changed", "in_company", "partner", "user_inactive")
WARNING_TITLES = {"en": "Follow up a customer before it goes back to the public pool", "zh": "请在客户退回公海前跟进"}


def state_of(*, owner_id: UUID | None, pool_id: UUID | None, move_id: UUID | None, taker_id: UUID | None) -> str:
    """Where a customer stands: owned or not; on its way into a pool (`leaving`) until contacts has answered, in it
    (`pooled`), or claimed out of it until contacts has answered."""
    if pool_id is None:
        return "unowned" if owner_id is None else "owned"
    if move_id is None:
        return "pooled"
    return "leaving" if taker_id is None else "claimed"


def check_owned(state: str) -> None:
    """Conflict for a customer that nobody has, or that a pool has to do with."""
    if state == "unowned":
        raise Conflict("unowned", "The customer has no owner.")
    if state != "owned":
        raise Conflict("already_pooled", "The customer lies in a pool already.")


def check_in_pool(state: str) -> None:
    """Conflict for a customer that cannot be taken out of the pool now."""
    if state == "claimed":
        raise Conflict("not_in_pool", "Somebody else was faster.")
    if state == "leaving":
        raise Conflict("not_settled", "The customer is on its way into the pool; try again in a moment.")
