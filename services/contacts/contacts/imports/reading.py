"""A customer list as people save it: whatever encoding, whatever delimiter."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from charset_normalizer import from_bytes

from chassis.errors import Invalid
from contacts.imports import workbook

SAMPLE = 256 * 1024
DELIMITERS = (",", ";", "\t", "|")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_LEGACY = ["gb18030", "big5", "shift_jis", "euc_kr", "cp1252", "cp1251"]
MAX_CELL = 32_768  # what a spreadsheet's cell can hold
csv.field_size_limit(1024 * 1024)


@dataclass(frozen=True, slots=True)
class Format:
    """How a file is written, and what its first line says. `sheet`: that of a workbook, which has no encoding and no
    delimiter."""

    encoding: str
    delimiter: str
    headers: list[str]
    sheet: str | None = None


def look(sample: bytes, encoding: str | None = None, delimiter: str | None = None) -> Format:
    """The format of the file that begins with `sample` (up to 256 KiB). Invalid where it cannot be read."""
    chosen = _known_encoding(encoding) if encoding else guess_encoding(sample)
    text = _decode(sample, chosen)
    sep = delimiter or guess_delimiter(text)
    try:
        headers = next(csv.reader(io.StringIO(text, newline=""), delimiter=sep), [])
    except csv.Error as error:
        raise Invalid("file", "not_csv", f"The file is not CSV: {error}.") from None
    return Format(chosen, sep, [header.strip() for header in headers])


def guess_encoding(sample: bytes) -> str:
    """UTF-8 where it is valid UTF-8, else what a byte-order mark or the statistics of the text say."""
    for mark, name in _BOMS:
        if sample.startswith(mark):
            return name
    if b"\x00" in sample[:2000]:
        return "utf-16-le" if sample[1:2000:2].count(0) > sample[:2000:2].count(0) else "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(sample, final=len(sample) < SAMPLE)
        return "utf-8"
    except UnicodeDecodeError:
        best = from_bytes(sample[:65_536], cp_isolation=_LEGACY).best()
        return best.encoding if best else "cp1252"


def guess_delimiter(text: str) -> str:
    """The delimiter that splits the first lines into the most columns, equally many in each."""
    lines = text.splitlines(keepends=True)[:50]
    if len(lines) > 1 and len(text) >= SAMPLE // 4:
        lines.pop()
    return max(DELIMITERS, key=lambda delimiter: _columns(lines, delimiter))


def rows(file: BinaryIO, form: Format, skip: int = 0) -> Iterator[tuple[int, list[str]]]:
    """`(number, cells)` of each row that is not blank, after the header and `skip` further ones. The number is the
    row's place in the file, the header being row 1. What is no text in the file's encoding reads as U+FFFD."""
    if form.sheet is not None:
        yield from workbook.rows(file, form.sheet, skip)
        return
    text = io.TextIOWrapper(file, encoding=form.encoding, errors="replace", newline="")
    reader = csv.reader(text, delimiter=form.delimiter)
    next(reader, None)
    for number, cells in enumerate(reader, start=2):
        if number - 2 >= skip and any(cells):
            yield number, cells


def oversized(cells: Sequence[str]) -> bool:
    """Whether a cell is longer than any spreadsheet would hold: mostly a quotation mark that was never closed."""
    return any(len(cell) > MAX_CELL for cell in cells)


def _known_encoding(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise Invalid("encoding", "unknown_encoding", f"There is no encoding {name!r}.") from None


def _decode(sample: bytes, encoding: str) -> str:
    try:
        return codecs.getincrementaldecoder(encoding)("replace").decode(sample)
    except (LookupError, UnicodeError):
        raise Invalid("file", "unreadable", "The file cannot be read as text; save it as CSV in UTF-8.") from None


def _columns(lines: Sequence[str], delimiter: str) -> tuple[float, int]:
    try:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return (0, 0)
    if not widths or widths[0] < 2:
        return (0, 0)
    return sum(width == widths[0] for width in widths) / len(widths), widths[0]
