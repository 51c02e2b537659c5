"""Normal forms of e-mail addresses and phone numbers, checked by the libraries that know the rules.

Both have a fast path for the bulk of an import: a mainland mobile (ITU-T E.164, 11 digits that begin 13-19) and a plain
ASCII address at a domain that was checked before. Everything else goes through `phonenumbers` and `email-validator`
(no DNS), remembered per process. Imports take the same fast path for whole columns, by the same patterns.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from contacts.points.rules import Point
from contacts.settings import settings

# As Python and Rust read them: no look-around. Whose number is typed so is `ABROAD` sure to be of the mainland.
PLAIN_MOBILE, ABROAD = r"^(?:\+?86|0086)?(1[3-9][0-9]{9})$", r"^(?:\+|00)"
PLAIN_EMAIL = r"^([A-Za-z0-9_](?:[.]?[A-Za-z0-9_+-])*)@([A-Za-z0-9.-]+)$"
MAX_LOCAL, MAX_EMAIL = 64, 254  # RFC 5321, 4.5.3.1; RFC 3696, erratum 1690
_CN_MOBILE, _ABROAD, _PLAIN_EMAIL = map(re.compile, (PLAIN_MOBILE, ABROAD, PLAIN_EMAIL))
_SEPARATORS = str.maketrans("", "", " -().\t")
_SHARED = {
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.UAN,
}


class NotNormal(ValueError):
    """What was typed is no valid address or number; `code` is stable, the text is for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def email_point(typed: str, label: str = "other", shared: bool = False) -> Point:
    """The point for an e-mail address, in lower case. NotNormal if invalid."""
    return Point("email", normal_email(typed), typed, label, shared)


def phone_point(typed: str, label: str = "", shared: bool | None = None, *, region: str | None = None) -> Point:
    """The point for a phone number. `shared` None: fixed lines, toll-free and company numbers without an extension are
    shared, all others are not. `region` as of `normal_phone`. NotNormal if invalid."""
    value, kind = normal_phone(typed, region)
    return Point("phone", value, typed, label or kind, kind == "work" if shared is None else shared)


def normal_email(typed: str) -> str:
    """The address in lower case and Unicode NFC, its domain checked; the local part is compared without case as every
    large mail host does. NotNormal says why not."""
    text = typed.strip()
    plain = _PLAIN_EMAIL.fullmatch(text)
    if plain and len(text) <= MAX_EMAIL and len(plain[1]) <= MAX_LOCAL:
        return f"{plain[1].lower()}@{_domain(plain[2].lower())}"
    return _any_email(text)


def normal_phone(typed: str, region: str | None = None) -> tuple[str, str]:
    """(E.164, with `;ext=` where there is one; label `mobile`, `work` for a line that several share, or `other`). A
    number without a country is one of `region`, if it is valid there, else of `CONTACTS_REGION`; what reads as a
    mainland mobile stays one where that is CN."""
    text = typed.strip()
    mobile = _CN_MOBILE.fullmatch(text.translate(_SEPARATORS))
    if mobile and (settings().region == "CN" or _ABROAD.match(mobile[0])):
        return f"+86{mobile[1]}", "mobile"
    try:
        return _any_phone(text, region or settings().region)
    except NotNormal:
        if region in (None, settings().region):
            raise
    return _any_phone(text, settings().region)


def usable_domain(domain: str) -> str | None:
    """A domain in small letters in its normal form; None where there can be no such domain."""
    try:
        return _domain(domain)
    except NotNormal:
        return None


@lru_cache(maxsize=20_000)
def _domain(domain: str) -> str:
    return _checked(f"x@{domain}").partition("@")[2]


@lru_cache(maxsize=20_000)
def _any_email(text: str) -> str:
    return _checked(unicodedata.normalize("NFKC", text)).lower()


def _checked(address: str) -> str:
    # RFC 2606 keeps example.com and .test for documentation and tests: no mail arrives there, but they are well formed.
    try:
        return validate_email(address, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise NotNormal("invalid_email", str(error)) from None


@lru_cache(maxsize=100_000)
def _any_phone(text: str, region: str) -> tuple[str, str]:
    try:
        number = phonenumbers.parse(unicodedata.normalize("NFKC", text), region)
    except phonenumbers.NumberParseException:
        raise NotNormal("invalid_phone", f"{text!r} is not a phone number.") from None
    if not phonenumbers.is_valid_number(number):
        raise NotNormal("invalid_phone", f"{text!r} is not a valid phone number of its country.")
    value = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    if number.extension:
        return f"{value};ext={number.extension}", "other"
    kind = phonenumbers.number_type(number)
    return value, "mobile" if kind == PhoneNumberType.MOBILE else "work" if kind in _SHARED else "other"
