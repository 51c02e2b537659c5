"""Routes of agreements."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from chassis.access import load
from chassis.http import Api, Resource
from sales.agreements import actions, schema
from sales.agreements.document import pdf
from sales.agreements.model import Agreement
from sales.documents import DocumentQuery

api = Api("agreements", scope="sales")
api.add(
    Resource(
        Agreement,
        path="agreements",
        read=schema.AgreementOut,
        create=schema.AgreementIn,
        update=schema.AgreementPatch,
        filters=("number", "deal_id", "quote_id", "status", "owner_id", "ends_on"),
        on_create=actions.create_agreement,
        on_update=actions.change_agreement,
        exported=True,
    )
)


@api.get("/agreements/<uuid:agreement_id>/document", query=DocumentQuery, produces="application/pdf", errors=(404,))
def document(session: Session, agreement_id: UUID, query: dict[str, Any]) -> Response:
    """The agreement as a PDF, in Chinese or English."""
    return Response(pdf(load(session, Agreement, agreement_id), query["language"]), mimetype="application/pdf")


@api.post("/agreements/<uuid:agreement_id>/sign", body=schema.SignIn, returns=schema.AgreementOut, errors=(404, 409))
def sign(session: Session, agreement_id: UUID, body: dict[str, Any]) -> Agreement:
    """Record the signature of a side; with both the agreement is signed."""
    return actions.sign(session, agreement_id, **body)


@api.post("/agreements/<uuid:agreement_id>/renew", body=schema.RenewIn, returns=schema.AgreementOut, errors=(404, 409))
def renew(session: Session, agreement_id: UUID, body: dict[str, Any]) -> Agreement:
    """Let a signed agreement run longer."""
    return actions.renew(session, agreement_id, **body)


@api.post("/agreements/<uuid:agreement_id>/end", body=schema.EndIn, returns=schema.AgreementOut, errors=(404, 409))
def end(session: Session, agreement_id: UUID, body: dict[str, Any]) -> Agreement:
    """End an agreement early."""
    return actions.end(session, agreement_id, **body)
