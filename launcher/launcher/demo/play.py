"""Plays the demo on the running platform."""

from __future__ import annotations

import argparse
import time
from typing import Any

from launcher.demo import show
from launcher.demo.client import Client, until
from launcher.demo.customers import customer_file
from launcher.demo.feed import Feed
from launcher.demo.journey import Journey
from launcher.home import Home
from launcher.settings import Settings


def demo(arguments: list[str]) -> int:
    """[--customers N] [--seed N]: play the main journey on the running platform, with a customer list of N rows."""
    parser = argparse.ArgumentParser(prog="./quintet demo")
    parser.add_argument("--customers", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=2026)
    options = parser.parse_args(arguments)
    settings = Settings.read()
    state = Home(settings.data).running()
    credentials = state.environment
    admin = Client(state.url).log_in(credentials["QUINTET_ADMIN_EMAIL"], credentials["QUINTET_ADMIN_PASSWORD"])
    play(admin, Client(state.url), options.customers, options.seed)
    return 0


def play(admin: Client, public: Client, customers: int, seed: int) -> None:
    """Every step with what it caused, as it arrives."""
    began = time.monotonic()
    feed, journey = Feed(admin), Journey(admin, public)
    before = journey.overview()

    if customers:
        show.step(1, f"A customer list of {customers} rows comes out of the drawer")
        import_customers(admin, feed, *customer_file(customers, seed))

    show.step(2, "Marketing launches a campaign and puts a form on the web")
    form = journey.prepare_campaign()
    show.fact(f"POST {public.url}/api/v1/marketing/public/forms/{form['key']}/submissions")
    show.events(feed.until("campaign.launched"))

    show.step(
        3,
        f"A visitor, {journey.visitor.name}, fills it in ({journey.visitor.phone}, {journey.visitor.email})",
    )
    journey.submit_form()
    show.events(feed.until("form.submitted", "contact.identified", "lead.created", "lead.assigned", "task.created"))
    lead = journey.find_lead()
    show.fact(f"the lead went to {lead['owner_id']}: {lead['assignment']}")

    show.step(4, "The rep calls back, and the cadence moves on")
    journey.follow_up()
    show.events(feed.until("interaction.logged", "lead.followed"))

    show.step(5, "The lead is converted, the deal goes through the pipeline")
    journey.convert()
    deal = journey.move_on()
    show.events(feed.until("lead.converted", "deal.created", "deal.stage_changed"))
    show.fact(f"{deal['name']}: {deal['amount']} {deal['currency']}, in {deal['stage']} at {deal['probability']} %")

    show.step(6, "The deal is won and ordered")
    order = journey.win()
    show.events(feed.until("deal.won", "order.placed", "ticket.created", "contact.graded"))
    show.fact(f"order {order['number']}: {order['total']} {order['currency']}")

    show.step(7, "The service desk has opened an onboarding ticket; an agent answers and resolves it")
    ticket = journey.find_ticket()
    show.fact(f"ticket {ticket['number']}: {ticket['subject']}")
    journey.serve()
    show.events(feed.until("ticket.replied", "ticket.resolved", "survey.sent"))

    show.step(8, "The customer answers the survey")
    journey.answer_survey()
    show.events(feed.until("survey.answered"))

    show.step(9, "What the customer record tells")
    for entry in reversed(journey.timeline()):
        show.fact(f"{entry['at'][:19]}  {entry['kind']:<14} {entry.get('title') or ''}")

    show.step(10, "The dashboard before and after")
    after = until(lambda: _settled(journey), "the dashboard to take it in")
    show.dashboard(before, after)
    campaign = next(c for c in after["campaigns"] if c["campaign_id"] == journey.campaign["id"])
    roi = "-" if campaign["roi"] is None else f"{campaign['roi']:.2f}"
    show.fact(f"campaign {campaign['name']}: revenue {show.money(campaign['revenue'])}, ROI {roi}")
    show.fact(f"gaps in the log: {admin.get('/reporting/events/gaps')['data'] or 'none'}")
    print(f"\nThe journey took {time.monotonic() - began:.1f} s.")


def import_customers(admin: Client, feed: Feed, content: bytes, kinds: dict[str, int]) -> None:
    """Dry run, import, and the same file again, which changes nothing."""
    show.fact(f"in it: {kinds['new']} new, {kinds['duplicate']} the same again in other words, {kinds['bad']} unusable")
    for dry_run, title in ((True, "dry run"), (False, "import"), (False, "the same file again")):
        began = time.monotonic()
        file = {"file": ("customers.csv", content, "text/csv")}
        job = admin.call("POST", "/contacts/imports", files=file, data={"dry_run": str(dry_run).lower()})
        ended = until(lambda id=job["id"]: _ended(admin, id), "the import to end", within=300)  # type: ignore[misc]
        show.fact(f"{title}: {ended['status']}, {summary(ended)} in {time.monotonic() - began:.1f} s")
        if not dry_run and title == "import":
            lines = admin.send("GET", f"/contacts/jobs/{job['id']}/errors").text.splitlines()
            show.fact(f"errors file: {len(lines) - 1} lines, such as: {lines[1] if len(lines) > 1 else '-'}")
            show.events(feed.until("contacts.imported", within=120))


def summary(job: dict[str, Any]) -> str:
    """The counts that a job ended with."""
    result = job.get("result") or {}
    return ", ".join(f"{result[name]} {name}" for name in ("created", "updated", "skipped", "failed") if name in result)


def _ended(admin: Client, job_id: str) -> dict[str, Any] | None:
    job: dict[str, Any] = admin.get(f"/contacts/jobs/{job_id}")
    return job if job["status"] in ("done", "failed", "cancelled") else None


def _settled(journey: Journey) -> dict[str, Any] | None:
    overview = journey.overview()
    campaign = [c for c in overview["campaigns"] if c["campaign_id"] == journey.campaign["id"]]
    return overview if campaign and campaign[0]["revenue"] and overview["csat"]["answered"] else None
