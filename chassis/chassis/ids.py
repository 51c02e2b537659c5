"""Identifiers: UUIDv7 (RFC 9562), so that ids sort by the time they were made and B-trees stay dense."""

from uuid import UUID

import uuid_utils.compat


def uuid7() -> UUID:
    """A new time-ordered id."""
    return uuid_utils.compat.uuid7()
