"""The main journey: a web form becomes a won deal, a ticket, a survey and a figure on the dashboard.

Every step is a request that a user makes at the gateway; what follows from it is left to the events, and waited for.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from launcher.demo.client import Client, until

CONSENT = "I agree that Quintet Demo writes to me about its products. I can withdraw at any time."


@dataclass
class Visitor:
    """Somebody who fills in the form; `n` makes the address and number of each run its own."""

    n: int = field(default_factory=lambda: random.randrange(10**8))  # noqa: S311 - not a secret
    name: str = "林小雨"
    company: str = "上海瑞丰新材料有限公司"

    @property
    def email(self) -> str:
        return f"lin.xiaoyu.{self.n}@example.cn"

    @property
    def phone(self) -> str:
        return f"139-{self.n // 10_000:04d}-{self.n % 10_000:04d}"


class Journey:
    """The steps, in order; each returns what it led to. `staff` is logged in with every right."""

    def __init__(self, staff: Client, public: Client, visitor: Visitor | None = None) -> None:
        self.staff, self.public = staff, public
        self.visitor = visitor or Visitor()

    def prepare_campaign(self) -> dict[str, Any]:
        """Marketing plans a campaign with a budget, launches it, and puts a form on the web."""
        budget = {
            "name": f"Spring fair {self.visitor.n}",
            "type": "trade_show",
            "budget": "20000.00",
            "currency": "CNY",
        }
        campaign = self.staff.post("/marketing/campaigns", budget)
        self.campaign: dict[str, Any] = self.staff.post(f"/marketing/campaigns/{campaign['id']}/launch")
        form = {
            "name": "Ask for a quote",
            "key": f"quote-{self.visitor.n}",
            "consent_text": CONSENT,
            "campaign_id": campaign["id"],
            "fields": [
                {"name": "name", "type": "text", "required": True},
                {"name": "email", "type": "email", "required": True},
                {"name": "phone", "type": "phone"},
                {"name": "company", "type": "text"},
                {"name": "country", "type": "country"},
                {"name": "postcode", "type": "postcode"},
                {"name": "message", "type": "textarea"},
            ],
        }
        self.form: dict[str, Any] = self.staff.post("/marketing/forms", form)
        return self.form

    def submit_form(self) -> dict[str, Any]:
        """A visitor, without any token, fills the form in."""
        visitor = self.visitor
        filled = {
            "name": visitor.name,
            "email": visitor.email,
            "phone": visitor.phone,
            "company": visitor.company,
            "country": "CN",
            "postcode": "200120",
            "message": "我们需要 200 套，请报价。",
            "consent": True,
        }
        path = f"/marketing/public/forms/{self.form['key']}/submissions"
        submission: dict[str, Any] = self.public.post(path, filled)
        return submission

    def find_lead(self) -> dict[str, Any]:
        """The lead that came of it, found by the person's address, with an owner."""

        def lead() -> dict[str, Any] | None:
            found = self.staff.get("/sales/leads", q=self.visitor.email)["data"]
            return found[0] if found and found[0]["owner_id"] else None

        self.lead: dict[str, Any] = until(lead, "a lead for the visitor")  # type: ignore[assignment]
        return self.lead

    def follow_up(self) -> dict[str, Any]:
        """The rep calls back and notes it; the cadence moves on."""
        call = {
            "channel": "call",
            "direction": "out",
            "person_id": self.lead["person_id"],
            "lead_id": self.lead["id"],
            "outcome": "interested",
            "content": "Wants 200 sets before June; decides together with the CFO.",
        }
        interaction: dict[str, Any] = self.staff.post("/contacts/interactions", call)
        return interaction

    def convert(self) -> dict[str, Any]:
        """The lead becomes a deal; asked twice, it is the same deal."""
        wanted = {"name": "200 sets", "amount": "128000.00", "currency": "CNY"}
        path = f"/sales/leads/{self.lead['id']}/convert"
        conversion = self.staff.post(path, wanted)
        assert self.staff.post(path, wanted)["deal"]["id"] == conversion["deal"]["id"]
        self.deal: dict[str, Any] = conversion["deal"]
        return self.deal

    def move_on(self) -> dict[str, Any]:
        """The deal goes through the open stages of its pipeline."""
        pipeline = self.staff.get(f"/sales/pipelines/{self.deal['pipeline_id']}")
        stages = [s for s in pipeline["stages"] if s["kind"] == "open" and s["id"] != self.deal["stage_id"]]
        for stage in stages:
            self.deal = self.staff.post(f"/sales/deals/{self.deal['id']}/move", {"stage_id": stage["id"]})
        return self.deal

    def win(self) -> dict[str, Any]:
        """Won, and ordered."""
        self.deal = self.staff.post(f"/sales/deals/{self.deal['id']}/win", {"product": "Starter kit"})
        lines = [
            {"description": "Starter kit", "quantity": "200", "unit_price": "600.00"},
            {"description": "Installation", "quantity": "1", "unit_price": "8000.00"},
        ]
        self.order: dict[str, Any] = self.staff.post("/sales/orders", {"deal_id": self.deal["id"], "lines": lines})
        return self.order

    def find_ticket(self) -> dict[str, Any]:
        """The onboarding ticket that the service desk opened by itself."""

        def ticket() -> Any:
            return self.staff.get("/service-desk/tickets", deal_id=self.deal["id"])["data"]

        self.ticket: dict[str, Any] = until(ticket, "an onboarding ticket")[0]
        return self.ticket

    def serve(self) -> dict[str, Any]:
        """An agent answers and resolves the ticket; a survey goes out."""
        path = f"/service-desk/tickets/{self.ticket['id']}"
        self.staff.post(f"{path}/reply", {"body": "Welcome! Your access is ready; the first training is on Monday."})
        resolved = self.staff.post(f"{path}/resolve", {"resolution": "Onboarded."})
        self.survey: dict[str, Any] = resolved["survey"]
        return resolved

    def answer_survey(self, score: int = 5) -> dict[str, Any]:
        """The customer follows the link and is content."""
        answer = {"score": score, "comment": "非常满意"}
        path = f"/service-desk/public/surveys/{self.survey['token']}"
        return dict(self.public.post(path, answer))

    def timeline(self) -> list[dict[str, Any]]:
        """What the customer record tells in the end, newest first."""
        return list(self.staff.get(f"/contacts/people/{self.lead['person_id']}/timeline", limit=50)["data"])

    def overview(self) -> dict[str, Any]:
        """The dashboard."""
        return dict(self.staff.get("/reporting/dashboards/overview"))
