"""Who else works with a customer: what a grant opens, and what it does not."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.sql.compiler import SQLCompiler

from chassis.ids import uuid7


@pytest.fixture
def rep(user: Any, colleague: Any) -> Callable[..., Any]:
    """Makes a colleague of reach own."""

    def make(name: str = "Ren", team_id: UUID | None = None) -> Any:
        caller = user(reach="own", name=name, team_id=team_id)
        colleague(name, id=caller.id, team_id=team_id)
        return caller

    return make


@pytest.fixture
def share(api: Any) -> Callable[..., Any]:
    """Grants: `share(person, rep, "write")`; the answer."""

    def grant(record: Any, to: Any, access: str = "read", *, kind: str = "people", as_: Any = "default", **more: Any):
        body = {"user_id": str(to.id), "access": access} | more
        return api.post(f"/{kind}/{record['id']}/collaborators", json=body, as_=as_)

    return grant


def names(api: Any, as_: Any, query: str = "") -> list[str]:
    response = api.get(f"/people?{query}", as_=as_)
    assert response.status_code == 200, response.text
    return [row["name"] for row in response.json["data"]]


def test_a_reader_sees_the_record_everywhere_and_changes_nothing(api: Any, person: Any, rep: Any, share: Any) -> None:
    key, other, ann = person(name="Key", email="key@example.com", tags=["vip"]), person(name="Other"), rep("Ann")
    mine = api.post("/people", json={"name": "Mine"}, as_=ann).json
    call = api.post("/interactions", json={"person_id": key["id"], "channel": "call", "summary": "Hi"}).json
    path = f"/people/{key['id']}"
    assert api.get(path, as_=ann).status_code == 404
    made = share(key, ann)
    assert (made.status_code, made.json["access"], made.json["name"], made.json["active"]) == (201, "read", "Ann", True)
    assert api.get(path, as_=ann).status_code == 200
    for query in ("sort=name", "sort=-name", "limit=1&sort=name"):
        assert set(names(api, ann, query)) <= {"Key", "Mine"}
    assert names(api, ann, "sort=name") == ["Key", "Mine"]
    assert names(api, ann, "q=key") == ["Key"]
    assert names(api, ann, "tag=vip") == ["Key"]
    assert [row["id"] for row in api.get("/interactions", as_=ann).json["data"]] == [call["id"]]
    assert [row["title"] for row in api.get(f"{path}/timeline", as_=ann).json["data"]] == ["Hi"]
    first = api.get("/people?limit=1&sort=name", as_=ann).json
    second = api.get(f"/people?limit=1&sort=name&cursor={first['next_cursor']}", as_=ann).json
    assert [row["name"] for row in first["data"] + second["data"]] == ["Key", "Mine"]
    assert second["next_cursor"] is None

    refused = [
        api.patch(path, json={"city": "X"}, if_match=key["version"], as_=ann),
        api.delete(path, if_match=key["version"], as_=ann),
        api.post(f"{path}/consents", json={"purpose": "marketing", "text": "Yes"}, as_=ann),
        api.post("/interactions", json={"person_id": key["id"], "channel": "call"}, as_=ann),
        api.patch(f"/interactions/{call['id']}", json={"summary": "No"}, if_match=1, as_=ann),
        api.post(f"{path}/merge", json={"loser_id": mine["id"]}, as_=ann),
        api.post(f"/people/{mine['id']}/merge", json={"loser_id": key["id"]}, as_=ann),
        share(key, rep("Bo"), as_=ann),
    ]
    assert [answer.status_code for answer in refused] == [403] * len(refused)
    codes = {answer.json["code"] for answer in refused}
    assert codes == {"read_only_share", "not_the_owner"}
    assert api.get(path).json["version"] == key["version"]
    assert api.get(f"/people/{other['id']}", as_=ann).status_code == 404


def test_a_writer_changes_the_record_but_does_not_dispose_of_it(api: Any, person: Any, rep: Any, share: Any) -> None:
    key, ann = person(), rep()
    share(key, ann, "write")
    path = f"/people/{key['id']}"
    changed = api.patch(path, json={"city": "Bonn", "owner_id": key["owner_id"]}, if_match=key["version"], as_=ann)
    assert (changed.status_code, changed.json["city"]) == (200, "Bonn")
    assert api.post("/interactions", json={"person_id": key["id"], "channel": "call"}, as_=ann).status_code == 201
    version = changed.json["version"]
    for answer in (
        api.patch(path, json={"owner_id": str(ann.id)}, if_match=version, as_=ann),
        api.delete(path, if_match=version, as_=ann),
        share(key, rep("Bo"), as_=ann),
    ):
        assert (answer.status_code, answer.json["code"]) == (403, "not_the_owner")
    assert api.get(path).json["owner_id"] == key["owner_id"]


def test_with_the_owners_access_one_hands_on_and_grants(api: Any, person: Any, rep: Any, share: Any) -> None:
    key, ann, bo = person(), rep("Ann"), rep("Bo")
    share(key, ann, "owner")
    assert share(key, bo, as_=ann).status_code == 201
    path = f"/people/{key['id']}"
    handed = api.patch(path, json={"owner_id": str(bo.id)}, if_match=key["version"], as_=ann)
    assert (handed.status_code, handed.json["owner_id"]) == (200, str(bo.id))
    listed = api.get(f"{path}/collaborators", as_=bo).json["data"]
    assert [(row["name"], row["access"]) for row in listed] == [("Ann", "owner"), ("Bo", "read")]
    assert api.delete(f"{path}/collaborators/{listed[0]['id']}", as_=bo).status_code == 204
    assert api.get(path, as_=ann).status_code == 404


def test_a_grant_is_void_when_its_time_has_come(api: Any, person: Any, rep: Any, share: Any, clock: Any) -> None:
    key, ann = person(), rep()
    until = (clock.instant.replace(hour=12)).isoformat()
    assert share(key, ann, until=clock.instant.isoformat()).json["errors"][0]["code"] == "in_the_past"
    assert share(key, ann, "write", until=until).status_code == 201
    clock.advance(hours=2)
    assert names(api, ann) == ["Li Na"]
    clock.advance(hours=1)
    assert names(api, ann) == []
    assert api.get(f"/people/{key['id']}", as_=ann).status_code == 404
    assert api.patch(f"/people/{key['id']}", json={"city": "X"}, if_match=1, as_=ann).status_code == 404
    assert [row["active"] for row in api.get(f"/people/{key['id']}/collaborators").json["data"]] == [False]


def test_what_was_asked_before_is_not_compiled_again(
    api: Any, person: Any, rep: Any, share: Any, monkeypatch: Any
) -> None:
    key, ann, bo = person(), rep("Ann"), rep("Bo")
    for reader in (ann, bo):
        share(key, reader)
    paths = "/people?country=CN&sort=name", f"/people/{key['id']}"

    def read(reader: Any) -> None:
        assert [api.get(path, as_=reader).status_code for path in paths] == [200, 200]

    for reader in (ann, bo, ann, bo):  # twice: what is compiled for the first time notes so on the statement
        read(reader)
    compiled: list[Any] = []
    compile_ = SQLCompiler.__init__
    monkeypatch.setattr(SQLCompiler, "__init__", lambda *told, **more: compiled.append(told) or compile_(*told, **more))
    read(ann)
    read(bo)
    assert compiled == []


def test_granted_again_it_is_as_said_now(api: Any, person: Any, rep: Any, share: Any, outbox: Any) -> None:
    key, ann = person(), rep()
    first, same, more = share(key, ann), share(key, ann), share(key, ann, "write")
    assert [answer.status_code for answer in (first, same, more)] == [201, 200, 200]
    assert len({answer.json["id"] for answer in (first, same, more)}) == 1
    assert [event.data["access"] for event in outbox.events("collaborator.granted")] == ["read", "write"]
    own = f"/people/{key['id']}/collaborators/{first.json['id']}"
    assert api.delete(own, as_=ann).status_code == 204  # one may leave
    assert api.delete(own).status_code == 404
    assert outbox.one("collaborator.revoked").data["user_id"] == str(ann.id)


def test_granted_at_once_it_is_one_grant(api: Any, person: Any, rep: Any, share: Any) -> None:
    key, ann, answers = person(), rep(), []
    threads = [Thread(target=lambda: answers.append(share(key, ann).status_code)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200] * 7 + [201]
    assert len(api.get(f"/people/{key['id']}/collaborators").json["data"]) == 1


def test_a_team_works_with_a_customer(api: Any, person: Any, rep: Any) -> None:
    team, key = uuid7(), person()
    ann, bo = rep("Ann", team), rep("Bo")
    path = f"/people/{key['id']}/collaborators"
    assert api.post(path, json={"team_id": str(uuid7())}).json["errors"][0]["code"] == "unknown_reference"
    assert api.post(path, json={"team_id": str(team), "user_id": str(ann.id)}).json["errors"][0]["code"] == "one_of"
    assert api.post(path, json={"team_id": str(team)}).status_code == 201
    assert (names(api, ann), names(api, bo)) == (["Li Na"], [])


def test_an_account_team_sees_the_people_only_where_they_are_included(api: Any, person: Any, rep: Any, share: Any):
    company = api.post("/companies", json={"name": "Acme"}).json
    key, ann = person(company_id=company["id"]), rep()
    for who, text in ((key["id"], "to Li"), (None, "to Acme")):
        api.post("/interactions", json={
            "person_id": who, "company_id": company["id"], "channel": "call", "summary": text})  # fmt: skip

    def seen() -> tuple[int, list[str], list[str], list[str]]:
        said = [row["summary"] for row in api.get("/interactions?sort=created_at", as_=ann).json["data"]]
        told = [row["title"] for row in api.get(f"/companies/{company['id']}/timeline", as_=ann).json.get("data", [])]
        return api.get(f"/companies/{company['id']}", as_=ann).status_code, names(api, ann), said, sorted(told)

    assert seen() == (404, [], [], [])
    assert share(company, ann, kind="companies").status_code == 201
    assert seen() == (200, [], ["to Acme"], ["to Acme"])
    assert share(company, ann, kind="companies", include_people=True).status_code == 200
    assert seen() == (200, ["Li Na"], ["to Li", "to Acme"], ["to Acme", "to Li"])
    late = person(name="Late", company_id=company["id"])
    assert names(api, ann, "sort=name") == ["Late", "Li Na"]
    assert api.patch(f"/people/{late['id']}", json={"city": "X"}, if_match=1, as_=ann).status_code == 403


def test_partners_are_given_nothing_and_decide_nothing(api: Any, person: Any, user: Any, deliver: Any, share: Any):
    company = uuid7()
    partner = user(reach="partner", partner_id=company)
    data = {"user_id": str(partner.id), "roles": ["partner"], "active": True, "region": None, "team_id": None,
            "partner_id": str(company)}  # fmt: skip
    deliver("gateway", "user.created", data, personal={"name": "P", "email": "p@x.example"}, subject="users/1")
    theirs, key = person(partner_id=str(company)), person(name="Key")
    assert share(key, partner).json["errors"][0]["code"] == "unknown_reference"
    assert api.get(f"/people/{theirs['id']}/collaborators", as_=partner).status_code == 403
    assert share(theirs, partner, as_=partner).status_code == 403


def test_grants_follow_a_merge_and_come_back(api: Any, person: Any, rep: Any, share: Any) -> None:
    survivor, loser, ann, bo = person(name="A"), person(name="B"), rep("Ann"), rep("Bo")
    share(survivor, ann)
    share(loser, ann, "write")
    share(loser, bo)
    merged = api.post(f"/people/{survivor['id']}/merge", json={"loser_id": loser["id"]}).json
    rows = api.get(f"/people/{survivor['id']}/collaborators").json["data"]
    assert {(row["name"], row["access"]) for row in rows} == {("Ann", "read"), ("Bo", "read")}
    assert api.post(f"/merges/{merged['merges'][0]['id']}/unmerge").status_code == 200
    assert (names(api, ann, "sort=name"), names(api, bo)) == (["A", "B"], ["B"])


def test_an_import_leaves_what_is_only_shared_alone(
    api: Any, person: Any, rep: Any, share: Any, upload: Any, run_jobs: Any
) -> None:
    key, ann = person(email="key@example.com"), rep()
    share(key, ann)
    job = upload("name,email,city\nLi Na,key@example.com,Rome\n", ann).json
    run_jobs()
    assert api.get(f"/jobs/{job['id']}", as_=ann).json["failed"] == 1
    assert "read_only_share" in api.get(f"/jobs/{job['id']}/errors", as_=ann).text
    assert api.get(f"/people/{key['id']}").json["city"] is None
    share(key, ann, "write")
    upload("name,email,city\nLi Na,key@example.com,Rome\n", ann)
    run_jobs()
    assert api.get(f"/people/{key['id']}").json["city"] == "Rome"


def test_who_reads_a_customer_reads_what_sales_and_the_desk_do_with_them(
    api: Any, person: Any, rep: Any, share: Any, deliver: Any, user: Any
) -> None:
    """Somebody else's deals and tickets: on the timeline and in the profile, for as long as the customer is shared."""
    key, ann = person(name="Key"), rep("Ann")
    about = {"person_id": key["id"], "company_id": None}
    deal, ticket = {"deal_id": str(uuid7()), "name": "200 lamps", "amount": "9.00", "currency": "CNY"}, str(uuid7())
    for type_ in ("deal.created", "deal.won"):
        deliver("sales", type_, about | deal, subject=f"deals/{deal['deal_id']}")
    asked = {"ticket_id": ticket, "number": "T-1", "subject": "Broken"}
    deliver("service-desk", "ticket.created", about | asked, subject=f"tickets/{ticket}")
    path = f"/people/{key['id']}"
    assert [api.get(f"{path}{end}", as_=ann).status_code for end in ("/timeline", "/profile")] == [404, 404]
    grant = share(key, ann).json
    told = {row["title"] for row in api.get(f"{path}/timeline", as_=ann).json["data"]}
    assert {"Deal won: 200 lamps, 9.00 CNY", "Ticket T-1: Broken"} < told
    counts = api.get(f"{path}/profile", as_=ann).json["counts"]
    assert {name: counts[name] for name in ("deals", "orders", "tickets")} == {"deals": 1, "orders": 0, "tickets": 1}
    assert api.delete(f"{path}/collaborators/{grant['id']}").status_code == 204
    assert api.get(f"{path}/timeline", as_=ann).status_code == 404
