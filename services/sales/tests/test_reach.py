"""Nobody learns of what is out of their reach, on whatever route, and partners only of what is theirs."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from chassis.ids import uuid7
from chassis.testing.reach import Walk
from chassis.testing.tokens import Caller

Json = dict[str, Any]
SECRET, NOBODY = "Zyxwvut", str(uuid7())
REFERENCES = {
    "lead_id": "leads", "lead_ids": "leads", "deal_id": "deals", "after_id": "deals", "before_id": "deals",
    "order_id": "orders", "person_id": "people", "company_id": "companies", "owner_id": "users", "rep_id": "users",
    "team_id": "teams", "partner_id": "partners",
}  # fmt: skip
# What is everybody's who works here: which there are is no secret, and who may change them is tested with each.
SHARED = (
    "territories", "realignments", "realignment-moves", "lead-reasons", "close-reasons", "cadences",
    "assignment-rules", "work-calendars", "competitors", "exchange-rates", "product-categories", "product-rules",
    "products", "price-books", "approval-rules", "commission-plans", "commission-assignments", "expense-categories",
    "expense-rules", "expense-allowances", "partner-programmes", "playbook", "pools", "reps", "stages",
)  # fmt: skip
OPEN = {
    **dict.fromkeys(
        ("get_custom_fields", "post_custom_fields", "get_custom_fields_id", "patch_custom_fields_id",
         "delete_custom_fields_field_id"), "the fields of a record are everybody's",
    ),
    "get_reps": "who works here is no secret among colleagues",
    "post_leads_bulk": "each lead answers for itself: asked below",
    "get_deals_deal_id_score": "learnt from all deals, as frequencies: test_scoring",
    "get_deal_scoring": "from how many deals it learns is for all who work here",
    "get_deal_scoring_back_test": "likewise, and how well it does",
    "get_leads_lead_id_score": "learnt from all leads, as frequencies: test_lead_scoring",
    "get_lead_scoring": "from how many leads it learns is for all who work here",
    "get_lead_scoring_back_test": "likewise, and how well it does",
    "get_forecasts_changes": "of two nights that were kept: test_forecasts",
}  # fmt: skip
# What a partner may ask for; whatever else there is is for the house alone. A new route has to be put here, or be
# declared `internal`.
FOR_PARTNERS = (
    "leads", "lead_reasons", "deals", "pipelines", "close_reasons", "quotes", "agreements", "orders", "credit_notes",
    "registrations", "products", "product_categories", "product_rules", "price_books", "configurations",
    "exchange_rates", "convert", "custom_fields", "jobs", "receivables",
)  # fmt: skip
NOT_FOR_PARTNERS = (
    "post_leads_assign", "post_leads_lead_id_assign", "post_leads_lead_id_qualify", "get_leads_lead_id_pool_history",
    "post_leads_lead_id_give_back", "post_leads_lead_id_protect", "post_leads_lead_id_unprotect",
    "get_leads_lead_id_score", "get_leads_scores",
    "get_lead_reasons_stats", "get_deals_study", "get_deals_scores", "get_deals_deal_id_score",
    "get_deals_deal_id_members", "put_deals_deal_id_members", "get_deals_deal_id_credits", "put_deals_deal_id_credits",
    "get_deals_deal_id_competitors", "put_deals_deal_id_competitors", "get_deals_deal_id_forecast",
    "put_deals_deal_id_forecast", "get_deals_deal_id_playbook", "get_pipelines_pipeline_id_forecast_categories",
    "post_orders_order_id_ship", "post_orders_order_id_shipments_shipment_id_deliver", "post_orders_order_id_cancel",
    "post_orders_order_id_shipments_shipment_id_updates",
    "put_orders_order_id_instalments", "post_orders_order_id_payments", "post_orders_order_id_credit_notes",
    "post_orders_order_id_refunds", "post_quotes_quote_id_approve", "post_quotes_quote_id_reject",
    "post_quotes_quote_id_delegate",
    "get_registrations_registration_id_conflicts", "post_registrations_registration_id_approve",
    "post_registrations_registration_id_reject", "post_registrations_registration_id_ask",
)  # fmt: skip
INTERNAL = (
    "probability", "weighted", "score", "factors", "assignment", "qualification", "competitors", "reason_detail",
    "territory_id", "pool_id", "protected", "cadence_id", "base_total", "approvals",
)  # fmt: skip


@pytest.fixture
def make(api: Any) -> Callable[..., Json]:
    def post(path: str, as_: Any = "default", **body: Any) -> Json:
        response = api.post(path, json=body, as_=as_)
        assert response.status_code in (200, 201, 202), f"{path}: {response.text}"
        return response.json

    return post


@pytest.fixture
def callers(user: Any, rep: Any) -> list[Caller]:
    team = uuid7()
    rep("Keeper")  # gets the leads of partners by the rules; nobody else here has a role that does
    return [
        user(reach="own", id=rep("Own", roles=())),
        user(reach="team", id=rep("Lead", roles=(), team_id=team), team_id=team),
        user(reach="partner", partner_id=uuid7()),
    ]


def records(api: Any, make: Any, caller: Any, word: str, **owned: Any) -> dict[str, list[str]]:
    """One record of each kind that a caller may have, whose every text says `word`."""
    mail = f"{word.split()[-1].lower()}@example.com"
    lead = make("/leads", caller, name=word, email=mail, message=word, **owned)
    named = {"contact_name": word, "company_name": f"{word} Works"}
    deal = make("/deals", caller, name=word, amount="100.00", next_step=word, **named, **owned)
    lines = [{"description": word, "unit_price": "100.00"}]
    quote = make("/quotes", caller, deal_id=deal["id"], valid_until="2026-04-01", lines=lines, terms=word)
    agreed = make("/agreements", caller, deal_id=deal["id"], title=word, terms=word, starts_on="2026-03-02")
    sold = make("/deals", caller, name=word, amount="70.00", **named, **owned)
    make(f"/deals/{sold['id']}/win", caller, product=word)
    order = make("/orders", caller, deal_id=sold["id"], lines=[lines[0] | {"quantity": "2"}])
    shipment = make(f"/orders/{order['id']}/ship", reference=word)["id"]
    plan = {"instalments": [{"due_on": "2026-04-01", "amount": order["total"]}]}
    assert api.put(f"/orders/{order['id']}/instalments", json=plan).status_code == 200
    (owed,) = api.get(f"/receivables?order_id={order['id']}").json["data"]
    back = [{"position": 1, "quantity": "1", "returned": True}]
    credited = make(f"/orders/{order['id']}/credit-notes", reference=word, reason=word, lines=back)
    gone = make("/leads", caller, name=word, phone=f"+86138001{len(word):02d}{hash(word) % 1000:03d}", **owned)
    make(f"/leads/{gone['id']}/lose", caller, reason=word)
    return {
        "leads": [lead["id"]], "deals": [deal["id"], sold["id"]], "quotes": [quote["id"]], "approvals": [quote["id"]],
        "agreements": [agreed["id"]], "orders": [order["id"]], "shipments": [shipment],
        "credit-notes": [credited["id"]], "receivables": [owed["id"]],
    }  # fmt: skip


@pytest.fixture
def customers(deliver: Any) -> Callable[..., dict[str, list[str]]]:
    """Lets contacts tell of a person and a company of each of those who are named: whose they are there."""

    def tell(*whose: dict[str, Any]) -> dict[str, list[str]]:
        told: dict[str, list[str]] = {"people": [], "companies": []}
        for owned in ({"owner_id": None, "team_id": None, "partner_id": None} | one for one in whose):
            person, company = str(uuid7()), str(uuid7())
            named = {"name": SECRET, "emails": ["li@zyxwvut.com"], "phones": [], "company_name": SECRET}
            data = {"person_id": person, "company_id": company, "country": None, "postcode": None} | owned
            deliver("contacts", "company.created", {"company_id": company, "name": SECRET} | owned)
            deliver("contacts", "contact.created", data, personal=named, subject=f"people/{person}")
            told["people"].append(person)
            told["companies"].append(company)
        return told

    return tell


@pytest.fixture
def others(
    api: Any, make: Any, rep: Any, user: Any, plan: Any, catch_up: Any, customers: Any, folder: Any
) -> Callable[[], dict[str, list[str]]]:
    """Makes what is others': of a rep of another team, and of another partner."""
    team = uuid7()
    stranger = rep("Stranger", roles=(), team_id=team)
    category = make("/expense-categories", name="Travel")["id"]
    plan(stranger)

    def build() -> dict[str, list[str]]:
        hidden = records(api, make, "default", SECRET, owner_id=str(stranger))
        partner = user(reach="partner", partner_id=uuid7())
        theirs = records(api, make, partner, f"{SECRET} Too")
        told = {"company_name": f"{SECRET} Holding", "contact_email": "hidden@zyxwvut.com", "note": SECRET}
        registered = make("/registrations", partner, **told)
        line = {"spent_on": "2026-01-02", "category_id": category, "description": SECRET, "amount": "8.00"}
        him = user(reach="own", id=stranger, team_id=team)
        spent = make("/expense-reports", him, title=SECRET, lines=[line])
        paper = {"file": (io.BytesIO(b"%PDF-1.7 " + SECRET.encode()), f"{SECRET}.pdf")}
        receipt = api.post("/expense-receipts", data=paper, as_=him).json["id"]
        month = {"period": "month", "on": "2026-03-05", "rep_id": str(stranger)}
        target = make("/targets", **month, value="90.00")
        call = make("/forecast-calls", him, **month, amount="90.00")
        job = make("/deal-scoring/rebuild")
        catch_up()
        ids = lambda path: [one["id"] for one in api.get(path).json["data"]]  # noqa: E731
        mine = {"owner_id": str(stranger), "team_id": str(team)}
        named = customers(mine, mine | {"partner_id": str(partner.partner_id)})
        return {kind: hidden[kind] + theirs[kind] for kind in hidden} | named | {
            "registrations": [registered["id"]], "expense-reports": [spent["id"]], "expense-receipts": [receipt],
            "customers": named["companies"], "targets": [target["id"]],
            "forecast-calls": [call["id"]], "jobs": [job["id"]], "users": [str(stranger)], "teams": [str(team)],
            "partners": [str(partner.partner_id)], "follow-ups": ids(f"/follow-ups?lead_id={hidden['leads'][0]}"),
            "commission-entries": ids("/commission-entries"), "commission-statements": ids("/commission-statements"),
        }  # fmt: skip

    return build


@pytest.fixture
def plan(make: Any) -> Callable[[Any], None]:
    """Gives a rep a plan by which a won deal earns them something."""

    def give(rep_id: Any) -> None:
        terms = make("/commission-plans", name="Plan", tiers=[{"above": "0.00", "percent": "5.00"}])
        make("/commission-assignments", rep_id=str(rep_id), plan_id=terms["id"], begins_on="2026-01-01")

    return give


@pytest.fixture
def catch_up(outbox: Any, deliver: Any) -> Callable[[], None]:
    """Lets sales hear what it told itself."""

    def run() -> None:
        for event in outbox.events("deal.won"):
            deliver.again(event)

    return run


@pytest.fixture
def walk(app: Any, api: Any, database: Any, stages: dict[str, str]) -> Walk:
    (pipeline,) = api.get("/pipelines?is_default=true").json["data"]
    first = next(iter(stages.values()))
    return Walk(
        app, api, database, REFERENCES, [SECRET, SECRET.lower()], open=OPEN,
        paths={**dict.fromkeys(SHARED, NOBODY), "pipelines": pipeline["id"], "checklist": "signed"},
        queries={
            "get_convert": {"amount": "1", "from_currency": "CNY"},
            "get_products_product_id_price": {"currency": "CNY"},
        },
        bodies={
            "post_deals_deal_id_place": {"stage_id": first},
            "post_deals_deal_id_move": {"stage_id": first},
            "post_deals_deal_id_transfer": {"pipeline_id": pipeline["id"]},
            "post_deals_deal_id_hold": {"until": "2026-04-01"},
            "put_deals_deal_id_lines": {"lines": []},
            "put_deals_deal_id_contacts": {"contacts": []},
            "put_deals_deal_id_members": {"members": []},
            "put_deals_deal_id_credits": {"credits": []},
            "put_deals_deal_id_competitors": {"competitors": []},
            "post_leads": {"name": "Somebody"},
            "post_quotes": {"valid_until": "2026-04-01", "lines": [{"description": "X", "unit_price": "1.00"}]},
            "post_orders_order_id_credit_notes": {"lines": [{"position": 1, "quantity": "1"}]},
            "put_orders_order_id_instalments": {"instalments": [{"due_on": "2026-04-01", "amount": "1.00"}]},
        },
    )  # fmt: skip


def test_nobody_learns_of_what_is_out_of_reach(
    api: Any, make: Any, callers: list[Caller], walk: Walk, others: Any, clock: Any
) -> None:
    owner = lambda caller: {} if caller.reach == "partner" else {"owner_id": str(caller.id)}  # noqa: E731
    own = {caller: records(api, make, caller, f"Mine {caller.reach.title()}x", **owner(caller)) for caller in callers}
    before = {caller: walk.reads(caller, own[caller]) for caller in callers}
    walk.hidden = others()
    assert walk.unknown() == set()
    assert [kind for kind, ids in walk.hidden.items() if not ids] == []
    answered = {
        what for reads in before.values() for what, (status, _) in reads.items() if status not in (200, 403, 404)
    }
    assert answered == set(), "declare `queries` for these: they were not really asked"
    leaks = []
    for caller in callers:
        after = walk.reads(caller, own[caller])
        assert {what: answer for what, answer in after.items() if answer != before[caller][what]} == {}, caller.reach
        leaks += walk.leaks(caller, own[caller])
        steps = make("/leads/bulk", caller, lead_ids=walk.hidden["leads"], action="shelve", reason="x")["data"]
        assert {(step["ok"], step["status"]) for step in steps} == {(False, None)}
    assert not leaks, "\n".join(leaks)


def test_what_is_not_for_partners_answers_403(api: Any, callers: list[Caller], walk: Walk) -> None:
    theirs = {
        route.endpoint
        for route in walk.ordinary
        if route.endpoint.partition("_")[2].startswith(FOR_PARTNERS) and route.endpoint not in NOT_FOR_PARTNERS
    }
    assert walk.open_to_partners(callers[2]) == theirs


def test_partners_are_shown_nothing_internal(
    api: Any, make: Any, callers: list[Caller], walk: Walk, clock: Any
) -> None:
    partner = callers[2]
    own = records(api, make, partner, "Mine")
    told = {"company_name": "Mine", "contact_email": "li@mine.com"}
    own["registrations"] = [make("/registrations", partner, **told)["id"]]
    shown = {what: text for what, (status, text) in walk.reads(partner, own).items() if status == 200}
    assert len([what for what in shown if "/deals" in what]) > 5
    assert [(what, name) for what, text in shown.items() for name in INTERNAL if f'"{name}"' in text] == []
    for asked in ("leads?score__gte=1", "leads?sort=-score", "deals?sort=-probability"):
        assert api.get(f"/{asked}", as_=partner).status_code == 400
