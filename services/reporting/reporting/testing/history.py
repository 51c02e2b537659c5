"""A made-up history of a business: what the services would have published, in the order it happened."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from chassis.events import Event

START = datetime(2025, 1, 1, tzinfo=UTC)
STAGES = (("Qualified", 20), ("Proposal", 50), ("Negotiation", 80))


@dataclass
class Storyteller:
    """Tells one story after the other; the same `seed` tells the same ones."""

    seed: int
    random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)  # noqa: S311 - a story, not a secret
        self.teams = [self.id() for _ in range(3)]
        self.reps = [(self.id(), self.random.choice(self.teams)) for _ in range(9)]
        self.partner = self.id()
        self.campaigns = [self.id() for _ in range(4)]
        self.stages = [(self.id(), name, probability) for name, probability in STAGES]
        self.pipeline = self.id()

    def id(self) -> str:
        """A UUID that the seed decides."""
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def tell(self, customers: int) -> list[Event]:
        """The events of so many customers, ordered by time, with each source's dense positions."""
        events = [event for campaign in self.campaigns for event in self._campaign(campaign)]
        for _ in range(customers):
            events += self._customer()
        events.sort(key=lambda event: (event.time, event.id))
        return number(events)

    def _campaign(self, campaign_id: str) -> Iterator[Event]:
        at = self._sometime()
        data = {
            "campaign_id": campaign_id,
            "name": f"Campaign {campaign_id[:4]}",
            "budget": "5000.00",
            "currency": "CNY",
        }
        yield self._event("/marketing", "campaign.launched", f"campaigns/{campaign_id}", at, 1, data)
        if self.random.random() < 0.5:
            yield self._event("/marketing", "campaign.completed", f"campaigns/{campaign_id}", self._later(at), 2, data)

    def _customer(self) -> Iterator[Event]:
        at, person = self._sometime(), self.id()
        owner, team = self.random.choice(self.reps)
        whose = {"owner_id": owner, "team_id": team}
        whose["partner_id"] = self.partner if self.random.random() < 0.1 else None  # type: ignore[assignment]
        campaign = self.random.choice([None, *self.campaigns])
        submission = self.id()
        yield self._event(
            "/marketing",
            "form.submitted",
            f"submissions/{submission}",
            at,
            1,
            {"submission_id": submission, "form_key": "demo", "campaign_id": campaign, "person_id": person},
            personal=True,
        )
        if campaign:
            response = {"campaign_id": campaign, "person_id": person, "submission_id": submission}
            yield self._event("/marketing", "campaign.responded", f"campaigns/{campaign}", at, 2, response)
        base = {"person_id": person, "campaign_id": campaign} | whose
        lead_id, converted = self.id(), self.random.random() < 0.6
        yield from self._lead(lead_id, self._later(at), base, converted)
        if converted:
            yield from self._deal(lead_id, self._later(at), base)
        if self.random.random() < 0.5:
            yield from self._ticket(self._later(at), base)

    def _lead(self, lead_id: str, at: datetime, base: dict[str, Any], converted: bool) -> Iterator[Event]:
        end = (
            ("lead.converted", "converted")
            if converted
            else self.random.choice(
                [("lead.lost", "lost"), ("lead.dormant", "dormant"), ("lead.followed", "following")]
            )
        )
        steps = [("lead.created", "new"), ("lead.assigned", "new"), ("lead.followed", "following"), end]
        source = self.random.choice(["web_form", "import", "phone"])
        for sequence, (type_, status) in enumerate(steps, 1):
            data = base | {"lead_id": lead_id, "status": status, "source": source, "score": 40}
            if type_ == "lead.created":
                data |= {"owner_id": None, "team_id": None}
            yield self._event("/sales", type_, f"leads/{lead_id}", at, sequence, data, personal=True)
            at = self._later(at)

    def _deal(self, lead_id: str, at: datetime, base: dict[str, Any]) -> Iterator[Event]:
        deal_id, created, moves = self.id(), at, self.random.randint(0, 3)
        amount, currency = (
            f"{self.random.randint(100, 99999)}.{self.random.randint(0, 99):02d}",
            self._currency(),
        )
        end = self.random.choice(["deal.won", "deal.won", "deal.lost", None])
        steps = ["deal.created", *["deal.stage_changed"] * moves, *([end] if end else [])]
        for sequence, type_ in enumerate(steps, 1):
            stage_id, stage, probability = self.stages[min(sequence - 1, len(self.stages) - 1)]
            kind = {"deal.won": "won", "deal.lost": "lost"}.get(type_, "open")
            data = base | {
                "deal_id": deal_id,
                "lead_id": lead_id,
                "amount": amount,
                "currency": currency,
                "pipeline_id": self.pipeline,
                "stage_id": stage_id,
                "stage": stage,
                "stage_kind": kind,
                "probability": probability,
                "created_at": created.isoformat(),
                "closed_at": at.isoformat() if kind != "open" else None,
            }
            yield self._event("/sales", type_, f"deals/{deal_id}", at, sequence, data, personal=True)
            at = self._later(at)
        if end == "deal.won":
            yield from self._order(data, len(steps), at)

    def _order(self, deal: dict[str, Any], sequence: int, at: datetime) -> Iterator[Event]:
        """The order of a won deal, of which some is credited or cancelled: its deal says each time what counts."""
        names = ("person_id", "campaign_id", "owner_id", "team_id", "partner_id", "deal_id", "currency")
        order = {name: deal[name] for name in names} | {"order_id": self.id(), "total": deal["amount"]}
        subject, credited = f"orders/{order['order_id']}", Decimal(0)
        yield self._event("/sales", "order.placed", subject, at, 1, order | {"placed_at": at.isoformat()})
        events = self.random.choice([(), ("note",), ("note", "note"), ("cancel",), ("note", "cancel")])
        for event in events:
            at, sequence = self._later(at), sequence + 1
            if event == "note":
                amount = round(Decimal(deal["amount"]) / 4, 2)
                credited += amount
                note = {"total": str(amount), "order_credited": str(credited), "issued_at": at.isoformat()}
                yield self._event("/sales", "credit_note.issued", f"credit-notes/{self.id()}", at, 1, order | note)
            else:
                credited = Decimal(deal["amount"])
                yield self._event("/sales", "order.cancelled", subject, at, 2, order)
            told = deal | {"credited": str(credited)}
            yield self._event("/sales", "deal.credited", f"deals/{deal['deal_id']}", at, sequence, told, personal=True)

    def _ticket(self, at: datetime, base: dict[str, Any]) -> Iterator[Event]:
        ticket_id, created, due = self.id(), at, at + timedelta(hours=self.random.randint(4, 400))
        base = {name: base[name] for name in ("person_id", "team_id", "partner_id")}
        common = base | {
            "ticket_id": ticket_id,
            "priority": self.random.choice(["low", "normal", "high", "urgent"]),
            "kind": self.random.choice(["question", "problem", "onboarding"]),
            "created_at": created.isoformat(),
            "resolution_due": due.isoformat(),
        }
        steps = [("ticket.created", "new"), ("ticket.assigned", "open"), ("ticket.replied", "pending")]
        if self.random.random() < 0.7:
            steps.append(("ticket.resolved", "resolved"))
        responded, resolved, breached = None, None, False
        for sequence, (type_, state) in enumerate(steps, 1):
            responded = at if type_ == "ticket.replied" else responded
            resolved = at if state == "resolved" else None
            data = common | {
                "state": state,
                "assignee_id": None if sequence == 1 else self.reps[0][0],
                "first_responded_at": responded.isoformat() if responded else None,
                "first_response_met": responded <= due if responded else None,
                "resolved_at": resolved.isoformat() if resolved else None,
                "resolution_met": resolved <= due if resolved else None,
            }
            yield self._event("/service-desk", type_, f"tickets/{ticket_id}", at, sequence, data, personal=True)
            at = self._later(at)
            if at > due and not resolved and not breached:
                breached = True
                data = {"ticket_id": ticket_id, "metric": "resolution", "due_at": due.isoformat()}
                yield self._event("/service-desk", "sla.breached", f"tickets/{ticket_id}", at, sequence, data)
        if resolved:
            yield from self._survey(ticket_id, at)

    def _survey(self, ticket_id: str, at: datetime) -> Iterator[Event]:
        survey = {"survey_id": self.id(), "ticket_id": ticket_id}
        subject = f"surveys/{survey['survey_id']}"
        yield self._event("/service-desk", "survey.sent", subject, at, 1, survey)
        if self.random.random() < 0.6:
            at = self._later(at)
            answer = {"kind": "csat", "score": self.random.randint(1, 5), "answered_at": at.isoformat()}
            yield self._event("/service-desk", "survey.answered", subject, at, 2, survey | answer, personal=True)

    def _event(
        self,
        source: str,
        type_: str,
        subject: str,
        at: datetime,
        sequence: int,
        data: dict[str, Any],
        personal: bool = False,
    ) -> Event:
        if personal:
            data = data | {"personal": {"name": "Li Na", "email": "li.na@example.com"}}
        return Event(
            id=UUID(self.id()),
            source=source,
            type=type_,
            subject=subject,
            time=at,
            sequence=sequence,
            data=data,
        )

    def _sometime(self) -> datetime:
        return START + timedelta(seconds=self.random.randint(0, 400 * 86400))

    def _later(self, at: datetime) -> datetime:
        return at + timedelta(seconds=self.random.randint(60, 10 * 86400))

    def _currency(self) -> str:
        return self.random.choice(["CNY", "CNY", "CNY", "EUR", "USD"])


def number(events: list[Event]) -> list[Event]:
    """The same events with the dense positions that each source's relay would give them."""
    last: dict[str, int] = {}
    numbered = []
    for event in events:
        last[event.source] = last.get(event.source, 0) + 1
        numbered.append(replace(event, position=last[event.source]))
    return numbered
