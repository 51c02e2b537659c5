"""Two people of contacts become one: leads and deals follow, in whatever order it is told, and come back."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import text

from chassis.ids import uuid7


def tell(deliver: Any, what: str, loser: str, survivor: str, sequence: int) -> Any:
    data = {"person_id": survivor, "survivor_id": survivor, "loser_id": loser, "merge_id": str(uuid7())}
    personal = {"name": "Li Na", "emails": [], "phones": [], "company_name": None}
    return deliver("contacts", f"contact.{what}", data, personal=personal, subject=f"people/{loser}", sequence=sequence)


def test_leads_and_deals_follow_and_come_back(api: Any, deliver: Any, identified: Any, outbox: Any) -> None:
    a, b = identified()["person_id"], identified()["person_id"]
    deal = api.post("/deals", json={"name": "200 lamps", "person_id": b}).json
    event = tell(deliver, "merged", b, a, 2)
    deliver.again(event)
    tell(deliver, "merged", b, a, 2)
    assert api.get(f"/deals/{deal['id']}").json["person_id"] == a
    leads = api.get(f"/leads?person_id={a}").json["data"]
    assert sorted((lead["status"], lead["reason"]) for lead in leads) == [("lost", "merged_person"), ("new", None)]
    assert [e.data["reason"] for e in outbox.events("lead.lost")] == ["merged_person"]
    identified(person_id=b)  # told of by an id that is another's by now
    assert len(api.get(f"/leads?person_id={a}").json["data"]) == 2
    late = api.post("/deals", json={"name": "Late", "person_id": b}).json
    assert late["person_id"] == a
    tell(deliver, "unmerged", b, a, 3)
    assert api.get(f"/deals/{deal['id']}").json["person_id"] == b
    assert api.get(f"/deals/{late['id']}").json["person_id"] == a
    (back,) = api.get(f"/leads?person_id={b}").json["data"]
    assert (back["status"], back["reason"], back["closed_at"]) == ("new", None, None)
    history = api.get(f"/leads/{back['id']}/history").json["data"]
    assert [(one["to_status"], one["cause"]) for one in history[1:]] == [("lost", "merged_person"), ("new", "parted")]
    assert outbox.one("lead.reopened").data["status"] == "new"


def test_lists_and_exports_find_under_an_old_id_what_followed(api: Any, deliver: Any, identified: Any) -> None:
    a, b, c = (identified()["person_id"] for _ in range(3))
    deal = api.post("/deals", json={"name": "200 lamps", "person_id": c}).json["id"]
    tell(deliver, "merged", c, b, 2)
    tell(deliver, "merged", b, a, 2)
    for asked in (f"person_id={a}", f"person_id={b}", f"person_id={c}", f"person_id__in={uuid7()},{c}"):
        assert [found["id"] for found in api.get(f"/deals?{asked}").json["data"]] == [deal], asked
    export = api.get(f"/deals/export?format=ndjson&person_id={c}")
    assert [line["id"] for line in map(json.loads, export.text.splitlines())] == [deal]
    assert api.get(f"/deals?person_id__ne={c}").json["data"] == []
    tell(deliver, "unmerged", b, a, 3)
    assert api.get(f"/deals?person_id={a}").json["data"] == []
    assert [found["id"] for found in api.get(f"/deals?person_id={c}").json["data"]] == [deal]
    refused = api.get("/deals?person_id=nobody")
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (400, "/person_id")


def test_a_lead_that_was_closed_for_anothers_is_its_owners_again_unless_there_is_a_new_one(
    api: Any, deliver: Any, rep: Any, outbox: Any
) -> None:
    ann, bo = rep("Ann"), rep("Bo")
    first, second = (api.post("/leads", json={"name": "Li", "owner_id": str(who)}).json for who in (ann, bo))
    a, b = first["person_id"], second["person_id"]
    tell(deliver, "merged", b, a, 2)
    deliver.again(tell(deliver, "unmerged", b, a, 3))
    back = api.get(f"/leads/{second['id']}").json
    assert (back["status"], back["owner_id"], back["person_id"]) == ("new", str(bo), b)
    states = [one["state"] for one in api.get(f"/leads/{second['id']}/follow-ups").json["data"]]
    assert sorted(states) == ["cancelled", "cancelled", "planned", "planned"]
    tell(deliver, "merged", b, a, 4)
    api.post(f"/leads/{first['id']}/lose", json={"reason": "no budget"})
    api.post(f"/leads/{second['id']}/recycle", json={})  # the survivor's by now, and open
    tell(deliver, "unmerged", b, a, 5)
    assert [api.get(f"/leads/{lead['id']}").json["status"] for lead in (first, second)] == ["lost", "recycled"]
    assert len(outbox.events("lead.reopened")) == 1


def test_a_merge_told_late_when_they_are_two_again_closes_nothing(
    api: Any, deliver: Any, identified: Any, outbox: Any
) -> None:
    a, b = identified()["person_id"], identified()["person_id"]
    tell(deliver, "unmerged", b, a, 3)
    tell(deliver, "merged", b, a, 2)
    assert [api.get(f"/leads?person_id={id_}").json["data"][0]["status"] for id_ in (a, b)] == ["new", "new"]
    assert outbox.events("lead.lost") == []


def test_what_followed_is_forgotten_with_the_person(api: Any, deliver: Any, identified: Any, database: Any) -> None:
    a, b = (identified()["person_id"] for _ in range(2))
    api.post("/deals", json={"name": "Fixtures", "person_id": b})
    tell(deliver, "merged", b, a, 2)
    kept = text("SELECT moved::text FROM merged_people")
    with database.reading() as session:
        assert "deals.person_id" in session.scalar(kept)
    deliver("contacts", "contact.erased", {"person_id": a, "person_ids": [a, b]}, subject=f"people/{a}", sequence=9)
    with database.reading() as session:
        assert session.scalar(kept) == "{}"


def test_merged_is_heard_before_anything_else_and_chains_in_any_order(api: Any, deliver: Any, identified: Any) -> None:
    a, b, c = (str(uuid7()) for _ in range(3))
    tell(deliver, "merged", b, a, 2)
    tell(deliver, "merged", c, b, 2)
    identified(person_id=c)
    assert len(api.get(f"/leads?person_id={a}").json["data"]) == 1
    d, e = str(uuid7()), str(uuid7())
    tell(deliver, "unmerged", d, e, 3)
    tell(deliver, "merged", d, e, 2)
    identified(person_id=d)
    assert len(api.get(f"/leads?person_id={d}").json["data"]) == 1


def test_what_names_a_company_follows_and_shows_the_survivors_name(api: Any, deliver: Any) -> None:
    a, b, told = str(uuid7()), str(uuid7()), {"merge_id": str(uuid7()), "name": "Acme Ltd"}
    made = api.post("/deals", json={"name": "200 lamps", "company_id": b, "company_name": "ACME"}).json
    data = {"company_id": a, "survivor_id": a, "loser_id": b} | told
    event = deliver("contacts", "company.merged", data, subject=f"companies/{b}", sequence=2)
    deliver.again(event)
    now = api.get(f"/deals/{made['id']}").json
    assert (now["company_id"], now["company_name"]) == (a, "Acme Ltd")
    late = api.post("/deals", json={"name": "Late", "company_id": b}).json
    assert late["company_id"] == a
    deliver("contacts", "company.unmerged", data, subject=f"companies/{b}", sequence=3)
    assert api.get(f"/deals/{made['id']}").json["company_id"] == b
    assert api.get(f"/deals/{late['id']}").json["company_id"] == a


def shown(api: Any, partner: Any, *paths: str) -> list[Any]:
    """What a partner reads, but for what any change raises."""
    raised = ("version", "updated_at")
    answers = [api.get(path, as_=partner).json for path in paths]
    many = [one.get("data", [one]) for one in answers]
    return [[{name: value for name, value in row.items() if name not in raised} for row in rows] for rows in many]


def test_a_partner_does_not_learn_that_the_house_knows_the_customer(
    api: Any, deliver: Any, identified: Any, user: Any, outbox: Any
) -> None:
    """Contacts joins the partner's person and one whom the house follows: both leads go on, and the partner reads what
    was read before."""
    partner = user(reach="partner", partner_id=uuid7())
    said = {"name": "Li Na", "email": "li@example.com", "company_name": "Acme"}
    lead = api.post("/leads", json=said, as_=partner).json
    deal = api.post("/deals", json={"name": "200 lamps", "contact_name": "Li Na"}, as_=partner).json
    theirs, known = api.get(f"/leads/{lead['id']}").json["person_id"], identified()["person_id"]
    paths = ("/leads", f"/leads/{lead['id']}", f"/leads/{lead['id']}/history", "/deals", f"/deals/{deal['id']}")
    before = shown(api, partner, *paths)
    assert not {"person_id", "company_id"} & (lead.keys() | deal.keys() | before[0][0].keys())
    deliver.again(tell(deliver, "merged", theirs, known, 2))
    assert shown(api, partner, *paths) == before
    assert outbox.events("lead.lost") == []
    both = api.get(f"/leads?person_id={known}").json["data"]
    assert {one["partner_id"]: one["status"] for one in both} == {None: "new", str(partner.partner_id): "new"}
    again = api.post("/leads", json=said, as_=partner)
    assert (again.status_code, again.json["id"]) == (200, lead["id"])
    ours = api.post("/leads", json={"person_id": known})
    assert (ours.status_code, ours.json["partner_id"]) == (200, None)
    refused = api.get(f"/leads?person_id={known}", as_=partner)
    assert (refused.status_code, known in refused.text) == (400, False)
    tell(deliver, "unmerged", theirs, known, 3)
    assert shown(api, partner, *paths) == before


def test_two_leads_of_one_partner_become_one_and_those_of_others_go_on(api: Any, deliver: Any, user: Any) -> None:
    one, other = (user(reach="partner", partner_id=uuid7()) for _ in range(2))
    made = [api.post("/leads", json={"name": f"L{i}"}, as_=who).json["id"] for i, who in enumerate((one, one, other))]
    a, b, c = (api.get(f"/leads/{id_}").json["person_id"] for id_ in made)
    tell(deliver, "merged", b, a, 2)
    tell(deliver, "merged", c, a, 2)
    assert [api.get(f"/leads/{id_}").json["status"] for id_ in made] == ["new", "lost", "new"]


def test_a_partner_follows_a_customer_of_theirs_whom_the_house_follows_too(
    api: Any, deliver: Any, user: Any, clock: Any
) -> None:
    partner, li = user(reach="partner", partner_id=uuid7()), str(uuid7())
    data = {"person_id": li, "company_id": None, "owner_id": None, "partner_id": str(partner.partner_id)}
    who = {"name": "Li Na", "emails": ["li@example.com"], "phones": [], "company_name": None}
    deliver("contacts", "contact.created", data, personal=who, subject=f"people/{li}", sequence=1)
    ours = api.post("/leads", json={"person_id": li}).json
    theirs = api.post("/leads", json={"person_id": li}, as_=partner)
    assert (theirs.status_code, theirs.json["id"] == ours["id"]) == (201, False)
    assert api.post(f"/leads/{ours['id']}/lose", json={"reason": "x"}).status_code == 200
    assert api.post(f"/leads/{ours['id']}/recycle").status_code == 200  # the partner's is no hindrance
    assert {one["status"] for one in api.get(f"/leads?person_id={li}").json["data"]} == {"new", "recycled"}
