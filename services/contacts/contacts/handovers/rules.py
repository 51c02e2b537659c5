"""What a hand-over takes along, and who gets it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chassis.errors import Invalid

# In the order in which they are moved: companies first, as everywhere.
KINDS = ("companies", "people", "task_series", "tasks", "appointment_series", "appointments", "grants")
SERVICES = ("sales", "service-desk")
INCLUDED = (*KINDS, *SERVICES)


def check_targets(from_user_id: str, to_user_ids: Sequence[str], by_team: Mapping[str, str]) -> None:
    """Invalid where nobody is to get it, or the one who gives."""
    if not to_user_ids:
        raise Invalid(
            "to_user_id", "required", "Say who gets it: to_user_id, or to_user_ids in turn; there is no deputy."
        )
    if from_user_id in (*to_user_ids, *by_team.values()):
        raise Invalid("to_user_id", "self_reference", "Nobody hands over to themselves.")
