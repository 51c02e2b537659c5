"""Custom fields of people who are merged, and parted again; and what refers to them."""

from __future__ import annotations

from typing import Any


def test_a_merge_keeps_each_field_and_an_unmerge_gives_it_back(api: Any, person: Any, field: Any) -> None:
    field("member_no", unique=True)
    field("score", "number")
    one = person(name="One", email="one@example.com", custom={"score": 1})
    two = person(name="Two", email="two@example.com", custom={"score": 2, "member_no": "M-2"})
    body = {"loser_id": two["id"], "fields": {"custom.score": two["id"]}}
    unknown = api.post(f"/people/{one['id']}/merge", json=body | {"fields": {"custom.none": two["id"]}})
    assert (unknown.status_code, unknown.json["errors"][0]["code"]) == (422, "unknown_field")
    merged = api.post(f"/people/{one['id']}/merge", json=body)
    assert merged.json["person"]["custom"] == {"score": 2, "member_no": "M-2"}
    clash = api.post("/people", json={"name": "C", "custom": {"member_no": "M-2"}})
    assert clash.status_code == 409
    assert api.post(f"/merges/{merged.json['merges'][0]['id']}/unmerge").status_code == 200
    assert api.get(f"/people/{one['id']}").json["custom"] == {"score": 1}
    assert api.get(f"/people/{two['id']}").json["custom"] == {"score": 2, "member_no": "M-2"}


def test_a_unique_value_taken_meanwhile_stays_with_its_new_holder(api: Any, person: Any, field: Any) -> None:
    field("member_no", unique=True)
    one = person(name="One", email="one@example.com")
    two = person(name="Two", email="two@example.com", custom={"member_no": "M-2"})
    merged = api.post(f"/people/{one['id']}/merge", json={"loser_id": two["id"]})
    version = api.get(f"/people/{one['id']}").json["version"]
    given_up = api.patch(f"/people/{one['id']}", json={"custom": {"member_no": None}}, if_match=version)
    assert given_up.json["custom"] == {}
    third = person(name="Three", custom={"member_no": "M-2"})
    assert api.post(f"/merges/{merged.json['merges'][0]['id']}/unmerge").status_code == 200
    assert api.get(f"/people/{two['id']}").json["custom"] == {}
    assert api.get(f"/people/{third['id']}").json["custom"] == {"member_no": "M-2"}


def test_a_unique_value_of_the_survivor_taken_meanwhile_does_not_keep_two_together(
    api: Any, person: Any, field: Any
) -> None:
    field("member_no", unique=True)
    field("score", "number")
    one = person(name="One", email="one@example.com", custom={"member_no": "M-1", "score": 1})
    two = person(name="Two", email="two@example.com", custom={"member_no": "M-2", "score": 2})
    chosen = {"custom.member_no": two["id"], "custom.score": two["id"]}
    merged = api.post(f"/people/{one['id']}/merge", json={"loser_id": two["id"], "fields": chosen})
    third = person(name="Three", custom={"member_no": "M-1"})
    parted = api.post(f"/merges/{merged.json['merges'][0]['id']}/unmerge")
    assert parted.status_code == 200, parted.text
    have = [api.get(f"/people/{who['id']}").json["custom"] for who in (one, two, third)]
    assert have == [{"score": 1}, {"member_no": "M-2", "score": 2}, {"member_no": "M-1"}]


def test_a_reference_to_somebody_merged_stands_for_the_survivor(
    api: Any, person: Any, field: Any, imported: Any
) -> None:
    field("advisor", "reference", target="person")
    one, two, other = person(name="One"), person(name="Two"), person(name="Other")
    old = person(name="Old", custom={"advisor": two["id"]})
    merged = api.post(f"/people/{one['id']}/merge", json={"loser_id": two["id"]}).json["merges"][0]
    new = person(name="New", custom={"advisor": two["id"]})
    assert new["custom"] == {"advisor": one["id"]}
    imported(f"Name,Email,advisor\nListed,listed@example.com,{two['id']}\n")
    person(name="Else", custom={"advisor": other["id"]})

    def found(query: str) -> list[str]:
        return sorted(row["name"] for row in api.get(f"/people?{query}").json["data"])

    for id_ in (one["id"], two["id"]):
        assert found(f"custom.advisor={id_}") == ["Listed", "New", "Old"]
        assert found(f"custom.advisor__in={id_},{other['id']}") == ["Else", "Listed", "New", "Old"]
        assert found(f"custom.advisor__ne={id_}") == ["Else", "One", "Other"]
    assert api.get("/people?custom.advisor=x").json["errors"][0]["pointer"] == "/custom/advisor"
    api.post(f"/merges/{merged['id']}/unmerge")
    assert found(f"custom.advisor={two['id']}") == ["Old"]
    assert api.get(f"/people/{old['id']}").json["custom"] == {"advisor": two["id"]}
