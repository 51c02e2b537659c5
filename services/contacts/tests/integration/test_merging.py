"""Merging: what follows, what survives, what redirects, and back again."""

from __future__ import annotations

from typing import Any

from chassis.ids import uuid7
from chassis.testing import at_once


def merge(api: Any, survivor: Any, *losers: Any, as_: Any = "default", **more: Any) -> Any:
    body = {"loser_ids": [loser["id"] for loser in losers]} | more
    return api.post(f"/people/{survivor['id']}/merge", json=body, **({} if as_ == "default" else {"as_": as_}))


def read(api: Any, person: Any) -> Any:
    return api.get(f"/people/{person['id']}").json


def say(api: Any, person: Any, granted: bool, at: str, purpose: str = "marketing") -> None:
    path, body = f"/people/{person['id']}/consents", {"at": at, "text": "My word."}
    if granted:
        response = api.post(path, json=body | {"purpose": purpose})
    else:
        response = api.post(f"{path}/{purpose}/withdraw", json=body)
    assert response.status_code in (200, 201), response.text


def test_preview_is_the_result_and_each_field_survives_as_chosen(api: Any, person: Any, outbox: Any) -> None:
    ann = person(name="Ann Lee", email="ann@example.com", city="Paris", country="FR", tags=["a"], note="Calls late.")
    other = person(name="Anna Lee", email="anna@example.com", phone="13800138000", city="Lyon", postcode="69001",
                   tags=["b"], job_title="Buyer", note="Likes tea.")  # fmt: skip
    before = outbox.types()
    choice = {"fields": {"name": other["id"], "email": other["id"]}}
    shown = merge(api, ann, other, dry_run=True, **choice)
    assert shown.status_code == 200, shown.text
    assert (outbox.types(), read(api, ann), read(api, other)["name"]) == (before, ann, "Anna Lee")
    done = merge(api, ann, other, **choice)
    assert done.status_code == 200, done.text
    own = {"updated_at"}
    assert {k: v for k, v in done.json["person"].items() if k not in own} == {
        k: v for k, v in shown.json["person"].items() if k not in own
    }
    now = read(api, ann)
    assert (now["name"], now["email"], now["phone"]) == ("Anna Lee", "anna@example.com", "+8613800138000")
    assert (now["city"], now["country"], now["postcode"]) == ("Paris", "FR", None)
    assert (now["tags"], now["job_title"], now["note"]) == (["a", "b"], "Buyer", "Calls late.\n\nLikes tea.")
    assert [point["value"] for point in now["emails"]] == ["anna@example.com", "ann@example.com"]
    told = outbox.one("contact.merged")
    assert (told.data["survivor_id"], told.data["loser_id"]) == (ann["id"], other["id"])
    assert told.personal["emails"] == ["anna@example.com", "ann@example.com"]
    assert outbox.types()[len(before) :] == ["contact.updated", "contact.merged"]


def test_the_old_id_redirects_and_lists_leave_it_out(api: Any, person: Any, user: Any) -> None:
    a, b, c = (person(name=name) for name in ("A", "B", "C"))
    merge(api, b, c)
    merge(api, a, b)
    for gone in (b, c):
        response = api.get(f"/people/{gone['id']}")
        assert (response.status_code, response.headers["Location"]) == (308, f"/api/v1/contacts/people/{a['id']}")
        assert api.get(f"/people/{gone['id']}", as_=user(reach="own")).status_code == 404
    assert [row["id"] for row in api.get("/people").json["data"]] == [a["id"]]


def test_lists_find_under_the_old_id_what_followed(api: Any, person: Any, outbox: Any) -> None:
    ann, other = person(email="a@example.com"), person(email="b@example.com")
    task = api.post("/tasks", json={"title": "Call", "person_id": other["id"], "due_at": "2027-01-01T00:00:00Z"}).json[
        "id"
    ]
    merge(api, ann, other)
    assert [one["id"] for one in api.get(f"/tasks?person_id={other['id']}").json["data"]] == [task]
    assert api.get(f"/tasks?person_id={uuid7()}").json["data"] == []
    api.post(f"/merges/{outbox.one('contact.merged').data['merge_id']}/unmerge")
    assert api.get(f"/tasks?person_id={ann['id']}").json["data"] == []
    assert [one["id"] for one in api.get(f"/tasks?person_id={other['id']}").json["data"]] == [task]


def test_what_hung_on_the_loser_follows_and_comes_back(api: Any, person: Any, deliver: Any, outbox: Any) -> None:
    a, b = person(name="Ann", email="a@example.com"), person(name="Bo", email="b@example.com", city="Lyon")
    logged = api.post("/interactions", json={"person_id": b["id"], "channel": "call", "direction": "in",
                                             "summary": "Asked"}).json  # fmt: skip
    task = api.post("/tasks", json={"person_id": b["id"], "title": "Call", "due_at": "2030-01-01T00:00:00Z"}).json
    merged = merge(api, a, b).json["merges"][0]
    assert api.get(f"/interactions?person_id={a['id']}").json["data"][0]["id"] == logged["id"]
    assert api.get(f"/tasks/{task['id']}").json["person_id"] == a["id"]
    late = {"lead_id": str(uuid7()), "person_id": b["id"], "company_id": None, "status": "new", "source": "fair",
            "campaign_id": None, "owner_id": None, "team_id": None, "territory": None, "score": 0}  # fmt: skip
    deliver("sales", "lead.created", late, personal={"name": "Bo", "email": "b@example.com"})
    assert read(api, a)["lifecycle"] == "lead"
    kinds = {row["kind"] for row in api.get(f"/people/{a['id']}/timeline").json["data"]}
    assert kinds == {"contact", "interaction", "task", "lead"}
    added = api.post("/tasks", json={"person_id": a["id"], "title": "New", "due_at": "2030-01-01T00:00:00Z"}).json
    api.patch(f"/people/{a['id']}", json={"name": "Annie"}, if_match=read(api, a)["version"])
    first, again = (api.post(f"/merges/{merged['id']}/unmerge") for _ in range(2))
    assert (first.status_code, again.status_code, first.json) == (200, 200, again.json)
    ann, bo = read(api, a), read(api, b)
    assert (ann["name"], ann["city"], [p["value"] for p in ann["emails"]]) == ("Annie", None, ["a@example.com"])
    assert (bo["name"], bo["city"], [p["value"] for p in bo["emails"]]) == ("Bo", "Lyon", ["b@example.com"])
    assert api.get(f"/interactions?person_id={b['id']}").json["data"][0]["id"] == logged["id"]
    assert api.get(f"/tasks/{task['id']}").json["person_id"] == b["id"]
    assert api.get(f"/tasks/{added['id']}").json["person_id"] == a["id"]
    told = [outbox.one(type_) for type_ in ("contact.merged", "contact.unmerged")]
    assert told[0].subject == told[1].subject
    assert told[0].sequence < told[1].sequence
    assert merge(api, a, b).status_code == 200  # and joined once more
    assert api.get(f"/people/{b['id']}").status_code == 308


def test_the_stricter_consent_wins_whoever_it_was(api: Any, person: Any, outbox: Any) -> None:
    for first, second, held in ((False, True, False), (True, False, False), (True, True, True), (None, True, True)):
        a, b = person(name="A"), person(name="B")
        for one, granted, at in ((a, first, "2026-01-01T00:00:00Z"), (b, second, "2026-02-01T00:00:00Z")):
            if granted is not None:
                say(api, one, granted, at)
        merge(api, a, b)
        (state,) = api.get(f"/people/{a['id']}/consents").json["data"]
        assert state["granted"] is held
    assert [e.data["person_id"] == a["id"] for e in outbox.events("consent.granted")][-1]


def test_merging_twice_is_merging_once(api: Any, person: Any, outbox: Any) -> None:
    a, b = person(name="A"), person(name="B")
    first, again = merge(api, a, b), merge(api, a, b)
    assert (again.status_code, again.json) == (200, first.json)
    assert merge(api, b, a).json["person"] == first.json["person"]  # the other way round: they are one already
    assert outbox.types().count("contact.merged") == 1


def test_a_chain_is_unmerged_from_its_end(api: Any, person: Any) -> None:
    a, b, c = (person(name=name, email=f"{name}@example.com") for name in "abc")
    inner = merge(api, b, c).json["merges"][0]
    outer = merge(api, a, b).json["merges"][0]
    refused = api.post(f"/merges/{inner['id']}/unmerge")
    assert (refused.status_code, refused.json["code"]) == (409, "merged_further")
    assert [api.post(f"/merges/{m['id']}/unmerge").status_code for m in (outer, inner)] == [200, 200]
    assert [[p["value"] for p in read(api, one)["emails"]] for one in (a, b, c)] == [
        ["a@example.com"], ["b@example.com"], ["c@example.com"],
    ]  # fmt: skip


def test_overlapping_merges_at_once_end_in_one_record(api: Any, person: Any, outbox: Any) -> None:
    people = [person(name=name, email=f"{name}@example.com") for name in "abcdef"]
    ring = [(people[i], people[(i + 1) % 6]) for i in range(6)]
    responses = at_once(*(lambda pair=pair: merge(api, *pair) for pair in ring))
    assert {r.status_code for r in responses} == {200}
    (left,) = api.get("/people").json["data"]
    assert {p["value"] for p in left["emails"]} == {f"{name}@example.com" for name in "abcdef"}
    assert outbox.types().count("contact.merged") == 5
    gone = [api.get(f"/people/{one['id']}") for one in people if one["id"] != left["id"]]
    assert {r.headers["Location"] for r in gone} == {f"/api/v1/contacts/people/{left['id']}"}


def test_what_is_out_of_reach_or_makes_no_sense_is_refused(api: Any, person: Any, user: Any, outbox: Any) -> None:
    me = user(reach="own")
    mine, theirs = person(name="Mine", owner_id=str(me.id)), person(name="Theirs")
    before = outbox.types()
    assert merge(api, mine, theirs, as_=me).status_code == 404
    assert merge(api, theirs, mine, as_=me).status_code == 404
    partner = user(reach="partner", partner_id=uuid7())
    assert merge(api, mine, theirs, as_=partner).status_code == 403
    for body, pointer in (
        ({"loser_id": mine["id"]}, "/loser_ids"),
        ({}, "/loser_id"),
        ({"loser_id": theirs["id"], "fields": {"shoe": mine["id"]}}, "/fields/shoe"),
        ({"loser_id": theirs["id"], "fields": {"name": str(uuid7())}}, "/fields/name"),
    ):
        response = api.post(f"/people/{mine['id']}/merge", json=body)
        assert (response.status_code, response.json["errors"][0]["pointer"]) == (422, pointer)
    assert (outbox.types(), read(api, theirs)["name"]) == (before, "Theirs")


def test_deleting_the_survivor_deletes_all_that_they_were(api: Any, person: Any, outbox: Any) -> None:
    a, b, c = (person(name=name) for name in "abc")
    merge(api, b, c)
    merged = merge(api, a, b).json["merges"][0]
    assert api.delete(f"/people/{a['id']}", if_match=read(api, a)["version"]).status_code == 204
    told = {event.data["person_id"] for event in outbox.events("contact.deleted")}
    assert told == {a["id"], b["id"], c["id"]}
    gone = [f"/people/{b['id']}", f"/people/{c['id']}", f"/merges/{merged['id']}"]
    assert [api.get(path).status_code for path in gone] == [404, 404, 404]


def test_what_both_have_once_is_one_and_two_again(api: Any, person: Any, session: Any) -> None:
    """Each has the same tag, which a person has once: after the merge it is there once, after the parting twice."""
    a, b = person(name="A"), person(name="B")
    tag = api.post("/tags", json={"kind": "need", "name": "training"}).json
    given = {one["id"]: api.post(f"/tags/{tag['id']}/give", json={"person_ids": [one["id"]], "reason": one["name"]})
             for one in (a, b)}  # fmt: skip
    assert {r.status_code for r in given.values()} == {200}
    merged = merge(api, a, b).json["merges"][0]
    assert [row["given_why"] for row in api.get(f"/people/{a['id']}/tags").json["data"]] == ["A"]
    assert api.post(f"/merges/{merged['id']}/unmerge").status_code == 200
    why = [[row["given_why"] for row in api.get(f"/people/{one['id']}/tags").json["data"]] for one in (a, b)]
    assert why == [["A"], ["B"]]


def test_a_change_under_the_old_id_is_refused_and_names_the_survivor(api: Any, person: Any, user: Any) -> None:
    a, b = person(name="A"), person(name="B")
    merge(api, a, b)
    path = f"/people/{b['id']}"
    for refused in (api.patch(path, json={"name": "C"}, if_match=1), api.delete(path, if_match=1)):
        assert (refused.status_code, refused.json["code"], refused.json["merged_into"]) == (409, "merged", a["id"])
    stranger = user(reach="own")
    assert api.patch(path, json={"name": "C"}, if_match=1, as_=stranger).status_code == 404
    assert read(api, a)["name"] == "A"


def test_the_preview_shows_both_values_of_each_field_and_why_one_survives(api: Any, person: Any, clock: Any) -> None:
    a = person(name="Ann", city="Paris", country="FR", job_title="Buyer", tags=["x"])
    clock.advance(days=1)
    b = person(name="Anna Maria", country="DE", city="Bonn", postcode="53111", note="Late.", email="b@example.com")
    taken = {"survivor": "Paris", "newest": "Bonn", "most_complete": "Bonn"}
    for strategy, city in taken.items():
        shown = merge(api, a, b, strategy=strategy, dry_run=True).json
        place = shown["merges"][0]["fields"]["location"]
        assert (place["why"], place["survivor"]["city"], place["loser"]["city"]) == (strategy, "Paris", "Bonn")
        assert (place["result"]["city"], shown["person"]["city"]) == (city, city)
    fates = {name: (fate["takes"], fate["why"]) for name, fate in shown["merges"][0]["fields"].items()}
    assert fates["job_title"] == ("survivor", "only_one")
    assert (fates["note"], fates["tags"], fates["company"]) == (
        ("both", "united"),
        ("both", "united"),
        ("both", "same"),
    )
