"""Two people of contacts become one: tickets follow, and come back."""

from __future__ import annotations

from typing import Any

from chassis.ids import uuid7


def tell(deliver: Any, what: str, loser: str, survivor: str, sequence: int) -> Any:
    data = {"person_id": survivor, "survivor_id": survivor, "loser_id": loser, "merge_id": str(uuid7())}
    personal = {"name": "Li Na", "emails": [], "phones": [], "company_name": None}
    return deliver("contacts", f"contact.{what}", data, personal=personal, subject=f"people/{loser}", sequence=sequence)


def test_tickets_follow_whatever_comes_first(api: Any, deliver: Any) -> None:
    a, b = str(uuid7()), str(uuid7())
    made = api.post("/tickets", json={"subject": "Broken", "person_id": b})
    assert made.status_code == 201, made.text
    ticket = f"/tickets/{made.json['id']}"
    deliver.again(tell(deliver, "merged", b, a, 2))
    assert api.get(ticket).json["person_id"] == a
    late = api.post("/tickets", json={"subject": "Again", "person_id": b}).json
    assert late["person_id"] == a
    tell(deliver, "unmerged", b, a, 3)
    tell(deliver, "merged", b, a, 2)  # an old tale
    assert api.get(ticket).json["person_id"] == b
    assert api.get(f"/tickets/{late['id']}").json["person_id"] == a


def test_what_names_a_company_follows_and_shows_the_survivors_name(api: Any, deliver: Any) -> None:
    a, b, told = str(uuid7()), str(uuid7()), {"merge_id": str(uuid7()), "name": "Acme Ltd"}
    made = api.post("/tickets", json={"subject": "Broken", "company_id": b, "company_name": "ACME"}).json
    data = {"company_id": a, "survivor_id": a, "loser_id": b} | told
    event = deliver("contacts", "company.merged", data, subject=f"companies/{b}", sequence=2)
    deliver.again(event)
    now = api.get(f"/tickets/{made['id']}").json
    assert (now["company_id"], now["company_name"]) == (a, "Acme Ltd")
    late = api.post("/tickets", json={"subject": "Late", "company_id": b}).json
    assert late["company_id"] == a
    deliver("contacts", "company.unmerged", data, subject=f"companies/{b}", sequence=3)
    assert api.get(f"/tickets/{made['id']}").json["company_id"] == b
    assert api.get(f"/tickets/{late['id']}").json["company_id"] == a
