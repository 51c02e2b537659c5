"""Processes of ours: how they are marked, found again and ended.

Every process that the launcher starts carries the environment variable QUINTET_HOME, the folder that it
belongs to. That is the proof by which a later run may end it; nothing else on the machine is ever signalled.
"""

from __future__ import annotations

import os
import random
import signal
import socket
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil

MARK = "QUINTET_HOME"


def marked(home: Path, **more: str) -> dict[str, str]:
    """The environment for a process of ours that belongs to `home`."""
    return {**os.environ, MARK: str(home), **more}


def belonging_to(folder: Path) -> list[psutil.Process]:
    """The living processes that were started for `folder` or for a folder inside it, this one excepted."""
    spared = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    return [p for p in psutil.process_iter() if p.pid not in spared and _is_for(p, folder)]


def _is_for(process: psutil.Process, folder: Path) -> bool:
    """By the mark; PostgreSQL overwrites its environment with its title, but works in its data folder."""
    with suppress(psutil.Error, OSError):
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        mark = process.environ().get(MARK)
        if mark:
            return Path(mark).is_relative_to(folder)
    with suppress(psutil.Error, OSError):
        name, cwd = process.name(), process.cwd()
        return name.startswith("postgres") and bool(cwd) and Path(cwd).is_relative_to(folder)
    return False


def end(processes: Iterable[psutil.Process], within: float = 5.0, by: signal.Signals = signal.SIGTERM) -> None:
    """Asks each to end, waits `within` seconds for all of them, then kills those still there."""
    asked = list(processes)
    _signal(asked, by)
    _, left = psutil.wait_procs(asked, timeout=within)
    _signal(left, signal.SIGKILL)
    psutil.wait_procs(left, timeout=5)


def end_belonging_to(folder: Path, within: float = 5.0) -> int:
    """Ends what an earlier run left behind for `folder`; returns how many processes that were."""
    found = belonging_to(folder)
    end(found, within)
    return len(found)


def _signal(processes: Iterable[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def free_ports(count: int) -> list[int]:
    """Ports on the loopback address that nothing listens on at this moment, drawn from those that the system never
    gives to whatever connects next: one that is bound much later is still free, unless somebody listens on it."""
    return [port for port, _ in zip(_free_ports(), range(count), strict=False)]


def _free_ports() -> Iterator[int]:
    """In an order of chance, so that two who look at once find different ones."""
    first, last = _given_to_connections()
    every = range(10_000, 65_536)
    kept = [port for port in every if not first <= port <= last] or every
    yield from (port for port in random.sample(kept, len(kept)) if is_free(port))


def _given_to_connections() -> tuple[int, int]:
    """The first and the last port that the system gives to who connects; where it does not say, IANA's dynamic ones
    (RFC 6335, section 6)."""
    try:
        first, last = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()
        return int(first), int(last)
    except (OSError, ValueError):
        return 49_152, 65_535


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether we could listen on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True
