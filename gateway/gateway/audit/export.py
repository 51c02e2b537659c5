"""The audit trail as a file, read page by page, so that its length does not matter."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from chassis.http.lists import MAX_LIMIT
from chassis.http.render import to_json
from gateway.audit.schema import AuditOut

Page = Callable[[Mapping[str, str]], dict[str, Any]]
COLUMNS = tuple(AuditOut().fields)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def rows(page: Page, query: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Every entry that the list would show for `query`."""
    cursor: str | None = None
    while True:
        asked = {**query, "limit": str(MAX_LIMIT)} | ({"cursor": cursor} if cursor else {})
        found = page(asked)
        for entry in found["data"]:
            yield {name: getattr(entry, name) for name in COLUMNS}
        cursor = found["next_cursor"]
        if cursor is None:
            return


def as_ndjson(entries: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    """One JSON object a line."""
    for entry in entries:
        yield to_json(entry) + b"\n"


def as_csv(entries: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    """RFC 4180, with a head line. Text that a spreadsheet would take for a formula is disarmed with a quote mark."""
    yield _line(COLUMNS)
    for entry in entries:
        yield _line([_cell(entry[name]) for name in COLUMNS])


def _line(cells: Any) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return to_json(value).decode()
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return "'" + text if isinstance(value, str) and text.startswith(_FORMULA) else text
