"""Tables as XLSX (ECMA-376), written while they are sent.

XlsxWriter and openpyxl write the whole book into temporary files before the first byte of it can leave: a minute of
silence for a million rows, longer than any proxy waits. A book is a zip archive of XML, and both can be written to a
stream; what follows is the least of the format that a table needs. Texts are inline strings, which no spreadsheet
takes for formulas.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from chassis import clock
from chassis.files.cells import as_text
from chassis.files.tables import PIECE

MAX_ROWS = 1_048_576  # of a sheet, its head among them
MAX_TEXT = 32_767  # characters of a cell
MAX_SHEET_BYTES = 3 * 2**30  # below the 4 GiB from which on an archive needs extensions that not every reader knows
_MAX_DIGITS = 15  # of a number, before a spreadsheet rounds it
_EPOCH = datetime(1899, 12, 30)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheet"
# What XML cannot hold, and what looks like the escape for it (ECMA-376 part 1, 22.9.2.19).
_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")

_HEAD = (
    f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
    'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'
)
_FOOT = "</sheetData></worksheet>"
_STYLES = (  # 0 plain, 1 bold, 2 instant, 3 day
    f'{_XML}<styleSheet xmlns="{_MAIN}"><numFmts count="2"><numFmt numFmtId="164" '
    'formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd"/></numFmts><fonts count="2"><font><sz val="11"/><name '
    'val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill>'
    '<patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders '
    'count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf/>'
    '<xf fontId="1" applyFont="1"/><xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="165" '
    'applyNumberFormat="1"/></cellXfs></styleSheet>'
)


def as_xlsx(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """A workbook in pieces. Rows beyond what a sheet holds stand on further sheets, each with the headers; instants are
    in UTC; text beyond what a cell holds is cut."""
    sink, ahead, count = _Sink(), _Ahead(rows), 0
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        while count == 0 or ahead.row is not None:
            count += 1
            with archive.open(_member(f"xl/worksheets/sheet{count}.xml"), "w") as sheet:
                for xml in _sheet(headers, ahead):
                    sheet.write(xml)
                    if piece := sink.take():
                        yield piece
        for name, content in _parts(count).items():
            archive.writestr(_member(name), content)
    yield sink.take()


class _Ahead:
    """Rows one after the other, of which the next is known: `row`, None behind the last."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self._rows = iter(rows)
        self.row = next(self._rows, None)

    def take(self) -> Sequence[Any]:
        """The next row."""
        row, self.row = self.row, next(self._rows, None)
        return row or ()


class _Sink(io.RawIOBase):
    """Where the archive writes to: it holds what was not sent yet."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        """What was written since this was last asked."""
        held, self._held = b"".join(self._held), []
        return held


def _sheet(headers: Sequence[str], ahead: _Ahead) -> Iterator[bytes]:
    """As many rows as one sheet holds, as XML in pieces."""
    waiting = [_HEAD, "<row>", *(_text(header, ' s="1"') for header in headers), "</row>"]
    size, written, count = 0, 0, 1
    while ahead.row is not None and count < MAX_ROWS and written < MAX_SHEET_BYTES:
        waiting.append(f"<row>{''.join([_cell(value) for value in ahead.take()])}</row>")
        size, count = size + len(waiting[-1]), count + 1
        if size >= PIECE:
            xml = "".join(waiting).encode()
            yield xml
            waiting, size, written = [], 0, written + len(xml)
    yield "".join([*waiting, _FOOT]).encode()


def _cell(value: Any) -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return f'<c t="b"><v>{value:d}</v></c>'
    if isinstance(value, (int, float, Decimal)) and len(f"{value:f}".strip("-0.")) <= _MAX_DIGITS:
        return f"<c><v>{value}</v></c>"
    if isinstance(value, datetime) and value.year >= _EPOCH.year + 1:
        return f'<c s="2"><v>{_days(value.astimezone(UTC).replace(tzinfo=None))}</v></c>'
    if isinstance(value, date) and not isinstance(value, datetime) and value.year >= _EPOCH.year + 1:
        return f'<c s="3"><v>{_days(datetime(value.year, value.month, value.day)):.0f}</v></c>'
    return _text(as_text(value))


def _text(text: str, style: str = "") -> str:
    fit = _UNFIT.sub(lambda match: f"_x{ord(match[0]):04X}_", text[:MAX_TEXT])
    return f'<c t="inlineStr"{style}><is><t xml:space="preserve">{escape(fit)}</t></is></c>' if fit else "<c/>"


def _days(instant: datetime) -> float:
    return (instant - _EPOCH).total_seconds() / 86_400


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, clock.now().timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _parts(count: int) -> dict[str, str]:
    """All but the sheets: what the archive holds, and how it hangs together."""
    numbers = range(1, count + 1)
    overrides = [("/xl/workbook.xml", "sheet.main"), ("/xl/styles.xml", "styles")]
    overrides += [(f"/xl/worksheets/sheet{n}.xml", "worksheet") for n in numbers]
    types = "".join(f'<Override PartName="{part}" ContentType="{_TYPE}ml.{kind}+xml"/>' for part, kind in overrides)
    sheets = "".join(f'<sheet name="{n}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    related = [(f"rId{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
    return {
        "xl/styles.xml": _STYLES,
        "xl/workbook.xml": f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{sheets}</sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": _relations([*related, ("rStyles", "styles", "styles.xml")]),
        "_rels/.rels": _relations([("rId1", "officeDocument", "xl/workbook.xml")]),
        "[Content_Types].xml": f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        f'ContentType="application/xml"/>{types}</Types>',
    }


def _relations(related: Sequence[tuple[str, str, str]]) -> str:
    each = "".join(f'<Relationship Id="{id}" Type="{_RELATIONS}/{kind}" Target="{at}"/>' for id, kind, at in related)
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{each}</Relationships>'
