"""A decision as it is shown: with whether it is in force now."""

from __future__ import annotations

from typing import Any

from chassis import clock
from contacts.consent import schema
from contacts.consent.model import ConsentRecord

_PLAIN = [name for name in schema.ConsentOut().fields if name != "in_force"]


def shown(record: ConsentRecord, holding: bool) -> dict[str, Any]:
    """The decision as `ConsentOut` says it; `holding`: it is the latest for its purpose."""
    plain = {name: getattr(record, name) for name in _PLAIN}
    return plain | {"in_force": holding and record.in_force(clock.now())}
