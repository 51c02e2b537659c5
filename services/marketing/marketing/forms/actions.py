"""Making, changing and finding forms."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis import clock
from chassis.errors import Invalid, NotFound
from marketing.campaigns.model import Campaign
from marketing.forms import rules
from marketing.forms.model import ConsentText, Form


def make_form(session: Session, data: dict[str, Any]) -> Form:
    """A new form with version 1 of its consent text. The database refuses a key that is taken."""
    rules.check_key(data["key"])
    _check_campaign(session, data["campaign_id"])
    form = Form(**data | {"fields": rules.define(data["fields"])}, consent_version=1, dropped=0)
    session.add(form)
    session.flush()
    _keep_text(session, form)
    return form


def change_form(session: Session, form: Form, changes: dict[str, Any]) -> Form:
    """Change `form`; another consent text becomes the next version and the old ones stay on record."""
    if "fields" in changes:
        changes = changes | {"fields": rules.define(changes["fields"])}
    _check_campaign(session, changes.get("campaign_id"))
    new_text = changes.get("consent_text", form.consent_text) != form.consent_text
    for name, value in changes.items():
        setattr(form, name, value)
    if new_text:
        form.consent_version += 1
        session.flush()
        _keep_text(session, form)
    return form


def public_form(session: Session, key: str) -> Form:
    """The active form of that key; NotFound otherwise."""
    statement = select(Form).where(Form.key == key, Form.active)
    form = session.scalars(statement).one_or_none() if rules.is_key(key) else None
    if form is None:
        raise NotFound("form")
    return form


def describe(form: Form) -> dict[str, Any]:
    """What a web page needs to show `form`."""
    return {
        "key": form.key,
        "name": form.name,
        "fields": form.fields,
        "consent": {
            "text": form.consent_text,
            "version": form.consent_version,
            "required": form.consent_required,
        },
        "honeypot": rules.honeypot(form.fields),
    }


def text_shown(session: Session, form: Form, version: int | None) -> str:
    """The consent text of `version` (None: the one shown now). Invalid if the form never had it."""
    if version is None or version == form.consent_version:
        return form.consent_text
    kept = session.get(ConsentText, (form.id, version))
    if kept is None:
        raise Invalid("consent_version", "unknown", f"This form has no consent text of version {version}.")
    return kept.text


def count_dropped(session: Session, form: Form) -> None:
    """One more caught by the honeypot."""
    session.execute(update(Form).where(Form.id == form.id).values(dropped=Form.dropped + 1))


def _keep_text(session: Session, form: Form) -> None:
    text = ConsentText(form_id=form.id, version=form.consent_version, text=form.consent_text, shown_from=clock.now())
    session.add(text)


def _check_campaign(session: Session, campaign_id: UUID | None) -> None:
    if campaign_id and session.get(Campaign, campaign_id) is None:
        raise Invalid("campaign_id", "unknown", "There is no such campaign.")
