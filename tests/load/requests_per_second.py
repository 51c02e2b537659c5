"""Load over keep-alive connections, and what it cost the processes that served it."""

from __future__ import annotations

import http.client
import statistics
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

import psutil

CONNECTIONS = 4


class Request(NamedTuple):
    """One request: `path` with its query, JSON `body`, and the version that `If-Match` names."""

    method: str
    path: str
    body: bytes | None = None
    version: str | None = None


@dataclass(frozen=True)
class Figures:
    """What one round measured. Times in milliseconds; `cpu_ms` is CPU of the serving processes per request."""

    p50: float
    p99: float
    per_second: float
    cpu_ms: float | None = None
    failed: int = 0


def measure(
    url: str,
    requests: Iterable[Request],
    token: str | None = None,
    serving: Iterable[int] = (),
    connections: int = CONNECTIONS,
) -> Figures:
    """Send `requests` over so many connections as fast as they are answered."""
    todo = list(requests)
    before = cpu_seconds(serving)
    took: list[float] = []
    failed: list[int] = []
    shares = [todo[i::connections] for i in range(connections)]
    threads = [threading.Thread(target=_send, args=(url, share, token, took, failed)) for share in shares]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    cpu = cpu_seconds(serving) - before
    cpu_ms = 1000 * cpu / len(todo) if cpu else None
    return Figures(*percentiles(took), len(todo) / seconds, cpu_ms, len(failed))


def time_calls(call: Callable[[int], object], count: int) -> Figures:
    """The same figures for a function that is called `count` times in a row, such as a bare SQL round trip."""
    took = []
    began = time.perf_counter()
    for i in range(count):
        start = time.perf_counter()
        call(i)
        took.append(1000 * (time.perf_counter() - start))
    return Figures(*percentiles(took), count / (time.perf_counter() - began))


def percentiles(took: list[float]) -> tuple[float, float]:
    """Median and 99th percentile."""
    cuts = statistics.quantiles(took, n=100)
    return cuts[49], cuts[98]


def cpu_seconds(pids: Iterable[int]) -> float:
    """User and system time so far of processes and their children."""
    total = 0.0
    for pid in pids:
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            times = one.cpu_times()
            total += times.user + times.system
    return total


def _send(url: str, requests: list[Request], token: str | None, took: list[float], failed: list[int]) -> None:
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    for method, path, body, version in requests:
        start = time.perf_counter()
        connection.request(method, path, body, headers | ({"If-Match": f'"{version}"'} if version else {}))
        response = connection.getresponse()
        response.read()
        took.append(1000 * (time.perf_counter() - start))
        if response.status >= 400:
            failed.append(response.status)
    connection.close()
