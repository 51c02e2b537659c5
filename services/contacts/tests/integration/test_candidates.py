"""Pairs that may be one person: found with reasons, kept up to date, dismissed."""

from __future__ import annotations

from typing import Any


def pairs(api: Any, query: str = "state=open") -> list[tuple[set[str], int, set[str]]]:
    rows = api.get(f"/duplicates?{query}").json["data"]
    return [({r["low_id"], r["high_id"]}, r["score"], {why["code"] for why in r["reasons"]}) for r in rows]


def test_pairs_are_found_with_reasons_and_go_when_they_differ(api: Any, person: Any, tick: Any, clock: Any) -> None:
    switchboard = [{"value": "010-62345678", "shared": True}]
    a = person(name="Zhang Wei", phones=switchboard, company_name="Acme Ltd")
    b = person(name="Wei Zhang", phones=switchboard, company_name="ACME Inc.")
    c = person(name="王小明", email="x@example.com", company_name="深圳示例有限公司")
    d = person(name="王小明", email="y@example.com", company_name="深圳示例")
    person(name="Somebody Else", company_name="Globex")
    tick("find_duplicates")
    assert pairs(api) == []  # what may still be under way is left for the next time
    clock.advance(minutes=1)
    tick("find_duplicates")
    found = pairs(api)
    assert {frozenset(pair) for pair, _, _ in found} == {frozenset((a["id"], b["id"])), frozenset((c["id"], d["id"]))}
    why = {frozenset(pair): reasons for pair, _, reasons in found}
    assert why[frozenset((a["id"], b["id"]))] == {"same_contact_point", "same_name", "same_company"}
    assert why[frozenset((c["id"], d["id"]))] == {"same_name", "same_company"}
    assert len(pairs(api, "state=open&score__gte=100")) == 1
    api.patch(f"/people/{d['id']}", json={"name": "Li Lei"}, if_match=d["version"])
    clock.advance(minutes=1)
    tick("find_duplicates")
    assert [pair for pair, _, _ in pairs(api)] == [{a["id"], b["id"]}]


def test_a_dismissed_pair_stays_dismissed(api: Any, person: Any) -> None:
    a = person(name="Ann Lee", company_name="Acme")
    person(name="Anne Lee", company_name="Acme")
    (pair,) = api.get(f"/people/{a['id']}/duplicates").json["data"]
    assert {why["code"] for why in pair["reasons"]} == {"similar_name", "same_company"}
    answers = [api.post(f"/duplicates/{pair['id']}/dismiss").status_code for _ in range(2)]
    assert answers == [200, 409]
    assert api.get(f"/people/{a['id']}/duplicates").json["data"] == []
    assert pairs(api) == []


def test_only_pairs_within_reach_are_shown(api: Any, person: Any, user: Any) -> None:
    me = user(reach="own")
    a = person(name="Ann Lee", company_name="Acme", owner_id=str(me.id))
    person(name="Ann Lee", company_name="Acme")
    assert len(api.get(f"/people/{a['id']}/duplicates").json["data"]) == 1
    assert api.get(f"/people/{a['id']}/duplicates", as_=me).json["data"] == []
    assert api.get("/duplicates", as_=me).json["data"] == []


def test_a_merge_settles_the_pair(api: Any, person: Any) -> None:
    a, b = (person(name="Ann Lee", company_name="Acme") for _ in range(2))
    api.get(f"/people/{a['id']}/duplicates")
    assert len(pairs(api)) == 1
    api.post(f"/people/{a['id']}/merge", json={"loser_id": b["id"]})
    assert pairs(api) == []
