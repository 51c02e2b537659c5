"""Fields that an administrator defines, on leads and deals."""

from __future__ import annotations

from typing import Any


def _define(api: Any, user: Any, entity: str, key: str, type_: str, **data: Any) -> None:
    body = {"entity": entity, "key": key, "type": type_, "label": {"en": key}} | data
    admin = user(scopes="sales:read sales:write gateway:admin")
    assert api.post("/custom-fields", json=body, as_=admin).status_code == 201


def test_a_deal_has_fields_of_its_own(api: Any, user: Any, outbox: Any) -> None:
    _define(api, user, "deals", "competitor", "text", required=True)
    _define(api, user, "deals", "seats", "number", min=1)
    refused = api.post("/deals", json={"name": "Kit", "custom": {"seats": 5}})
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/custom/competitor")
    assert outbox.types() == []
    made = api.post("/deals", json={"name": "Kit", "custom": {"seats": 5, "competitor": "Acme"}})
    assert (made.status_code, made.json["custom"]) == (201, {"competitor": "Acme", "seats": 5})
    assert outbox.one("deal.created").data["custom"] == {"competitor": "Acme", "seats": 5}
    assert [d["name"] for d in api.get("/deals?custom.seats__gte=5&sort=-custom.seats").json["data"]] == ["Kit"]
    won = api.post(f"/deals/{made.json['id']}/win", json={}).json
    assert won["custom"] == {"competitor": "Acme", "seats": 5}


def test_a_lead_has_fields_of_its_own(api: Any, user: Any, outbox: Any) -> None:
    _define(api, user, "leads", "need", "choice", choices=[{"value": "now", "label": {"en": "Now"}}], personal=True)
    lead = api.post("/leads", json={"name": "Li Na", "email": "li@example.com", "custom": {"need": "now"}}).json
    assert lead["custom"] == {"need": "now"}
    event = outbox.one("lead.created")
    assert (event.data["custom"], event.personal["custom"]) == ({}, {"need": "now"})
    cleared = api.patch(f"/leads/{lead['id']}", json={"custom": {"need": None}}, if_match=lead["version"])
    assert cleared.json["custom"] == {}
