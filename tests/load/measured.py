"""A platform under measurement: requests straight to a service and through the gateway, beside the bare SQL."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg
import requests as http
import table
from requests_per_second import Figures, Request, measure, time_calls

from launcher.demo.client import Client, until

Ask = Callable[[int], Request]
Statement = tuple[str, Callable[[], Sequence[Any] | Mapping[str, Any]]]  # SQL, and the values of one call
_WARM = 60


class Measured:
    """One running platform: `state` is what the launcher knows of it, `requests` how many make a figure."""

    def __init__(self, state: dict[str, Any], requests: int) -> None:
        self.environment, self._processes = state["environment"], state["processes"]
        self.url, self.requests = state["url"], requests
        login = self.environment["QUINTET_ADMIN_EMAIL"], self.environment["QUINTET_ADMIN_PASSWORD"]
        self.admin = Client(self.url).log_in(*login)
        self.token = self.admin.session.headers["Authorization"].removeprefix("Bearer ")
        self.dice = random.Random(7)

    def compare(
        self, name: str, ask: Ask, sql: Statement | None = None, *, service: str = "contacts", gateway: bool = True
    ) -> list[table.Line]:
        """The same requests straight to the service and through the gateway, with the bare SQL where there is one."""
        lines = [table.Line(name, "bare SQL", self.bare(service, *sql))] if sql else []
        bare = lines[0].figures if lines else None
        direct, api = self.direct(service), self.pid(f"{service}-api")
        measure(direct, [ask(-i) for i in range(1, _WARM)], self.token)
        if bare:
            lines.append(table.Line(name, "service", self._alone(direct, ask), f"p50 <= {3 * bare.p50 + 1:.1f} ms"))
        there = measure(direct, [ask(i) for i in range(self.requests)], self.token, [api])
        lines.append(table.Line(name, "service, 4 at once", there))
        return [*lines, self._through(name, ask, there)] if gateway else lines

    def one_by_one(self, name: str, ask: Ask, sql: Statement | None, budget: str, service: str = "contacts",
        times: int | None = None,
    ) -> list[table.Line]:  # fmt: skip
        """One request at a time straight to the service, beside the bare SQL: for what has a budget of its own; so many
        `times`, where it takes seconds."""
        warm = [ask(-i) for i in range(1, min(_WARM, times or _WARM))]
        measure(self.direct(service), warm, self.token, connections=1)
        lines = [table.Line(name, "bare SQL", self.bare(service, *sql, times=times))] if sql else []
        return [*lines, table.Line(name, "service", self._alone(self.direct(service), ask, times), budget)]

    def bare(
        self, service: str, sql: str, values: Callable[[], Sequence[Any] | Mapping[str, Any]], times: int | None = None
    ) -> Figures:
        """What the statement takes by itself, over one connection."""
        with psycopg.connect(self.database(service), autocommit=True) as connection:

            def call(_: int) -> None:
                connection.execute(sql, values()).fetchall()

            time_calls(call, min(_WARM, times or _WARM))
            return time_calls(call, times or max(200, self.requests // 3))

    def bare_at_once(self, name: str, service: str, sql: str, values: Mapping[str, Any]) -> table.Line:
        """Rows per second of one statement that changes many; it is undone, and what it left is vacuumed."""
        with psycopg.connect(self.database(service)) as connection:
            began = time.perf_counter()
            rows = connection.execute(sql, values).rowcount
            seconds = time.perf_counter() - began
            connection.rollback()
        self.analyse(service)
        return table.Line(name, f"bare SQL, {rows:,} rows", per_second=rows / seconds)

    @property
    def once(self) -> int:
        """How many records `compare` takes at most, where each can be taken once."""
        return 4 * self.requests + 1000

    def job(self, name: str, path: str, total: int, budget: str = "", **request: Any) -> table.Line:
        """Rows per second of a job, from its start to its end."""
        service = path.split("/")[1]
        began = time.perf_counter()
        job = self.admin.call("POST", path, **request)

        def ended() -> dict[str, Any] | None:
            found: dict[str, Any] = self.admin.get(f"/{service}/jobs/{job['id']}")
            return found if found["ended_at"] else None

        end = until(ended, f"the job of {name} to end", within=3600)
        if end["status"] != "done":
            raise SystemExit(f"{name} ended as {end['status']}: {end['problem']}")
        seconds = time.perf_counter() - began
        return table.Line(name, f"job, {total:,} rows", per_second=total / seconds, budget=budget)

    def settle(self) -> None:
        """Wait until every service has handled all that was sent to it."""
        until(self._quiet, "all events to be handled", within=3600)

    def analyse(self, service: str) -> None:
        """What autovacuum would do within a minute: statistics, and n-grams out of the pending list."""
        with psycopg.connect(self.database(service), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")

    def column(self, service: str, sql: str, *values: Any) -> list[Any]:
        """The first column of a statement's rows."""
        with psycopg.connect(self.database(service)) as connection:
            return [row[0] for row in connection.execute(sql, values).fetchall()]

    def behind(self, service: str, path: str, pages: int) -> tuple[str, dict[str, Any]]:
        """The cursor behind so many pages of a list, and the last row before it."""
        page: dict[str, Any] = {"next_cursor": ""}
        for _ in range(pages):
            after = f"&cursor={page['next_cursor']}" if page["next_cursor"] else ""
            asked = f"{self.direct(service)}{path}{after}"
            page = http.get(asked, headers={"Authorization": f"Bearer {self.token}"}, timeout=60).json()
        return page["next_cursor"], page["data"][-1]

    def memory(self, process: str) -> tuple[float, float]:
        """What a process holds now and has held at most, in MB."""
        told = dict(line.split(":", 1) for line in Path(f"/proc/{self.pid(process)}/status").read_text().splitlines())
        now, most = (int(told[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
        return now, most

    def copied(self, service: str, tables: Sequence[str], rows: int) -> float:
        """The seconds that PostgreSQL takes for COPY of the first rows of `tables`, into tables with the same indexes
        beside them: what no import can be faster than. The first table is the one that the others refer to."""
        seconds, first = 0.0, tables[0]
        with psycopg.connect(self.database(service)) as connection, connection.cursor() as cursor:
            some = f"SELECT id FROM {first} ORDER BY id LIMIT {rows}"
            for name in tables:
                key = "id" if name == first else "person_id"
                with cursor.copy(f"COPY (SELECT * FROM {name} WHERE {key} IN ({some})) TO STDOUT") as out:
                    content = b"".join(map(bytes, out))
                cursor.execute(f"CREATE TABLE bare_{name} (LIKE {name} INCLUDING ALL)")
                began = time.perf_counter()
                with cursor.copy(f"COPY bare_{name} FROM STDIN") as into:
                    into.write(content)
                seconds += time.perf_counter() - began
            connection.rollback()
        return seconds

    def database(self, service: str) -> str:
        """The URL of a service's database."""
        return str(self.environment[f"{service.upper().replace('-', '_')}_DATABASE_URL"])

    def direct(self, service: str) -> str:
        """The address of a service, past the gateway."""
        return "http://" + self.environment[f"{service.upper().replace('-', '_')}_BIND"]

    def pid(self, process: str) -> int:
        """The process number of `contacts-api` and the like."""
        return int(self._processes[process]["pid"])

    def _alone(self, url: str, ask: Ask, times: int | None = None) -> Figures:
        """One request at a time: what a round trip takes, to hold beside the bare SQL's."""
        asked = [ask(i) for i in range(times or max(200, self.requests // 3))]
        return measure(url, asked, self.token, connections=1)

    def _through(self, name: str, ask: Ask, there: Figures) -> table.Line:
        asked = [ask(i + self.requests) for i in range(self.requests)]
        through = measure(self.url, asked, self.token, [self.pid("gateway")])
        share = 100 * through.per_second / there.per_second
        return table.Line(name, "gateway, 4 at once", through, f"gateway cpu <= 0.45 ms; {share:.0f} % of direct")

    def _quiet(self) -> bool:
        """Whether nothing waits in an outbox and no inbox grows."""
        before = self._handled()
        time.sleep(2)
        return before == self._handled()

    def _handled(self) -> list[int]:
        services = ("contacts", "sales", "service-desk", "marketing", "reporting")
        counts = "SELECT coalesce(max(id), 0) FROM outbox", "SELECT count(*) FROM inbox"
        return [count for name in services for sql in counts for count in self.column(name, sql)]
