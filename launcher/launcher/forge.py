"""Starting many processes of the platform at a fraction of the cost: one loads the libraries, then forks each.

`python -m launcher.forge` is the process that forks. It reads requests and tells what happened, a JSON object a line:
{"start": ["chassis", "api", "sales"], "environment": {…}, "log": "…"} -> {"started": pid}, and at its end
{"ended": pid, "code": 0}.
It has one thread, no connection and no lock when it forks. Workers come from one of their own, `launcher.forge worker`,
where eventlet patches the standard library before anything else is imported; the gateway, which gevent patches, starts
the ordinary way.
"""

from __future__ import annotations

import sys

if __name__ == "__main__" and sys.argv[1:] == ["worker"]:
    import warnings

    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
    import eventlet

    eventlet.monkey_patch()

import gc
import importlib
import json
import os
import runpy
import signal
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from queue import Queue
from types import FrameType
from typing import Any

COMMON = ("chassis.db", "chassis.events", "chassis.http", "chassis.jobs", "chassis.process.health")
PRELOADED = {
    "plain": (
        *COMMON,
        "chassis.process.api",
        "chassis.process.jobs",
        "chassis.process.relay",
        "gunicorn.workers.gthread",
    ),
    "worker": (*COMMON, "chassis.bus.runner"),
}


class Forked:
    """A process that the forge made; the part of subprocess.Popen that a supervisor needs."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.code: int | None = None
        self._ended = threading.Event()

    def end(self, code: int) -> None:
        """Called by the forge once it is over."""
        self.code = code
        self._ended.set()

    def poll(self) -> int | None:
        return self.code

    def terminate(self) -> None:
        if self.code is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGTERM)

    def wait(self, timeout: float | None = None) -> int:
        if not self._ended.wait(timeout):
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return self.code or 0


class Forge:
    """The supervisor's side. When the forking process itself dies, all that it made counts as ended."""

    def __init__(self, kind: str, environment: dict[str, str], log: Path) -> None:
        """`kind` is `worker`, or `plain` for all others that can be forked."""
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "launcher.forge", kind],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
                env=environment, start_new_session=True, text=True,
            )  # fmt: skip
        self._one_at_a_time = threading.Lock()
        self._made: dict[int, Forked] = {}
        self._started: Queue[Forked | None] = Queue()
        threading.Thread(target=self._listen, name="forge", daemon=True).start()

    def start(self, words: list[str], environment: dict[str, str], log: Path) -> Forked | None:
        """Starts `python -m WORDS` with its output in `log`; None where the forge is no more."""
        request = {"start": words, "environment": environment, "log": str(log)}
        assert self._process.stdin is not None
        with self._one_at_a_time:
            try:
                self._process.stdin.write(f"{json.dumps(request)}\n")
                self._process.stdin.flush()
            except OSError:
                return None
            return self._started.get()

    def close(self) -> None:
        """Ends the forking process; what it made should have ended before."""
        self._process.kill()
        self._process.wait()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._hear(json.loads(line))
        for forked in self._made.values():
            if forked.code is None:
                with suppress(ProcessLookupError):
                    os.killpg(forked.pid, signal.SIGKILL)
                forked.end(-signal.SIGKILL)
        self._started.put(None)

    def _hear(self, news: dict[str, int]) -> None:
        if "started" in news:
            forked = self._made[news["started"]] = Forked(news["started"])
            self._started.put(forked)
        else:
            self._made[news["ended"]].end(news["code"])


def main() -> None:
    """The forking process: until its standard input ends or it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in PRELOADED[sys.argv[1]]:
        importlib.import_module(name)
    gc.freeze()  # what is loaded stays shared: no collection shall touch it
    signal.signal(signal.SIGCHLD, _reap)
    for line in sys.stdin:
        _fork(json.loads(line))


def _fork(request: dict[str, Any]) -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])  # or an end could be told before its start
    pid = os.fork()
    if pid == 0:
        _become(request)
    _tell({"started": pid})
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])


def _become(request: dict[str, Any]) -> None:
    """Turns this fork into the process that `python -m WORDS` would have been, and ends with it."""
    os.setsid()
    for number in (signal.SIGCHLD, signal.SIGINT):
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
    log = os.open(request["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    null = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((null, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    sys.stdin = os.fdopen(0, "r")
    sys.stdout = os.fdopen(1, "w", buffering=1)
    sys.stderr = os.fdopen(2, "w", buffering=1)
    if "eventlet" in sys.modules:
        from eventlet import hubs

        hubs.use_hub()  # the one of before the fork would be shared
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = list(request["start"])
    with suppress(OSError):
        Path("/proc/self/comm").write_text("-".join(reversed(sys.argv[1:])))  # what top shows
    code = 1
    try:
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _reap(_number: int, _frame: FrameType | None) -> None:
    with suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            _tell({"ended": pid, "code": os.waitstatus_to_exitcode(status)})


def _tell(news: dict[str, int]) -> None:
    os.write(1, f"{json.dumps(news)}\n".encode())


if __name__ == "__main__":
    main()
