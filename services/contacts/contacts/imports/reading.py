"""A customer list as people save it: whatever encoding, whatever delimiter."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from charset_normalizer import from_bytes

from chassis.errors import Invalid
from contacts.imports import workbook
from contacts.imports.rules import TOP, header_at

SAMPLE = 256 * 1024
DELIMITERS = (",", ";", "\t", "|")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_LEGACY = ["gb18030", "big5", "shift_jis", "euc_kr", "cp1252", "cp1251"]
_RARE = 20
MAX_CELL = 32_768  # what a spreadsheet's cell can hold
csv.field_size_limit(1024 * 1024)
_SEP = re.compile(r"\ufeff?sep=([,;\t|])\r?(?:\n|\Z)", re.IGNORECASE)  # what Excel reads a delimiter from
_OTHERS = ((b"\xd0\xcf\x11\xe0", "an old Excel workbook (XLS)"), (b"%PDF-", "a PDF"), (b"{\\rtf", "a text document"))


@dataclass(frozen=True, slots=True)
class Format:
    """How a file is written, and what its columns are called. `sheet`: that of a workbook, which has no encoding and no
    delimiter. `above`: how many rows stand above the headers."""

    encoding: str
    delimiter: str
    headers: list[str]
    sheet: str | None = None
    above: int = 0


def look(
    sample: bytes,
    encoding: str | None = None,
    delimiter: str | None = None,
    understood: Callable[[Sequence[str]], int] = lambda _: 0,
) -> Format:
    """The format of the file that begins with `sample` (up to 256 KiB); of how many headers of a row it is `understood`
    what they mean says which row names the columns. Invalid where it cannot be read."""
    _refuse_others(sample)
    chosen = _known_encoding(encoding) if encoding else guess_encoding(sample)
    text = _decode(sample, chosen)
    said = _SEP.match(text)
    sep = delimiter or (said[1] if said else guess_delimiter(text))
    try:
        first = [[cell.strip() for cell in row] for row in islice(_records(text, sep), TOP)]
    except csv.Error as error:
        raise Invalid("file", "not_csv", f"The file is not CSV: {error}.") from None
    if said:
        first[0] = []
    above = header_at(first, understood)
    return Format(chosen, sep, first[above] if first else [], above=above)


def guess_encoding(sample: bytes) -> str:
    """UTF-8 where it is valid UTF-8, else what a byte-order mark or the statistics of the text say. Of UTF-16 without a
    mark every ASCII character has a zero byte; a stray one makes none."""
    for mark, name in _BOMS:
        if sample.startswith(mark):
            return name
    before, behind = sample[:2000:2].count(0), sample[1:2000:2].count(0)
    if max(before, behind) > len(sample[:2000]) // _RARE:
        return "utf-16-le" if behind > before else "utf-16-be"
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
    """`(number, cells)` of each row that is not blank, behind the header and the row of number `skip` + 1. The number
    is the row's place in the file. What is no text in the file's encoding reads as U+FFFD."""
    if form.sheet is not None:
        yield from workbook.rows(file, form.sheet, skip, form.above)
        return
    text = io.TextIOWrapper(file, encoding=form.encoding, errors="replace", newline="")
    reader = csv.reader(text, delimiter=form.delimiter)
    for number, cells in enumerate(reader, start=1):
        if number - 2 >= max(skip, form.above) and any(cells):
            yield number, cells


def oversized(cells: Sequence[str]) -> bool:
    """Whether a cell is longer than any spreadsheet would hold: mostly a quotation mark that was never closed."""
    return any(len(cell) > MAX_CELL for cell in cells)


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _refuse_others(sample: bytes) -> None:
    kind = next((name for mark, name in _OTHERS if sample.startswith(mark)), None)
    if kind is not None:
        raise Invalid("file", "not_a_list", f"The file is {kind}; save the list as XLSX or CSV.")


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
    width, count = Counter(widths).most_common(1)[0] if widths else (0, 0)
    return (count / len(widths), width) if width > 1 else (0, 0)
