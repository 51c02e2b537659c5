"""What a customer asks of the catalogue: the price, and whether a choice holds."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from chassis import clock, money
from chassis.access import load
from chassis.errors import Invalid
from sales.products import rules
from sales.products.actions import check_known
from sales.products.model import Price, PriceBook, Product, ProductRule

_ZERO, _THOUSANDTH = Decimal("0.00"), Decimal("0.001")


def offer(
    session: Session, product: Product, currency: str, quantity: Decimal, segment: str | None = None,
    on: date | None = None,
) -> rules.Offer | None:  # fmt: skip
    """The price of one of the product on a day (default: today); None where no price book says. A variant without a
    price of its own costs what the product costs that it is one of."""
    return _offer(session, product.id, currency, quantity, segment, on) or (
        _offer(session, product.variant_of, currency, quantity, segment, on) if product.variant_of else None
    )


def price(session: Session, product_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """The price of a quantity, as PriceOut; Invalid where no price book has one."""
    product, currency = load(session, Product, product_id), query["currency"]
    quantity = rules.in_units(query["quantity"], query.get("unit"), product.unit, product.packs)
    holds = offer(session, product, currency, quantity, query.get("segment"), query.get("on"))
    if holds is None:
        raise Invalid("currency", "no_price", f"No price book has a price in {currency} for this.")
    one = holds.unit_price
    amount = money.rounded(quantity * one, currency)
    return {"product_id": product.id, "currency": currency, "quantity": quantity.quantize(_THOUSANDTH),
            "unit_price": one, "amount": amount}  # fmt: skip


def check_choice(session: Session, lines: list[dict[str, Any]]) -> dict[UUID, Decimal]:
    """What is to be picked for a choice of products, bundles taken apart: product -> quantity. Invalid, naming the
    line, for an unknown product or one that lacks what it requires or stands beside what it excludes."""
    ids = [line["product_id"] for line in lines]
    check_known(session, ids, "lines", active=True)
    goods: dict[UUID, Decimal] = defaultdict(Decimal)
    chosen = list(ids)
    for line in lines:
        for product_id, quantity in parts_of(session, line["product_id"], line["quantity"]).items():
            goods[product_id] += quantity
            chosen.append(product_id)
    found = session.scalars(select(ProductRule).where(ProductRule.product_id.in_(ids)))
    wanted = [rules.Rule(rule.product_id, rule.kind, rule.other_id) for rule in found]
    about = {one for rule in wanted for one in (rule.product_id, rule.other_id)}
    found_names = select(Product.id, Product.name).where(Product.id.in_(about))
    names = {row.id: row.name for row in session.execute(found_names)}
    rules.check_rules(chosen, wanted, names)
    return goods


def fill_in(
    session: Session, wanted: list[dict[str, Any]], currency: str, segment: str | None = None
) -> list[dict[str, Any]]:
    """Lines as they are asked for, with what a product knows by itself filled in: what it is called, its unit, tax and
    price; `list_price` and `book_id` are those of the price book, whatever price is asked for. Invalid, naming the
    line, where products do not go together or nothing says a description or a price."""
    places = [place for place, line in enumerate(wanted) if line.get("product_id")]
    named = [{name: wanted[place][name] for name in ("product_id", "quantity")} for place in places]
    products: dict[UUID, Product] = {}
    if named:
        try:
            check_choice(session, named)
        except Invalid as refusal:
            raise rules.moved(refusal, places) from None
        products = check_known(session, [line["product_id"] for line in named], "lines")
    return [
        _filled(session, place, line, products.get(line.get("product_id")), currency, segment)  # type: ignore[arg-type]
        for place, line in enumerate(wanted)
    ]


def _filled(
    session: Session, place: int, wanted: dict[str, Any], product: Product | None, currency: str, segment: str | None
) -> dict[str, Any]:
    values: dict[str, Any] = {
        "unit": "piece", "tax_percent": _ZERO, "product_id": None, "list_price": None, "book_id": None
    }  # fmt: skip
    if product:
        own = {"description": product.name, "unit": product.unit, "tax_percent": product.tax_percent}
        values |= own
        if holds := offer(session, product, currency, wanted["quantity"], segment):
            values |= dict.fromkeys(("unit_price", "list_price"), holds.unit_price) | {"book_id": holds.book_id}
    values |= wanted | money.in_units(wanted, currency, "unit_price", at=f"lines.{place}.")
    needed = {
        "description": "Say what it is, or name a product.",
        "unit_price": f"Say what one costs: no price book has a price in {currency} for it.",
    }
    for name, missing in needed.items():
        if values.get(name) is None:
            raise Invalid(f"lines.{place}.{name}", "required", missing)
    return values


def parts_of(session: Session, product_id: UUID, quantity: Decimal) -> dict[UUID, Decimal]:
    """The goods in so many of a product: itself, or, level by level, what is in the bundle."""
    goods: dict[UUID, Decimal] = defaultdict(Decimal)
    level = {product_id: quantity}
    while level:
        below: dict[UUID, Decimal] = defaultdict(Decimal)
        for product in session.scalars(select(Product).where(Product.id.in_(level))):
            for part in product.parts:
                below[part.product_id] += part.quantity * level[product.id]
            if not product.parts:
                goods[product.id] += level[product.id]
        level = below
    return goods


def _offer(
    session: Session, product_id: UUID, currency: str, quantity: Decimal, segment: str | None, on: date | None
) -> rules.Offer | None:
    on = on or clock.now().date()
    offers = (
        select(PriceBook.segment, PriceBook.valid_from, Price.min_quantity, Price.unit_price, PriceBook.id)
        .join(PriceBook, Price.book_id == PriceBook.id)
        .where(
            Price.product_id == product_id,
            Price.min_quantity <= quantity,
            PriceBook.currency == currency,
            or_(PriceBook.segment.is_(None), PriceBook.segment == segment),
            PriceBook.valid_from <= on,
            or_(PriceBook.valid_to.is_(None), PriceBook.valid_to >= on),
        )
    )
    return rules.best_offer(rules.Offer(*row) for row in session.execute(offers))
