"""Taking a submission, once."""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.errors import FieldError, Invalid
from chassis.events import emit
from chassis.ids import uuid7
from marketing.campaigns import actions as campaigns
from marketing.forms import actions as forms
from marketing.forms.model import Form
from marketing.forms.rules import honeypot
from marketing.settings import settings
from marketing.submissions import rules
from marketing.submissions.model import Salt, Submission
from marketing.submissions.schema import TRACKING, answers_schema


def submit(session: Session, key: str, posted: dict[str, Any], address: str) -> UUID:
    """Take what was posted to the form `key` from an IP `address`; the id of the submission.

    The same content within `duplicate_window` gives the id of the first. What falls into the honeypot gets
    an id like any other and leaves nothing but a count. NotFound for an unknown or inactive form, Invalid
    naming each field.
    """
    form = forms.public_form(session, key)
    if posted.pop(honeypot(form.fields), None):
        forms.count_dropped(session, form)
        return uuid7()
    own = {name: posted.pop(name, None) for name in ("consent", "consent_version", "campaign", *TRACKING)}
    values = _answers(form, own, posted)
    digest = rules.digest(form.key, values, own["consent"])
    earlier = _earlier(session, form, digest)
    if earlier:
        return earlier
    submission = _make(session, form, own, values)
    submission.digest, submission.ip_hash = digest, rules.ip_hash(address, _salt(session, clock.now().date()))
    session.add(submission)
    if submission.campaign_id:
        campaigns.count_response(session, submission.campaign_id)
    _tell(session, form, submission)
    return submission.id


def forget_salts(session: Session, today: date) -> None:
    """Drop the salts of days gone by; two days are kept, for clocks that disagree."""
    session.execute(delete(Salt).where(Salt.day < today - timedelta(days=1)))


def _answers(form: Form, own: dict[str, Any], posted: dict[str, Any]) -> dict[str, Any]:
    """The answers, checked and normalised by the form's definition; every mistake is named."""
    errors = []
    if form.consent_required and not own["consent"]:
        errors.append(FieldError("consent", "required", "This form needs your consent."))
    values: dict[str, Any] = {}
    try:
        values = answers_schema(form.fields).load_or_refuse(posted)
    except Invalid as invalid:
        errors += invalid.errors
    if errors:
        raise Invalid.many(errors)
    return {name: str(value) for name, value in values.items()}


def _earlier(session: Session, form: Form, digest: str) -> UUID | None:
    """The submission of the same content a moment ago. Equal submissions wait here for one another."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(digest, 0))))
    statement = select(Submission.id).where(
        Submission.form_id == form.id,
        Submission.digest == digest,
        Submission.created_at > clock.now() - settings().duplicate_window,
    )
    return session.scalars(statement.order_by(Submission.created_at).limit(1)).first()


def _make(session: Session, form: Form, own: dict[str, Any], values: dict[str, Any]) -> Submission:
    who = rules.sender(form.fields, values)
    return Submission(
        id=uuid7(),
        form_id=form.id,
        form_key=form.key,
        campaign_id=_campaign(session, form, own),
        person_id=uuid7(),
        answers=values,
        name=who.name,
        email=who.email,
        phone=who.phone,
        company_name=who.company_name,
        country=who.country,
        postcode=who.postcode,
        consent_given=own["consent"],
        consent_text=forms.text_shown(session, form, own["consent_version"]),
        utm=rules.utm(own),
    )


def _campaign(session: Session, form: Form, own: dict[str, Any]) -> UUID | None:
    """The campaign that is named, else the one the link was made for, else the form's own."""
    if own["campaign"]:
        named = campaigns.find(session, own["campaign"])
        if named is None:
            raise Invalid("campaign", "unknown", "There is no such campaign.")
        return named.id
    linked = campaigns.find(session, own["utm_campaign"]) if own["utm_campaign"] else None
    return linked.id if linked else form.campaign_id


def _salt(session: Session, day: date) -> bytes:
    """The secret of `day`, made by whoever needs it first."""
    session.execute(insert(Salt).values(day=day, secret=secrets.token_bytes(32)).on_conflict_do_nothing())
    return session.scalars(select(Salt.secret).where(Salt.day == day)).one()


def _tell(session: Session, form: Form, made: Submission) -> None:
    said = rules.sender(form.fields, made.answers)
    consent = {"given": made.consent_given, "purpose": "marketing", "text": made.consent_text}
    session.flush()
    data = {
        "submission_id": str(made.id),
        "form_id": str(form.id),
        "form_key": form.key,
        "campaign_id": str(made.campaign_id) if made.campaign_id else None,
        "person_id": str(made.person_id),
        "consent": consent | {"at": made.created_at.isoformat()},
        "source": "web_form",
        "utm": made.utm,
        "country": made.country,
        "postcode": made.postcode,
        "company_name": made.company_name,
        "product": said.product,
        "language": said.language,
    }
    personal = {"name": made.name, "email": made.email, "phone": made.phone, "message": said.message}
    emit(session, "form.submitted", made, data, personal=personal | {"fields": made.answers})
