"""How fast the backbone is: `python tests/load/backbone.py`, on servers of its own, with two services made for it.

latency     from the commit of the change to the commit of what a handler made of it, at a steady rate
relay       a backlog published by one relay: events per second and CPU per event, the broker confirming each
worker      a backlog handled by one worker, one small INSERT each: events per second and CPU per event
"""

import os
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
import psycopg

BACKBONE = Path(__file__).parents[2] / "chassis/tests/backbone"
sys.path[:0] = [str(BACKBONE), str(BACKBONE / "parts")]

from house import House, Servers, eventually  # noqa: E402

_HANDLED = """
    SELECT event_id::text, extract(epoch FROM pg_xact_commit_timestamp(xmin))::float FROM applied
"""


@dataclass(frozen=True)
class Figures:
    """Milliseconds, events per second, microseconds of CPU per event."""

    rate: int
    p50: float
    p99: float
    relay_per_second: float
    relay_cpu: float
    worker_per_second: float
    worker_cpu: float


def measure(*, rate: int = 200, seconds: int = 10, backlog: int = 20_000) -> Figures:
    """Start servers and processes, measure, end them."""
    with tempfile.TemporaryDirectory(prefix="quintet-bench-") as folder:
        Path(folder).chmod(0o755)  # run by root, PostgreSQL lives in it as another user
        servers = Servers(Path(folder))
        house = House(servers, Path(folder))
        try:
            house.environment["DEPOT_CALLS"] = os.devnull
            house.declare()
            relay_figures = _relay(house, backlog)
            worker_figures = _worker(house, backlog)
            p50, p99 = _latency(house, rate, seconds)
        finally:
            house.end()
            servers.end()
    return Figures(rate, p50, p99, *relay_figures, *worker_figures)


def _relay(house: House, backlog: int) -> tuple[float, float]:
    for _ in range(backlog // 1000):
        house.emit(1000)
    house.start("relay", "shop")
    query = "SELECT published FROM relay_state"
    return _speed(lambda: (house._column("shop", query) or [0])[0], house, backlog)


def _worker(house: House, backlog: int) -> tuple[float, float]:
    house.start("worker", "depot")
    return _speed(lambda: house._column("depot", "SELECT count(*) FROM inbox")[0], house, backlog)


def _speed(done, house: House, backlog: int) -> tuple[float, float]:
    """Events per second and CPU per event of the process started last, from the first tenth to the end."""
    process = psutil.Process(house.processes[-1].pid)
    first = eventually(lambda: (n := done()) > backlog // 10 and n)
    began, spent = time.monotonic(), sum(process.cpu_times()[:2])
    eventually(lambda: done() >= backlog, within=300)
    count = backlog - first
    return count / (time.monotonic() - began), (sum(process.cpu_times()[:2]) - spent) / count * 1e6


def _latency(house: House, rate: int, seconds: int) -> tuple[float, float]:
    committed: dict[str, float] = {}
    began = time.monotonic()
    for number in range(rate * seconds):
        time.sleep(max(0.0, began + number / rate - time.monotonic()))
        (event,) = house.emit()
        committed[str(event.id)] = time.time()
    handled = eventually(lambda: _handled(house, committed))
    waits = [(handled[id_] - at) * 1000 for id_, at in committed.items()]
    quantiles = statistics.quantiles(waits, n=100)
    return quantiles[49], quantiles[98]


def _handled(house: House, committed: dict[str, float]) -> dict[str, float] | None:
    with psycopg.connect(house.servers.postgres.url(f"{house.name}_depot")) as connection:
        handled = dict(connection.execute(_HANDLED).fetchall())
    return handled if committed.keys() <= handled.keys() else None


if __name__ == "__main__":
    for name, value in asdict(measure()).items():
        sys.stdout.write(f"{name:20} {value:10.1f}\n")
