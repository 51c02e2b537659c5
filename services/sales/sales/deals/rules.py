"""What may become of a deal."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from decimal import Context, Decimal
from uuid import UUID

from chassis.errors import Conflict, Invalid

PRIORITIES = ("low", "normal", "high")
STALLED = ("stage_time", "no_activity")
STEP = Decimal(1000)  # between two cards at the end of a column; a rank counts microseconds
_EXACT, _PLACES = Context(prec=60), Decimal("1e-12")
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def check_open(status: str) -> None:
    """Conflict (`already_won`, `already_lost`) unless the deal is open."""
    if status != "open":
        raise Conflict(f"already_{status}", f"The deal is {status} already; reopen it first.")


def check_closed(status: str) -> None:
    """Conflict unless the deal is won or lost."""
    if status == "open":
        raise Conflict("already_open", "The deal is open already.")


def check_not_held(held_until: date | None) -> None:
    """Conflict while the deal is on hold."""
    if held_until:
        raise Conflict("on_hold", f"The deal is on hold until {held_until}; resume it first.")


def check_hold(until: date, today: date) -> None:
    """Invalid unless a hold ends after today."""
    if until <= today:
        raise Invalid("until", "past", "A hold ends tomorrow at the soonest.")


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


def check_price(amount_from_lines: bool, changes: Collection[str]) -> None:
    """Invalid where what a deal with lines is worth, or in which currency, is changed by hand."""
    for name in ("amount", "currency"):
        if amount_from_lines and name in changes:
            raise Invalid(name, "from_lines", "The amount comes of the deal's lines; change those.")


def is_pushed(before: date | None, after: date | None) -> bool:
    """Whether a close date was put off."""
    return before is not None and after is not None and after > before


def days_left(expected_close: date | None, today: date) -> int | None:
    """Days until a deal is expected to be closed; negative once that is over."""
    return (expected_close - today).days if expected_close else None


def seconds_in_stage(entered_at: datetime, left_at: datetime | None, now: datetime) -> int:
    """How long a deal stood in a stage, whole seconds; until `now` where it still does."""
    return int(((left_at or now) - entered_at).total_seconds())


def check_anchors(deal_id: UUID, after_id: UUID | None, before_id: UUID | None) -> None:
    """Invalid unless a card is placed beside at most one other."""
    if after_id and before_id:
        raise Invalid("before_id", "one_only", "Name the card before, or the one behind, not both.")
    if deal_id in (after_id, before_id):
        raise Invalid("after_id" if after_id else "before_id", "itself", "A card is not placed beside itself.")


def rank_at(entered_at: datetime) -> Decimal:
    """The rank of a card that nobody dragged: the later it came into its column, the further up."""
    return Decimal(-((entered_at - _EPOCH) // timedelta(microseconds=1)))


def rank_between(above: Decimal | None, below: Decimal | None) -> Decimal | None:
    """A rank behind `above` and before `below` (None: at that end of the column; one of them is given). None where
    there is no room left between them."""
    if above is None or below is None:
        return below - STEP if below is not None else (above or Decimal(0)) + STEP
    middle = _EXACT.divide(_EXACT.add(above, below), Decimal(2)).quantize(_PLACES, context=_EXACT)
    return middle if above < middle < below else None
