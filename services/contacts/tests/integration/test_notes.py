"""Notes: whose, about whom, what they said before."""

from __future__ import annotations

from typing import Any

from chassis.ids import uuid7
from chassis.testing import at_once


def test_a_note_is_written_found_changed_and_keeps_what_it_said(api: Any, person: Any) -> None:
    li = person(name="Li Na")
    body = {"kind": "person", "record_id": li["id"], "text": "**Likes** tea, 喜欢茶", "pinned": True}
    made = api.post("/notes", json=body)
    assert made.status_code == 201, made.text
    note = made.json
    assert (note["person_id"], note["author_id"]) == (li["id"], str(api.default.id))
    assert [n["id"] for n in api.get(f"/notes?person_id={li['id']}&q=喜欢&pinned=true").json["data"]] == [note["id"]]
    url = f"/notes/{note['id']}"
    changed = api.patch(url, json={"text": "Likes coffee"}, if_match=1)
    assert (changed.json["text"], changed.json["version"]) == ("Likes coffee", 2)
    assert api.patch(url, json={"text": "Other"}, if_match=1).status_code == 412
    assert [(v["version"], v["text"]) for v in api.get(f"{url}/versions").json["data"]] == [
        (1, "**Likes** tea, 喜欢茶")
    ]
    entries = api.get(f"/people/{li['id']}/timeline?kind=note").json["data"]
    assert [(e["id"], e["title"]) for e in entries] == [(note["id"], "Note")]
    assert api.delete(url, if_match=2).status_code == 204
    assert api.get(url).status_code == 404
    assert api.get(f"/people/{li['id']}/timeline?kind=note").json["data"] == []


def test_bad_notes_are_refused(api: Any, person: Any) -> None:
    good = {"kind": "person", "record_id": person()["id"], "text": "x"}
    for change, pointer in (
        ({"kind": "deal"}, "/kind"),
        ({"record_id": str(uuid7())}, "/record_id"),
        ({"kind": "company"}, "/record_id"),
        ({"text": " "}, "/text"),
        ({"text": "x" * 20_001}, "/text"),
    ):
        response = api.post("/notes", json=good | change)
        assert (response.status_code, response.json["errors"][0]["pointer"]) == (422, pointer), response.text
    assert api.get("/notes").json["data"] == []


def test_notes_are_read_by_who_reaches_the_record(api: Any, person: Any, user: Any) -> None:
    mine, other = user(reach="own"), user(reach="own")
    partner_id = uuid7()
    li = person(name="Li Na", owner_id=str(mine.id), partner_id=str(partner_id))
    body = {"kind": "person", "record_id": li["id"], "text": "Mine"}
    note = api.post("/notes", json=body, as_=mine).json
    partner = user(reach="partner", partner_id=partner_id)
    for stranger in (other, partner):
        assert api.get("/notes", as_=stranger).json["data"] == []
        assert api.get(f"/notes/{note['id']}", as_=stranger).status_code == 404
        assert api.patch(f"/notes/{note['id']}", json={"text": "x"}, if_match=9, as_=stranger).status_code == 404
        assert api.get(f"/notes/{note['id']}/versions", as_=stranger).status_code == 404
    assert api.post("/notes", json=body, as_=other).status_code == 422
    theirs = api.post("/notes", json=body | {"text": "Theirs"}, as_=partner).json
    assert [n["id"] for n in api.get("/notes", as_=partner).json["data"]] == [theirs["id"]]
    assert api.patch(f"/notes/{theirs['id']}", json={"pinned": True}, if_match=1, as_=mine).json["pinned"] is True
    foreign = api.patch(f"/notes/{theirs['id']}", json={"text": "x"}, if_match=2, as_=mine)
    assert (foreign.status_code, foreign.json["code"]) == (403, "not_the_author")


def test_notes_follow_a_merge_and_come_back(api: Any, person: Any) -> None:
    one, two = person(name="One"), person(name="Two")
    note = api.post("/notes", json={"kind": "person", "record_id": two["id"], "text": "Of two"}).json
    merged = api.post(f"/people/{one['id']}/merge", json={"loser_id": two["id"]}).json
    assert api.get(f"/notes/{note['id']}").json["person_id"] == one["id"]
    assert api.post(f"/merges/{merged['merges'][0]['id']}/unmerge").status_code == 200
    assert api.get(f"/notes/{note['id']}").json["person_id"] == two["id"]


def test_of_two_changes_at_once_one_is_stale(api: Any, person: Any) -> None:
    note = api.post("/notes", json={"kind": "person", "record_id": person()["id"], "text": "0"}).json
    url = f"/notes/{note['id']}"
    answers = at_once(*[lambda i=i: api.patch(url, json={"text": str(i)}, if_match=1) for i in range(1, 6)])
    assert sorted(r.status_code for r in answers) == [200, 412, 412, 412, 412]
    assert len(api.get(f"{url}/versions").json["data"]) == 1


def test_a_note_about_an_interaction_is_about_its_customer(api: Any, person: Any) -> None:
    li = person(name="Li Na")
    call = api.post("/interactions", json={"person_id": li["id"], "channel": "call", "summary": "Hello"}).json
    note = api.post("/notes", json={"kind": "interaction", "record_id": call["id"], "text": "Friendly"}).json
    assert note["person_id"] == li["id"]
