"""One value of one field: from what was sent to what is kept. Kept are JSON types in one spelling each, so that equal
values are equal to the database, too:

text, choice    text
number          a JSON number of at most 15 digits, which every client reads exactly
money           "1250.00", in the field's currency
date            "2026-05-31"
boolean         true, false
multi_choice    a list in the order of the choices
reference       an id
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from uuid import UUID

import re2

from chassis import money
from chassis.custom import definitions as types
from chassis.custom.definitions import Definition

MAX_TEXT = 5000
MAX_INDEXED_TEXT = 500  # a B-tree holds no more than 2,704 bytes
DIGITS, PLACES = 15, 6
MAX_MONEY = Decimal("9999999999999.99")


class NotAllowed(Exception):
    """The value breaks a rule of its field: `code` is stable, the text is for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def normal(field: Definition, value: Any) -> Any:
    """`value` as it is kept. NotAllowed names the rule that it breaks. That a reference points to something is left to
    the caller, who has the database."""
    kept = _READ[field.type](field, value)
    if field.type in (types.NUMBER, types.MONEY, types.DATE):
        _check_range(field, kept)
    return kept


@lru_cache(maxsize=1000)
def pattern(text: str) -> Any:
    """The compiled pattern: RE2, whose time grows with the text and not beyond. ValueError where it is none."""
    options = re2.Options()
    options.log_errors, options.max_mem = False, 1 << 20
    try:
        return re2.compile(text, options)
    except re2.error as error:
        raise ValueError(str(error.args[0]) if error.args else "not a pattern") from None


def as_number(text: str) -> Decimal:
    """A number as the lists read it from a parameter. NotAllowed otherwise."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise NotAllowed("not_valid", "Not a valid number.") from None
    if not number.is_finite() or abs(number) >= 10**DIGITS:
        raise NotAllowed("not_valid", "Not a valid number.")
    return number


def _text(field: Definition, value: Any) -> str:
    if not isinstance(value, str):
        raise NotAllowed("not_valid", "Not a valid string.")
    text = value.strip()
    limit = field.rules.get("max_length") or (MAX_INDEXED_TEXT if field.is_unique or field.indexed else MAX_TEXT)
    if len(text) > limit:
        raise NotAllowed("too_long", f"Longer than maximum length {limit}.")
    least = field.rules.get("min_length") or 1
    if len(text) < least:
        raise NotAllowed("too_short", f"Shorter than minimum length {least}.")
    if field.rules.get("pattern") and not pattern(field.rules["pattern"]).fullmatch(text):
        raise NotAllowed("pattern", f"Must match the pattern {field.rules['pattern']}.")
    return text


def _number(_field: Definition, value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        raise NotAllowed("not_valid", "Not a valid number.")
    number = as_number(str(value))
    _, digits, exponent = number.normalize().as_tuple()
    if len(digits) > DIGITS or (isinstance(exponent, int) and -exponent > PLACES):
        message = f"At most {DIGITS} digits, {PLACES} of them after the point."
        raise NotAllowed("too_precise", message)
    return int(number) if number == number.to_integral_value() else float(number)


def _money(field: Definition, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
        raise NotAllowed("not_valid", "Not a valid amount.")
    try:
        amount = Decimal(str(value).strip())
    except InvalidOperation:
        raise NotAllowed("not_valid", "Not a valid amount.") from None
    if not amount.is_finite() or abs(amount) > MAX_MONEY:
        raise NotAllowed("out_of_range", f"Must be between -{MAX_MONEY} and {MAX_MONEY}.")
    currency = field.rules["currency"]
    kept = money.rounded(amount, currency)
    if kept != amount:
        raise NotAllowed("decimals", money.decimals_said(currency))
    return str(kept + 0)  # and not -0.00


def _date(_field: Definition, value: Any) -> str:
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        raise NotAllowed("not_valid", "Not a valid date: write 2026-05-31.") from None
    return day.isoformat()


def _boolean(_field: Definition, value: Any) -> bool:
    if not isinstance(value, bool):
        raise NotAllowed("not_valid", "Not a valid boolean: true or false.")
    return value


def _choice(field: Definition, value: Any) -> str:
    if not isinstance(value, str) or value not in field.values:
        raise NotAllowed("not_a_choice", f"Must be one of: {', '.join(field.values)}.")
    return value


def _choices(field: Definition, value: Any) -> list[str]:
    if not isinstance(value, list):
        raise NotAllowed("not_valid", "Not a valid list.")
    for one in value:
        _choice(field, one)
    return [one for one in field.values if one in value]


def _reference(_field: Definition, value: Any) -> str:
    try:
        return str(UUID(value))
    except (TypeError, ValueError, AttributeError):
        raise NotAllowed("not_valid", "Not a valid UUID.") from None


_READ: dict[str, Callable[[Definition, Any], Any]] = {
    types.TEXT: _text,
    types.NUMBER: _number,
    types.MONEY: _money,
    types.DATE: _date,
    types.BOOLEAN: _boolean,
    types.CHOICE: _choice,
    types.MULTI_CHOICE: _choices,
    types.REFERENCE: _reference,
}


def _check_range(field: Definition, kept: Any) -> None:
    for name, word in (("min", "greater"), ("max", "less")):
        bound = field.rules.get(name)
        if bound is None:
            continue
        here, there = (kept, bound) if field.type == types.DATE else (Decimal(str(kept)), Decimal(str(bound)))
        if (here < there) if name == "min" else (here > there):
            raise NotAllowed("out_of_range", f"Must be {word} than or equal to {bound}.")
