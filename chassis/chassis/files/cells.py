"""What a cell of a table says, and how text is kept from being run as a formula.

A spreadsheet runs a cell that begins with `=`, `+`, `-` or `@` (OWASP, "CSV injection"). Such text gets an apostrophe
before it, which `restored` takes off again; numbers and telephone numbers (`-5.00`, `+49 30 1234`) stay as they are.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from chassis.encoding import to_json
from chassis.instants import instant_text

SEPARATOR = "; "
_LEADING = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
_NUMBER = re.compile(r"[+-][\d\s().,/-]*")


def defused(text: str) -> str:
    """`text` as it may stand in a cell that a spreadsheet reads."""
    if text[:1] in _LEADING and text and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def restored(text: str) -> str:
    """What `defused` was given: text that was typed with such an apostrophe loses it, too."""
    return text[1:] if text[:1] == "'" and text[1:] and defused(text[1:]) == text else text


def as_text(value: Any) -> str:
    """A value as a cell of text: instants in UTC with `Z`, lists joined by `; `, objects as JSON, nothing as ``."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, (list, tuple)) and not any(isinstance(item, (dict, list)) for item in value):
        return SEPARATOR.join(as_text(item) for item in value)
    if isinstance(value, (dict, list, tuple)):
        return to_json(value).decode() if value else ""
    return str(value)
