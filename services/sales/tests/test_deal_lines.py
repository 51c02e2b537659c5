"""The lines of a deal, and its people."""

from __future__ import annotations

from chassis.ids import uuid7


def test_the_amount_is_the_sum_of_the_lines_to_the_cent(api, outbox, new_deal) -> None:
    deal = new_deal(amount="7.00")
    path = f"/deals/{deal['id']}"
    lines = [
        {"description": "Lamp", "quantity": "3", "unit_price": "0.35", "discount_percent": "15"},
        {"description": "Visit", "unit_price": "99.99"},
    ]
    shown = api.put(f"{path}/lines", json={"lines": lines}).json["data"]
    assert [line["amount"] for line in shown] == ["0.89", "99.99"]
    priced = api.get(path).json
    assert (priced["amount"], priced["base_amount"], priced["amount_from_lines"]) == ("100.88", "100.88", True)
    assert priced["version"] == deal["version"] + 1
    assert outbox.one("deal.updated").data["amount"] == "100.88"
    for changes in ({"amount": "5.00"}, {"currency": "EUR"}):
        refused = api.patch(path, json=changes, if_match=priced["version"])
        assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "from_lines")
    assert api.put(f"{path}/lines", json={"lines": []}).json["data"] == []
    by_hand = api.get(path).json
    assert (by_hand["amount"], by_hand["amount_from_lines"]) == ("100.88", False)
    assert api.patch(path, json={"amount": "5.00"}, if_match=by_hand["version"]).json["amount"] == "5.00"


def test_a_line_takes_what_the_product_knows(api, new_deal) -> None:
    lamp = api.post("/products", json={"code": "L1", "name": "Lamp", "unit": "piece"}).json
    entries = [{"product_id": lamp["id"], "min_quantity": "0", "unit_price": "10.00"},
               {"product_id": lamp["id"], "min_quantity": "10", "unit_price": "9.00"}]  # fmt: skip
    book = {"name": "List", "currency": "CNY", "valid_from": "2020-01-01", "entries": entries}
    assert api.post("/price-books", json=book).status_code == 201
    path = f"/deals/{new_deal()['id']}/lines"
    (line,) = api.put(path, json={"lines": [{"product_id": lamp["id"], "quantity": "12"}]}).json["data"]
    assert (line["description"], line["unit_price"], line["amount"]) == ("Lamp", "9.00", "108.00")
    assert api.get(path).json["data"] == [line]


def test_bad_lines_are_refused_and_nothing_changes(api, outbox, new_deal) -> None:
    deal = new_deal()
    path = f"/deals/{deal['id']}"
    for line, pointer in (
        ({"description": "Lamp", "unit_price": "-1"}, "/lines/0/unit_price"),
        ({"description": "Lamp", "unit_price": "1", "quantity": "0"}, "/lines/0/quantity"),
        ({"description": "Lamp", "unit_price": "1", "discount_percent": "101"}, "/lines/0/discount_percent"),
        ({"unit_price": "1"}, "/lines/0/description"),
        ({"description": "Lamp"}, "/lines/0/unit_price"),
        ({"product_id": str(uuid7())}, "/lines/0/product_id"),
        ({"description": "Lamp", "unit_price": "9999999999999999.99", "quantity": "9999"}, "/lines"),
    ):
        refused = api.put(f"{path}/lines", json={"lines": [line]})
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, pointer), line
    assert (api.get(path).json, outbox.types()) == (deal, ["deal.created"])
    api.post(f"{path}/lose", json={"reason": "price"})
    assert api.put(f"{path}/lines", json={"lines": []}).json["code"] == "already_lost"


def test_an_order_on_a_lost_deal_is_refused(api, outbox, new_deal) -> None:
    deal = new_deal()
    api.post(f"/deals/{deal['id']}/lose", json={"reason": "price"})
    before = outbox.types()
    assert api.post("/orders", json={"deal_id": deal["id"]}).status_code == 409
    assert outbox.types() == before


def test_the_people_of_a_deal_have_their_parts(api, deliver, outbox, new_deal) -> None:
    path = f"/deals/{new_deal()['id']}/contacts"
    ming, li = uuid7(), uuid7()
    told = {"person_id": str(ming), "company_id": None, "country": None, "postcode": None, "owner_id": None}
    deliver("contacts", "contact.created", told, personal={"name": "王小明", "emails": [], "phones": []})
    wanted = [{"person_id": str(ming), "role": "champion"}, {"person_id": str(li), "role": "blocker"}]
    shown = api.put(path, json={"contacts": wanted}).json["data"]
    assert [(one["name"], one["role"]) for one in shown] == [("王小明", "champion"), (None, "blocker")]
    assert api.get(path).json["data"] == shown
    for contacts, pointer in (
        ([{"person_id": str(ming), "role": "king"}], "/contacts/0/role"),
        ([wanted[0], wanted[0]], "/contacts/1/person_id"),
    ):
        assert api.put(path, json={"contacts": contacts}).json["errors"][0]["pointer"] == pointer
    assert api.get(path).json["data"] == shown
    assert outbox.types() == ["deal.created", "deal.updated"]
