"""What only those may change who answer for more than their own records."""

from __future__ import annotations

from chassis.access import actor
from chassis.errors import Forbidden


def require_manager(what: str) -> None:
    """Refuse (403) an actor who reaches only own records, or those of a partner, to change `what`."""
    if actor().reach not in ("team", "all"):
        raise Forbidden(f"Only those who reach a team's records, or all, may change {what}.", "not_a_manager")


def refuse_partners(what: str) -> None:
    """Refuse (403) a partner to do `what`."""
    if actor().reach == "partner":
        raise Forbidden(f"Partners may not {what}.", "not_for_partners")
