"""All of marshmallow's fields, and the platform's own. Used as `from chassis.schema import fields`."""

from __future__ import annotations

from datetime import MINYEAR, UTC, datetime
from decimal import Decimal as Number
from typing import Any

from marshmallow import ValidationError, validate
from marshmallow import fields as _marshmallow
from marshmallow.fields import (
    URL,
    UUID,
    Boolean,
    Constant,
    Date,
    DateTime,
    Decimal,
    Dict,
    Enum,
    Field,
    Float,
    Function,
    Integer,
    List,
    Method,
    Nested,
    Pluck,
    Raw,
    String,
    Time,
    Url,
)

from chassis.instants import instant_text
from chassis.money import MOST_DIGITS
from chassis.schema.mistakes import as_list
from chassis.schema.standards import countries, currencies, normal_email, normal_phone
from chassis.zones import zones

__all__ = [
    "URL", "UUID", "Amount", "Boolean", "Constant", "CountryCode", "Currency", "Custom", "Date", "DateTime", "Decimal",
    "Dict", "Email", "Enum", "Field", "Float", "Function", "Id", "Instant", "Integer", "List", "Method", "Nested",
    "Phone", "Pluck", "Raw", "String", "Text", "Time", "TimeZone", "Url",
]  # fmt: skip


class Text(_marshmallow.String):
    """Text without NUL characters, trimmed, of at most `max` characters (default 200) and at least `min`."""

    def __init__(self, *, max: int = 200, min: int = 0, **options: Any) -> None:
        if options.get("required") and not options.get("allow_none"):
            min = min or 1
        limits = [validate.Length(max=max), *([validate.Length(min=min)] if min else [])]
        checks = [*limits, *as_list(options.pop("validate", None))]
        super().__init__(validate=checks, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        if "\x00" in text:
            raise ValidationError("Must not hold NUL characters.")
        return text.strip()


class Email(_marshmallow.String):
    """An e-mail address by syntax (RFC 5321/5322, internationalised); kept in lower case, without a look-up."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        return normal_email(text)


class Phone(_marshmallow.String):
    """A phone number in any usual spelling, kept as E.164; without a country code it is Chinese."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        return normal_phone(text)


class Amount(_marshmallow.Decimal):
    """Money: a decimal, sent as a string. At least 0 unless `min` says otherwise (None: any). How many decimals it may
    have is for its currency to say: see `chassis.money`; here it keeps two, or more where it has more."""

    def __init__(
        self,
        *,
        min: Number | int | None = 0,
        max: Number | int = Number("9999999999999999.99"),
        **options: Any,
    ) -> None:
        low = -Number(max) if min is None else min
        checks = [
            validate.Range(min=Number(low), max=Number(max)),
            *as_list(options.pop("validate", None)),
        ]
        super().__init__(places=None, allow_nan=False, as_string=True, validate=checks, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Number:
        if isinstance(value, bool):
            raise ValidationError("Not a valid number.")
        amount: Number = super()._deserialize(value, attr, data, **kwargs)
        if abs(amount) >= 10**16:
            return amount  # too large for its decimals to be written; the range refuses it
        for places in range(2, MOST_DIGITS + 1):
            if amount == (kept := round(amount, places)):
                return kept
        raise ValidationError(f"Too many decimals: at most {MOST_DIGITS}.")


class Currency(_marshmallow.String):
    """An ISO 4217 code: three capitals."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        if text not in currencies():
            raise ValidationError("Not an ISO 4217 currency code.")
        return text


class CountryCode(_marshmallow.String):
    """An ISO 3166-1 alpha-2 code: two capitals."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs).upper()
        if text not in countries():
            raise ValidationError("Not an ISO 3166-1 alpha-2 country code.")
        return text


class TimeZone(_marshmallow.String):
    """The name of an IANA time zone, such as Europe/Berlin."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        if text not in zones():
            raise ValidationError("Not a valid IANA time zone, such as Asia/Shanghai.")
        return text


class Custom(_marshmallow.Dict):
    """The custom fields of `entity` (the name of its table): key -> value. What each may be is for the database to say:
    see `chassis.custom`."""

    def __init__(self, entity: str, **options: Any) -> None:
        super().__init__(keys=_marshmallow.String(), validate=validate.Length(max=200), **options)
        self.entity = entity


class Id(_marshmallow.UUID):
    """An identifier (UUID)."""


class Instant(_marshmallow.AwareDateTime):
    """An instant (RFC 3339). One without an offset is refused, because nobody knows what it means; so is the first year
    there is, because who reckons back from it leaves the calendar."""

    def __init__(self, **options: Any) -> None:
        super().__init__(format="iso", default_timezone=None, **options)

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:  # noqa: ARG002
        return None if value is None else instant_text(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        try:
            given: datetime = super()._deserialize(value, attr, data, **kwargs)
            instant = given.astimezone(UTC)
        except OverflowError:
            raise ValidationError("Not a valid instant.") from None
        if instant.year == MINYEAR:
            raise ValidationError("Not a valid instant.")
        return instant
