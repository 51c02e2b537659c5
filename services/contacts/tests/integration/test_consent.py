"""Consent: the latest decision holds, every decision is kept."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.ids import uuid7


def test_consent_is_given_and_withdrawn(api: Any, person: Any, outbox: Any, clock: Any) -> None:
    path = f"/people/{person()['id']}/consents"
    given = api.post(path, json={"purpose": "marketing", "text": "Yes, write to me.", "source": "fair"})
    assert (given.status_code, given.json["at"]) == (201, "2026-03-02T09:00:00Z")
    clock.advance(days=1)
    assert api.post(f"{path}/marketing/withdraw", json={"text": "Stop."}).status_code == 201
    api.post(path, json={"purpose": "profiling", "text": "Fine."})
    current = {c["purpose"]: c["granted"] for c in api.get(path).json["data"]}
    assert current == {"marketing": False, "profiling": True}
    history = api.get(f"{path}/history").json["data"]
    assert [(c["purpose"], c["granted"]) for c in history] == [
        ("profiling", True), ("marketing", False), ("marketing", True),
    ]  # fmt: skip
    assert outbox.types()[1:] == ["consent.granted", "consent.withdrawn", "consent.granted"]
    assert outbox.events("consent.withdrawn")[0].data["at"] == "2026-03-03T09:00:00+00:00"


def test_a_late_grant_does_not_undo_a_withdrawal(api: Any, person: Any, outbox: Any, clock: Any) -> None:
    path = f"/people/{person()['id']}/consents"
    api.post(f"{path}/marketing/withdraw", json={})
    late = {"purpose": "marketing", "text": "Yes.", "at": "2026-03-01T09:00:00Z"}
    assert api.post(path, json=late).status_code == 201
    same_instant = late | {"at": "2026-03-02T09:00:00Z"}
    assert api.post(path, json=same_instant).status_code == 201
    (current,) = api.get(path).json["data"]
    assert current["granted"] is False
    assert outbox.types()[1:] == ["consent.withdrawn"]


def test_the_same_evidence_is_recorded_once(api: Any, person: Any, outbox: Any) -> None:
    path = f"/people/{person()['id']}/consents"
    body = {"purpose": "marketing", "text": "Yes.", "evidence_id": str(uuid7())}
    first, again = api.post(path, json=body), api.post(path, json=body)
    assert first.json["id"] == again.json["id"]
    assert outbox.types()[1:] == ["consent.granted"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"purpose": "Marketing!", "text": "Yes."}, "/purpose"),
        ({"purpose": "marketing"}, "/text"),
        ({"purpose": "marketing", "text": "Yes.", "at": "2099-01-01T00:00:00Z"}, "/at"),
    ],
)
def test_bad_consent_is_refused(api: Any, person: Any, outbox: Any, body: dict[str, Any], pointer: str) -> None:
    path = f"/people/{person()['id']}/consents"
    response = api.post(path, json=body)
    assert (response.status_code, response.json["errors"][0]["pointer"]) == (422, pointer)
    assert api.get(f"{path}/history").json["data"] == []
    assert outbox.types() == ["contact.created"]
