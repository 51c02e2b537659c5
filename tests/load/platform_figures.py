"""The rows of the table."""

from __future__ import annotations

import csv
import io
import json
import random
import time
from collections.abc import Callable
from typing import Any

import psycopg
import table
from handled import commit_to_handled
from requests_per_second import Figures, Request, measure, time_calls

from launcher.demo.client import Client, until

PERSON = "SELECT * FROM people WHERE id = %s"
PAGE = "SELECT * FROM people ORDER BY created_at DESC, id DESC LIMIT 50"


class Bench:
    """Measures one running platform."""

    def __init__(self, state: dict[str, Any], rows: int, requests: int) -> None:
        self._environment, self._processes = state["environment"], state["processes"]
        self._url, self._rows, self._requests = state["url"], rows, requests
        login = self._environment["QUINTET_ADMIN_EMAIL"], self._environment["QUINTET_ADMIN_PASSWORD"]
        self._admin = Client(self._url).log_in(*login)
        self._token = self._admin.session.headers["Authorization"].removeprefix("Bearer ")
        self._dice = random.Random(7)

    def run(self) -> str:
        """Every row, measured one after the other; the table as text."""
        lines = [self._import()]
        self._ids = self._some_ids()
        lines += self._compare("read a person", lambda _: ("GET", self._path(self._id()), None), PERSON)
        lines += self._compare("list 50 people", lambda _: ("GET", "/api/v1/contacts/people?limit=50", None), PAGE)
        lines += self._compare("create a person", self._new_person)
        lines += self._compare("create a deal", self._new_deal, service="sales")
        lines += self._dashboard()
        lines += [commit_to_handled(self._environment)]
        return table.render(lines)

    def _compare(
        self, name: str, request: Callable[[int], Request], sql: str | None = None, service: str = "contacts"
    ) -> list[table.Line]:
        """The same requests straight to the service and through the gateway, with the bare SQL where there is one."""
        lines = []
        bare = self._bare(sql) if sql else None
        if bare:
            lines.append(table.Line(name, "bare SQL", bare))
        direct, api = self._direct(service), self._pid(f"{service}-api")
        measure(direct, [request(-i) for i in range(1, 60)], self._token)
        there = measure(direct, [request(i) for i in range(self._requests)], self._token, [api])
        budget = f"p50 <= {3 * bare.p50 + 1:.1f} ms" if bare else ""
        lines.append(table.Line(name, "service", self._alone(direct, request) if bare else there, budget))
        lines.append(table.Line(name, "service, 4 at once", there))
        pids = [self._pid("gateway")]
        offset = self._requests
        through = measure(self._url, [request(i + offset) for i in range(self._requests)], self._token, pids)
        share = 100 * through.per_second / there.per_second
        lines.append(
            table.Line(name, "gateway, 4 at once", through, f"gateway cpu <= 0.45 ms; {share:.0f} % of direct")
        )
        return lines if bare else [line for line in lines if line.how != "service"]

    def _alone(self, url: str, request: Callable[[int], Request]) -> Figures:
        """One request at a time: what a round trip takes, to hold beside the bare SQL's."""
        count = max(200, self._requests // 3)
        return measure(url, [request(i) for i in range(count)], self._token, connections=1)

    def _bare(self, sql: str) -> Figures:
        with psycopg.connect(self._environment["CONTACTS_DATABASE_URL"], autocommit=True) as connection:

            def call(_: int) -> None:
                connection.execute(sql, (self._id(),) if "%s" in sql else None).fetchall()

            time_calls(call, 50)
            return time_calls(call, 500)

    def _dashboard(self) -> list[table.Line]:
        requests: list[Request] = [("GET", "/api/v1/reporting/dashboards/overview", None)] * (self._requests // 3)
        figures = measure(self._url, requests, self._token, [self._pid("reporting-api")], connections=1)
        return [table.Line("dashboard overview", "gateway", figures, "p99 <= 30 ms")]

    def _import(self) -> table.Line:
        """Rows per second from the start of the job to its end."""
        file = {"file": ("people.csv", people_csv(self._rows), "text/csv")}
        job = self._admin.call("POST", "/contacts/imports", files=file)

        def ended() -> dict[str, Any] | None:
            found: dict[str, Any] = self._admin.get(f"/contacts/jobs/{job['id']}")
            return found if found["ended_at"] else None

        began = time.perf_counter()
        end = until(ended, "the import to end", within=900)
        if end["status"] != "done":
            raise SystemExit(f"the import ended as {end['status']}: {end['problem']}")
        per_second = self._rows / (time.perf_counter() - began)
        until(self._quiet, "the events of the import to be handled", within=900)
        return table.Line("import people", f"job, {self._rows} rows", per_second=per_second, budget=">= 20,000 rows/s")

    def _quiet(self) -> bool:
        """Whether every service has taken in all that was sent to it."""
        before = self._handled()
        time.sleep(1)
        return before == self._handled()

    def _handled(self) -> list[int]:
        """How many events each service has handled so far."""
        counts = []
        for service in ("contacts", "sales", "service-desk", "marketing", "reporting"):
            url = self._environment[f"{service.upper().replace('-', '_')}_DATABASE_URL"]
            with psycopg.connect(url) as connection:
                counts += connection.execute("SELECT count(*) FROM inbox").fetchone() or ()
        return counts

    def _some_ids(self) -> list[str]:
        with psycopg.connect(self._environment["CONTACTS_DATABASE_URL"]) as connection:
            rows = connection.execute("SELECT id FROM people ORDER BY random() LIMIT 2000").fetchall()
        return [str(row[0]) for row in rows]

    def _id(self) -> str:
        return self._dice.choice(self._ids)

    def _path(self, id: str) -> str:
        return f"/api/v1/contacts/people/{id}"

    def _new_person(self, i: int) -> Request:
        person = {"name": f"Bench {i}", "emails": [{"value": f"bench{i}.{self._dice.random()}@example.com"}]}
        return "POST", "/api/v1/contacts/people", json.dumps(person).encode()

    def _new_deal(self, i: int) -> Request:
        deal = {"name": f"Bench {i}", "amount": "100.00", "currency": "EUR"}
        return "POST", "/api/v1/sales/deals", json.dumps(deal).encode()

    def _direct(self, service: str) -> str:
        return "http://" + self._environment[f"{service.upper().replace('-', '_')}_BIND"]

    def _pid(self, process: str) -> int:
        return int(self._processes[process]["pid"])


def people_csv(rows: int) -> bytes:
    """A list of so many different people, with e-mail, mobile and company."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["姓名", "手机", "电子邮件", "公司名称", "国家"])
    for i in range(rows):
        writer.writerow([f"王伟{i}", f"138{i:08d}", f"w{i}@example.cn", f"华信{i % 997}科技有限公司", "CN"])
    return text.getvalue().encode()
