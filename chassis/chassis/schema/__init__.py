"""What comes in and goes out: marshmallow schemas, and the field types that the platform agrees on.

`fields` is marshmallow's `fields` and Text, Email, Phone, Amount, Currency, CountryCode,
Custom, Id and Instant. A schema may
name in `Meta.hidden` the fields that a reach never sees: `hidden = {"partner": ("grade",)}`; they can then be neither
read, filtered nor sorted by.
"""

from chassis.schema import field_types as fields
from chassis.schema.base import Schema
from chassis.schema.standards import normal_email, normal_phone

__all__ = ["Schema", "fields", "normal_email", "normal_phone"]
