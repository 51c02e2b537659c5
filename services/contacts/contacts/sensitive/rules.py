"""Which fields are kept encrypted, their normal form, and what is shown of them."""

from __future__ import annotations

import re
from datetime import date

from chassis.errors import Invalid

FIELDS = ("id_number", "passport_number", "birthday", "bank_account", "tax_number", "social_security_number")
# By these, two records with the same value are likely to be one person.
UNIQUE = ("id_number", "passport_number", "social_security_number")
_APART = re.compile(r"[\s\-.·]+")
_PLAIN = re.compile(r"[0-9A-Z]{4,40}")
_CHINESE_ID = re.compile(r"\d{17}[0-9X]")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[0-9A-Z]{11,30}")
_SHOWN = 4


def normal(field: str, value: str, today: date) -> str:
    """The normal form of a value. Invalid for one that cannot be: a date to come, a wrong check digit."""
    if field == "birthday":
        return _birthday(value, today)
    text = _APART.sub("", value).upper()
    if not _PLAIN.fullmatch(text):
        raise Invalid("value", "not_valid", "Must be 4 to 40 letters and digits.")
    if field == "id_number" and _CHINESE_ID.fullmatch(text) and not _has_check_digit(text):
        raise Invalid("value", "check_digit", "The check digit is wrong (GB 11643).")
    if field == "bank_account" and _IBAN.fullmatch(text) and not _is_iban(text):
        raise Invalid("value", "check_digit", "The check digits are wrong (ISO 13616).")
    return text


def masked(field: str, value: str) -> str:
    """What everybody may see: the last four characters of a long number, nothing of a birthday."""
    return "****" if field == "birthday" or len(value) < 2 * _SHOWN else f"****{value[-_SHOWN:]}"


def _birthday(value: str, today: date) -> str:
    try:
        day = date.fromisoformat(value.strip())
    except ValueError:
        raise Invalid("value", "not_a_date", "Must be a date as in 1990-05-17.") from None
    if not date(1880, 1, 1) <= day <= today:
        raise Invalid("value", "out_of_range", "Nobody alive was born on that day.")
    return day.isoformat()


def _has_check_digit(number: str) -> bool:
    """ISO 7064 MOD 11-2 over the first seventeen digits."""
    total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(number[:17]))
    return "10X98765432"[total % 11] == number[17]


def _is_iban(number: str) -> bool:
    """ISO 7064 MOD 97-10."""
    return int("".join(str(int(one, 36)) for one in number[4:] + number[:4])) % 97 == 1
