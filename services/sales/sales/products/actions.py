"""Keep the catalogue and the price books."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import money
from chassis.access import load
from chassis.errors import Conflict, FieldError, Invalid
from sales.locks import hold
from sales.managers import require_manager
from sales.products import rules
from sales.products.model import Category, Part, Price, PriceBook, Product, ProductRule, StockLevel
from sales.products.stock import OwnStock, stock

_NEW = {"packs": {}, "options": {}, "tax_percent": Decimal("0.00"), "active": True, "lead_days": 0}


def create_category(session: Session, data: dict[str, Any]) -> Category:
    """A new category."""
    require_manager("the catalogue")
    category = Category(**data)
    session.add(category)
    return category


def change_category(session: Session, category: Category, changes: dict[str, Any]) -> Category:
    """Rename or move a category; Invalid where it would come to hang below itself."""
    require_manager("the catalogue")
    if changes.get("parent_id"):
        hold(session, "product categories")
        parents = {id: [parent] for id, parent in session.execute(select(Category.id, Category.parent_id)) if parent}
        rules.check_acyclic(category.id, [changes["parent_id"]], parents, "parent_id")
    for name, value in changes.items():
        setattr(category, name, value)
    return category


def create_product(session: Session, data: dict[str, Any]) -> Product:
    """A new product, variant or bundle."""
    require_manager("the catalogue")
    values = {name: value for name, value in data.items() if name != "parts"}
    product = Product(**_NEW | values | {"packs": _packs(data.get("packs", {}))})
    _check_variant(session, product)
    session.add(product)
    session.flush()
    _set_parts(session, product, data.get("parts", []))
    return product


def change_product(session: Session, product: Product, changes: dict[str, Any]) -> Product:
    """Change a product; Invalid where a bundle would come to hold itself."""
    require_manager("the catalogue")
    if "parts" in changes:
        _set_parts(session, product, changes["parts"])
        product.touch()
    for name, value in changes.items():
        if name != "parts":
            setattr(product, name, _packs(value) if name == "packs" else value)
    return product


def add_rule(session: Session, data: dict[str, Any]) -> tuple[ProductRule, bool]:
    """A rule of what goes together, and whether it is new. Conflict where the two have the other kind of rule, either
    way round: nobody could choose both."""
    require_manager("the catalogue")
    if data["product_id"] == data["other_id"]:
        raise Invalid("other_id", "same_product", "A product has no rule about itself.")
    pair = {"product_id": data["product_id"], "other_id": data["other_id"]}
    hold(session, f"product rule {sorted(map(str, pair.values()))}")
    about = ProductRule.product_id.in_(pair.values()), ProductRule.other_id.in_(pair.values())
    known = {one.product_id: one for one in session.scalars(select(ProductRule).where(*about))}
    if any(one.kind != data["kind"] for one in known.values()):
        raise _opposite()
    if data["product_id"] in known:
        return known[data["product_id"]], False
    rule = ProductRule(**data)
    session.add(rule)
    return rule, True


def _opposite() -> Conflict:
    said = "One of the two products requires the other, or excludes it, already."
    refusal = Conflict("opposite_rule", said)
    refusal.errors = [FieldError(name, "opposite_rule", said) for name in ("product_id", "other_id")]
    return refusal


def remove_rule(session: Session, rule: ProductRule) -> None:
    """Take a rule away."""
    require_manager("the catalogue")
    session.delete(rule)


def create_book(session: Session, data: dict[str, Any]) -> PriceBook:
    """A new price book."""
    require_manager("price books")
    book = PriceBook(**{name: value for name, value in data.items() if name != "entries"})
    _set_entries(session, book, data.get("entries", []))
    session.add(book)
    return book


def change_book(session: Session, book: PriceBook, changes: dict[str, Any]) -> PriceBook:
    """Change a price book. Quotes keep the prices that they were made with."""
    require_manager("price books")
    for name, value in changes.items():
        if name != "entries":
            setattr(book, name, value)
    if "entries" in changes:
        _set_entries(session, book, changes["entries"])
        book.touch()
    return book


def set_stock(session: Session, product_id: UUID, on_hand: Decimal) -> None:
    """Say what is on hand, for the stock that the platform keeps itself. Conflict where another system does."""
    if not isinstance(stock(), OwnStock):
        raise Conflict("stock_elsewhere", "Another system keeps the stock.")
    load(session, Product, product_id, lock=True)
    session.merge(StockLevel(product_id=product_id, on_hand=on_hand))


def _check_variant(session: Session, product: Product) -> None:
    if (product.variant_of is None) != (not product.options):
        raise Invalid("options", "variant", "A variant has variant_of and options; another product has neither.")
    if product.variant_of and session.scalar(select(Product.variant_of).where(Product.id == product.variant_of)):
        raise Invalid("variant_of", "variant_of_variant", "A variant has no variants of its own.")


def _packs(packs: dict[str, Decimal]) -> dict[str, str]:
    return {unit: str(quantity) for unit, quantity in packs.items()}


def _set_parts(session: Session, product: Product, wanted: list[dict[str, Any]]) -> None:
    """One at a time, for two bundles that are put into each other at once would each see no cycle."""
    if not wanted and not product.parts:
        return
    hold(session, "bundles")
    ids = [part["product_id"] for part in wanted]
    if len(set(ids)) < len(ids):
        raise Invalid("parts", "twice", "A product stands in a bundle once; raise its quantity.")
    check_known(session, ids, "parts")
    graph: dict[UUID, list[UUID]] = defaultdict(list)
    for bundle_id, product_id in session.execute(select(Part.bundle_id, Part.product_id)):
        graph[bundle_id].append(product_id)
    rules.check_acyclic(product.id, ids, graph, "parts")
    known = {part.product_id: part for part in product.parts}
    parts = [(known.get(part["product_id"]) or Part(product_id=part["product_id"]), part) for part in wanted]
    for kept, part in parts:
        kept.quantity = part["quantity"]
    product.parts = [kept for kept, _ in parts]


def check_known(session: Session, ids: list[UUID], field: str, *, active: bool = False) -> dict[UUID, Product]:
    """The products of `ids`; Invalid, naming the place in `field`, for one that there is not (or that is no longer
    sold, with `active`)."""
    found = {one.id: one for one in session.scalars(select(Product).where(Product.id.in_(ids)))}
    for place, product_id in enumerate(ids):
        if product_id not in found:
            raise Invalid(f"{field}.{place}.product_id", "unknown_product", "There is no product with this id.")
        if active and not found[product_id].active:
            raise Invalid(f"{field}.{place}.product_id", "inactive_product", "The product is not sold any more.")
    return found


def _set_entries(session: Session, book: PriceBook, wanted: list[dict[str, Any]]) -> None:
    check_known(session, [entry["product_id"] for entry in wanted], "entries")
    known = {(price.product_id, price.min_quantity): price for price in book.entries}
    entries: dict[tuple[UUID, Decimal], Price] = {}
    for place, entry in enumerate(wanted):
        key = entry["product_id"], entry["min_quantity"]
        if key in entries:
            raise Invalid(f"entries.{place}.min_quantity", "twice", "The product has a price from this quantity on.")
        entries[key] = known.get(key) or Price(product_id=key[0], min_quantity=key[1])
        entries[key].unit_price = money.accepted(entry["unit_price"], book.currency, f"entries.{place}.unit_price")
    book.entries = list(entries.values())
