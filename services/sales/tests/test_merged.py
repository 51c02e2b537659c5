"""Two people of contacts become one: leads and deals follow, in whatever order it is told, and come back."""

from __future__ import annotations

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
    assert [lead["status"] for lead in api.get(f"/leads?person_id={b}").json["data"]] == ["lost"]


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
