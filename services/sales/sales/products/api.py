"""Routes of the catalogue, of price books and of stock."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.http import Answer, Api, Resource
from sales.managers import require_manager
from sales.products import actions, promising, schema, selling
from sales.products.model import Category, PriceBook, Product, ProductRule


def _add_rule(session: Session, data: dict[str, Any]) -> Answer:
    rule, new = actions.add_rule(session, data)
    return Answer(rule, 201 if new else 200)


api = Api("products", scope="sales")
api.add(
    Resource(
        Category,
        path="product-categories",
        read=schema.CategoryOut,
        create=schema.CategoryIn,
        update=schema.CategoryPatch,
        filters=("parent_id",),
        on_create=actions.create_category,
        on_update=actions.change_category,
    )
)
api.add(
    Resource(
        Product,
        path="products",
        read=schema.ProductOut,
        create=schema.ProductIn,
        update=schema.ProductPatch,
        filters=("code", "category_id", "variant_of", "active"),
        sorts=("name",),
        on_create=actions.create_product,
        on_update=actions.change_product,
        exported=True,
    )
)
api.add(
    Resource(
        ProductRule,
        path="product-rules",
        read=schema.RuleOut,
        create=schema.RuleIn,
        filters=("product_id", "other_id", "kind"),
        on_create=_add_rule,
        create_also=(200,),
        on_delete=actions.remove_rule,
    )
)
api.add(
    Resource(
        PriceBook,
        path="price-books",
        read=schema.BookOut,
        create=schema.BookIn,
        update=schema.BookPatch,
        filters=("currency", "segment", "valid_from"),
        on_create=actions.create_book,
        on_update=actions.change_book,
        exported=True,
    )
)


@api.get("/products/<uuid:product_id>/price", query=schema.PriceQuery, returns=schema.PriceOut, errors=(404, 422))
def price(session: Session, product_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """The price that holds for a quantity, segment and day."""
    return selling.price(session, product_id, query)


@api.get("/products/<uuid:product_id>/availability", query=schema.StockQuery, returns=schema.StockOut, errors=(404,))
def availability(session: Session, product_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """What is on hand, and the day a quantity can leave."""
    return promising.availability(session, product_id, query["quantity"])


@api.put(
    "/products/<uuid:product_id>/stock",
    body=schema.StockIn,
    returns=schema.StockOut,
    guarded=False,
    errors=(404, 409),
)
def set_stock(session: Session, product_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Say what is on hand now."""
    require_manager("stock")
    actions.set_stock(session, product_id, body["on_hand"])
    session.flush()
    return promising.availability(session, product_id, body["on_hand"])


@api.post("/configurations/check", body=schema.ConfigurationIn, returns=schema.ConfigurationOut, read_only=True)
def check(session: Session, body: dict[str, Any]) -> dict[str, Any]:
    """Whether products go together, and what is to be picked for them."""
    goods = selling.check_choice(session, body["lines"])
    return {"goods": [{"product_id": product_id, "quantity": quantity} for product_id, quantity in goods.items()]}
