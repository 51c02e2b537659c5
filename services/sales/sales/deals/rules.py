"""What may become of a deal."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from chassis.errors import Conflict, Invalid

PRIORITIES = ("low", "normal", "high")


def check_open(status: str) -> None:
    """Conflict (`already_won`, `already_lost`) unless the deal is open."""
    if status != "open":
        raise Conflict(f"already_{status}", f"The deal is {status} already; reopen it first.")


def check_closed(status: str) -> None:
    """Conflict unless the deal is won or lost."""
    if status == "open":
        raise Conflict("already_open", "The deal is open already.")


def check_stage(pipeline_id: UUID, stage_pipeline_id: UUID, kind: str) -> None:
    """Invalid unless an open deal of `pipeline_id` may stand in the stage."""
    if stage_pipeline_id != pipeline_id:
        raise Invalid("stage_id", "other_pipeline", "The stage belongs to another pipeline.")
    if kind != "open":
        raise Invalid(
            "stage_id",
            "closed_stage",
            f"A deal gets to a stage of kind {kind} by being closed: use its action.",
        )


def seconds_in_stage(entered_at: datetime, left_at: datetime | None, now: datetime) -> int:
    """How long a deal stood in a stage, whole seconds; until `now` where it still does."""
    return int(((left_at or now) - entered_at).total_seconds())
