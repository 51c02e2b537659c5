"""Tables as CSV and NDJSON, in pieces of some ten thousand bytes, so that the number of rows costs no memory."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from chassis.encoding import to_json
from chassis.files.cells import as_text, defused

PIECE = 64 * 1024
BOM = b"\xef\xbb\xbf"


def as_csv(headers: Sequence[str], rows: Iterable[Sequence[Any]], *, bom: bool = False) -> Iterator[bytes]:
    """RFC 4180 in UTF-8. `bom` puts the mark in front by which Excel knows that it is UTF-8."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([defused(header) for header in headers])
    if bom:
        yield BOM
    for row in rows:
        writer.writerow([defused(as_text(value)) for value in row])
        if buffer.tell() >= PIECE:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def as_ndjson(objects: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """One JSON object a line."""
    lines, size = [], 0
    for entry in objects:
        lines.append(to_json(entry))
        size += len(lines[-1])
        if size >= PIECE:
            yield b"\n".join(lines) + b"\n"
            lines, size = [], 0
    yield b"\n".join([*lines, b""])
