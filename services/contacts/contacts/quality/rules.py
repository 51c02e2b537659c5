"""How complete a record is, and what may be asked about many."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

from chassis.errors import Invalid

Of = Literal["people", "companies"]
By = Literal["owner", "team", "source"]
BYS: tuple[By, ...] = ("owner", "team", "source")
SINCE = ("verified", "changed", "touched")

# What each field counts for; those of one kind of record add up to 100 so that points are percent.
WEIGHTS: dict[Of, dict[str, int]] = {
    "people": {
        "email": 20, "phone": 20, "company_name": 15, "owner_id": 10, "job_title": 10, "country": 10, "city": 5,
        "postcode": 5, "address": 5,
    },
    "companies": {
        "domain": 20, "phone": 15, "industry": 15, "owner_id": 10, "employees": 10, "country": 10, "city": 10,
        "address": 10,
    },
}  # fmt: skip


def score(weights: Mapping[str, int], missing: Collection[str]) -> int:
    """How complete a record is that lacks these fields, 0 to 100, rounded down: 100 is complete and nothing less."""
    total = sum(weights.values())
    return 100 * sum(weight for field, weight in weights.items() if field not in missing) // total


def check_weights(of: Of, weights: Mapping[str, int]) -> dict[str, int]:
    """`weights` as they were configured. Invalid for a field that cannot be asked for, and without any."""
    unknown = sorted(weights.keys() - WEIGHTS[of].keys())
    if unknown:
        raise Invalid(unknown[0], "unknown_field", f"There is no weight for {unknown[0]!r} of {of}.")
    if any(weight < 0 for weight in weights.values()) or not sum(weights.values()):
        raise Invalid("weights", "out_of_range", "Weights are at least 0, and one is more.")
    return {field: weight for field, weight in weights.items() if weight}
