"""What a forecast says."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from chassis.errors import Invalid

CATEGORIES = ("commit", "best_case", "pipeline", "omitted")
BY = ("total", "rep", "team", "pipeline", "product_category")
SCOPES = {"total": "company", "rep": "rep", "team": "team"}  # of the targets and calls that stand beside a group
CHANGES = (
    "new", "won", "lost", "reopened", "slipped", "moved_in", "raised", "lowered", "recategorised", "postponed",
    "unchanged",
)  # fmt: skip
COMMIT_FROM, BEST_CASE_FROM = 75, 40  # per cent, of a stage that says nothing else
_PLACES = Decimal("0.01")


def kind_of_call(is_own: bool, reason: str | None) -> str:
    """Whose call it is: the rep's own, or the manager's, which needs a reason (Invalid without)."""
    if is_own:
        return "rep"
    if not reason:
        raise Invalid("reason", "required", "Another number than the rep's needs a reason.")
    return "manager"


def gap(target: Decimal | None, expected: Decimal) -> Decimal | None:
    """What a target lacks beyond what is expected; negative where more is expected."""
    return None if target is None else target - expected


def accuracy(forecast: Decimal, actual: Decimal) -> Decimal | None:
    """Per cent, two places: 100 less the deviation from what was won, never below 0. None where nothing was won."""
    if not actual:
        return None
    missed = (100 * abs(forecast - actual) / actual).quantize(_PLACES, rounding=ROUND_HALF_UP)
    return max(Decimal("0.00"), 100 - missed)
