"""The routes of consent. The public ones know no token but that of the link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from chassis.access import load
from chassis.errors import Invalid
from chassis.http import Answer, Api, Resource
from chassis.http.pages import FORMS, answered, language
from contacts.consent import actions, links, page, schema, texts
from contacts.consent.model import ConsentText
from contacts.consent.reading import shown
from contacts.consent.rules import PURPOSES
from contacts.people.model import Person

_LINK = "/public/consents/<string(maxlength=64):token>"


api = Api("consent", scope="contacts")
api.add(
    Resource(
        ConsentText,
        path="consent-texts",
        read=schema.TextOut,
        create=schema.TextIn,
        update=schema.TextPatch,
        filters=("purpose", "language", "text_version", "valid_from"),
        sorts=("created_at", "valid_from"),
        on_create=texts.register,
        on_update=texts.change,
        on_delete=texts.remove,
        write_scope="contacts:privacy",
    )
)


@api.get("/consent-purposes", returns=schema.PurposeOut, many=True)
def list_purposes(session: Session) -> list[dict[str, Any]]:  # noqa: ARG001 - every view has a session
    """List the purposes that laws name. Others may be used as well."""
    return [
        {"code": one.code, "law": one.law, "opt_out": one.opt_out, "name": {"en": one.en, "zh": one.zh}}
        for one in PURPOSES
    ]


@api.get("/people/<uuid:person_id>/consents", returns=schema.ConsentOut, many=True)
def list_consents(session: Session, person_id: UUID) -> list[dict[str, Any]]:
    """List the decision that holds now, one per purpose. Whether the person agrees today says `in_force`."""
    return [shown(record, True) for record in actions.all_current(session, load(session, Person, person_id).id)]


@api.get("/people/<uuid:person_id>/consents/history", returns=schema.ConsentOut, many=True)
def list_history(session: Session, person_id: UUID) -> list[dict[str, Any]]:
    """List every decision of a person on consent, the newest first."""
    person = load(session, Person, person_id)
    holding = {record.id for record in actions.all_current(session, person.id)}
    return [shown(record, record.id in holding) for record in actions.history(session, person.id)]


@api.post("/people/<uuid:person_id>/consents", body=schema.ConsentIn, returns=schema.ConsentOut, status=201)
def grant(session: Session, person_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Record that a person consented to a purpose."""
    if body.get("text_id") is None and "text" not in body:
        raise Invalid(
            "text", "required", "Give the text that the person was shown, or the text_id of a registered one."
        )
    return _decided(session, load(session, Person, person_id, lock=True), granted=True, **body)


@api.post(
    "/people/<uuid:person_id>/consents/<purpose>/withdraw",
    body=schema.WithdrawalIn,
    returns=schema.ConsentOut,
    status=201,
)
def withdraw(session: Session, person_id: UUID, purpose: str, body: dict[str, Any]) -> dict[str, Any]:
    """Record that a person took back their consent to a purpose, whether or not they had given it here."""
    if not purpose.isidentifier() or len(purpose) > 50 or not purpose.isascii() or not purpose.islower():
        raise Invalid("purpose", "not_valid", "A purpose is made of lower-case letters, digits and underscores.")
    return _decided(session, load(session, Person, person_id, lock=True), purpose=purpose, granted=False, **body)


@api.post("/people/<uuid:person_id>/consent-links", body=schema.LinkIn, returns=schema.LinkOut, status=201)
def open_link(session: Session, person_id: UUID, body: dict[str, Any]) -> Answer:
    """Make a link by which the person takes consent back without a login. Its token is shown this once."""
    link = links.open_link(session, load(session, Person, person_id, lock=True), **body)
    return Answer(link, kept=link | {"token": None, "path": None, "headers": None})


@api.get(_LINK, public=True, returns=schema.PublicOut, also_produces=("text/html",), errors=(404, 410))
def show_link(session: Session, token: str) -> Response | dict[str, Any]:
    """Show the consents that a link is for, as a page or as JSON. Nothing changes by looking."""
    return _answered(lambda: links.show(session, token, language()))


@api.post(
    _LINK,
    public=True,
    body=schema.PublicIn,
    returns=schema.PublicOut,
    consumes=FORMS,
    also_produces=("text/html",),
    errors=(404, 410),
)
def withdraw_by_link(session: Session, token: str, body: dict[str, Any]) -> Response | dict[str, Any]:
    """Take consent back: to one purpose, or to all of the link, as a mail program's one click does (RFC 8058)."""
    return _answered(lambda: links.withdraw(session, token, language(), body.get("purpose")))


def _answered(work: Callable[[], dict[str, Any]]) -> Response | dict[str, Any]:
    return answered(work, page.page, page.PAGE, page.WORDS)


def _decided(session: Session, person: Person, **decision: Any) -> dict[str, Any]:
    record = actions.decide(session, person, **decision)
    return shown(record, actions.current(session, person.id, record.purpose) is record)
