"""A quote as a PDF, in Chinese or English."""

from __future__ import annotations

from reportlab.platypus import Spacer

from chassis.money import written
from sales.documents import build, heading, plain, section, sums, table
from sales.quotes.model import Quote

WORDS = {
    "en": {
        "title": "Quotation", "for": "For", "valid": "Valid until", "item": "Description", "quantity": "Quantity",
        "price": "Unit price", "discount": "Discount", "tax": "Tax", "total": "Total", "gross": "Subtotal",
        "net": "Net", "terms": "Terms", "revision": "Revision",
    },
    "zh": {
        "title": "报价单", "for": "致", "valid": "有效期至", "item": "品名", "quantity": "数量", "price": "单价",
        "discount": "折扣", "tax": "税额", "total": "合计", "gross": "小计", "net": "不含税金额", "terms": "条款",
        "revision": "版本",
    },
}  # fmt: skip
_SUMS = ("gross", "discount", "net", "tax", "total")
_WIDTHS = (150, 62, 66, 62, 58, 71)


def pdf(quote: Quote, language: str) -> bytes:
    """The document, `language` zh or en. The same quote gives the same bytes."""
    words = WORDS[language]
    title = f"{words['title']} {quote.number}"
    story = [
        *heading(title, _head(quote, words)),
        table(
            [words[name] for name in ("item", "quantity", "price", "discount", "tax", "total")], _rows(quote), _WIDTHS
        ),
        Spacer(1, 10),
        sums({words[name]: getattr(quote, name) for name in _SUMS}, quote.currency),
        *(section(words["terms"], quote.terms) if quote.terms else []),
    ]
    return build(title, story)


def _head(quote: Quote, words: dict[str, str]) -> list[str]:
    names = ", ".join(name for name in (quote.company_name, quote.contact_name) if name)
    return [
        f"{words['revision']}: {quote.revision}",
        *([f"{words['for']}: {names}"] if names else []),
        f"{words['valid']}: {quote.valid_until}",
    ]


def _rows(quote: Quote) -> list[list[str]]:
    return [
        [
            line.description, f"{plain(line.quantity)} {line.unit}",
            *(written(getattr(line, name), quote.currency) for name in ("unit_price", "discount", "tax", "total")),
        ]
        for line in quote.lines
    ]  # fmt: skip
