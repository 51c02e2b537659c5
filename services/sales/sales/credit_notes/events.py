"""What the others are told of credit notes."""

from __future__ import annotations

from sqlalchemy.orm import Session

from chassis.events import emit
from sales.credit_notes.model import CreditNote
from sales.orders.model import Order
from sales.told import text


def tell_issued(session: Session, note: CreditNote, order: Order) -> None:
    """Emit credit_note.issued. What people wrote, the reason and what the lines say, does not stand in it."""
    session.flush()
    ids = ("deal_id", "person_id", "company_id", "owner_id", "team_id", "partner_id")
    data = {
        "credit_note_id": str(note.id),
        "number": note.number,
        "order_id": str(order.id),
        "order_number": order.number,
        "order_status": order.status,
        **{name: text(getattr(order, name)) for name in ids},
        **{name: str(getattr(note, name)) for name in ("net", "tax", "total", "settled", "refundable")},
        "currency": note.currency,
        "lines": [
            {name: str(getattr(line, name)) for name in ("cancelled", "returned", "net", "tax", "total")}
            | {"position": line.position}
            for line in note.lines
        ],
        "issued_at": note.issued_at.isoformat(),
        "order_total": str(order.total),
        "order_credited": str(order.credited),
        "order_placed_at": order.placed_at.isoformat(),
    }
    emit(session, "credit_note.issued", note, data)
