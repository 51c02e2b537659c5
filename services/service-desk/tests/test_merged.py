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
