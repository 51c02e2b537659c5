"""Further addresses as columns of a file, one of each kind: `address:shipping` is its street, `address:shipping.city`
and the like are its other parts."""

from __future__ import annotations

from contacts.addresses.rules import ADDRESS_KINDS, PLACE

PREFIX = "address:"


def column(kind: str, part: str) -> str:
    """What the column of a part of an address of this kind is called."""
    return f"{PREFIX}{kind}" if part == "address" else f"{PREFIX}{kind}.{part}"


# The column's name -> what the address is for, and which part of it stands there.
COLUMNS = {column(kind, part): (kind, part) for kind in ADDRESS_KINDS for part in PLACE}
