"""People over the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from chassis.ids import uuid7
from chassis.testing import at_once
from contacts.candidates.model import Duplicate


def test_a_person_is_created_with_points_in_normal_form(api: Any, outbox: Any) -> None:
    response = api.post(
        "/people",
        json={
            "name": "  王  小明 ",
            "emails": ["Ming@Example.CN", {"value": "ming.home@example.com", "label": "home"}],
            "phone": "138 0013-8000",
            "company_name": "深圳示例有限公司",
            "country": "cn",
        },
    )
    assert response.status_code == 201, response.text
    made = response.json
    assert response.headers["Location"] == f"/api/v1/contacts/people/{made['id']}"
    assert (made["name"], made["email"], made["phone"]) == ("王 小明", "ming@example.cn", "+8613800138000")
    assert made["emails"] == [
        {"value": "ming@example.cn", "typed": "Ming@Example.CN", "label": "other", "shared": False},
        {"value": "ming.home@example.com", "typed": "ming.home@example.com", "label": "home", "shared": False},
    ]
    assert made["phones"] == [{"value": "+8613800138000", "typed": "138 0013-8000", "label": "mobile", "shared": False}]
    assert (made["country"], made["source"], made["lifecycle"], made["version"]) == ("CN", "api", "contact", 1)
    assert made["entered_by"] == made["owner_id"] == str(api.default.id)
    assert outbox.types() == ["company.created", "contact.created"]
    event = outbox.one("contact.created")
    assert event.subject == f"people/{made['id']}"
    assert event.data["company_id"] == made["company_id"]
    assert event.personal == {
        "name": "王 小明",
        "emails": ["ming@example.cn", "ming.home@example.com"],
        "phones": ["+8613800138000"],
        "handles": [],
        "memberships": [],
        "company_name": "深圳示例有限公司",
    }
    assert api.get(f"/people/{made['id']}").json == made


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"name": ""}, "/name", "too_short"),
        ({"name": None}, "/name", "null"),
        ({"email": "nobody"}, "/email", "not_valid"),
        ({"emails": ["a@b.cn", "x@@y"]}, "/emails/1", "not_valid"),
        ({"emails": [{"value": "a@b.cn", "label": "yacht"}]}, "/emails/0/label", "not_a_choice"),
        ({"emails": [{"label": "work"}]}, "/emails/0", "not_valid"),
        ({"phone": "12345"}, "/phone", "not_valid"),
        ({"phone": "1380013800"}, "/phone", "not_valid"),
        ({"country": "XX"}, "/country", "invalid"),
        ({"lifecycle": "vip"}, "/lifecycle", "not_a_choice"),
        ({"company_id": str(UUID(int=1))}, "/company_id", "unknown_reference"),
        ({"nickname": "Wang"}, "/nickname", "unknown_field"),
        ({"tags": [""]}, "/tags/0", "too_short"),
    ],
)
def test_bad_input_names_field_and_rule(api: Any, outbox: Any, change: dict[str, Any], pointer: str, code: str) -> None:
    response = api.post("/people", json={"name": "Li Na"} | change)
    assert response.status_code == 422, response.text
    assert (response.json["errors"][0]["pointer"], response.json["errors"][0]["code"]) == (pointer, code)
    assert api.get("/people").json["data"] == []
    assert outbox.types() == []


def test_somebody_who_is_here_is_not_created_again(api: Any, person: Any, outbox: Any) -> None:
    here = person(email="li@example.com", phone="13900139000")
    for same in ({"email": "LI@example.com"}, {"phone": "+86 139 0013 9000", "name": "Somebody Else"}):
        response = api.post("/people", json={"name": "Li Na"} | same)
        assert response.status_code == 409
        assert response.json["code"] == "person_exists"
        assert response.json["existing_id"] == here["id"]
    assert len(api.get("/people").json["data"]) == 1
    assert outbox.types() == ["contact.created"]


def test_a_shared_line_names_a_person_only_with_the_name(api: Any, person: Any) -> None:
    line = "010-6552 9988"
    first = person(name="Zhang Wei", phone=line)
    assert first["phones"][0]["shared"] is True
    person(name="Li Na", phone=line)
    again = api.post("/people", json={"name": "ZHANG  WEI", "phone": line})
    assert (again.status_code, again.json["existing_id"]) == (409, first["id"])


def test_a_number_finds_whose_own_it_is_and_all_who_share_it(api: Any, person: Any) -> None:
    number = "139 0013 9000"
    own = person(name="Li Na", phone=number)
    shared = [person(name=name, phones=[{"value": number, "shared": True}]) for name in ("Zhang Wei", "Wang Fang")]
    person(name="Chen Jie", phone="139 0013 9001")
    person(name="Liu Yang", handles=[{"network": "wechat", "handle": "li_na"}])

    def found(query: str) -> set[str]:
        return {one["name"] for one in api.get(f"/people?{query}").json["data"]}

    assert found(f"phone={number}") == {own["name"], *(one["name"] for one in shared)}
    assert found("handle=wechat:li_na") == {"Liu Yang"}
    assert found("phone=139 0013 9002") == found("handle=wechat:li_nan") == set()


def test_who_was_called_by_an_address_is_called_by_name_once_it_is_known(api: Any, outbox: Any) -> None:
    made = api.post("/people/identify", json={"email": "li.na@example.cn"}).json
    unnamed = api.post("/people/identify", json={"email": "li.na@example.cn", "phone": "13800138000"}).json
    named = api.post("/people/identify", json={"email": "li.na@example.cn", "name": " Li  Na "}).json
    other = api.post("/people/identify", json={"email": "li.na@example.cn", "name": "Lina"}).json
    assert [one["name"] for one in (made, unnamed, named, other)] == ["li.na", "li.na", "Li Na", "Li Na"]
    assert {one["id"] for one in (made, unnamed, named, other)} == {made["id"]}
    assert [one["id"] for one in api.get("/people?q=li na").json["data"]] == [made["id"]]
    assert [event.personal["name"] for event in outbox.events("contact.updated")] == ["li.na", "Li Na"]


def test_identify_finds_fills_in_and_overwrites_nothing(api: Any, person: Any, outbox: Any) -> None:
    here = person(email="li@example.com", job_title="Buyer")
    response = api.post(
        "/people/identify",
        json={
            "name": "N. Li", "emails": ["li@example.com", "li.na@example.cn"], "job_title": "CEO", "city": "深圳",
        },
    )  # fmt: skip
    assert response.status_code == 200, response.text
    found = response.json
    assert (found["id"], found["matched"], found["name"], found["job_title"]) == (here["id"], True, "Li Na", "Buyer")
    assert (found["city"], found["version"]) == ("深圳", 2)
    assert [point["value"] for point in found["emails"]] == ["li@example.com", "li.na@example.cn"]
    made = api.post("/people/identify", json={"name": "Ann", "email": "ann@example.com"}).json
    assert made["matched"] is False
    assert outbox.types() == ["contact.created", "contact.updated", "contact.created"]


def test_the_same_key_twice_is_one_person(api: Any) -> None:
    first = api.post("/people", json={"name": "No Points"}, key="k1")
    again = api.post("/people", json={"name": "No Points"}, key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json["id"] == again.json["id"]
    assert len(api.get("/people").json["data"]) == 1


def test_fifty_at_once_make_one_person(api: Any, outbox: Any) -> None:
    spellings = ({"email": "li@example.com"}, {"email": "LI@Example.com", "phone": "139 0013 9000"})
    bodies = [{"name": "Li Na"} | spellings[i % 2] for i in range(50)]
    responses = at_once(*(lambda body=body: api.post("/people", json=body) for body in bodies))
    assert sorted({r.status_code for r in responses}) == [201, 409]
    assert [r.status_code for r in responses].count(201) == 1
    (made,) = api.get("/people").json["data"]
    assert {r.json["existing_id"] for r in responses if r.status_code == 409} == {made["id"]}
    assert outbox.types() == ["contact.created"]


def test_two_who_exchange_points_at_once_never_share_one(api: Any, person: Any) -> None:
    a, b = person(name="Ann", email="ann@example.com"), person(name="Bo", email="bo@example.com")
    wanted = [{"emails": ["ann@example.com", "x@example.com"]}, {"emails": ["bo@example.com", "x@example.com"]}]
    responses = at_once(
        lambda: api.patch(f"/people/{a['id']}", json=wanted[0], if_match=1),
        lambda: api.patch(f"/people/{b['id']}", json=wanted[1], if_match=1),
    )
    assert sorted(r.status_code for r in responses) == [200, 409]


def test_a_person_is_changed(api: Any, person: Any, outbox: Any) -> None:
    here = person(email="li@example.com", phone="13900139000", tags=["fair"])
    path = f"/people/{here['id']}"
    assert api.patch(path, json={"city": "Wuhan"}).status_code == 428
    assert api.patch(path, json={"city": "Wuhan"}, if_match=9).status_code == 412
    changed = api.patch(
        path, json={"name": "Li Na 李娜", "email": "new@example.com", "phones": [], "city": "Wuhan"}, if_match=1
    )
    assert changed.status_code == 200, changed.text
    assert changed.headers["ETag"] == '"2"'
    assert [p["value"] for p in changed.json["emails"]] == ["new@example.com", "li@example.com"]
    assert (changed.json["phones"], changed.json["tags"]) == ([], ["fair"])
    assert outbox.events()[-1].personal["phones"] == []
    assert outbox.events()[-1].sequence == 2
    same = api.patch(path, json={"city": "Wuhan"}, if_match=2)
    assert (same.status_code, same.json["version"]) == (200, 2)
    assert outbox.types() == ["contact.created", "contact.updated"]
    assert person(name="Other", phone="13900139000")["id"] != here["id"]


def test_a_point_of_somebody_else_is_refused(api: Any, person: Any, outbox: Any) -> None:
    ann, bo = person(name="Ann", email="ann@example.com"), person(name="Bo", phone="13900139000")
    refused = api.patch(f"/people/{bo['id']}", json={"email": "Ann@example.com"}, if_match=1)
    assert (refused.status_code, refused.json["existing_id"]) == (409, ann["id"])
    assert refused.json["errors"][0]["pointer"] == "/emails"
    assert api.get(f"/people/{bo['id']}").json == bo
    assert outbox.types() == ["contact.created", "contact.created"]


def test_a_person_is_deleted(api: Any, person: Any, outbox: Any) -> None:
    here = person(email="li@example.com")
    api.post(f"/people/{here['id']}/consents", json={"purpose": "marketing", "text": "ok"})
    assert api.delete(f"/people/{here['id']}", if_match=1).status_code == 204
    assert api.get(f"/people/{here['id']}").status_code == 404
    assert outbox.types()[-1] == "contact.deleted"
    assert person(email="li@example.com")["id"] != here["id"]


def test_q_finds_by_name_company_email_and_phone(api: Any, person: Any) -> None:
    wang = person(name="王小明", email="ming@example.cn", phone="138 0013 8000", company_name="深圳示例有限公司")
    person(name="Anna Schmidt", email="anna@example.de")
    for q in ("小明", "王", "MING@example", "13800138", "138-0013", "深圳示例", "xample.cn"):
        found = api.get("/people", query_string={"q": q}).json["data"]
        assert [p["id"] for p in found] == [wang["id"]], q
    assert api.get("/people?q=nobody").json["data"] == []


def test_lists_filter_sort_and_page(api: Any, person: Any) -> None:
    for i in range(5):
        person(name=f"P{i}", email=f"p{i}@example.com", country="DE" if i % 2 else "CN", tags=["odd"] if i % 2 else [])
    assert [p["name"] for p in api.get("/people?country=DE&sort=name").json["data"]] == ["P1", "P3"]
    assert [p["name"] for p in api.get("/people?tags=odd&sort=-name").json["data"]] == ["P3", "P1"]
    seen, cursor = [], ""
    while cursor is not None:
        page = api.get(f"/people?limit=2&sort=name&cursor={cursor}" if cursor else "/people?limit=2&sort=name").json
        seen += [p["name"] for p in page["data"]]
        cursor = page["next_cursor"]
    assert seen == ["P0", "P1", "P2", "P3", "P4"]
    bad = api.get("/people?colour=red")
    assert (bad.status_code, bad.json["errors"][0]["code"]) == (400, "unknown_parameter")


def test_a_page_costs_one_query_whatever_its_length(api: Any, person: Any, database: Any) -> None:
    from sqlalchemy import event

    for i in range(6):
        person(name=f"P{i}", email=f"p{i}@example.com", phone=f"1380013800{i}")
    api.get("/people")  # the definitions of custom fields are remembered for a while
    statements: list[str] = []
    listener = lambda *args: statements.append(args[2])  # noqa: E731
    event.listen(database.engine, "before_cursor_execute", listener)
    try:
        assert len(api.get("/people").json["data"]) == 6
    finally:
        event.remove(database.engine, "before_cursor_execute", listener)
    assert len(statements) == 1, statements


def test_reach_narrows_reading_writing_and_matching(api: Any, user: Any, person: Any) -> None:
    team = uuid7()
    mine, other = user(reach="own"), user(reach="own")
    boss = user(reach="team", team_id=team)
    made = api.post("/people", json={"name": "Mine", "email": "mine@example.com"}, as_=mine).json
    teams = person(name="Team's", email="team@example.com", team_id=str(team))
    assert [p["name"] for p in api.get("/people", as_=mine).json["data"]] == ["Mine"]
    assert [p["id"] for p in api.get("/people", as_=boss).json["data"]] == [teams["id"]]
    assert api.get("/people", as_=other).json["data"] == []
    assert api.get(f"/people/{made['id']}", as_=other).status_code == 404
    assert api.patch(f"/people/{made['id']}", json={"city": "X"}, if_match=1, as_=other).status_code == 404
    assert api.get(f"/people/{made['id']}/timeline", as_=other).status_code == 404
    assert api.get(f"/people/{made['id']}/consents", as_=other).status_code == 404
    hidden = api.post("/people", json={"name": "X", "email": "mine@example.com"}, as_=other)
    assert (hidden.status_code, "existing_id" in hidden.json) == (409, False)
    assert api.post("/people/identify", json={"name": "X", "email": "mine@example.com"}, as_=other).status_code == 409
    given_away = api.post("/people", json={"name": "Y", "owner_id": str(uuid7())}, as_=mine)
    assert given_away.json["errors"][0]["code"] == "not_assignable"


def test_a_token_without_the_scope_is_refused(api: Any, user: Any) -> None:
    assert api.get("/people", as_=None).status_code == 401
    assert api.get("/people", as_=user(scopes="sales:read")).status_code == 403
    assert api.post("/people", json={"name": "X"}, as_=user(scopes="contacts:read")).status_code == 403
    assert api.get("/people").json["data"] == []


def test_a_partner_sees_neither_grade_nor_scores(api: Any, user: Any, person: Any, deliver: Any) -> None:
    company = uuid7()
    partner = user(reach="partner", partner_id=company)
    here = person(email="li@example.com", partner_id=str(company))
    assert here["partner_id"] == str(company)
    order = {"order_id": str(uuid7()), "number": "O-1", "person_id": here["id"], "company_id": None, "owner_id": None,
             "deal_id": None, "campaign_id": None, "total": "120000.00", "currency": "CNY", "lines": [],
             "placed_at": "2026-03-01T09:00:00Z"}  # fmt: skip
    deliver("sales", "order.placed", order)
    assert api.get(f"/people/{here['id']}").json["grade"] == "A"
    for shown in (
        api.get(f"/people/{here['id']}", as_=partner).json,
        api.get("/people", as_=partner).json["data"][0],
        api.patch(f"/people/{here['id']}", json={"city": "X"}, if_match=_version(api, here), as_=partner).json,
        api.post("/people/identify", json={"name": "L", "email": "li@example.com"}, as_=partner).json,
    ):
        assert shown["id"] == here["id"]
        assert not {"grade", "rfm"} & shown.keys()
    assert api.get("/people?grade=A", as_=partner).status_code == 400
    assert "grade" not in api.get(f"/people/{here['id']}/timeline", as_=partner).text
    made = api.post("/people", json={"name": "P", "email": "p@example.com"}, as_=partner).json
    assert (made["partner_id"], "grade" in made) == (str(company), False)


def _version(api: Any, person: Any) -> int:
    return api.get(f"/people/{person['id']}").json["version"]


def test_a_person_is_changed_while_another_transaction_refers_to_them(api: Any, person: Any, database: Any) -> None:
    one, other = person(name="Li Na", email="li@example.com"), person(name="Li Nan", email="nan@example.com")
    low, high = sorted((UUID(one["id"]), UUID(other["id"])))
    with database.transaction() as sweep:
        sweep.add(Duplicate(low_id=low, high_id=high, score=80, reasons=[]))
        sweep.flush()
        changed = api.patch(f"/people/{one['id']}", json={"job_title": "Buyer"}, if_match=1)
        assert changed.status_code == 200
        assert changed.json["job_title"] == "Buyer"
