"""Who may have which part in a deal."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from chassis.errors import FieldError, Invalid

ROLES = ("decision_maker", "champion", "influencer", "evaluator", "user", "purchasing", "legal", "blocker", "other")


def check_once(people: Sequence[UUID]) -> None:
    """Invalid, naming every repetition, where somebody is named twice."""
    errors = [
        FieldError(f"contacts.{place}.person_id", "duplicate", "This person is named already.")
        for place, person in enumerate(people)
        if person in people[:place]
    ]
    if errors:
        raise Invalid.many(errors)
