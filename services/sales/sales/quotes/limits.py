"""Which limits a quote is over, and so who has to say yes to it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

_ZERO, _HUNDRED = Decimal("0.00"), Decimal(100)
Approver = tuple[UUID | None, str]  # who by name, else anybody with the role


@dataclass(frozen=True)
class Limit:
    """As ApprovalRule."""

    step: int
    role: str
    over_percent: Decimal | None = None
    over_amount: Decimal | None = None
    manager_level: int | None = None
    seller_role: str | None = None
    product_id: UUID | None = None
    book_id: UUID | None = None
    per_line: bool = False


@dataclass(frozen=True)
class Line:
    """A line as limits see it: what it would cost by the price book (or by its own price, where that is higher), and
    what it costs after every discount. `products`: its product, and the one that this is a variant of."""

    full: Decimal
    net: Decimal
    products: frozenset[UUID] = frozenset()
    book_id: UUID | None = None


@dataclass(frozen=True)
class Step:
    """A yes that is needed, and why."""

    approver_id: UUID | None
    role: str
    reason: str


def needed(
    limits: Iterable[Limit],
    lines: Sequence[Line],
    base_net: Decimal | None,
    seller_roles: Collection[str],
    managers: Sequence[UUID],
) -> list[Step]:
    """The yeses that a quote needs, in order, each person or role once with all reasons. `managers`: the line above
    its owner, nearest first; where it is too short its last decides, and without any whoever has the role."""
    reasons: dict[Approver, list[str]] = {}
    for limit in sorted(limits, key=lambda one: one.step):
        if limit.seller_role is not None and limit.seller_role not in seller_roles:
            continue
        if reason := _over(limit, lines, base_net):
            reasons.setdefault(_approver(limit, managers), []).append(reason)
    return [Step(who, role, "; ".join(why)) for (who, role), why in reasons.items()]


def _approver(limit: Limit, managers: Sequence[UUID]) -> Approver:
    if limit.manager_level is None or not managers:
        return None, limit.role
    return managers[min(limit.manager_level, len(managers)) - 1], "manager"


def _over(limit: Limit, lines: Sequence[Line], base_net: Decimal | None) -> str | None:
    """How a limit is passed; None where it is kept. An amount that cannot be compared, for want of an exchange rate,
    counts as over every amount."""
    mine = [(place, line) for place, line in enumerate(lines, start=1) if _concerns(limit, line)]
    if limit.over_percent is not None:
        if limit.per_line:
            over = [str(place) for place, line in mine if _discounted([line], limit.over_percent)]
            if over:
                return f"discount over {limit.over_percent} % in line {', '.join(over)}"
        elif _discounted([line for _, line in mine], limit.over_percent):
            of = _WHAT[limit.product_id is not None, limit.book_id is not None]
            return f"discount over {limit.over_percent} %{of}"
    if limit.over_amount is not None and (base_net is None or base_net > limit.over_amount):
        return f"amount over {limit.over_amount}"
    return None


_WHAT = {
    (False, False): "", (True, False): " on a product", (False, True): " on a price book",
    (True, True): " on a product of a price book",
}  # fmt: skip


def _concerns(limit: Limit, line: Line) -> bool:
    return (limit.product_id is None or limit.product_id in line.products) and (
        limit.book_id is None or limit.book_id == line.book_id
    )


def _discounted(lines: Sequence[Line], percent: Decimal) -> bool:
    full, net = _sum(lines, lambda line: line.full), _sum(lines, lambda line: line.net)
    return (full - net) * _HUNDRED > percent * full


def _sum(lines: Sequence[Line], of: Callable[[Line], Decimal]) -> Decimal:
    return sum((of(line) for line in lines), _ZERO)
