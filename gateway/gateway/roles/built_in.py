"""The roles that every installation has. They cannot be changed; custom roles stand beside them."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.roles.model import Role
from gateway.roles.rules import SCOPES


class BuiltIn(NamedTuple):
    key: str
    name: str
    description: str
    scopes: tuple[str, ...]
    reach: dict[str, str]


BUILT_IN = (
    BuiltIn("admin", "Administrator", "Everything, the administration too.", tuple(sorted(SCOPES)), {"default": "all"}),
    BuiltIn(
        "sales_rep",
        "Sales representative",
        "Own leads and deals; all contacts.",
        ("contacts:read", "contacts:write", "sales:read", "sales:write", "service-desk:read"),
        {"default": "own", "contacts": "all", "service-desk": "all"},
    ),
    BuiltIn(
        "sales_manager",
        "Sales manager",
        "The team's leads and deals, campaigns and figures.",
        (
            "contacts:read", "contacts:write", "sales:read", "sales:write", "service-desk:read",
            "marketing:read", "reporting:read",
        ),
        {"default": "team", "contacts": "all", "service-desk": "all", "marketing": "all", "reporting": "team"},
    ),
    BuiltIn(
        "agent",
        "Service agent",
        "All tickets; contacts to read.",
        ("contacts:read", "service-desk:read", "service-desk:write"),
        {"default": "all"},
    ),
    BuiltIn(
        "desk_manager",
        "Service desk manager",
        "The whole service desk and its figures.",
        ("contacts:read", "service-desk:read", "service-desk:write", "reporting:read"),
        {"default": "all"},
    ),
    BuiltIn(
        "marketer",
        "Marketer",
        "Forms and campaigns, contacts to read, figures.",
        ("contacts:read", "marketing:read", "marketing:write", "reporting:read"),
        {"default": "all"},
    ),
    BuiltIn(
        "analyst",
        "Analyst",
        "Everything to read, nothing to change but what reporting itself keeps.",
        ("contacts:read", "marketing:read", "reporting:read", "sales:read", "service-desk:read"),
        {"default": "all"},
    ),
    BuiltIn(
        "partner",
        "Partner",
        "The own company's leads and deals.",
        ("sales:read", "sales:write"),
        {"default": "partner"},
    ),
)  # fmt: skip


def ensure_built_in_roles(session: Session) -> list[Role]:
    """Every built-in role as this version of the gateway defines it. Safe to repeat."""
    there = {role.key: role for role in session.scalars(select(Role).where(Role.built_in))}
    for wanted in BUILT_IN:
        values = wanted._asdict() | {"scopes": list(wanted.scopes)}
        role = there.get(wanted.key)
        if role is None:
            there[wanted.key] = role = Role(built_in=True, **values)
            session.add(role)
            continue
        for name, value in values.items():
            if getattr(role, name) != value:
                setattr(role, name, value)
    session.flush()
    return [there[wanted.key] for wanted in BUILT_IN]
