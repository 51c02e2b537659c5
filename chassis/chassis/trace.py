"""W3C Trace Context (https://www.w3.org/TR/trace-context/): one trace through HTTP, outbox, AMQP and handlers."""

from __future__ import annotations

import os
import re

_TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})")


def new_traceparent() -> str:
    """The header of a trace that begins here, sampled."""
    ids = os.urandom(24).hex()
    return f"00-{ids[:32]}-{ids[32:]}-01"


def child_of(traceparent: str | None) -> str:
    """The header for the next step of the trace; a new trace where there is none or it is not valid."""
    match = _TRACEPARENT.fullmatch(traceparent) if traceparent else None
    if match is None:
        return new_traceparent()
    return f"00-{match[1]}-{os.urandom(8).hex()}-{match[3]}"


def trace_id(traceparent: str | None) -> str | None:
    """The 32 hex digits that all steps of one trace share."""
    match = _TRACEPARENT.fullmatch(traceparent or "")
    return match[1] if match else None
