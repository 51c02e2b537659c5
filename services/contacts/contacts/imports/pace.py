"""How many rows a step of an import takes: the more, the cheaper is each; but whoever renames a company that they name,
or enters one of their people, waits until the step has ended."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

SECONDS = 2.0  # a step takes about so long: a fifth of what others wait for a lock
_LEAST, _FIRST = 1000, 5000


class Pace:
    """The number of `rows` of the next step, by how long the last one took; never more than `most`."""

    def __init__(self, most: int) -> None:
        self._most, self.rows = most, min(most, _FIRST)

    def took(self, rows: int, seconds: float) -> None:
        """A step of so many rows has taken so long. From one to the next they become at most twice as many; one that is
        not full, as the last of a file is not, says nothing."""
        if rows >= self.rows or seconds > SECONDS:
            wanted = min(int(rows * SECONDS / max(seconds, 0.001)), 2 * self.rows)
            self.rows = min(self._most, max(_LEAST, wanted))

    @contextmanager
    def timed(self, rows: int) -> Iterator[None]:
        """A step of so many rows."""
        began = time.monotonic()
        yield
        self.took(rows, time.monotonic() - began)
