"""The life of a ticket: which act leads from which state to which, and why not."""

from __future__ import annotations

from chassis.errors import Conflict

STATES = ("new", "open", "pending", "resolved", "closed")
UNRESOLVED = STATES[:3]
PRIORITIES = ("low", "normal", "high", "urgent")
KINDS = ("question", "problem", "onboarding", "complaint")
CHANNELS = ("phone", "email", "form", "portal", "chat", "visit", "api", "event")
MAX_LEVEL = 3

# new: nobody has taken it up yet. open: an agent has it in hand. pending: it waits for the customer; its clocks rest.
# resolved: done as far as the desk can tell; a word from the customer reopens it. closed: for good.
# `complain` is the customer's low score: the one act that brings back a closed ticket.
MOVES: dict[str, dict[str, str]] = {
    "assign": {"new": "open", "open": "open", "pending": "pending", "resolved": "resolved"},
    "note": {"new": "new", "open": "open", "pending": "pending", "resolved": "resolved", "closed": "closed"},
    "answer": {"new": "open", "open": "open", "pending": "pending", "resolved": "resolved"},
    "hear": {"new": "new", "open": "open", "pending": "open", "resolved": "open"},
    "pend": {"new": "pending", "open": "pending"},
    "resolve": {"new": "resolved", "open": "resolved", "pending": "resolved"},
    "reopen": {"pending": "open", "resolved": "open"},
    "complain": {"resolved": "open", "closed": "open"},
    "close": {"resolved": "closed"},
    "escalate": {"new": "new", "open": "open", "pending": "pending"},
    "change": {"new": "new", "open": "open", "pending": "pending", "resolved": "resolved"},
}

_REFUSALS: dict[tuple[str, str], tuple[str, str]] = {
    ("pend", "pending"): ("already_pending", "The ticket waits for the customer already."),
    ("resolve", "resolved"): ("already_resolved", "The ticket is resolved already."),
    ("close", "closed"): ("already_closed", "The ticket is closed already."),
    ("reopen", "new"): ("not_resolved", "The ticket is new; only a pending or resolved one is reopened."),
    ("reopen", "open"): ("not_resolved", "The ticket is open; only a pending or resolved one is reopened."),
}


def move(act: str, state: str) -> str:
    """The state that `act` leads to from `state`. Conflict where it leads nowhere, saying what to do instead."""
    target = MOVES[act].get(state)
    if target is None:
        code, detail = _refusal(act, state)
        raise Conflict(code, detail, state=state)
    return target


def _refusal(act: str, state: str) -> tuple[str, str]:
    if (act, state) in _REFUSALS:
        return _REFUSALS[act, state]
    if state == "closed":
        return "closed", "The ticket is closed for good; open a new one."
    if state == "resolved":
        return "already_resolved", "The ticket is resolved; reopen it first."
    return "not_resolved", f"The ticket is {state}; resolve it first."


def next_level(level: int) -> int:
    """The escalation level after `level`. Conflict at the highest."""
    if level >= MAX_LEVEL:
        raise Conflict("highest_level", f"The ticket is at the highest level, {MAX_LEVEL}, already.")
    return level + 1


def number_of(serial: int) -> str:
    """How a ticket is called by people: `T-001042`."""
    return f"T-{serial:06d}"
