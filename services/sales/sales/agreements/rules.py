"""What may become of an agreement."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date

from chassis.errors import Conflict, Invalid


def check_term(starts_on: date, ends_on: date | None) -> None:
    """Invalid for an end before the start."""
    if ends_on is not None and ends_on < starts_on:
        raise Invalid("ends_on", "before_start", "An agreement ends on the day it starts, or later.")


def check_renewal(ends_on: date | None, new_end: date) -> None:
    """Invalid unless a renewal makes a term longer; Conflict for one without an end."""
    if ends_on is None:
        raise Conflict("no_end", "The agreement runs until it is ended.")
    if new_end <= ends_on:
        raise Invalid("ends_on", "not_later", f"The agreement runs until {ends_on} already.")


def check_status(status: str, *allowed: str) -> None:
    """Conflict unless an agreement is in one of the states."""
    if status not in allowed:
        raise Conflict(f"agreement_{status}", f"The agreement is {status}.")


def document_hash(content: Mapping[str, str | None]) -> str:
    """The fingerprint of all that an agreement says: SHA-256 of it as JSON with sorted keys, hexadecimal."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def check_document(given: str | None, current: str) -> None:
    """Conflict where another document was signed than the one there is."""
    if given is not None and given != current:
        raise Conflict("document_changed", "What was signed is not what the agreement says now.")


def hash_of(terms: str) -> str:
    """What a signature keeps of the terms: SHA-256, hexadecimal."""
    return hashlib.sha256(terms.encode()).hexdigest()


def number(year: int, count: int) -> str:
    """The number that people call it by: CT-2026-000042."""
    return f"CT-{year}-{count:06d}"
