"""Waiting longer after each failure, never in step with the others that failed at the same moment."""

import random


class Backoff:
    """`next()` is how many seconds to wait: doubling from `first` to `most`, less a random part."""

    def __init__(self, first: float = 0.1, most: float = 5.0) -> None:
        self._first, self._most = first, most
        self._ceiling = first

    def next(self) -> float:
        """The next pause; at least half of the current ceiling."""
        pause = self._ceiling * random.uniform(0.5, 1)  # noqa: S311 - jitter, not a secret
        self._ceiling = min(self._ceiling * 2, self._most)
        return pause

    def reset(self) -> None:
        """It worked: begin small again."""
        self._ceiling = self._first
