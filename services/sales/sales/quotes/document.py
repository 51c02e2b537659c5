"""A quote as a PDF, in Chinese or English.

Both are set in STSong-Light, one of the CJK fonts that every PDF reader brings (Adobe's Asian font packs): nothing is
to be installed or shipped. Text from people is escaped, for ReportLab reads markup in paragraphs.
"""

from __future__ import annotations

from html import escape
from io import BytesIO

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

from sales.quotes.model import Quote

FONT = "STSong-Light"
WORDS = {
    "en": {
        "title": "Quotation", "for": "For", "valid": "Valid until", "item": "Description", "quantity": "Quantity",
        "price": "Unit price", "discount": "Discount", "tax": "Tax", "total": "Total", "gross": "Subtotal",
        "net": "Net", "terms": "Terms", "revision": "revision",
    },
    "zh": {
        "title": "报价单", "for": "致", "valid": "有效期至", "item": "品名", "quantity": "数量", "price": "单价",
        "discount": "折扣", "tax": "税额", "total": "合计", "gross": "小计", "net": "不含税金额", "terms": "条款",
        "revision": "版本",
    },
}  # fmt: skip


def pdf(quote: Quote, language: str) -> bytes:
    """The document, `language` zh or en. The same quote gives the same bytes."""
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    words, body = WORDS[language], ParagraphStyle("body", fontName=FONT, fontSize=9, leading=13, wordWrap="CJK")
    large = ParagraphStyle("large", parent=body, fontSize=18, leading=26)
    story = [
        Paragraph(f"{words['title']} {quote.number}", large),
        *(Paragraph(escape(line), body) for line in _head(quote, words)),
        Spacer(1, 12),
        _table(quote, words, body),
        Spacer(1, 12),
        *(Paragraph(f"{words[name]}: {getattr(quote, name):,} {quote.currency}", body) for name in _SUMS),
    ]
    if quote.terms:
        story += [Spacer(1, 12), Paragraph(words["terms"], body), Paragraph(_lines(quote.terms), body)]
    out = BytesIO()
    SimpleDocTemplate(out, pagesize=A4, title=f"{words['title']} {quote.number}", invariant=1).build(story)
    return out.getvalue()


_SUMS = ("gross", "discount", "net", "tax", "total")


def _head(quote: Quote, words: dict[str, str]) -> list[str]:
    names = ", ".join(name for name in (quote.company_name, quote.contact_name) if name)
    return [
        f"{words['revision']} {quote.revision}",
        *([f"{words['for']}: {names}"] if names else []),
        f"{words['valid']}: {quote.valid_until}",
    ]


def _table(quote: Quote, words: dict[str, str], body: ParagraphStyle) -> Table:
    head = [words[name] for name in ("item", "quantity", "price", "discount", "tax", "total")]
    rows = [
        [
            Paragraph(escape(line.description), body), f"{line.quantity.normalize():f} {line.unit}",
            f"{line.unit_price:,}", f"{line.discount:,}", f"{line.tax:,}", f"{line.total:,}",
        ]
        for line in quote.lines
    ]  # fmt: skip
    table = Table([head, *rows], colWidths=[170, 60, 60, 50, 50, 70], repeatRows=1)
    table.setStyle(
        [
            ("FONT", (0, 0), (-1, -1), FONT, 9),
            ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, 0), 0.5, colors.black),
        ]
    )
    return table


def _lines(text: str) -> str:
    return "<br/>".join(escape(line) for line in text.splitlines())
