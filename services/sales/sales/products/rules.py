"""Which price holds, which products go together, what a bundle may hold, and when goods can leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from chassis.errors import FieldError, Invalid

Graph = Mapping[UUID, Iterable[UUID]]


@dataclass(frozen=True)
class Offer:
    """A price that could hold: of the book `book_id` for `segment` since `valid_from`, from `min_quantity` on."""

    segment: str | None
    valid_from: date
    min_quantity: Decimal
    unit_price: Decimal
    book_id: UUID | None = None


@dataclass(frozen=True)
class Rule:
    """`product_id` requires or excludes `other_id`."""

    product_id: UUID
    kind: str
    other_id: UUID


def best_offer(offers: Iterable[Offer]) -> Offer | None:
    """The one that holds: of the customer's own segment before the general one, of the newest book, of the
    largest quantity reached; the cheaper of equals."""
    ranked = sorted(offers, key=lambda o: (o.segment is not None, o.valid_from, o.min_quantity, -o.unit_price))
    return ranked[-1] if ranked else None


def check_acyclic(node: UUID, targets: Iterable[UUID], graph: Graph, field: str) -> None:
    """Invalid, naming `field`, where one of `targets` leads back to `node`."""
    waiting, seen = list(targets), set[UUID]()
    while waiting:
        current = waiting.pop()
        if current == node:
            raise Invalid(field, "cycle", "It would hold itself, directly or through others.")
        if current not in seen:
            seen.add(current)
            waiting += graph.get(current, ())


def check_rules(chosen: list[UUID], rules: Iterable[Rule], names: Mapping[UUID, str]) -> None:
    """Invalid that names every line whose product lacks what it requires or stands beside what it excludes."""
    errors = []
    for rule in rules:
        if rule.product_id not in chosen or (rule.other_id in chosen) == (rule.kind == "requires"):
            continue
        field = f"lines.{chosen.index(rule.product_id)}.product_id"
        names_both = f"{names.get(rule.product_id)} {rule.kind} {names.get(rule.other_id)}."
        errors.append(FieldError(field, rule.kind, names_both))
    if errors:
        raise Invalid.many(errors)


def promised_on(today: date, wanted: Decimal, on_hand: Decimal, lead_days: int) -> date:
    """The day goods can leave: today from stock, else after the lead time."""
    return today if wanted <= on_hand else today + timedelta(days=lead_days)


def in_units(quantity: Decimal, unit: str | None, own: str, packs: Mapping[str, str]) -> Decimal:
    """A quantity of packs in the product's own unit; Invalid for a unit it does not come in."""
    if unit is None or unit == own:
        return quantity
    if unit not in packs:
        raise Invalid("unit", "unknown_unit", f"It comes in {', '.join([own, *packs])}.")
    return quantity * Decimal(packs[unit])


def moved(refusal: Invalid, places: Sequence[int]) -> Invalid:
    """A refusal of some of many lines, naming their places among all: `lines.0.x` -> `lines.<places[0]>.x`."""
    errors = []
    for error in refusal.errors:
        lines, place, name = error.field.split(".", 2)
        errors.append(FieldError(f"{lines}.{places[int(place)]}.{name}", error.code, error.message))
    return Invalid.many(errors)
