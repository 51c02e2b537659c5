"""gunicorn's worker with threads, of which one stays with its connection for a moment after it has answered.

gunicorn gives a connection back to its main thread after each answer, and from there to a thread again for the next
request: twice another thread has to be woken, which takes a third of what serving a small request costs. Whoever asks
again at once, as the gateway does under load and everybody who reads page after page, is answered by the same thread.
"""

from __future__ import annotations

import select
from collections import deque
from typing import Any, ClassVar

from gunicorn.workers.gthread import ThreadWorker


class Worker(ThreadWorker):
    """See the module. `patience`: seconds for which a thread waits; as long a request may wait for such a thread. At
    most half of the threads do, so that there are others for who comes new."""

    patience: ClassVar[float] = 0.02

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._may_wait = deque([None] * (self.cfg.threads // 2))  # to take one and put it back needs no lock

    def handle(self, conn: Any) -> Any:
        """Answer a connection's requests until none comes for a moment; whether it is to be kept, as gunicorn says."""
        kept = super().handle(conn)
        while kept is True and self._asks_again(conn):
            kept = super().handle(conn)
        return kept

    def _asks_again(self, conn: Any) -> bool:
        """Whether the next request begins to come in time. What was read of one already is the main thread's affair."""
        if not self.alive or conn.parser.unreader.buf.getvalue():
            return False
        try:
            self._may_wait.pop()
        except IndexError:
            return False
        try:
            waiting = select.poll()
            waiting.register(conn.sock, select.POLLIN)
            return bool(waiting.poll(self.patience * 1000))
        finally:
            self._may_wait.append(None)
