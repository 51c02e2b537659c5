"""What only those may change who answer for more than their own records."""

from __future__ import annotations

from chassis.access import actor
from chassis.errors import Forbidden


def is_manager() -> bool:
    """Whether the actor reaches the records of a team, or all."""
    return actor().reach in ("team", "all")


def require_manager(what: str) -> None:
    """Refuse (403) an actor who reaches only own records, or those of a partner, to change `what`."""
    if not is_manager():
        raise Forbidden(f"Only those who reach a team's records, or all, may change {what}.", "not_a_manager")


def require_reach_all(what: str) -> None:
    """Refuse (403) an actor who does not reach all records to change `what`."""
    if actor().reach != "all":
        raise Forbidden(f"Only those who reach all records may change {what}.", "not_for_all")


def refuse_partners(what: str) -> None:
    """Refuse (403) a partner to do `what`."""
    if actor().reach == "partner":
        raise Forbidden(f"Partners may not {what}.", "not_for_partners")
