"""Time that no test clock moves.

Tokens, sessions and lock-outs live by it: services compare a token's `exp` with the machine's time, and a demo that
sets `chassis.clock` a month ahead must not log everybody out.
"""

from __future__ import annotations

from datetime import UTC, datetime


def real_now() -> datetime:
    """The machine's time, in UTC."""
    return datetime.now(UTC)
