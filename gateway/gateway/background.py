"""Work that a process does again and again beside its requests."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable

log = logging.getLogger("gateway.background")


class Loop:
    """Calls `work` at once and then every `seconds` (give or take a tenth, so that replicas spread out).

    What it raises is logged; the next turn comes all the same. Threads under gevent are greenlets.
    """

    def __init__(self, name: str, seconds: float, work: Callable[[], object]) -> None:
        self._name, self._seconds, self._work = name, seconds, work
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def stop(self, within: float = 5.0) -> None:
        """Let the turn at hand end, and no other begin."""
        self._stopped.set()
        self._thread.join(within)

    def _run(self) -> None:
        failing = False
        while not self._stopped.is_set():
            try:
                self._work()
                failing = False
            except Exception as error:
                log.log(logging.DEBUG if failing else logging.WARNING, "%s failed: %s", self._name, error)
                failing = True
            self._stopped.wait(self._seconds * random.uniform(0.9, 1.1))  # noqa: S311 - jitter
