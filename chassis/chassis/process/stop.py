"""SIGTERM and SIGINT as something to wait for."""

from __future__ import annotations

import signal
import threading


class StopSignal(threading.Event):
    """Set once the process has been told to stop. Make it in the main thread."""

    @classmethod
    def installed(cls) -> StopSignal:
        """A StopSignal that SIGTERM and SIGINT set."""
        stop = cls()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        return stop
