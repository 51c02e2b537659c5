"""What to call somebody who left no name."""

from __future__ import annotations


def display_name(name: str | None, email: str | None, phone: str | None) -> str:
    """The name that was given; else the part of the address before the @, the phone number, or `Unknown`."""
    cleaned = " ".join((name or "").split())
    return cleaned or (email or "").partition("@")[0].strip() or (phone or "").strip() or "Unknown"
