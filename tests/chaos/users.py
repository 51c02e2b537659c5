"""What users do while processes die, and what is therefore to be true when all has come to rest."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from insistent import Insistent

from launcher.demo.client import until

CURRENCY = "EUR"
FORGOTTEN = "forgotten"
_ROWS, _BAD = 300, 7
_ENDED = ("done", "failed", "cancelled")


@dataclass
class Merge:
    """Two people who are one: the survivor, who is gone, and the leads of both."""

    survivor: str
    loser: str
    leads: list[str]


@dataclass
class Promised:
    """What the platform has said yes to, by all users; only appended to, which threads may do."""

    people: list[tuple[str, str]] = field(default_factory=list)  # e-mail and name
    won: list[tuple[str, Decimal]] = field(default_factory=list)  # deal and amount
    orders: list[tuple[str, str]] = field(default_factory=list)  # deal and order
    listed: list[str] = field(default_factory=list)  # e-mails of imported people
    merges: list[Merge] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)  # e-mails of visitors
    called_off: list[tuple[str, Decimal]] = field(default_factory=list)  # order and amount
    forgotten: list[str] = field(default_factory=list)  # requests for erasure


class User:
    """One of them, who does one thing after the other; `number` makes what they enter their own."""

    def __init__(self, number: int, staff: Insistent, public: Insistent, form: str, promised: Promised) -> None:
        self._staff, self._public, self._form, self._promised = staff, public, form, promised
        self._name, self._count = f"user{number}", 0
        self._dice = random.Random(number)
        self._listed: list[str] = []

    def work(self, until_then: float) -> None:
        """Do this and that until then."""
        deeds: list[Callable[[], object]] = [
            self.sell, self.call_off, self.rename, self.import_list, self.merge, self.fill_in, self.forget,
        ]  # fmt: skip
        while time.monotonic() < until_then:
            self._dice.choice(deeds)()

    def sell(self) -> tuple[str, Decimal]:
        """From a lead to a won deal and its order; the order and its amount."""
        email, amount = self._email(), Decimal(self._dice.randrange(100, 100_000))
        lead = self._staff.post("/sales/leads", {"name": email.split("@")[0], "email": email})
        wanted = {"name": "Sets", "amount": f"{amount}.00", "currency": CURRENCY}
        deal = self._staff.post(f"/sales/leads/{lead['id']}/convert", wanted)["deal"]
        self._staff.post(f"/sales/deals/{deal['id']}/win")
        self._promised.won.append((deal["id"], amount))
        line = {"description": "Set", "quantity": "1", "unit_price": f"{amount}.00"}
        order = self._staff.post("/sales/orders", {"deal_id": deal["id"], "lines": [line]})
        self._promised.orders.append((deal["id"], order["id"]))
        return order["id"], amount

    def call_off(self) -> None:
        """An order that is cancelled."""
        order_id, amount = self.sell()
        self._staff.post(f"/sales/orders/{order_id}/cancel", {"reason": "Other plans"})
        self._promised.called_off.append((order_id, amount))

    def rename(self) -> None:
        """Somebody new, who is called otherwise at once."""
        email = self._email()
        person = self._staff.post("/contacts/people", {"name": "First", "email": email})
        self._change(f"/contacts/people/{person['id']}", {"name": f"Second {email}"})
        self._promised.people.append((email, f"Second {email}"))

    def import_list(self) -> None:
        """A list: people of the one before, new ones, some of them twice, and some rows that cannot be taken."""
        new = [self._email() for _ in range(_ROWS)]
        rows = [*new, *self._listed[: _ROWS // 2], *new[:20], *["nobody"] * _BAD]
        table = "name,email\n" + "".join(f"{email.split('@')[0]},{email}\n" for email in rows)
        job = self._staff.post("/contacts/imports", files={"file": ("list.csv", table.encode(), "text/csv")})
        ended = until(lambda: self._ended(job["id"]), "the import to end", within=180)
        counted = {name: ended["result"][name] for name in ("created", "unchanged", "duplicates", "failed")}
        again = min(len(self._listed), _ROWS // 2)
        assert counted == {"created": _ROWS, "unchanged": again, "duplicates": 20, "failed": _BAD}, ended
        self._listed = new
        self._promised.listed += new

    def merge(self) -> None:
        """Two records of one person, each with a lead."""
        made, leads = [], []
        for email in (self._email(), self._email()):
            made.append(self._staff.post("/contacts/people", {"name": f"Twin {email}", "email": email})["id"])
            leads.append(self._staff.post("/sales/leads", {"name": f"Twin {email}", "email": email})["id"])
        self._staff.post(f"/contacts/people/{made[0]}/merge", {"loser_id": made[1]})
        self._promised.merges.append(Merge(made[0], made[1], leads))

    def fill_in(self) -> None:
        """A visitor sends a form."""
        email = self._email()
        answers = {"name": email.split("@")[0], "email": email, "consent": True}
        self._public.post(f"/marketing/public/forms/{self._form}/submissions", answers)
        self._promised.forms.append(email)

    def forget(self) -> None:
        """Somebody who has a lead and a talk, and wants to be forgotten."""
        email = self._email(FORGOTTEN)
        person = self._staff.post("/contacts/people", {"name": email, "email": email})
        self._staff.post("/sales/leads", {"name": email, "email": email, "message": f"{email} rang"})
        talk = {"channel": "call", "person_id": person["id"], "summary": f"{email} rang"}
        self._staff.post("/contacts/interactions", talk)
        wanted = {"kind": "erasure", "person_id": person["id"], "law": "gdpr", "identity": "ID card seen"}
        request = self._staff.post("/contacts/privacy/requests", wanted)
        self._staff.post(f"/contacts/privacy/requests/{request['id']}/begin")
        self._promised.forgotten.append(request["id"])

    def _email(self, name: str = "") -> str:
        self._count += 1
        return f"{name}{self._name}.{self._count}@example.com"

    def _change(self, path: str, wanted: dict[str, Any]) -> None:
        """Change it, unless an earlier request has, whose answer was lost."""
        while True:
            read = self._staff.ask("GET", path)
            if wanted.items() <= read.json().items():
                return
            self._staff.ask("PATCH", path, json=wanted, headers={"If-Match": read.headers["ETag"]}, taken=(412,))

    def _ended(self, job_id: str) -> dict[str, Any] | None:
        job: dict[str, Any] = self._staff.get(f"/contacts/jobs/{job_id}")
        return job if job["status"] in _ENDED else None
