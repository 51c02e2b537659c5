"""Restriction of processing: asked for, imposed, obeyed, lifted."""

from __future__ import annotations

from typing import Any

import pytest

Json = dict[str, Any]


@pytest.fixture
def restricted(api: Any, person: Any) -> Any:
    """A person whose restriction was granted."""

    def make(**data: Any) -> Json:
        made = person(**data)
        body = {"kind": "restriction", "person_id": made["id"], "identity": "seen"}
        request = api.post("/privacy/requests", json=body).json
        assert api.post(f"/privacy/requests/{request['id']}/begin").status_code == 202
        return api.get(f"/people/{made['id']}").json

    return make


def test_it_is_told_shown_and_lifted(api: Any, restricted: Any, person: Any, outbox: Any) -> None:
    li = restricted(name="Li Na")
    person(name="Ann Lee")
    assert li["restricted"] is True
    assert [p["id"] for p in api.get("/people?restricted=true").json["data"]] == [li["id"]]
    assert outbox.one("contact.updated").data["restricted"] is True
    path = f"/people/{li['id']}/restriction/lift"
    for _ in range(2):
        lifted = api.post(path, json={"reason": "The numbers were put right; she was told."})
        assert (lifted.status_code, lifted.json["restricted"]) == (200, False)
    assert [e.data["restricted"] for e in outbox.events("contact.updated")] == [True, False]
    happened = [entry["type"] for entry in api.get(f"/people/{li['id']}/timeline").json["data"]]
    assert happened[:2] == ["person.restriction_lifted", "person.restricted"]


def test_only_who_may_lifts_it(api: Any, restricted: Any, user: Any, outbox: Any) -> None:
    li = restricted()
    denied = api.post(f"/people/{li['id']}/restriction/lift", json={"reason": "So."}, as_=user(reach="all"))
    assert (denied.status_code, denied.json["code"]) == (403, "missing_scope")
    assert api.get(f"/people/{li['id']}").json["restricted"] is True
    assert outbox.types().count("contact.updated") == 1


def test_bulk_edits_leave_them_out_and_say_so(api: Any, restricted: Any, person: Any, run_jobs: Any) -> None:
    li, ann = restricted(), person(name="Ann Lee")
    edit = api.post("/people/bulk-edits", json={"ids": [li["id"], ann["id"]], "set": {"city": "Bonn"}})
    assert edit.status_code == 202, edit.text
    run_jobs()
    assert [api.get(f"/people/{one['id']}").json["city"] for one in (li, ann)] == [None, "Bonn"]
    errors = api.get(f"/jobs/{edit.json['id']}/errors").text
    assert f"{li['id']}," in errors
    assert ",restricted," in errors
    assert "true" in api.get("/people/export?fields=name,restricted&q=Li").text.lower()


def test_lifted_it_is_answered_and_can_be_asked_for_again(api: Any, restricted: Any) -> None:
    li = restricted()
    api.post(f"/people/{li['id']}/restriction/lift", json={"reason": "The numbers were put right."})
    first = api.get(f"/privacy/requests?person_id={li['id']}").json["data"][0]
    assert (first["state"], first["done_at"] is not None) == ("done", True)
    again = api.post("/privacy/requests", json={"kind": "restriction", "person_id": li["id"], "identity": "seen"})
    assert (again.status_code, again.json["id"] == first["id"]) == (201, False)
    api.post(f"/privacy/requests/{again.json['id']}/begin")
    assert api.get(f"/people/{li['id']}").json["restricted"] is True


def test_imposed_while_two_were_one_it_holds_for_both(api: Any, restricted: Any, person: Any, outbox: Any) -> None:
    li, other = restricted(), person(name="Li N.")
    merged = api.post(f"/people/{other['id']}/merge", json={"loser_ids": [li["id"]]}).json
    api.post(f"/people/{other['id']}/restriction/lift", json={"reason": "Done."})
    body = {"kind": "restriction", "person_id": other["id"], "identity": "seen"}
    api.post(f"/privacy/requests/{api.post('/privacy/requests', json=body).json['id']}/begin")
    assert api.post(f"/merges/{merged['merges'][0]['id']}/unmerge").status_code == 200
    assert [api.get(f"/people/{one['id']}").json["restricted"] for one in (li, other)] == [True, True]
    told = {event.subject: event.data["restricted"] for event in outbox.events("contact.updated")}
    assert told == {f"people/{li['id']}": True, f"people/{other['id']}": True}


def test_asked_for_while_two_were_one_it_holds_for_who_was_free_too(api: Any, person: Any) -> None:
    li, other = person(name="Li Na"), person(name="Li N.")
    merged = api.post(f"/people/{other['id']}/merge", json={"loser_ids": [li["id"]]}).json
    body = {"kind": "restriction", "person_id": li["id"], "identity": "seen"}
    api.post(f"/privacy/requests/{api.post('/privacy/requests', json=body).json['id']}/begin")
    api.post(f"/merges/{merged['merges'][0]['id']}/unmerge")
    assert [api.get(f"/people/{one['id']}").json["restricted"] for one in (li, other)] == [True, True]


def test_a_merge_keeps_it(api: Any, restricted: Any, person: Any) -> None:
    li, other = restricted(), person(name="Li N.")
    merged = api.post(f"/people/{other['id']}/merge", json={"loser_ids": [li["id"]]}).json
    assert merged["person"]["restricted"] is True
    api.post(f"/merges/{merged['merges'][0]['id']}/unmerge")
    assert api.get(f"/people/{other['id']}").json["restricted"] is False
