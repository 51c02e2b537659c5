"""What an address is for, and what a place is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chassis.errors import Invalid

ADDRESS_KINDS = ("office", "home", "billing", "shipping", "registered", "warehouse", "other")
MAX_ADDRESSES = 50
PLACE = ("country", "region", "city", "postcode", "address")


def check_address(address: Mapping[str, Any]) -> None:
    """An address says more than its country. Invalid otherwise."""
    if not any(address.get(part) for part in PLACE if part != "country"):
        raise Invalid("address", "required", "An address needs a city, a postcode, a region or a street.")


def check_room(count: int) -> None:
    """A record has a limited number of further addresses. Invalid beyond."""
    if count >= MAX_ADDRESSES:
        raise Invalid("address", "too_many", f"A record has up to {MAX_ADDRESSES} further addresses.")
