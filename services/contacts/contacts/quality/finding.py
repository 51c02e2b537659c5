"""The records that somebody should look at: incomplete ones, and those that nobody has looked at for long."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists

from contacts.interactions.model import Interaction
from contacts.quality.measuring import Subject


def incomplete(subject: Subject, fields: Sequence[str]) -> list[ColumnElement[bool]]:
    """The conditions of rows that lack all of these fields."""
    return [subject.lacks(field) for field in fields]


def stale(subject: Subject, before: datetime, since: Sequence[str]) -> list[ColumnElement[bool]]:
    """The conditions of rows with which nothing of `since` (verified, changed, touched) has happened from `before` on.
    A new record needs none of it yet."""
    model, verified = subject.model, subject.verified
    conditions: dict[str, Any] = {
        "changed": model.updated_at < before,
        "verified": ~exists().where(subject.verified_id == model.id, verified.at >= before),
        "touched": ~exists().where(subject.touched_id == model.id, Interaction.at >= before),
    }
    return [model.created_at < before, *(conditions[name] for name in since)]
