"""Identifiers: UUIDv7 (RFC 9562), so that ids sort by the time they were made and B-trees stay dense."""

from uuid import UUID

import uuid_utils
import uuid_utils.compat


def uuid7() -> UUID:
    """A new time-ordered id."""
    return uuid_utils.compat.uuid7()


def uuid7_text() -> str:
    """A new time-ordered id as text, at a tenth of the cost: for rows by the million."""
    return str(uuid_utils.uuid7())
