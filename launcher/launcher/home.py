"""The data folder of one copy of the platform: who runs it, what was chosen for it, its secrets and its logs.

lock         held by the supervisor for as long as it lives, also a kill -9 lets go of it; names its process
state.json   what the running platform consists of, for the other commands (mode 600: it has passwords)
postgres/ rabbitmq/ keys/ logs/ secrets/ clock
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from launcher.errors import Refusal
from launcher.files import write_private


@dataclass
class State:
    """The platform as it runs: where it answers, with what environment, in which processes."""

    url: str
    ready: bool = False
    started_at: float = 0.0
    environment: dict[str, str] = field(default_factory=dict)
    processes: dict[str, dict[str, object]] = field(default_factory=dict)


class Home:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.logs = folder / "logs"
        self.clock = folder / "clock"
        self._lock = folder / "lock"
        self._state = folder / "state.json"

    def prepare(self) -> None:
        """Makes the folder; others may pass through it (an embedded PostgreSQL of root's does) but not list it."""
        try:
            self.folder.mkdir(mode=0o711, parents=True, exist_ok=True)
            self.logs.mkdir(mode=0o700, exist_ok=True)
            (self.folder / "secrets").mkdir(mode=0o700, exist_ok=True)
            self._lock.touch()
        except OSError as error:
            remedy = "set QUINTET_DATA to a folder of yours"
            raise Refusal(f"cannot write to {self.folder} ({error.strerror}): {remedy}") from error

    @contextmanager
    def held(self) -> Iterator[None]:
        """Being the one supervisor of this folder. Refusal when another one is."""
        with self._lock.open("r+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise Refusal("Quintet is already running; ./quintet status tells more") from None
            lock.truncate()
            lock.write(str(os.getpid()))
            lock.flush()
            self._state.unlink(missing_ok=True)  # a killed one's
            try:
                yield
            finally:
                self._state.unlink(missing_ok=True)

    def supervisor(self) -> int | None:
        """The process number of the living supervisor; None when there is none."""
        if not self._lock.exists():
            return None
        with self._lock.open("r") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                return int(lock.read() or 0) or None
        return None

    def write(self, state: State) -> None:
        write_private(self._state, json.dumps(asdict(state), indent=1))

    def state(self) -> State | None:
        """The state of the running platform; None when it does not run or has not come so far."""
        if self.supervisor() is None or not self._state.exists():
            return None
        return State(**json.loads(self._state.read_text()))

    def running(self) -> State:
        """The state of the running, ready platform. Refusal when it is not."""
        state = self.state()
        if state is None or not state.ready:
            raise Refusal("Quintet is not running here: start it with ./quintet up")
        return state

    def secret(self, name: str) -> Path:
        return self.folder / "secrets" / name
