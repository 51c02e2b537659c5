"""What the documents that customers get have in common: PDF, in Chinese or English.

Both are set in STSong-Light, one of the CJK fonts that every PDF reader brings (Adobe's Asian font packs): nothing is
to be installed or shipped. Text from people is escaped, for ReportLab reads markup in paragraphs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from html import escape
from io import BytesIO
from typing import Any

from marshmallow import validate
from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table

from chassis.money import written
from chassis.schema import Schema, fields

FONT = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(FONT))
LINE = colors.HexColor("#c4c8ce")
BODY = ParagraphStyle("body", fontName=FONT, fontSize=9, leading=13, wordWrap="CJK")
RIGHT = ParagraphStyle("right", parent=BODY, alignment=TA_RIGHT)
HEAD = ParagraphStyle("head", parent=BODY, fontSize=18, leading=28)
SMALL_HEAD = ParagraphStyle("small head", parent=BODY, fontSize=11, leading=18, spaceBefore=10)
_WIDTH = 469  # of the frame


class DocumentQuery(Schema):
    """The language of a document."""

    language = fields.Text(load_default="zh", validate=validate.OneOf(("zh", "en")))


def build(title: str, story: Sequence[Flowable]) -> bytes:
    """The document: the same story gives the same bytes."""
    out = BytesIO()
    SimpleDocTemplate(
        out, pagesize=A4, title=title, invariant=1, leftMargin=57, rightMargin=57, topMargin=57, bottomMargin=57
    ).build(list(story))
    return out.getvalue()


def heading(title: str, lines: Sequence[str]) -> list[Flowable]:
    """The title, and lines below it."""
    return [Paragraph(escape(title), HEAD), *(paragraph(line) for line in lines), Spacer(1, 14)]


def paragraph(text: str, style: ParagraphStyle = BODY) -> Paragraph:
    """Text as people wrote it, line by line."""
    return Paragraph("<br/>".join(escape(line) for line in text.splitlines()), style)


def section(title: str, text: str) -> list[Flowable]:
    """A heading with text below it."""
    return [paragraph(title, SMALL_HEAD), paragraph(text)]


def table(head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]) -> Table:
    """Rows under a head that is repeated on each page; all but the first column is figures."""
    cells = [
        [paragraph(cell, RIGHT if place else BODY) for place, cell in enumerate(row)] for row in (head, *rows)
    ]  # fmt: skip
    style: list[Any] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, colors.black),
        ("LINEBELOW", (0, 1), (-1, -1), 0.4, LINE),
        ("LEFTPADDING", (0, 0), (0, -1), 0),
        ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
    ]
    return Table(cells, colWidths=list(widths), repeatRows=1, style=style)


def sums(amounts: Mapping[str, Decimal], currency: str) -> Table:
    """Named amounts at the right, the last one over a line."""
    cells = [
        ["", paragraph(name), paragraph(f"{written(amount, currency)} {currency}", RIGHT)]
        for name, amount in amounts.items()
    ]  # fmt: skip
    style: list[Any] = [("LINEABOVE", (1, -1), (-1, -1), 0.8, colors.black), ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
             ("TOPPADDING", (0, 0), (-1, -1), 1), ("BOTTOMPADDING", (0, 0), (-1, -1), 2)]  # fmt: skip
    return Table(cells, colWidths=[_WIDTH - 240, 110, 130], style=style)


def plain(quantity: Decimal) -> str:
    """A quantity without the zeros at its end."""
    return f"{quantity.normalize():f}"
