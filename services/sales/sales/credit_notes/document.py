"""A credit note as a PDF, in Chinese or English."""

from __future__ import annotations

from reportlab.platypus import Spacer

from chassis.money import written
from sales.credit_notes.model import CreditNote
from sales.documents import build, heading, plain, section, sums, table
from sales.orders.model import Order

WORDS = {
    "en": {
        "title": "Credit note", "for": "For", "order": "Order", "on": "Date", "item": "Description",
        "quantity": "Quantity", "net": "Net", "percent": "Tax rate", "tax": "Tax", "total": "Total", "reason": "Reason",
    },
    "zh": {
        "title": "贷项通知单", "for": "致", "order": "订单", "on": "日期", "item": "品名", "quantity": "数量",
        "net": "不含税金额", "percent": "税率", "tax": "税额", "total": "合计", "reason": "原因",
    },
}  # fmt: skip
_WIDTHS = (165, 60, 68, 50, 58, 68)


def pdf(note: CreditNote, order: Order, language: str) -> bytes:
    """The document, `language` zh or en. The same note gives the same bytes."""
    words = WORDS[language]
    title = f"{words['title']} {note.number}"
    names = ", ".join(name for name in (order.company_name, order.contact_name) if name)
    head = [
        *([f"{words['for']}: {names}"] if names else []),
        f"{words['order']}: {order.number}",
        f"{words['on']}: {note.issued_at.date()}",
    ]
    rows = [
        [
            line.description, plain(sold) if (sold := line.cancelled + line.returned) else "",
            written(line.net, note.currency), f"{plain(line.tax_percent)} %",
            *(written(one, note.currency) for one in (line.tax, line.total)),
        ]
        for line in note.lines
    ]  # fmt: skip
    story = [
        *heading(title, head),
        table([words[name] for name in ("item", "quantity", "net", "percent", "tax", "total")], rows, _WIDTHS),
        Spacer(1, 10),
        sums({words[name]: getattr(note, name) for name in ("net", "tax", "total")}, note.currency),
        *section(words["reason"], note.reason),
    ]
    return build(title, story)
