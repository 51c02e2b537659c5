"""In whose name, and because of what, the code at hand runs: set once per request, event, tick or job."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

from chassis.actor import SYSTEM, Actor


@dataclass(frozen=True, slots=True)
class Context:
    """The cause of what happens now.

    `correlation_id` names the whole story (first request), `causation_id` the event that directly led here.
    """

    actor: Actor = SYSTEM
    traceparent: str | None = None
    correlation_id: str | None = None
    causation_id: str | None = None


_current: ContextVar[Context] = ContextVar("context", default=Context())  # noqa: B039 - frozen


def current() -> Context:
    """The context of the code at hand; the system's own outside of any."""
    return _current.get()


@contextmanager
def running(context: Context | None = None, /, **changes: Any) -> Iterator[Context]:
    """Run a block in `context`, or in the current one with `changes`."""
    chosen = replace(context or _current.get(), **changes)
    token = _current.set(chosen)
    try:
        yield chosen
    finally:
        _current.reset(token)
