"""The terms that partners register under."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from sales.managers import require_manager
from sales.registrations import rules
from sales.registrations.model import Programme
from sales.reps.actions import find_rep
from sales.settings import settings

_WHAT = "partner programmes"


def add_programme(session: Session, data: dict[str, Any]) -> Programme:
    """Terms of a partner, or of all others. Conflict where there are some."""
    require_manager(_WHAT)
    programme = Programme(**_default_terms() | data)
    _check(session, programme)
    session.add(programme)
    return programme


def change_programme(session: Session, programme: Programme, changes: dict[str, Any]) -> Programme:
    """Other terms: for what is approved or renewed from now on."""
    require_manager(_WHAT)
    for name, value in changes.items():
        setattr(programme, name, value)
    _check(session, programme)
    return programme


def remove_programme(session: Session, programme: Programme) -> None:
    """Take the terms away; what was approved under them stays as it is."""
    require_manager(_WHAT)
    session.delete(programme)


def terms_of(session: Session, partner_id: UUID | None) -> Programme:
    """The terms of a partner: their own, else those of all, else as the settings say (not part of the session)."""
    found = select(Programme).where(or_(Programme.partner_id == partner_id, Programme.partner_id.is_(None)))
    own_first = found.order_by(Programme.partner_id.is_(None)).limit(1)
    return session.scalars(own_first).one_or_none() or Programme(**_default_terms())


def _default_terms() -> dict[str, Any]:
    known = settings()
    return {
        "protection_days": known.protection_days,
        "warn_days": known.protection_warn_days,
        "renewals": known.protection_renewals,
        "decision_days": known.registration_decision_days,
        "answer_days": known.registration_answer_days,
    }


def _check(session: Session, programme: Programme) -> None:
    rules.check_terms(programme.protection_days, programme.warn_days)
    if programme.manager_id:
        find_rep(session, programme.manager_id, "manager_id")
