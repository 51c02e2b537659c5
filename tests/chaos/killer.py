"""Kills what a platform consists of, one after the other: its processes, a connection of PostgreSQL, the broker."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
from collections import Counter
from contextlib import suppress
from pathlib import Path

import psutil

from launcher.processes import belonging_to

PAUSE = 1.5, 5.0  # seconds between two
_SERVERS = 0.2  # how often it is one of the servers


class Killer(threading.Thread):
    """Kills by SIGKILL until `stop()`, in an order that `seed` settles. `killed` counts them by their names."""

    def __init__(self, folder: Path, seed: int) -> None:
        super().__init__(daemon=True)
        self._folder, self._dice, self._over = folder, random.Random(seed), threading.Event()
        self.killed: Counter[str] = Counter()

    def run(self) -> None:
        """One after the other."""
        while not self._over.wait(self._dice.uniform(*PAUSE)):
            name, pid = self._server() if self._dice.random() < _SERVERS else self._process()
            if pid:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    self.killed[name] += 1

    def stop(self) -> None:
        """No more; returns once that is so."""
        self._over.set()
        self.join()

    def _process(self) -> tuple[str, int]:
        """One of the platform's own."""
        processes = json.loads((self._folder / "state.json").read_text())["processes"]
        name = self._dice.choice(sorted(processes))
        return name, int(processes[name]["pid"] or 0)

    def _server(self) -> tuple[str, int]:
        """A connection of PostgreSQL, after which it recovers as from a power cut, or the broker. None of PostgreSQL's
        own processes: one that is killed while it recovers may leave it so."""
        wanted = self._dice.choice(["postgres", "beam.smp"])
        found = [
            one.pid for one in belonging_to(self._folder) if _is(one, wanted, "127.0.0.1(" * (wanted == "postgres"))
        ]
        return wanted, self._dice.choice(found) if found else 0


def _is(process: psutil.Process, name: str, title: str) -> bool:
    with suppress(psutil.Error):
        return process.name().startswith(name) and title in " ".join(process.cmdline())
    return False
