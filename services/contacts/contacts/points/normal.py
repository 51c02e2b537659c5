"""Normal forms of e-mail addresses and phone numbers, checked by the libraries that know the rules.

Both have a fast path for the bulk of an import: a mainland mobile (ITU-T E.164, 11 digits that begin 13-19) and a plain
ASCII address at a domain that was checked before. Everything else goes through `phonenumbers` and `email-validator`
(no DNS), remembered per process. The same fast path for a whole column at once: `plain_emails`, `plain_mobiles`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from contacts.points.rules import Point
from contacts.settings import settings

_MOBILE, _ADDRESS = r"(?:\+?86|0086)?1[3-9][0-9]{9}", r"([a-z0-9_][a-z0-9._+-]{0,63})@([a-z0-9.-]+)"
_CN_MOBILE, _PLAIN_EMAIL = re.compile(_MOBILE), re.compile(_ADDRESS)
# Of a column, a cell a line: what is not plain matches as well, so that there are as many matches as cells.
_MOBILES = re.compile(rf"^(?:({_MOBILE})|.*)$", re.MULTILINE)
_EMAILS = re.compile(rf"^(?:{_ADDRESS}|.*)$", re.MULTILINE)
_SEPARATORS = str.maketrans("", "", " -().\t")
_MARKS = " -()\t"
_BETWEEN = str.maketrans("", "", _MARKS)  # a point may be what a spreadsheet has put into a number
_MAX_EMAIL = 254
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
    plain = _PLAIN_EMAIL.fullmatch(text.lower()) if text.isascii() else None
    if plain and len(text) <= _MAX_EMAIL and _dotted_well(plain[1]):
        return f"{plain[1]}@{_domain(plain[2])}"
    return _any_email(text)


def normal_phone(typed: str, region: str | None = None) -> tuple[str, str]:
    """(E.164, with `;ext=` where there is one; label `mobile`, `work` for a line that several share, or `other`). A
    number without a country that is none of `CONTACTS_REGION` is one of `region`, if it is valid there."""
    text = typed.strip()
    mobile = _CN_MOBILE.fullmatch(text.translate(_SEPARATORS))
    if mobile and (settings().region == "CN" or mobile[0].startswith(("+", "00"))):
        return f"+86{mobile[0][-11:]}", "mobile"
    try:
        return _any_phone(text, settings().region)
    except NotNormal:
        if region in (None, settings().region):
            raise
    return _any_phone(text, region)


def plain_emails(cells: Sequence[str]) -> list[str]:
    """What `normal_email` makes of each cell that is nothing but a plain address at a domain that there can be, at a
    fraction of the cost; of every other cell ""."""
    text = "\n".join(cells).lower()
    found = _EMAILS.findall(text)
    if len(found) != len(cells) or ".." in text or ".@" in text or len(max(cells, key=len, default="")) > _MAX_EMAIL:
        found = [_parted(cell.lower()) for cell in cells]
    domains = {domain: _usable(domain) for domain in {domain for _, domain in found}}
    return [local + domains[domain] if domains[domain] else "" for local, domain in found]


def plain_mobiles(cells: Sequence[str]) -> list[str]:
    """What `normal_phone` makes of each cell that is nothing but a mainland mobile; of every other cell ""."""
    text = "\n".join(cells)
    found = _MOBILES.findall(text.translate(_BETWEEN) if any(mark in text for mark in _MARKS) else text)
    if len(found) != len(cells):
        found = [_MOBILES.findall(cell.translate(_BETWEEN))[0] if "\n" not in cell else "" for cell in cells]
    if settings().region != "CN":
        found = [number if number.startswith(("+", "00")) else "" for number in found]
    return [f"+86{number[-11:]}" if number else "" for number in found]


def _parted(cell: str) -> tuple[str, str]:
    plain = _EMAILS.fullmatch(cell) if "\n" not in cell and len(cell) <= _MAX_EMAIL else None
    return (plain[1], plain[2]) if plain and plain[1] and _dotted_well(plain[1]) else ("", "")


def _dotted_well(local: str) -> bool:
    return ".." not in local and local[-1] != "."


def _usable(domain: str) -> str:
    """`@` and the domain in normal form; "" where there can be no such domain."""
    try:
        return "@" + _domain(domain) if domain else ""
    except NotNormal:
        return ""


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
