"""What comes in and goes out: marshmallow schemas, and the field types that the platform agrees on.

`fields` is all of marshmallow's `fields` plus Text, Email, Phone, Amount, Currency, CountryCode, Id and Instant.
A schema may name in `Meta.hidden` the fields that a reach never sees: `hidden = {"partner": ("grade",)}`; they can
then be neither read, filtered nor sorted by.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar

import marshmallow
import phonenumbers
from email_validator import EmailNotValidError, validate_email
from marshmallow import RAISE, ValidationError, validate
from marshmallow import fields as _fields

from chassis.errors import FieldError, Invalid

DEFAULT_REGION = "CN"
_CN_MOBILE = re.compile(r"1[3-9]\d{9}")
_CURRENCY = re.compile(r"[A-Z]{3}")


class Schema(marshmallow.Schema):
    """A schema that refuses what it does not know. `passes_all` marks a query that its route reads by itself."""

    passes_all: ClassVar[bool] = False

    class Meta:
        unknown = RAISE
        hidden: ClassVar[dict[str, tuple[str, ...]]] = {}

    def load_or_refuse(self, data: Any, **options: Any) -> dict[str, Any]:
        """The loaded data; Invalid that names every field and rule otherwise."""
        if not isinstance(data, Mapping):
            raise Invalid("", "not_an_object", "A JSON object is expected.")
        try:
            loaded: dict[str, Any] = self.load(data, **options)
        except ValidationError as error:
            raise Invalid.many(list(_flatten(error.messages))) from None
        return loaded


class Text(_fields.String):
    """Text without NUL characters, trimmed, of at most `max` characters (default 200) and at least `min`."""

    def __init__(self, *, max: int = 200, min: int = 0, **options: Any) -> None:
        if options.get("required") and not options.get("allow_none"):
            min = min or 1
        limits = [validate.Length(max=max), *([validate.Length(min=min)] if min else [])]
        checks = [*limits, *_as_list(options.pop("validate", None))]
        super().__init__(validate=checks, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        if "\x00" in text:
            raise ValidationError("Must not hold NUL characters.")
        return text.strip()


class Email(_fields.String):
    """An e-mail address by syntax (RFC 5321/5322, internationalised); kept in lower case, without a look-up."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        return normal_email(text)


class Phone(_fields.String):
    """A phone number in any usual spelling, kept as E.164; without a country code it is Chinese."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        return normal_phone(text)


class Amount(_fields.Decimal):
    """Money: a decimal with two places, sent as a string. At least 0 unless `min` says otherwise (None: any)."""

    def __init__(
        self,
        *,
        min: Decimal | int | None = 0,
        max: Decimal | int = Decimal("9999999999999999.99"),
        **options: Any,
    ) -> None:
        low = -Decimal(max) if min is None else min
        checks = [
            validate.Range(min=Decimal(low), max=Decimal(max)),
            *_as_list(options.pop("validate", None)),
        ]
        super().__init__(places=None, allow_nan=False, as_string=True, validate=checks, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        if isinstance(value, bool):
            raise ValidationError("Not a valid number.")
        amount: Decimal = super()._deserialize(value, attr, data, **kwargs)
        if abs(amount) >= 10**16:
            return amount  # too large for the two places to be written; the range refuses it
        if amount != round(amount, 2):
            raise ValidationError("At most two decimal places.")
        return round(amount, 2)


class Currency(_fields.String):
    """An ISO 4217 code: three capitals."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        if not _CURRENCY.fullmatch(text) or text not in CURRENCIES:
            raise ValidationError("Not an ISO 4217 currency code.")
        return text


class CountryCode(_fields.String):
    """An ISO 3166-1 alpha-2 code: two capitals."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs).upper()
        if text not in phonenumbers.SUPPORTED_REGIONS | _TERRITORIES_WITHOUT_PHONE:
            raise ValidationError("Not an ISO 3166-1 alpha-2 country code.")
        return text


class Id(_fields.UUID):
    """An identifier (UUID)."""


class Instant(_fields.AwareDateTime):
    """An instant (RFC 3339). One without an offset is refused, because nobody knows what it means."""

    def __init__(self, **options: Any) -> None:
        super().__init__(format="iso", default_timezone=None, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        try:
            instant: datetime = super()._deserialize(value, attr, data, **kwargs)
            return instant.astimezone(UTC)
        except OverflowError:
            raise ValidationError("Not a valid instant.") from None


def normal_email(text: str) -> str:
    """`text` as an address in lower case. ValidationError says what is wrong with it."""
    try:
        return validate_email(
            text.strip(), check_deliverability=False, test_environment=True
        ).normalized.lower()
    except EmailNotValidError as error:
        raise ValidationError(f"Not a valid e-mail address: {error}") from None


def normal_phone(text: str, region: str = DEFAULT_REGION) -> str:
    """`text` as E.164. ValidationError where it cannot be a phone number of its country.

    Chinese mobiles (11 digits, 13-19) are by far the most common and take a short way.
    """
    if region == "CN" and _CN_MOBILE.fullmatch(text):
        return "+86" + text
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        raise ValidationError("Not a valid phone number.") from None
    if not phonenumbers.is_valid_number(number):
        raise ValidationError("Not a valid phone number.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class fields:
    """All of marshmallow's fields, and the platform's own."""

    Field, Raw, Nested, List, Dict, Mapping = (
        _fields.Field, _fields.Raw, _fields.Nested, _fields.List, _fields.Dict, _fields.Mapping,
    )  # fmt: skip
    String, Str, Integer, Int, Float, Boolean, Bool = (
        _fields.String, _fields.String, _fields.Integer, _fields.Integer, _fields.Float, _fields.Boolean, _fields.Boolean,
    )  # fmt: skip
    Decimal, Date, Time, DateTime, AwareDateTime = (
        _fields.Decimal, _fields.Date, _fields.Time, _fields.DateTime, _fields.AwareDateTime,
    )  # fmt: skip
    UUID, Url, URL, IP, Enum, Method, Function, Constant, Pluck, Tuple = (
        _fields.UUID, _fields.Url, _fields.Url, _fields.IP, _fields.Enum, _fields.Method, _fields.Function,
        _fields.Constant, _fields.Pluck, _fields.Tuple,
    )  # fmt: skip
    Text, Email, Phone, Amount, Currency = Text, Email, Phone, Amount, Currency
    CountryCode, Id, Instant = CountryCode, Id, Instant


def _as_list(value: Any) -> list[Any]:
    return [] if value is None else list(value) if isinstance(value, (list, tuple)) else [value]


_CODES = {
    "Missing data for required field.": "required",
    "Unknown field.": "unknown_field",
    "Field may not be null.": "null",
    "Shorter than minimum length": "too_short",
    "Longer than maximum length": "too_long",
    "Length must be": "length",
    "Must be one of": "not_a_choice",
    "Must be greater": "out_of_range",
    "Must be less": "out_of_range",
    "Not a valid": "not_valid",
}


def _flatten(messages: Any, path: str = "") -> Any:
    """Marshmallow's nested messages as FieldErrors, with a stable code for each of its own sentences."""
    if isinstance(messages, Mapping):
        for key, value in messages.items():
            yield from _flatten(value, path if key == "_schema" else f"{path}.{key}".lstrip("."))
        return
    for message in _as_list(messages):
        if isinstance(message, Mapping):
            yield from _flatten(message, path)
        else:
            code = next((code for start, code in _CODES.items() if str(message).startswith(start)), "invalid")
            yield FieldError(path, code, str(message))


_TERRITORIES_WITHOUT_PHONE = frozenset({"AQ", "BV", "GS", "HM", "PN", "TF", "UM"})

CURRENCIES = frozenset(
    [
        "AED",
        "AFN",
        "ALL",
        "AMD",
        "AOA",
        "ARS",
        "AUD",
        "AWG",
        "AZN",
        "BAM",
        "BBD",
        "BDT",
        "BGN",
        "BHD",
        "BIF",
        "BMD",
        "BND",
        "BOB",
        "BRL",
        "BSD",
        "BTN",
        "BWP",
        "BYN",
        "BZD",
        "CAD",
        "CDF",
        "CHF",
        "CLP",
        "CNY",
        "COP",
        "CRC",
        "CUP",
        "CVE",
        "CZK",
        "DJF",
        "DKK",
        "DOP",
        "DZD",
        "EGP",
        "ERN",
        "ETB",
        "EUR",
        "FJD",
        "FKP",
        "GBP",
        "GEL",
        "GHS",
        "GIP",
        "GMD",
        "GNF",
        "GTQ",
        "GYD",
        "HKD",
        "HNL",
        "HTG",
        "HUF",
        "IDR",
        "ILS",
        "INR",
        "IQD",
        "IRR",
        "ISK",
        "JMD",
        "JOD",
        "JPY",
        "KES",
        "KGS",
        "KHR",
        "KMF",
        "KPW",
        "KRW",
        "KWD",
        "KYD",
        "KZT",
        "LAK",
        "LBP",
        "LKR",
        "LRD",
        "LSL",
        "LYD",
        "MAD",
        "MDL",
        "MGA",
        "MKD",
        "MMK",
        "MNT",
        "MOP",
        "MRU",
        "MUR",
        "MVR",
        "MWK",
        "MXN",
        "MYR",
        "MZN",
        "NAD",
        "NGN",
        "NIO",
        "NOK",
        "NPR",
        "NZD",
        "OMR",
        "PAB",
        "PEN",
        "PGK",
        "PHP",
        "PKR",
        "PLN",
        "PYG",
        "QAR",
        "RON",
        "RSD",
        "RUB",
        "RWF",
        "SAR",
        "SBD",
        "SCR",
        "SDG",
        "SEK",
        "SGD",
        "SHP",
        "SLE",
        "SOS",
        "SRD",
        "SSP",
        "STN",
        "SVC",
        "SYP",
        "SZL",
        "THB",
        "TJS",
        "TMT",
        "TND",
        "TOP",
        "TRY",
        "TTD",
        "TWD",
        "TZS",
        "UAH",
        "UGX",
        "USD",
        "UYU",
        "UZS",
        "VES",
        "VND",
        "VUV",
        "WST",
        "XAF",
        "XCD",
        "XOF",
        "XPF",
        "YER",
        "ZAR",
        "ZMW",
        "ZWL",
    ]
)
