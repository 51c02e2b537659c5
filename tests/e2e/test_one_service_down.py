"""With one service down the others answer, nothing is lost, and when it comes back it catches up."""

from __future__ import annotations

import os
import signal
from decimal import Decimal

import pytest

from chassis.testing import eventually
from launcher.demo.feed import Feed

pytestmark = [pytest.mark.e2e, pytest.mark.fault]


def win_deals(admin, count: int) -> list[str]:
    """Win so many deals; their ids."""
    ids = []
    for n in range(count):
        deal = admin.post("/sales/deals", {"name": f"Outage {n}", "amount": "100.00", "currency": "EUR"})
        admin.post(f"/sales/deals/{deal['id']}/win")
        ids.append(deal["id"])
    return ids


def test_the_service_desk_is_away_and_catches_up(platform, admin):
    feed = Feed(admin)
    held = [platform.pid("service-desk-worker"), platform.pid("service-desk-api")]
    for pid in held:
        os.kill(pid, signal.SIGSTOP)
    try:
        deals = win_deals(admin, 10)
        feed.until("deal.won")
        before = admin.get("/reporting/dashboards/overview")["deals"]["won"]
        assert any(s["currency"] == "EUR" for s in before)
    finally:
        for pid in held:
            os.kill(pid, signal.SIGCONT)

    def tickets() -> list[str]:
        return [d for d in deals if len(admin.get("/service-desk/tickets", deal_id=d)["data"]) == 1]

    eventually(lambda: tickets() == deals, within=60)


@pytest.mark.parametrize("process", ["sales-relay", "reporting-worker", "contacts-worker", "sales-api"])
def test_whatever_is_killed_comes_back_and_nothing_is_lost(platform, admin, process):
    before = {s["currency"]: s for s in admin.get("/reporting/dashboards/overview")["deals"]["won"]}
    killed = platform.pid(process)
    os.kill(killed, signal.SIGKILL)
    eventually(lambda: platform.pid(process) not in (0, killed), within=60)

    def won() -> bool:
        return admin.send("GET", "/sales/deals").status_code == 200

    eventually(won, within=60)
    win_deals(admin, 3)
    was = Decimal(before.get("EUR", {"amount": "0"})["amount"])

    def counted() -> bool:
        sums = {s["currency"]: s for s in admin.get("/reporting/dashboards/overview")["deals"]["won"]}
        return "EUR" in sums and Decimal(sums["EUR"]["amount"]) == was + 300

    eventually(counted, within=60)
    assert admin.get("/reporting/events/gaps", older_than=0)["data"] == []
