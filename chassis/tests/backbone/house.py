"""Two services, a broker and a database of their own, in processes that may be killed."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from chassis.db import Database
from chassis.events import Event, emit
from chassis.events.dead import DeadLetters
from chassis.events.topology import STREAM, connected, consuming, declare, publishing, retry_queue
from chassis.ids import uuid7
from chassis.testing import eventually as soon
from launcher.postgres import EmbeddedPostgres
from launcher.rabbitmq import PrivateBroker

PARTS = Path(__file__).parent / "parts"
DELAYS = (0.2, 0.4)


# Real processes on a machine that may be busy: how long something takes is not what these tests are about.
eventually = partial(soon, within=60, every=0.1)


class Servers:
    """The broker and the database server of these tests, which the tests stop, kill and start."""

    def __init__(self, folder: Path) -> None:
        self.postgres = EmbeddedPostgres(folder / "backbone-postgres", options={"track_commit_timestamp": "on"})
        self.broker = PrivateBroker(folder / "backbone-rabbitmq")
        self.postgres.start()
        self.broker.start()

    def end(self) -> None:
        self.broker.kill()
        self.postgres.kill()

    def all_up(self) -> None:
        if not self.postgres.alive():
            self.postgres.start()
        if not self.broker.alive():
            self.broker.start()


class House:
    """The shop (sends) and the depot (hears)."""

    def __init__(self, servers: Servers, folder: Path) -> None:
        from depot.base import SERVICE as DEPOT
        from depot.base import Base as DepotBase
        from shop.base import SERVICE as SHOP
        from shop.base import Base as ShopBase

        self.servers, self.folder, self.name = servers, folder, f"t{uuid7().hex}"
        servers.all_up()
        self.amqp_url = servers.broker.add_vhost(self.name)
        self.shop = Database(SHOP, self._make_database("shop"))
        self.depot = Database(DEPOT, self._make_database("depot"))
        ShopBase.metadata.create_all(self.shop.engine)
        DepotBase.metadata.create_all(self.depot.engine)
        self.processes: list[subprocess.Popen[bytes]] = []
        self.calls_file, self.puts_file = folder / "calls", folder / "puts"
        self.environment = os.environ | {
            "SHOP_DATABASE_URL": self.shop.url,
            "DEPOT_DATABASE_URL": self.depot.url,
            "AMQP_URL": self.amqp_url,
            "PYTHONPATH": str(PARTS),
            "DEPOT_CALLS": str(self.calls_file),
            "DEPOT_PUTS": str(self.puts_file),
            "DEPOT_MENDED": str(folder / "mended"),
            "QUINTET_RETRY_DELAYS": ",".join(map(str, DELAYS)),
        }

    def declare(self) -> None:
        """Make the broker ready, as the first start of all processes does."""
        with connected(self.amqp_url) as channel:
            declare(publishing("shop"), channel)
            declare(consuming("depot.inbox", [("shop", "thing.made"), ("shop", "thing.painted")], DELAYS), channel)

    def start(self, process: str, service: str, crash: str = "") -> subprocess.Popen[bytes]:
        words = [
            sys.executable,
            "-W",
            "ignore",
            str(PARTS / "run.py"),
            process,
            service,
            *([crash] if crash else []),
        ]
        log = (self.folder / f"{service}-{process}-{len(self.processes)}.log").open("wb")
        started = subprocess.Popen(words, env=self.environment, stdout=log, stderr=log)
        self.processes.append(started)
        return started

    def run(self) -> tuple[subprocess.Popen[bytes], subprocess.Popen[bytes]]:
        """A relay for the shop and a worker for the depot."""
        self.declare()
        return self.start("relay", "shop"), self.start("worker", "depot")

    def emit(self, count: int = 1, type_: str = "thing.made", **data: Any) -> list[Event]:
        """That many events in one transaction."""
        with self.shop.transaction() as session:
            return [self._emit(session, type_, data) for _ in range(count)]

    @contextmanager
    def load(self, per_second: int = 100) -> Iterator[threading.Event]:
        """A transaction with one event, again and again, whatever happens to the servers, until the block ends."""
        stop = threading.Event()

        def keep_on() -> None:
            while not stop.wait(1 / per_second):
                try:
                    self.emit()
                except Exception:  # the database is being restarted: that is the test
                    continue

        thread = threading.Thread(target=keep_on)
        thread.start()
        try:
            yield stop
        finally:
            stop.set()
            thread.join()

    def sent(self) -> list[str]:
        """Ids of all events in the outbox, in order of writing."""
        return self._column("shop", "SELECT event_id::text FROM outbox ORDER BY id")

    def applied(self) -> list[str]:
        """Ids of the events that took effect in the depot, in order; a double shows twice."""
        return self._column("depot", "SELECT event_id::text FROM applied ORDER BY id")

    def positions(self) -> list[int]:
        """Positions of what took effect, ascending."""
        return self._column("depot", "SELECT position FROM applied ORDER BY position")

    def calls(self, event: Event) -> int:
        """How often the handler was called for an event, successes and failures."""
        return Counter(self._lines(self.calls_file))[str(event.id)]

    def puts(self) -> int:
        return len(self._lines(self.puts_file))

    def letters(self, queue: str = "depot") -> DeadLetters:
        return DeadLetters(self.amqp_url, queue)

    def dead(self, *words: str) -> list[dict[str, Any]]:
        """The dead-letter command as a user runs it; one object per line it prints."""
        command = [sys.executable, "-W", "ignore", "-m", "chassis", "dead", *words]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def waiting(self, queue: str) -> int:
        """Messages ready in a queue."""
        with connected(self.amqp_url) as channel:
            return int(channel.queue_declare(queue, passive=True).message_count)

    def stream(self, count: int, within: float = 10) -> list[int]:
        """Positions of the first `count` events in the stream, in its order, and of any that come right after."""
        positions: list[int] = []

        def take(message: Any) -> None:
            positions.append(json.loads(bytes(message.body))["position"])
            channel.basic_ack(message.delivery_tag)

        with connected(self.amqp_url) as channel:
            channel.basic_qos(0, 500, False)
            channel.basic_consume(STREAM, callback=take, arguments={"x-stream-offset": "first"})
            deadline = time.monotonic() + within
            while time.monotonic() < deadline:
                try:
                    channel.connection.drain_events(timeout=0.5)
                except TimeoutError:
                    if len(positions) >= count:
                        break
        return positions

    def all_applied_once(self) -> None:
        """Everything that was sent took effect exactly once, with dense positions, and no letter is dead."""
        try:
            eventually(lambda: len(self.applied()) >= len(self.sent()))
        except AssertionError:
            raise AssertionError(self.whereabouts()) from None
        assert Counter(self.applied()) == Counter(self.sent())
        assert self.positions() == list(range(1, len(self.sent()) + 1))
        assert self.letters().list() == []

    def end(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.kill()
        for process in self.processes:
            process.wait()
        self.shop.dispose()
        self.depot.dispose()
        self.servers.all_up()
        with psycopg.connect(self.servers.postgres.url(), autocommit=True) as connection:
            for service in ("shop", "depot"):
                connection.execute(f"DROP DATABASE {self.name}_{service} WITH (FORCE)")
        self.servers.broker.delete_vhost(self.name)

    def whereabouts(self) -> str:
        """Where the events are that did not take effect."""
        applied = set(self.applied())
        rows = self._column("shop", "SELECT ROW(position, event_id)::text FROM outbox ORDER BY id")
        missing = [row for row in rows if row.strip("()").partition(",")[2] not in applied]
        state = self._column("shop", "SELECT ROW(assigned, published)::text FROM relay_state")
        queues = [
            "depot.inbox",
            "depot.inbox.dead",
            "unrouted",
            *(retry_queue("depot.inbox", d) for d in DELAYS),
        ]
        waiting = {queue: self.waiting(queue) for queue in queues}
        stream = Counter(self.stream(len(rows)))
        missing = [f"{row} x{stream[int(row[1:].partition(',')[0])]} in stream" for row in missing]
        return f"{len(missing)} of {len(rows)} missing: {missing[:10]}; relay {state}; waiting {waiting}"

    def empty(self) -> None:
        """Put both databases back to nothing."""
        for database, tables in (
            (self.shop, "outbox, relay_state, things"),
            (self.depot, "inbox, applied, copies"),
        ):
            with database.transaction() as session:
                session.connection().exec_driver_sql(f"TRUNCATE {tables} RESTART IDENTITY")

    def stop(self, process: subprocess.Popen[bytes]) -> int:
        process.send_signal(signal.SIGTERM)
        return process.wait(60)

    def _emit(self, session: Any, type_: str, data: dict[str, Any]) -> Event:
        thing = str(uuid7())
        data = {"thing_id": thing, "colour": "red"} | data
        return emit(session, type_, None, data, personal={"name": "Ann"}, subject=f"things/{thing}", sequence=1)

    def _make_database(self, service: str) -> str:
        with psycopg.connect(self.servers.postgres.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {self.name}_{service}")
        return self.servers.postgres.url(f"{self.name}_{service}")

    def _column(self, service: str, query: str) -> list[Any]:
        url = self.servers.postgres.url(f"{self.name}_{service}")
        with psycopg.connect(url, autocommit=True) as connection:
            return [value for (value,) in connection.execute(query)]

    @staticmethod
    def _lines(file: Path) -> list[str]:
        return file.read_text().splitlines() if file.exists() else []
