"""Rows that have had their day are removed, by one replica at a time."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.db import Database
from chassis.http.idempotency import forget
from gateway.audit.model import AuditEntry
from gateway.auth.model import LoginAttempts, LoginSession, Revocation
from gateway.tokens.real_time import real_now

_LOCK = 7_180_002
_KEEP_ENDED = timedelta(days=30)
_KEEP_ANSWERS = timedelta(days=7)
_BATCH = 5000


def tidy(database: Database, audit_keep_days: int) -> None:
    """One round of it. `audit_keep_days` 0 keeps the audit trail for good."""
    with database.transaction() as session:
        if session.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))):
            _tidy(session, audit_keep_days)


def _tidy(session: Session, audit_keep_days: int) -> None:
    now = real_now()
    session.execute(delete(LoginSession).where(LoginSession.expires_at < now - _KEEP_ENDED))
    session.execute(delete(LoginAttempts).where(LoginAttempts.last_at < now - timedelta(days=2)))
    session.execute(delete(Revocation).where(Revocation.before < now - timedelta(days=2)))
    forget(session, now - _KEEP_ANSWERS, _BATCH)
    if audit_keep_days:
        oldest = clock.now() - timedelta(days=audit_keep_days)
        batch = select(AuditEntry.id).where(AuditEntry.created_at < oldest).limit(_BATCH)
        session.execute(delete(AuditEntry).where(AuditEntry.id.in_(batch)))
