"""What a record holds: roles, handles, memberships, addresses, and how a company is reached."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.testing import at_once


def ids(response: Any) -> list[str]:
    assert response.status_code == 200, response.text
    return [row["id"] for row in response.json["data"]]


def test_several_roles_at_once_with_or_without_a_company(api: Any, person: Any, outbox: Any) -> None:
    acme = api.post("/companies", json={"name": "Acme", "roles": ["partner", "customer", "partner"]}).json
    assert acme["roles"] == ["customer", "partner"]
    works = person(name="Ann", company_id=acme["id"], roles=["agent"], department="Sales")
    alone = person(name="Bo", roles=["competitor", "prospect"])
    assert works["department"] == "Sales"
    assert ids(api.get("/companies?role=partner")) == [acme["id"]]
    assert ids(api.get("/people?role=competitor&market=b2c")) == [alone["id"]]
    assert ids(api.get("/people?market=b2b")) == [works["id"]]
    assert outbox.events("contact.created")[1].data["roles"] == ["prospect", "competitor"]
    for path in ("/people?market=c2c", "/people?roles=king"):
        assert api.get(path).status_code == 400
    refused = api.patch(f"/people/{alone['id']}", json={"roles": ["king"]}, if_match=1)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/roles/0")


def test_who_is_it_by_account_or_card(api: Any, person: Any, outbox: Any) -> None:
    li = person(
        handles=[{"network": "WeChat", "handle": "@Li_Na"}, {"network": "x", "handle": "https://twitter.com/LiNa/"}],
        memberships=[{"scheme": "shop_card", "number": "00 12ab"}],
    )
    assert li["handles"] == [
        {"network": "wechat", "handle": "li_na", "typed": "@Li_Na"},
        {"network": "x", "handle": "lina", "typed": "https://twitter.com/LiNa/"},
    ]
    assert li["memberships"] == [{"scheme": "shop_card", "number": "0012AB", "typed": "00 12ab"}]
    for query in ("handle=wechat:@LI_NA", "handle=twitter:lina", "membership=shop_card:0012ab", "q=li_na"):
        assert ids(api.get(f"/people?{query}")) == [li["id"]], query
    assert ids(api.get("/people?membership=erp:0012AB")) == []
    assert outbox.one("contact.created").personal["handles"] == ["wechat:li_na", "x:lina"]
    card = {"memberships": [{"scheme": "shop_card", "number": "0012AB"}], "phone": "13800138000"}
    found = api.post("/people/identify", json=card)
    assert (found.json["id"], found.json["matched"], found.json["phone"]) == (li["id"], True, "+8613800138000")
    clash = api.post("/people", json={"name": "Na", "handles": [{"network": "wechat", "handle": "li_na"}]})
    assert (clash.status_code, clash.json["existing_id"]) == (409, li["id"])


def test_a_card_or_an_account_alone_makes_a_record_with_its_source(api: Any) -> None:
    card = api.post("/people/identify", json={"memberships": [{"scheme": "shop_card", "number": "77"}]}).json
    assert (card["name"], card["source"], card["matched"]) == ("77", "card", False)
    account = api.post("/people/identify", json={"handles": [{"network": "weibo", "handle": "xiaoming"}]}).json
    assert (account["name"], account["source"]) == ("xiaoming", "social")
    assert api.post("/people/identify", json={"job_title": "Buyer"}).status_code == 422


def test_one_account_entered_thirty_times_at_once_is_one_person(api: Any) -> None:
    body = {"handles": [{"network": "wechat", "handle": "zhang_wei"}]}
    answers = at_once(*[lambda: api.post("/people/identify", json=body) for _ in range(30)])
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json["id"] for answer in answers}) == 1


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"handles": [{"network": "myspace", "handle": "li"}]}, "/handles/0/network"),
        ({"handles": [{"network": "x", "handle": "far too long for x"}]}, "/handles/0/handle"),
        ({"handles": [{"network": "whatsapp", "handle": "12"}]}, "/handles/0/handle"),
        ({"handles": ["wechat:li"]}, "/handles/0"),
        ({"memberships": [{"scheme": "Shop Card", "number": "1"}]}, "/memberships/0/scheme"),
        ({"memberships": [{"scheme": "card", "number": " "}]}, "/memberships/0/number"),
        ({"memberships": [{"scheme": "card", "number": "1", "level": 2}]}, "/memberships/0/level"),
        ({"country": "CN", "postcode": "51800"}, "/postcode"),
        ({"country": "GB", "postcode": "123456"}, "/postcode"),
        ({"country": "CN", "region": "US-CA"}, "/region"),
        ({"address_kind": "moon"}, "/address_kind"),
    ],
)
def test_bad_points_and_places_name_their_field(api: Any, outbox: Any, change: dict[str, Any], pointer: str) -> None:
    response = api.post("/people", json={"name": "Li Na"} | change)
    assert (response.status_code, response.json["errors"][0]["pointer"]) == (422, pointer), response.text
    assert outbox.types() == []


def test_a_place_is_checked_as_it_would_be_after_a_change(api: Any, person: Any) -> None:
    li = person(country="GB", postcode="sw1a  1aa", region="gb-lnd")
    assert (li["postcode"], li["region"]) == ("SW1A 1AA", "GB-LND")
    moved = api.patch(f"/people/{li['id']}", json={"country": "CN"}, if_match=1)
    assert [error["pointer"] for error in moved.json["errors"]] == ["/postcode"]
    whole = {"country": "CN", "postcode": "518000", "region": "CN-GD"}
    assert api.patch(f"/people/{li['id']}", json=whole, if_match=1).status_code == 200
    assert person(name="Ho", country="HK", postcode="no codes here")["postcode"] == "NO CODES HERE"


@pytest.mark.parametrize("path", ["people", "companies"])
def test_further_addresses_and_which_is_the_primary_one(api: Any, outbox: Any, user: Any, path: str) -> None:
    holder = api.post(f"/{path}", json={"name": "Acme", "city": "Ulm", "address_kind": "office"}).json
    url = f"/{path}/{holder['id']}/addresses"
    added = api.post(url, json={"kind": "shipping", "country": "DE", "postcode": "89073", "city": "Neu-Ulm"})
    assert (added.status_code, added.json["primary"], added.headers["ETag"]) == (201, False, '"1"')
    shown = api.get(url).json["data"]
    assert [(row["kind"], row["city"], row["primary"]) for row in shown] == [
        ("office", "Ulm", True), ("shipping", "Neu-Ulm", False),
    ]  # fmt: skip
    one = f"/addresses/{added.json['id']}"
    bad = api.patch(one, json={"postcode": "8"}, if_match=1)
    assert (bad.status_code, bad.json["errors"][0]["pointer"]) == (422, "/postcode")
    assert api.patch(one, json={"city": "Neu Ulm"}).status_code == 428
    assert api.patch(one, json={"city": "Neu Ulm"}, if_match=1).json["version"] == 2
    assert api.post(url, json={"kind": "home", "country": "DE"}).json["errors"][0]["code"] == "required"
    stranger = user(reach="own")
    assert api.post(f"{one}/primary", as_=stranger).status_code == 404
    swapped = api.post(f"{one}/primary")
    assert [(row["kind"], row["city"]) for row in swapped.json["data"]] == [("shipping", "Neu Ulm"), ("office", "Ulm")]
    assert api.post(f"{one}/primary").status_code == 404
    now = api.get(f"/{path}/{holder['id']}").json
    assert (now["postcode"], now["address_kind"], now["version"]) == ("89073", "shipping", 2)
    assert outbox.events()[-1].data["postcode"] == "89073"
    office = swapped.json["data"][1]
    assert api.delete(f"/addresses/{office['id']}", if_match=1).status_code == 204
    assert api.delete(f"/{path}/{holder['id']}", if_match=2).status_code == 204


def test_points_and_addresses_follow_a_merge_and_come_back(api: Any, person: Any) -> None:
    ann = person(name="Ann", handles=[{"network": "x", "handle": "ann"}], roles=["partner"])
    bo = person(name="Bo", memberships=[{"scheme": "card", "number": "9"}], roles=["customer"])
    api.post(f"/people/{bo['id']}/addresses", json={"kind": "home", "city": "Ulm"})
    merged = api.post(f"/people/{ann['id']}/merge", json={"loser_id": bo["id"]}).json
    assert merged["person"]["roles"] == ["customer", "partner"]
    assert merged["person"]["memberships"][0]["number"] == "9"
    assert len(api.get(f"/people/{ann['id']}/addresses").json["data"]) == 1
    assert api.post(f"/merges/{merged['merges'][0]['id']}/unmerge").status_code == 200
    assert ids(api.get("/people?membership=card:9")) == [bo["id"]]
    assert len(api.get(f"/people/{bo['id']}/addresses").json["data"]) == 1
    assert api.get(f"/people/{ann['id']}").json["roles"] == ["partner"]


def test_a_company_has_several_phones_and_mails(api: Any) -> None:
    body = {"name": "Acme", "phone": "+49 731 123456", "emails": ["Info@Acme.com", "sales@acme.com", "info@acme.com"]}
    acme = api.post("/companies", json=body).json
    assert (acme["phone"], acme["email"]) == ("+49731123456", "info@acme.com")
    assert [point["value"] for point in acme["emails"]] == ["info@acme.com", "sales@acme.com"]
    url = f"/companies/{acme['id']}"
    changed = api.patch(url, json={"phone": "+49 731 654321", "email": "sales@acme.com"}, if_match=1).json
    assert [point["value"] for point in changed["phones"]] == ["+49731654321", "+49731123456"]
    assert changed["email"] == "sales@acme.com"
    for query in ("phone=0049731123456", "email=INFO@acme.com", "q=654321"):
        assert ids(api.get(f"/companies?{query}")) == [acme["id"]], query
    assert api.patch(url, json={"phones": []}, if_match=2).json["phone"] is None
    assert api.get("/companies?phone=12").status_code == 400
