"""Lists of sales as files: what a list shows and finds, its file holds."""

from __future__ import annotations

import csv
import io
import json

import pytest

from chassis.ids import uuid7


@pytest.fixture
def things(api, clock, rep, new_deal, new_lead) -> dict[str, str]:
    """One of each; its id by the path of its list."""
    ann = rep("Ann")
    lead = new_lead(owner_id=str(ann))
    lamp = api.post("/products", json={"code": "LED-20", "name": "Lamp", "packs": {"box": "12"}}).json
    kit = {"code": "KIT", "name": "Kit", "parts": [{"product_id": lamp["id"], "quantity": "2"}]}
    bundle = api.post("/products", json=kit).json
    price = {"product_id": lamp["id"], "unit_price": "9.50"}
    book = {"name": "List", "currency": "EUR", "valid_from": "2026-01-01", "entries": [price]}
    deal = new_deal()
    line = {"description": "Lamp; white", "quantity": "2", "unit_price": "9.50"}
    asked = {"deal_id": deal["id"], "valid_until": "2026-04-01", "lines": [line]}
    terms = {"deal_id": deal["id"], "title": "Frame", "terms": "=1+1", "starts_on": "2026-03-01"}
    return {
        "products": bundle["id"],
        "price-books": api.post("/price-books", json=book).json["id"],
        "quotes": api.post("/quotes", json=asked).json["id"],
        "agreements": api.post("/agreements", json=terms).json["id"],
        "follow-ups": api.get(f"/leads/{lead['id']}/follow-ups").json["data"][0]["id"],
    }


def rows(answer) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_a_file_holds_what_its_list_finds(api, things) -> None:
    for path, id_ in things.items():
        listed = api.get(f"/{path}").json["data"]
        found = rows(api.get(f"/{path}/export"))
        assert [row["id"] for row in found] == [one["id"] for one in listed]
        assert id_ in {row["id"] for row in found}
    (quote,) = rows(api.get("/quotes/export?status=draft&valid_until__lte=2026-04-01"))
    assert (quote["total"], json.loads(quote["lines"])[0]["description"]) == ("19.00", "Lamp; white")
    assert rows(api.get("/quotes/export?valid_until__gt=2026-04-01")) == []
    assert rows(api.get("/agreements/export?fields=title,terms")) == [{"title": "Frame", "terms": "'=1+1"}]
    (book,) = rows(api.get("/price-books/export?currency=EUR"))
    assert json.loads(book["entries"])[0]["unit_price"] == "9.50"
    assert [row["lead_name"] for row in rows(api.get("/follow-ups/export"))] == ["Ada Lovelace"] * 2


def test_a_file_of_quotes_is_of_ones_own_and_hides_from_partners_what_the_list_hides(api, user, things) -> None:
    for who in (user(reach="own"), user(reach="team", team_id=uuid7()), user(reach="partner", partner_id=uuid7())):
        answer = api.get("/quotes/export", as_=who)
        assert rows(answer) == []
        hidden = {"base_total", "approvals", "person_id"} & set(answer.text.splitlines()[0].split(","))
        assert hidden == (set() if who.reach == "partner" else {"base_total", "approvals", "person_id"})
    assert api.get("/follow-ups/export", as_=user(reach="own")).text.count("\n") == 1
