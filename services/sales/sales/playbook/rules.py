"""What a play is, and when it can be shown."""

from __future__ import annotations

from chassis.errors import Conflict

KINDS = ("tip", "material", "script", "objection", "reference", "other")
LANGUAGES = ("zh", "en")
STATUSES = ("draft", "published")
SUBJECTS = ("stage", "product", "competitor", "industry")


def check_content(body: str | None, url: str | None) -> None:
    """Conflict unless there is something to read: a text, or a link to one."""
    if not body and not url:
        raise Conflict("empty", "A play without a text and without a link has nothing to show.")
