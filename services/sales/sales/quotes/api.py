"""Routes of quotes. The public ones know no token but that of the link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from chassis.access import load
from chassis.errors import Conflict
from chassis.http import Answer, Api, Resource
from chassis.http.pages import FORMS, answered, wants_page
from sales.documents import DocumentQuery
from sales.quotes import actions, approval, page, schema
from sales.quotes.document import pdf
from sales.quotes.model import ApprovalRule, Quote

_LINK = "/public/quotes/<string(maxlength=64):token>"
_DECIDED: dict[str, Any] = {"returns": schema.QuoteOut, "errors": (403, 404, 409), "internal": True}

api = Api("quotes", scope="sales")
api.add(
    Resource(
        Quote,
        path="quotes",
        read=schema.QuoteOut,
        create=schema.QuoteIn,
        update=schema.QuotePatch,
        filters=(
            "number", "deal_id", "status", "owner_id", "created_at", "valid_until", "company_id", "person_id",
        ),
        on_create=actions.create_quote,
        on_update=actions.change_quote,
        exported=True,
    )
)  # fmt: skip
api.add(
    Resource(
        ApprovalRule,
        path="approval-rules",
        read=schema.RuleOut,
        create=schema.RuleIn,
        on_create=approval.add_rule,
        on_delete=approval.remove_rule,
        internal=True,
    )
)


@api.post("/quotes/<uuid:quote_id>/revise", returns=schema.QuoteOut, status=201, also=(200,), errors=(404, 409))
def revise(session: Session, quote_id: UUID) -> Answer:
    """Make the next revision of a quote, a draft; this one is superseded and its link void."""
    quote, new = actions.revise(session, quote_id)
    return Answer(quote, 201 if new else 200)


@api.post("/quotes/<uuid:quote_id>/submit", returns=schema.QuoteOut, errors=(404, 409))
def submit(session: Session, quote_id: UUID) -> Quote:
    """Ask for the approval that a draft needs; within all limits it is approved at once."""
    return approval.submit(session, quote_id)


@api.post("/quotes/<uuid:quote_id>/approve", body=schema.DecisionIn, **_DECIDED)
def approve(session: Session, quote_id: UUID, body: dict[str, Any]) -> Quote:
    """Say yes to the step that waits."""
    return approval.approve(session, quote_id, **body)


@api.post("/quotes/<uuid:quote_id>/reject", body=schema.RejectIn, **_DECIDED)
def reject(session: Session, quote_id: UUID, body: dict[str, Any]) -> Quote:
    """Say no to the step that waits: the quote is a draft again."""
    return approval.reject(session, quote_id, **body)


@api.post("/quotes/<uuid:quote_id>/delegate", body=schema.DelegateIn, **_DECIDED)
def delegate(session: Session, quote_id: UUID, body: dict[str, Any]) -> Quote:
    """Let another user decide on the step that waits."""
    return approval.delegate(session, quote_id, **body)


@api.get("/quote-approvals", returns=schema.QuoteOut, many=True, internal=True)
def waiting_for_me(session: Session) -> list[Quote]:
    """The quotes that wait for the caller's yes: by name, by role, as a delegate or as the deputy of who is absent."""
    return approval.waiting_for_me(session)


@api.post("/quotes/<uuid:quote_id>/recall", returns=schema.QuoteOut, errors=(404, 409))
def recall(session: Session, quote_id: UUID) -> Quote:
    """Take a submission or an unused approval back."""
    return approval.recall(session, quote_id)


@api.post("/quotes/<uuid:quote_id>/send", returns=schema.SentOut, errors=(404, 409))
def send(session: Session, quote_id: UUID) -> Answer:
    """Send an approved quote: gives the token of the customer's link. An older link is void."""
    sent = actions.send(session, quote_id)
    return Answer(sent, kept=sent | {"token": None, "path": None})


@api.post("/quotes/<uuid:quote_id>/accept", body=schema.AcceptIn, returns=schema.QuoteOut, errors=(404, 409))
def note_acceptance(session: Session, quote_id: UUID, body: dict[str, Any]) -> Quote:
    """Note that the customer accepted a quote that was sent, by another way than the link."""
    return actions.note_acceptance(session, quote_id, **body)


@api.get("/quotes/<uuid:quote_id>/delivery", returns=schema.DeliveryOut, errors=(404,))
def delivery(session: Session, quote_id: UUID) -> dict[str, Any]:
    """When the products of a quote can leave."""
    return actions.delivery(session, quote_id)


@api.get("/quotes/<uuid:quote_id>/document", query=DocumentQuery, produces="application/pdf", errors=(404,))
def document(session: Session, quote_id: UUID, query: dict[str, Any]) -> Response:
    """The quote as a PDF, in Chinese or English."""
    return Response(pdf(load(session, Quote, quote_id), query["language"]), mimetype="application/pdf")


@api.get(_LINK, public=True, read_only=False, returns=schema.PublicQuote, also_produces=("text/html",), errors=(404,))
def show(session: Session, token: str) -> Response | Quote:
    """A quote, as its customer sees it: as a page, or as JSON. The first look is noted."""
    return _answered(session, token, lambda: actions.view(session, token))


@api.get(f"{_LINK}/document", public=True, query=DocumentQuery, produces="application/pdf", errors=(404,))
def show_document(session: Session, token: str, query: dict[str, Any]) -> Response:
    """A quote as a PDF, for its customer."""
    return Response(pdf(actions.by_token(session, token), query["language"]), mimetype="application/pdf")


@api.post(
    f"{_LINK}/accept", public=True, body=schema.AcceptIn, returns=schema.PublicQuote, consumes=FORMS,
    also_produces=("text/html",), errors=(404, 409),
)  # fmt: skip
def accept(session: Session, token: str, body: dict[str, Any]) -> Response | Quote:
    """Accept a quote within its validity."""
    return _answered(session, token, lambda: actions.accept(session, token, **body))


@api.post(
    f"{_LINK}/decline", public=True, body=schema.DeclineIn, returns=schema.PublicQuote, consumes=FORMS,
    also_produces=("text/html",), errors=(404, 409),
)  # fmt: skip
def decline(session: Session, token: str, body: dict[str, Any]) -> Response | Quote:
    """Decline a quote."""
    return _answered(session, token, lambda: actions.decline(session, token, **body))


def _answered(session: Session, token: str, work: Callable[[], Quote]) -> Response | Quote:
    path = actions.link_path(session, token)

    def shown(quote: Quote) -> Response:
        return page.page(quote, path)

    try:
        return answered(work, shown, page.PAGE, page.WORDS)
    except Conflict as refusal:  # nothing was changed before it was refused
        if not wants_page():
            raise
        return page.page(actions.by_token(session, token), path, refusal)
