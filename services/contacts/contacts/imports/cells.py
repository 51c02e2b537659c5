"""What a single cell says, in normal form; or why it cannot be taken."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from marshmallow import ValidationError

from contacts.imports.countries import country_code
from contacts.imports.words import NoSuchWord, address_kind_in, as_typed, roles_in
from contacts.points.networks import handle_point, membership_point
from contacts.points.normal import NotNormal, email_point, phone_point
from contacts.points.rules import Point

_SPLIT_EMAILS, _SPLIT_PHONES = re.compile(r"[;,；，、|/\s]+"), re.compile(r"[;,；，、|\n]+")
_SPLIT_NAMED = re.compile(r"[;；,，、|\n]+")
_SPLIT_TAGS = re.compile(r"[;,；，、|]")
_MAX_TAGS = 50
_NAMED = {"handle": handle_point, "membership": membership_point}

LIMITS = {"name": 200, "job_title": 200, "department": 200, "company_name": 200, "region": 200, "city": 200,
          "postcode": 20, "address": 500, "note": 5000, "source": 50}  # fmt: skip


class RowError(Exception):
    """Why a row cannot be taken."""

    def __init__(self, field: str, code: str, message: str) -> None:
        super().__init__(message)
        self.field, self.code, self.message = field, code, message


@lru_cache(maxsize=1000)
def country_of(text: str) -> str | None:
    """The code of a country as it is written in a cell; None for a blank one. RowError for what is none."""
    if not text.strip():
        return None
    try:
        return country_code(text)
    except ValidationError:
        raise RowError("country", "unknown_country", f"{text!r} is not a country.") from None


def within(field: str, value: str) -> str:
    """The value of a field. RowError where it is longer than that may be."""
    if len(value) > LIMITS[field]:
        raise RowError(field, "too_long", f"Longer than maximum length {LIMITS[field]}.")
    return value


def text_of(field: str, cell: str) -> str | None:
    """The text of a field; None for a blank cell. RowError where it is too long."""
    return within(field, cell.strip()) or None


def note_of(cells: Iterable[str]) -> str | None:
    """The note that stands in these cells. RowError where it is too long."""
    return within("note", "\n".join(filter(None, map(str.strip, cells)))) or None


def tags_of(given: Iterable[str], cells: Iterable[str]) -> list[str]:
    """The tags that every row is given, and those in the cells, each once."""
    own = [tag.strip()[:50] for cell in cells for tag in _SPLIT_TAGS.split(cell) if tag.strip()]
    return list(dict.fromkeys([*given, *own]))[:_MAX_TAGS]


def emails_of(cell: str) -> list[Point]:
    """The e-mail addresses in a cell. RowError for what is none."""
    try:
        return [email_point(part) for part in _SPLIT_EMAILS.split(cell) if part]
    except NotNormal as error:
        raise RowError("email", error.code, f"{cell!r}: {error}") from None


def phones_of(cell: str, region: str | None = None) -> list[Point]:
    """The phone numbers in a cell; `region`: the country of the row. RowError for what is none."""
    try:
        return [point for part in _SPLIT_PHONES.split(cell) if part.strip() for point in _numbers(part, region)]
    except NotNormal as error:
        raise RowError("phone", error.code, str(error)) from None


def _numbers(part: str, region: str | None) -> list[Point]:
    """A slash is within one number (`030 / 1234567`), or else between several."""
    try:
        return [phone_point(as_typed(part), region=region)]
    except NotNormal:
        several = [number for number in part.split("/") if number.strip()]
        if len(several) < 2:
            raise
        return [phone_point(as_typed(number), region=region) for number in several]


def named_of(column: str, cell: str) -> list[Point]:
    """The handles or memberships in a cell, of the network or scheme that the column (`handle:wechat`) is for. RowError
    for what is none."""
    kind, _, within = column.partition(":")
    try:
        return [_NAMED[kind](within, part) for part in map(str.strip, _SPLIT_NAMED.split(cell)) if part]
    except NotNormal as error:
        raise RowError(column, error.code, str(error)) from None


def roles_of(cell: str) -> list[str]:
    """The roles in a cell. RowError for a word that is none."""
    try:
        return roles_in(cell)
    except NoSuchWord as error:
        raise RowError(error.field, "not_a_choice", str(error)) from None


def address_kind_of(cell: str) -> str | None:
    """What an address is for. RowError for a word that is none."""
    try:
        return address_kind_in(cell)
    except NoSuchWord as error:
        raise RowError(error.field, "not_a_choice", str(error)) from None
