"""Scopes and reach: what may be granted, and what several roles amount to together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from chassis.errors import FieldError, Invalid

SERVICES = ("contacts", "sales", "service-desk", "marketing", "reporting")
ADMIN = "gateway:admin"
# Requests of the people themselves, what is kept encrypted of them, and who they are in the event log: for few.
PARTICULAR = frozenset({"contacts:privacy", "contacts:sensitive", "reporting:personal"})
SCOPES = frozenset(
    {f"{service}:{access}" for service in SERVICES for access in ("read", "write")} | {ADMIN} | PARTICULAR
)
REACHES = ("partner", "own", "team", "all")  # from the narrowest to the widest


def check_scopes(scopes: Iterable[str]) -> list[str]:
    """`scopes` sorted and without repeats. Invalid names each that does not exist."""
    unknown = [(place, scope) for place, scope in enumerate(scopes) if scope not in SCOPES]
    if unknown:
        raise Invalid.many([FieldError(f"scopes.{n}", "unknown_scope", f"There is no scope {s}.") for n, s in unknown])
    return sorted(set(scopes))


def check_reach(reach: Mapping[str, str]) -> dict[str, str]:
    """`reach` with a default. Invalid names each entry that is no service or no reach."""
    errors = [
        FieldError(f"reach.{key}", "unknown_service", f"There is no service {key}.")
        for key in reach
        if key not in known()
    ]
    errors += [
        FieldError(f"reach.{key}", "not_a_choice", f"Must be one of {', '.join(REACHES)}.")
        for key, value in reach.items()
        if value not in REACHES
    ]
    if errors:
        raise Invalid.many(errors)
    return {"default": "own", **reach}


def known() -> tuple[str, ...]:
    """What reach can be given for."""
    return ("default", "gateway", *SERVICES)


def combined_scopes(roles: Iterable[Iterable[str]]) -> list[str]:
    """What holders of all these roles may do: everything that one of them allows."""
    return sorted({scope for scopes in roles for scope in scopes})


def combined_reach(roles: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """How far holders of all these roles reach: as far as the widest. A partner's reach is widened by any other.

    Nobody's reach is `own` by default, not nothing.
    """
    given = list(roles)
    places = {place for reach in given for place in reach} | {"default"}
    combined = {place: _widest(reach.get(place, reach.get("default", "own")) for reach in given) for place in places}
    return {
        place: reach for place, reach in sorted(combined.items()) if place == "default" or reach != combined["default"]
    }


def _widest(reaches: Iterable[str]) -> str:
    return max(reaches, key=REACHES.index, default="own")
