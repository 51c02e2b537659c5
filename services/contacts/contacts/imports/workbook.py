"""A customer list as a spreadsheet saves it: one sheet of an XLSX file, its cells as the texts that a CSV would hold.

openpyxl reads it row by row. calamine takes a fifth of the time, but holds the whole rectangle that the cells span: two
cells in two corners are sixteen thousand columns by a million rows.
"""

from __future__ import annotations

import shutil
import tempfile
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from itertools import islice
from typing import IO, Any, BinaryIO

from openpyxl import load_workbook  # type: ignore[import-untyped]

from chassis.errors import Invalid
from contacts.imports.rules import TOP, header_at

# It misses styles and validations that no import needs.
warnings.filterwarnings("ignore", module=r"openpyxl\.")
_ZIP = b"PK\x03\x04"
MAX_UNPACKED = 512 * 1024 * 1024  # a million rows of ten columns; what is larger goes as CSV
MAX_STRINGS = 128 * 1024 * 1024  # the texts that cells share are held in memory
MAX_ROWS = 1_048_576  # of a sheet, whatever number a row gives itself
_STRINGS = "xl/sharedStrings.xml"
_BLOCK = 1024 * 1024
_IN_MEMORY = 16 * 1024 * 1024


def is_workbook(sample: bytes) -> bool:
    """Whether a file that begins so is a ZIP archive, as every XLSX is."""
    return sample.startswith(_ZIP)


def check(file: IO[bytes]) -> None:
    """Invalid for what is no XLSX file, and for one that unpacks to more than `MAX_UNPACKED`: a small file may well
    hold gigabytes. It is unpacked to see, because what the archive says of its sizes may be a lie."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            if "xl/workbook.xml" not in archive.namelist():
                raise _not_xlsx()
            strings = sum(member.file_size for member in members if member.filename == _STRINGS)
            if sum(member.file_size for member in members) > MAX_UNPACKED or strings > MAX_STRINGS:
                raise Invalid("file", "too_large", "The workbook unpacks to too much; save the list as CSV.")
            for member in members:
                _read_through(archive, member)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error):
        raise _not_xlsx() from None


def look_into(
    file: IO[bytes], name: str | None, understood: Callable[[Sequence[str]], int]
) -> tuple[str, list[str], int, int]:
    """The sheet of that name, or the first one: its name, its headers, how many rows stand above them
    (`rules.header_at`), and about how many below. Invalid where there is none."""
    with _opened(file) as book:
        names = [sheet.title for sheet in book.worksheets]
        chosen = name if name is not None else next(iter(names), "")
        if chosen not in names:
            raise Invalid("sheet", "unknown_sheet", f"There is no sheet {chosen!r}; there are {', '.join(names)}.")
        lines = min(book[chosen].max_row or 0, MAX_ROWS)
        first = list(islice(_texts(book[chosen]), TOP)) or [(1, [""])]
        texts = [[cell.strip() for cell in cells] for _, cells in first]
        place = header_at(texts, understood)
        number = first[place][0]
        return chosen, texts[place], number - 1, max(lines - number, 0)


def rows(file: BinaryIO, name: str, skip: int = 0, above: int = 0) -> Iterator[tuple[int, list[str]]]:
    """`(number, cells)` of each row that is not blank, as `reading.rows` gives them; the number is the row's own in
    the sheet."""
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as seekable:
        shutil.copyfileobj(file, seekable, _BLOCK)
        with _opened(seekable) as book:
            for number, cells in _texts(book[name]):
                if number - 2 >= max(skip, above):
                    yield number, cells


@contextmanager
def _opened(file: IO[bytes]) -> Iterator[Any]:
    """The workbook, read row by row. Invalid where its parts are not what they should be, whenever that shows."""
    file.seek(0)
    try:
        book = load_workbook(file, read_only=True, data_only=True)
        try:
            yield book
        finally:
            book.close()
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, SyntaxError, OSError, zipfile.BadZipFile):
        raise _not_xlsx() from None


def _texts(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    sheet.reset_dimensions()  # what a sheet says of its size may be wrong
    for number, cells in enumerate(islice(sheet.iter_rows(values_only=True), MAX_ROWS), start=1):
        if any(cell is not None for cell in cells):
            yield number, [_text(cell) for cell in cells]


def _text(cell: Any) -> str:
    """A cell as it reads: whole numbers without a point, dates in ISO 8601, without a time where it is midnight."""
    match cell:
        case None:
            return ""
        case str():
            return cell
        case bool():
            return "TRUE" if cell else "FALSE"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime() if cell.time() == time.min:
            return cell.date().isoformat()
        case date() | time():
            return cell.isoformat()
    return str(cell)


def _read_through(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    with archive.open(member) as content:
        while content.read(_BLOCK):
            pass


def _not_xlsx() -> Invalid:
    return Invalid("file", "not_xlsx", "The file is no XLSX workbook; save it as XLSX or CSV.")
