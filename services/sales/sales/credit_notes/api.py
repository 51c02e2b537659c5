"""Routes of credit notes and refunds."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from chassis.access import load
from chassis.http import Answer, Api, Resource
from sales.credit_notes import actions, refunds, schema
from sales.credit_notes.document import pdf
from sales.credit_notes.model import CreditNote
from sales.documents import DocumentQuery
from sales.orders.model import Order

api = Api("credit notes", scope="sales")
api.add(
    Resource(
        CreditNote,
        path="credit-notes",
        read=schema.CreditNoteOut,
        filters=("number", "order_id", "owner_id", "currency", "issued_at", "created_at"),
        sorts=("issued_at",),
        exported=True,
    )
)


@api.get("/credit-notes/<uuid:note_id>/document", query=DocumentQuery, produces="application/pdf", errors=(404,))
def document(session: Session, note_id: UUID, query: dict[str, Any]) -> Response:
    """The credit note as a PDF, in Chinese or English."""
    note = load(session, CreditNote, note_id)
    return Response(pdf(note, load(session, Order, note.order_id), query["language"]), mimetype="application/pdf")


@api.post(
    "/orders/<uuid:order_id>/credit-notes", body=schema.CreditIn, returns=schema.CreditNoteOut, status=201, also=(200,),
    errors=(403, 404, 409), internal=True,
)  # fmt: skip
def credit(session: Session, order_id: UUID, body: dict[str, Any]) -> Answer:
    """Credit lines of an order that are cancelled, or came back, or an amount by itself."""
    note, new = actions.credit(session, order_id, body)
    return Answer(note, 201 if new else 200)


@api.get("/orders/<uuid:order_id>/balance", returns=schema.BalanceOut, errors=(404,))
def balance(session: Session, order_id: UUID) -> dict[str, Any]:
    """What is owed for an order, came in, is to be paid back."""
    return refunds.balance(session, order_id)


@api.post(
    "/orders/<uuid:order_id>/refunds", body=schema.RefundIn, returns=schema.BalanceOut, errors=(403, 404, 409),
    internal=True,
)  # fmt: skip
def refund(session: Session, order_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Note money that was paid back; at most what is due back."""
    return refunds.refund(session, order_id, **body)
