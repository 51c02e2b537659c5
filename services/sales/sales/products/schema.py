"""What comes in and goes out about products."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, validate, validates_schema

from chassis.schema import Schema, fields

POSITIVE = validate.Range(min=Decimal("0.001"), max=Decimal("99999999.999"))
NOT_NEGATIVE = validate.Range(min=Decimal(0), max=Decimal("99999999.999"))
PERCENT = validate.Range(min=Decimal(0), max=Decimal(100))


def quantity(**options: Any) -> fields.Decimal:
    """A quantity of up to three places, more than nothing unless told otherwise."""
    options = {"validate": POSITIVE} | options
    return fields.Decimal(places=3, as_string=True, allow_nan=False, **options)


def percent(**options: Any) -> fields.Decimal:
    """Per cent, 0 to 100, two places."""
    return fields.Decimal(places=2, as_string=True, allow_nan=False, validate=PERCENT, **options)


class CategoryIn(Schema):
    """A new category."""

    name = fields.Text(required=True, max=80)
    parent_id = fields.Id(load_default=None, allow_none=True)


class CategoryPatch(Schema):
    """A category is called otherwise, or hung elsewhere."""

    name = fields.Text(min=1, max=80)
    parent_id = fields.Id(allow_none=True)


class CategoryOut(Schema):
    """A category."""

    id = fields.Id()
    name = fields.Text()
    parent_id = fields.Id(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class Part(Schema):
    """So many of a product in one bundle."""

    product_id = fields.Id(required=True)
    quantity = quantity(load_default=Decimal("1.000"))


class ProductPatch(Schema):
    """What can be changed of a product. `parts` is the whole list."""

    name = fields.Text(min=1)
    category_id = fields.Id(allow_none=True)
    packs = fields.Dict(keys=fields.Text(min=1, max=20), values=quantity())
    tax_percent = percent()
    active = fields.Boolean()
    lead_days = fields.Integer(validate=validate.Range(0, 730))
    parts = fields.List(fields.Nested(Part), validate=validate.Length(max=100))


class ProductIn(ProductPatch):
    """A new product; a variant names the product it is one of, and its options."""

    code = fields.Text(required=True, max=40)
    name = fields.Text(required=True)
    unit = fields.Text(load_default="piece", min=1, max=20)
    variant_of = fields.Id()
    options = fields.Dict(keys=fields.Text(min=1, max=40), values=fields.Text(min=1, max=80))


class ProductOut(Schema):
    """A product."""

    id = fields.Id()
    code = fields.Text()
    name = fields.Text()
    category_id = fields.Id(allow_none=True)
    unit = fields.Text()
    packs = fields.Dict()
    variant_of = fields.Id(allow_none=True)
    options = fields.Dict()
    tax_percent = fields.Decimal(as_string=True)
    active = fields.Boolean()
    lead_days = fields.Integer()
    parts = fields.Nested(Part, many=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class RuleIn(Schema):
    """Whoever takes `product_id` must (`requires`), or must not (`excludes`), take `other_id`."""

    product_id = fields.Id(required=True)
    kind = fields.Text(required=True, validate=validate.OneOf(("requires", "excludes")))
    other_id = fields.Id(required=True)


class RuleOut(RuleIn):
    """A rule of what goes together."""

    id = fields.Id()
    version = fields.Integer()
    created_at = fields.Instant()


class Price(Schema):
    """What one unit costs from `min_quantity` on."""

    product_id = fields.Id(required=True)
    min_quantity = quantity(load_default=Decimal("0.000"), validate=NOT_NEGATIVE)
    unit_price = fields.Amount(required=True)


class BookPatch(Schema):
    """What can be changed of a price book. `entries` is the whole list. Its currency stays."""

    name = fields.Text(min=1, max=80)
    segment = fields.Text(max=40, min=1, allow_none=True)
    valid_from = fields.Date()
    valid_to = fields.Date(allow_none=True)
    entries = fields.List(fields.Nested(Price), validate=validate.Length(max=5000))

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("valid_to") and data.get("valid_from") and data["valid_to"] < data["valid_from"]:
            raise ValidationError("Must not be before valid_from.", "valid_to")


class BookIn(BookPatch):
    """A new price book."""

    name = fields.Text(required=True, max=80)
    currency = fields.Currency(required=True)
    valid_from = fields.Date(required=True)


class BookOut(Schema):
    """A price book with its prices."""

    id = fields.Id()
    name = fields.Text()
    currency = fields.Currency()
    segment = fields.Text(allow_none=True)
    valid_from = fields.Date()
    valid_to = fields.Date(allow_none=True)
    entries = fields.Nested(Price, many=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class PriceQuery(Schema):
    """Of what the price is asked. `unit`: one of the product's packs, its own where none is named."""

    currency = fields.Currency(required=True)
    quantity = quantity(load_default=Decimal("1.000"))
    unit = fields.Text(max=20)
    segment = fields.Text(max=40)
    on = fields.Date()


class PriceOut(Schema):
    """The price that holds: `quantity` units at `unit_price`."""

    product_id = fields.Id()
    currency = fields.Currency()
    quantity = fields.Decimal(as_string=True)
    unit_price = fields.Amount()
    amount = fields.Amount()


class StockIn(Schema):
    """What is on hand now."""

    on_hand = quantity(required=True, validate=NOT_NEGATIVE)


class StockQuery(Schema):
    """How many are wanted."""

    quantity = quantity(load_default=Decimal("1.000"))


class StockOut(Schema):
    """What is on hand (of a bundle: how many could be made up), and the day the wanted quantity can leave; `state`:
    in_stock, on_order (after the lead time), or unknown where the stock cannot be looked up now."""

    product_id = fields.Id()
    state = fields.Text()
    on_hand = fields.Decimal(as_string=True, allow_none=True)
    promised_on = fields.Date(allow_none=True)


class Chosen(Schema):
    """A product that somebody wants."""

    product_id = fields.Id(required=True)
    quantity = quantity(load_default=Decimal("1.000"))


class ConfigurationIn(Schema):
    """A choice of products, to be checked."""

    lines = fields.List(fields.Nested(Chosen), required=True, validate=validate.Length(min=1, max=200))


class ConfigurationOut(Schema):
    """A choice that holds; `goods`: what is to be picked, bundles taken apart."""

    goods = fields.Nested(Chosen, many=True)
