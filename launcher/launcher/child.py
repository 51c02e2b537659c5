"""One process that the supervisor keeps alive."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from launcher.files import last_words
from launcher.forge import Forge, Forked

STEADY = 10.0  # seconds after which a process counts as started well
LONGEST_PAUSE = 10.0


class Child:
    """A process with its log, restarted with growing pauses (0.5 s to 10 s) when it ends by itself."""

    def __init__(
        self, name: str, command: str, environment: dict[str, str], log: Path, forge: Forge | None = None
    ) -> None:
        self.name = name
        self.log = log
        self.restarts = 0
        self.failures = 0  # ends in a row without a steady run between
        self.started_at = 0.0
        self._command = shlex.split(command)
        self._environment = environment
        self._forge = forge
        self._process: subprocess.Popen[bytes] | Forked | None = None
        self._again_at = 0.0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        """In a session of its own: Ctrl-C in the terminal reaches the supervisor alone, which ends it in order."""
        self.started_at = time.time()
        if self._forge:
            self._process = self._forge.start(self._command[2:], self._environment, self.log)
        if self._process is None:
            self._process = self._started_alone()

    def _started_alone(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=self._environment, start_new_session=True,
            )  # fmt: skip

    def look(self) -> str | None:
        """Restarts it when it has ended and its pause is over; returns what there is to tell, if anything."""
        if self._process is None:
            if time.monotonic() >= self._again_at:
                self.restarts += 1
                self.start()
            return None
        code = self._process.poll()
        if code is None:
            return None
        self._kill_group()
        self.failures = 0 if time.time() - self.started_at > STEADY else self.failures + 1
        pause = min(0.25 * 2**self.failures, LONGEST_PAUSE)
        self._process, self._again_at = None, time.monotonic() + pause
        how = f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        return f"{self.name} ended ({how}), again in {pause:.1f} s: {last_words(self.log)}"

    def ask_to_end(self) -> None:
        """One SIGTERM, never two: a second one can hang a nameko service with timers."""
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def end_by(self, deadline: float) -> bool:
        """Waits until `deadline` (of time.monotonic) for it to end, then kills it and what it started.

        Returns whether it ended by itself.
        """
        if self._process is None:
            return True
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(max(0.0, deadline - time.monotonic()))
        ended = self._process.poll() is not None
        self._kill_group()
        self._process.wait()
        self._process = None
        return ended

    def _kill_group(self) -> None:
        if self._process:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
