"""What is to be true when all has come to rest, whatever was killed meanwhile."""

from __future__ import annotations

import json
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import psycopg
from insistent import Insistent
from users import CURRENCY, FORGOTTEN, Promised

from launcher.demo.client import until
from launcher.paths import ROOT
from launcher.postgres import binary

REST_WITHIN = 700.0  # the longest pause after which a delivery is tried again, and some
_UNPUBLISHED = (
    "SELECT count(*) FROM outbox"
    " WHERE position IS NULL OR position > (SELECT coalesce(max(published), 0) FROM relay_state)"
)
_SERVICES = ("contacts", "sales", "service-desk", "marketing", "reporting", "gateway")


class Truth:
    """The state of a platform, read over its API and in its databases."""

    def __init__(
        self, state: Mapping[str, Any], staff: Insistent, promised: Promised, say: Callable[[str], None]
    ) -> None:
        self._environment: Mapping[str, str] = state["environment"]
        self._staff, self._promised, self._say = staff, promised, say

    def broken(self, environment: Mapping[str, str]) -> Iterator[str]:
        """What is not as it was promised, a line each."""
        for claim in (
            self.nothing_waits, self.everybody_once, self.copies_agree, self.deals, self.orders, self.tickets,
            self.merged, self.forms, self.called_off, self.forgotten, self.log_is_whole,
        ):  # fmt: skip
            yield from self._in_time(claim)
        yield from self.figures()
        yield from self.dead_letters(environment)

    def _in_time(self, claim: Callable[[], list[str]]) -> list[str]:
        """What a claim finds wrong for good: events may still be under way."""
        name = (claim.__doc__ or "").strip()
        began = time.monotonic()
        while (wrong := _held(claim)) and time.monotonic() < began + REST_WITHIN:
            time.sleep(1)
        self._say(f"{time.monotonic() - began:4.0f} s  {name}")
        return [f"{name} Not so: {line}" for line in wrong[:5]]

    def nothing_waits(self) -> list[str]:
        """Every event has left its outbox and every job has ended."""
        wrong = []
        for service in _SERVICES:
            if waiting := self._read(service, _UNPUBLISHED)[0][0]:
                wrong.append(f"{waiting} events in the outbox of {service}")
            if jobs := self._read(service, "SELECT kind, status FROM jobs WHERE status IN ('waiting', 'running')"):
                wrong.append(f"jobs of {service}: {jobs}")
        return wrong

    def everybody_once(self) -> list[str]:
        """Each address belongs to one person, under the last name."""
        keys = self._read("contacts", "SELECT value, person_id FROM contact_points WHERE kind = 'email'")
        held = Counter(value for value, _ in keys)
        promised = self._promised
        wanted = [email for email, _ in promised.people] + promised.listed + promised.forms
        wrong = [f"{email} is there {held[email]} times" for email in wanted if held[email] != 1]
        names = dict(
            self._read("contacts", "SELECT p.value, n.name FROM contact_points p JOIN people n ON n.id = person_id")
        )
        return wrong + [f"{email} is {names.get(email)}" for email, name in promised.people if names.get(email) != name]

    def copies_agree(self) -> list[str]:
        """Sales and the desk know the same people as contacts, by the same names, and besides only who was merged."""
        told = dict(self._read("contacts", "SELECT id::text, name FROM people"))
        wrong = []
        for service, known in (("sales", "known_sequence"), ("service-desk", "heard")):
            merged = {id_ for (id_,) in self._read(service, "SELECT old_id::text FROM merged_people")}
            copied = dict(self._read(service, f"SELECT id::text, name FROM people WHERE {known} > 0"))
            wrong += [
                f"{service} knows {id_} as {copied.get(id_)}, not {told.get(id_)}"
                for id_ in told.keys() | (copied.keys() - merged)
                if copied.get(id_) != told.get(id_)
            ]
        return wrong

    def deals(self) -> list[str]:
        """Each won deal is won once, for its amount."""
        rows = dict(self._read("sales", "SELECT id::text, amount FROM deals WHERE status = 'won'"))
        promised = dict(self._promised.won)
        return [f"{id_}: {rows.get(id_)} for {promised.get(id_)}" for id_ in rows.keys() ^ promised.keys()] + [
            f"{id_}: {rows[id_]} for {amount}"
            for id_, amount in promised.items()
            if id_ in rows and rows[id_] != amount
        ]

    def orders(self) -> list[str]:
        """Each order is there once."""
        rows = self._read("sales", "SELECT deal_id::text, id::text FROM orders")
        return [str(one) for one in Counter(rows) - Counter(self._promised.orders)] + [
            str(one) for one in Counter(self._promised.orders) - Counter(rows)
        ]

    def tickets(self) -> list[str]:
        """Each won deal has one ticket for its onboarding."""
        held = Counter(id_ for (id_,) in self._read("service-desk", "SELECT deal_id::text FROM tickets"))
        return [f"{id_} has {held[id_]}" for id_, _ in self._promised.won if held[id_] != 1]

    def merged(self) -> list[str]:
        """What hung on somebody who was merged hangs on the survivor."""
        people = dict(self._read("sales", "SELECT id::text, person_id::text FROM leads"))
        return [
            f"lead {lead} is of {people.get(lead)}, not {merge.survivor}"
            for merge in self._promised.merges
            for lead in merge.leads
            if people.get(lead) != merge.survivor
        ]

    def forms(self) -> list[str]:
        """Each form has led to one lead."""
        rows = self._read("sales", "SELECT p.email FROM leads JOIN people p ON p.id = leads.person_id")
        held = Counter(email for (email,) in rows)
        return [f"{email} has {held[email]} leads" for email in self._promised.forms if held[email] != 1]

    def called_off(self) -> list[str]:
        """Each order that was called off is cancelled, and taken off its deal, once."""
        rows = self._read("sales", "SELECT o.id::text, d.credited FROM orders o JOIN deals d ON d.id = o.deal_id")
        held = dict(rows)
        return [
            f"{id_}: {held.get(id_)} of {amount}"
            for id_, amount in self._promised.called_off
            if held.get(id_) != amount
        ]

    def forgotten(self) -> list[str]:
        """Every service has forgotten who wanted it, and no database names them."""
        path = "/contacts/privacy/requests/"
        states = {id_: self._staff.get(f"{path}{id_}") for id_ in self._promised.forgotten}
        wrong = [f"{id_} waits for {one['outstanding']}" for id_, one in states.items() if one["state"] != "done"]
        for service in _SERVICES:
            dump = [binary("pg_dump"), "--data-only", self._url(service)]
            lines = subprocess.run(dump, capture_output=True, text=True, check=True).stdout.splitlines()
            wrong += [f"{service}: {line[:200]}" for line in lines if FORGOTTEN + "user" in line]
        return wrong

    def log_is_whole(self) -> list[str]:
        """The log of events has no gaps."""
        return [str(gap) for gap in self._staff.get("/reporting/events/gaps", older_than=0)["data"]]

    def figures(self) -> Iterator[str]:
        """The dashboard shows the sum of what was won, and a rebuild from the log finds the same figures."""
        sums = {s["currency"]: s for s in self._staff.get("/reporting/dashboards/overview")["deals"]["won"]}
        shown = {name: Decimal(sums[CURRENCY][name]) for name in ("amount", "credited", "net")}
        won, off = (sum(amount for _, amount in kept) for kept in (self._promised.won, self._promised.called_off))
        if shown != {"amount": won, "credited": off, "net": won - off}:
            yield f"The dashboard shows {shown}, won were {won}, and {off} called off."
        job = self._staff.post("/reporting/projections/rebuild")
        ended = until(lambda: self._rebuilt(job["id"]), "the rebuild to end", within=180)
        if ended["status"] != "done" or ended["result"]["differences"]:
            yield f"A rebuild finds other figures: {json.dumps(ended)[:300]}"

    def dead_letters(self, environment: Mapping[str, str]) -> Iterator[str]:
        """No event was given up."""
        listed = subprocess.run([ROOT / "quintet", "dead", "list"], env=environment, capture_output=True, text=True)
        if "no dead letters" not in listed.stdout:
            yield f"Dead letters: {listed.stdout[:600]}{listed.stderr[:300]}"

    def _rebuilt(self, job_id: str) -> dict[str, Any] | None:
        job: dict[str, Any] = self._staff.get(f"/reporting/jobs/{job_id}")
        return job if job["status"] in ("done", "failed") else None

    def _read(self, service: str, sql: str) -> list[Any]:
        with psycopg.connect(self._url(service)) as connection:
            return connection.execute(sql).fetchall()  # type: ignore[arg-type]

    def _url(self, service: str) -> str:
        return self._environment[f"{service.upper().replace('-', '_')}_DATABASE_URL"]


def _held(claim: Callable[[], list[str]]) -> list[str]:
    """What is wrong by a claim; PostgreSQL may still be coming up."""
    try:
        return claim()
    except psycopg.OperationalError as error:
        return [str(error)]
