"""What other services are asked to do, each its part: it is done when all have answered.

Whoever asks keeps a row of `Answer` for each, and changes them with what they belong to locked: a process may die at
any line, an answer may come twice. Who is late is asked again; to answer twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from chassis import clock

# Who is late is asked again as often as this.
AGAIN = timedelta(days=1)


class Answer:
    """That one service was asked, and what it answered: a model says to what it belongs, and what is answered."""

    service: Mapped[str] = mapped_column(primary_key=True)
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]

    @property
    def state(self) -> str:
        """`answered`, or `outstanding`."""
        return "answered" if self.answered_at else "outstanding"


def outstanding(answers: Iterable[Any]) -> list[str]:
    """The services that have not answered yet."""
    return [answer.service for answer in answers if answer.answered_at is None]


def note(answers: Sequence[Any], service: str, **said: Any) -> bool:
    """A service has answered, with what it `said` (columns of its answer): its first answer counts. Whether nobody is
    outstanding now."""
    for answer in answers:
        if answer.service == service and answer.answered_at is None:
            answer.answered_at = clock.now()
            for name, value in said.items():
                setattr(answer, name, value)
    return not outstanding(answers)
