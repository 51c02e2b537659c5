"""The fold, in memory: the same figures whatever the order, and the right ones."""

from collections import defaultdict
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.events import Event
from reporting.figures.rules import Fact, mark
from reporting.projections.rules import EVER, KINDS, Cell, Folded, fold, singly, touched
from reporting.testing.history import Storyteller

AT = datetime(2026, 3, 4, 12, tzinfo=UTC)
LEAD, DEAL, TICKET, SURVEY, STAGE, OWNER, TEAM, OTHER = (f"00000000-0000-7000-8000-00000000000{n}" for n in range(8))


def fact(publisher: str, type_: str, sequence: int = 1, at: datetime = AT, **data: Any) -> Fact:
    return Fact(sequence, mark(sequence, f"{sequence}"), publisher, type_, at, data)


def of(event: Event, position: int = 0) -> Fact:
    return Fact(position, mark(event.sequence, event.id), event.source, event.type, event.time, event.data)


class Books:
    """States and counters kept in memory, as the database keeps them."""

    def __init__(self) -> None:
        self.states: dict[str, dict[str, Any]] = {kind.name: {} for kind in KINDS}
        self.counters: dict[Cell, tuple[int, Decimal]] = {}

    def fold(self, facts: list[Fact]) -> Folded:
        ids = touched(facts)
        known = {name: {i: states[i] for i in ids[name] if i in states} for name, states in self.states.items()}
        folded = fold(known, facts)
        for name, states in folded.states.items():
            self.states[name] |= states
        for cell, (count, amount) in folded.counters().items():
            before = self.counters.pop(cell, (0, Decimal(0)))
            if (after := (before[0] + count, before[1] + amount)) != (0, 0):
                self.counters[cell] = after
        return folded

    def count(self, figure: str, key: str = "", scope: str = "all", currency: str = "") -> int:
        return self.counters.get(Cell(scope, "ever", EVER, figure, key, currency), (0, 0))[0]


def lead(type_: str = "lead.created", sequence: int = 1, at: datetime = AT, **data: Any) -> Fact:
    return fact("/sales", type_, sequence, at, **{"lead_id": LEAD, "status": "new", "source": "web_form"} | data)


def deal(type_: str = "deal.created", sequence: int = 1, at: datetime = AT, **data: Any) -> Fact:
    base = {"deal_id": DEAL, "amount": "100.00", "currency": "CNY", "stage_id": STAGE, "stage": "Proposal"}
    return fact("/sales", type_, sequence, at, **base | {"stage_kind": "open", "probability": 50} | data)


def ticket(type_: str = "ticket.created", sequence: int = 1, at: datetime = AT, **data: Any) -> Fact:
    base = {
        "ticket_id": TICKET,
        "state": "new",
        "priority": "high",
        "kind": "problem",
        "created_at": AT.isoformat(),
    }
    return fact("/service-desk", type_, sequence, at, **base | data)


def test_a_lead_counts_on_its_day_for_all_its_owner_and_its_team() -> None:
    books = Books()
    books.fold([lead(owner_id=OWNER, team_id=TEAM)])
    assert {(cell.scope, cell.grain, cell.period) for cell in books.counters if cell.figure == "leads.by_status"} == {
        (scope, grain, period)
        for scope in ("all", f"owner:{OWNER}", f"team:{TEAM}")
        for grain, period in (("ever", EVER), ("month", date(2026, 3, 1)), ("day", date(2026, 3, 4)))
    }
    assert set(books.counters.values()) == {(1, Decimal(0))}


def test_a_new_owner_takes_the_figures_along() -> None:
    books = Books()
    books.fold([lead(owner_id=OWNER)])
    books.fold([lead("lead.assigned", 2, owner_id=OTHER, team_id=TEAM)])
    assert books.count("leads.by_status", "new", f"owner:{OWNER}") == 0
    assert books.count("leads.by_status", "new", f"owner:{OTHER}") == 1
    assert books.count("leads.by_status", "new", f"team:{TEAM}") == 1
    assert books.count("leads.by_status", "new") == 1


def test_what_tells_of_many_counts_as_an_event_of_each_would() -> None:
    books, other = Books(), STAGE
    books.fold([lead(owner_id=OWNER), lead(lead_id=other, owner_id=OWNER), deal(owner_id=OWNER)])
    state = {"status": "new", "source": "web_form", "sequence": 2}
    given = [{"lead_id": one, "owner_id": OTHER, "team_id": TEAM} | state for one in (LEAD, other)]
    moved = dict(deal().data) | {"owner_id": OTHER, "sequence": 2}
    many = [
        fact("/sales", "leads.assigned", 7, leads=[*given, {"lead_id": other}, "nonsense", {"status": "new"}]),
        fact("/sales", "leads.changed", 8, leads="nonsense"),
        fact("/sales", "deals.changed", 9, deals=[moved]),
        lead("lead.updated", 1, lead_id=other, owner_id=OWNER),  # older than what is known by now
    ]
    folded = books.fold([one for told in many for one in singly(told)])
    for figure, key, currency, count in (("leads.by_status", "new", "", 2), ("deals.open", STAGE, "CNY", 1)):
        assert books.count(figure, key, f"owner:{OWNER}", currency) == 0
        assert books.count(figure, key, f"owner:{OTHER}", currency) == count
        assert books.count(figure, key, currency=currency) == count
    assert {position for position, _ in folded.refused} == {7, 8}


def test_an_older_event_that_comes_late_does_not_take_the_state_back() -> None:
    books = Books()
    books.fold([lead("lead.converted", 3, datetime(2026, 4, 1, tzinfo=UTC), status="converted")])
    books.fold([lead("lead.created", 1)])
    assert books.count("leads.by_status", "converted") == 1
    assert books.count("leads.by_status", "new") == 0
    created = Cell("all", "day", date(2026, 3, 4), "leads.converted", "", "")
    assert books.counters[created] == (1, Decimal(0))


def test_a_deal_moves_from_the_pipeline_to_the_month_it_was_won() -> None:
    books = Books()
    books.fold([deal()])
    weighted = Cell("all", "ever", EVER, "deals.weighted", STAGE, "CNY")
    assert books.counters[weighted] == (1, Decimal("50.00"))
    won = {
        "stage_kind": "won",
        "probability": 100,
        "closed_at": "2026-05-06T01:00:00+08:00",
        "amount": "120.50",
    }
    books.fold([deal("deal.won", 2, **won)])
    assert weighted not in books.counters
    assert books.count("deals.open", STAGE, currency="CNY") == 0
    month = Cell("all", "month", date(2026, 5, 1), "deals.won", "", "CNY")
    assert books.counters[month] == (1, Decimal("120.50"))
    assert Cell("all", "day", date(2026, 5, 5), "deals.won", "", "CNY") in books.counters


def test_a_reopened_deal_is_won_no_more() -> None:
    books = Books()
    books.fold([deal(), deal("deal.won", 2, stage_kind="won", closed_at=AT.isoformat())])
    books.fold([deal("deal.stage_changed", 3, stage_kind="open")])
    assert books.count("deals.won", currency="CNY") == 0
    assert books.count("deals.open", STAGE, currency="CNY") == 1


def test_what_is_credited_of_a_deal_counts_beside_it_on_the_day_it_was_won() -> None:
    books = Books()
    won = {"stage_kind": "won", "closed_at": AT.isoformat(), "campaign_id": OTHER}
    books.fold([deal("deal.credited", 4, credited="30.00", **won), deal("deal.won", 2, credited="0.00", **won)])
    books.fold([deal("deal.credited", 3, credited="10.00", **won)])
    for cell, amount in (
        (Cell("all", "day", AT.date(), "deals.won", "", "CNY"), "100.00"),
        (Cell("all", "day", AT.date(), "deals.credited", "", "CNY"), "30.00"),
        (Cell("all", "ever", EVER, "campaigns.revenue", OTHER, "CNY"), "100.00"),
        (Cell("all", "ever", EVER, "campaigns.credited", OTHER, "CNY"), "30.00"),
    ):
        assert books.counters[cell] == (1, Decimal(amount))
    books.fold([deal("deal.credited", 5, credited="0.00", **won)])
    assert {cell.figure for cell in books.counters if "credited" in cell.figure} == set()


def order(type_: str = "order.placed", sequence: int = 1, at: datetime = AT, **data: Any) -> Fact:
    base = {"order_id": SURVEY, "total": "100.00", "currency": "CNY", "placed_at": AT.isoformat()}
    return fact("/sales", type_, sequence, at, **base | data)


def note(total: str, so_far: str) -> Fact:
    april = datetime(2026, 4, 1, tzinfo=UTC)
    return order("credit_note.issued", at=april, total=total, order_credited=so_far, issued_at=april.isoformat())


def test_a_credit_that_comes_before_its_order_waits_for_it() -> None:
    books = Books()
    books.fold([note("25.00", "40.00"), note("15.00", "15.00")])
    noted = {cell.figure: moved for cell, moved in books.counters.items() if cell.grain == "month"}
    assert noted == {"credit_notes.issued": (2, Decimal("40.00"))}
    books.fold([order(owner_id=OWNER)])
    for scope in ("all", f"owner:{OWNER}"):
        placed = Cell(scope, "month", date(2026, 3, 1), "orders.placed", "", "CNY")
        assert books.counters[placed] == (1, Decimal("100.00"))
        assert books.counters[placed._replace(figure="orders.credited")] == (1, Decimal("40.00"))


def test_of_a_cancelled_order_nothing_is_left_in_whatever_order_that_is_told() -> None:
    facts = [order(), note("40.00", "40.00"), order("order.cancelled", 3)]
    for told in permutations(facts):
        books = Books()
        for one in told:
            books.fold([one])
        found = {cell.figure: moved for cell, moved in books.counters.items() if cell.period == date(2026, 3, 1)}
        assert found == dict.fromkeys(("orders.placed", "orders.cancelled", "orders.credited"), (1, Decimal(100)))


def test_a_breach_counts_until_the_ticket_says_otherwise() -> None:
    books = Books()
    breach = fact("/service-desk", "sla.breached", 2, ticket_id=TICKET, metric="resolution", due_at=AT.isoformat())
    books.fold([ticket(), breach])
    assert books.count("sla.resolution", "missed") == 1
    books.fold([ticket("ticket.resolved", 3, state="resolved", resolved_at=AT.isoformat(), resolution_met=True)])
    assert books.count("sla.resolution", "missed") == 0
    assert books.count("sla.resolution", "met") == 1
    assert books.count("tickets.open", "high") == 0


def test_a_survey_that_is_known_before_its_ticket_is_counted_and_later_gets_its_owner() -> None:
    books = Books()
    books.fold([fact("/service-desk", "survey.answered", 2, ticket_id=TICKET, survey_id=SURVEY, score=4)])
    assert books.count("surveys.answered", "4") == 1
    assert books.count("tickets.created", "problem") == 0
    books.fold([ticket(assignee_id=OWNER)])
    assert books.count("surveys.answered", "4", f"owner:{OWNER}") == 1
    assert books.count("surveys.answered", "4") == 1


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (lead(lead_id=None), "lead_id is missing."),
        (lead(lead_id="no"), "lead_id is not a UUID."),
        (lead(owner_id=7), "owner_id is not a UUID."),
        (lead(status=["new"]), "status is not a text."),
        (deal(amount="much"), "amount is not an amount."),
        (deal(amount="NaN"), "amount is not an amount."),
        (deal(amount="1e99"), "amount is not an amount."),
        (deal(currency="yuan"), "currency is not a currency code."),
        (deal(probability=101), "probability is not a whole number from 0 to 100."),
        (deal(created_at="yesterday"), "created_at is not an instant."),
        (deal(stage=3), "stage is not a text."),
        (deal(credited="some"), "credited is not an amount."),
        (order(total="1e99"), "total is not an amount."),
        (order("credit_note.issued", order_credited="x", total="1"), "order_credited is not an amount."),
        (order("order.cancelled", order_id=None), "order_id is missing."),
        (ticket(first_response_met="yes"), "first_response_met is not true or false."),
        (ticket("survey.answered", survey_id=SURVEY, score=6), "score is not a whole number from 1 to 5."),
        (ticket("sla.breached", metric="speed"), "metric is 'speed', not one of first_response, resolution."),
    ],
)
def test_a_fact_that_makes_no_sense_is_named_and_left_out(bad: Fact, reason: str) -> None:
    books = Books()
    folded = books.fold([bad, lead(lead_id=OTHER)])
    assert folded.refused == [(1, reason)]
    assert list(books.states["lead"]) == [OTHER]
    assert not books.states["ticket"]
    assert books.count("leads.by_status", "new") == 1


def test_a_type_of_another_publisher_is_not_ours() -> None:
    books = Books()
    books.fold([lead()._replace(source="/elsewhere")])
    assert not books.counters


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.randoms(use_true_random=False), st.integers(1, 7))
def test_order_and_repetition_change_nothing(seed: int, shuffle: Any, batches: int) -> None:
    """Each event is in the log once (the inbox and the log see to that), but in any order and any cut into batches;
    an event that changes a state may even come twice. Only what is merely counted may not."""
    facts = [of(event, n) for n, event in enumerate(Storyteller(seed).tell(6))]
    straight = Books()
    straight.fold(facts)
    mixed = list(facts)
    mixed += [fact for fact in facts if fact.type.startswith(("lead", "deal", "order", "ticket", "survey", "sla"))][::3]
    shuffle.shuffle(mixed)
    other = Books()
    for start in range(0, len(mixed), batches * 5):
        assert other.fold(mixed[start : start + batches * 5]).refused == []
    assert other.counters == straight.counters
    assert other.states == straight.states


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_what_is_left_is_what_the_events_say(seed: int) -> None:
    """Told apart from the fold: by the last word on each deal, and by all notes of each order."""
    facts = [of(event, n) for n, event in enumerate(Storyteller(seed).tell(6))]
    books = Books()
    books.fold(facts)
    said: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    deals = {fact.data["deal_id"]: fact.data for fact in facts if fact.type in ("deal.won", "deal.credited")}
    for data in deals.values():
        said["deals.won", data["currency"]] += Decimal(data["amount"])
        said["deals.credited", data["currency"]] += Decimal(data.get("credited", 0))
    orders = {fact.data["order_id"]: fact.data for fact in facts if fact.type == "order.placed"}
    gone = {fact.data["order_id"] for fact in facts if fact.type == "order.cancelled"}
    for order_id, data in orders.items():
        notes = [fact.data for fact in facts if fact.type == "credit_note.issued" and fact.data["order_id"] == order_id]
        noted = sum((Decimal(one["total"]) for one in notes), Decimal(0))
        said["orders.placed", data["currency"]] += Decimal(data["total"])
        said["orders.credited", data["currency"]] += Decimal(data["total"]) if order_id in gone else noted
    for (figure, currency), amount in said.items():
        assert books.counters.get(Cell("all", "ever", EVER, figure, "", currency), (0, Decimal(0)))[1] == amount
