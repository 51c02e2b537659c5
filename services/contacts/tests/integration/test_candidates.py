"""Pairs that may be one person: found with reasons, kept up to date, dismissed."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import update

from chassis.jobs import Job
from contacts.candidates import actions


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


def test_behind_one_switchboard_sit_many(api: Any, person: Any) -> None:
    """A number that several share is evidence only for those of a similar name; Wei and Lei are two."""
    switchboard = [{"value": "010-62345678", "shared": True}]
    wang = person(name="Wang Wei", phones=switchboard, company_name="Acme")
    for name in ("Li Na", "Wang Lei", "Chen Wei", "王芳"):
        person(name=name, phones=switchboard, company_name="Acme")
    assert api.get(f"/people/{wang['id']}/duplicates").json["data"] == []
    same = person(name="Wei Wang", phones=switchboard)
    (pair,) = api.get(f"/people/{wang['id']}/duplicates").json["data"]
    assert ({pair["low_id"], pair["high_id"]}, pair["exact"]) == ({wang["id"], same["id"]}, True)


@pytest.mark.parametrize("asked", ["own", "shared"])
def test_somebodys_own_number_that_another_shares(api: Any, person: Any, asked: str) -> None:
    number = "010-62345678"
    both = {
        "own": person(name="Wang Anna", phones=[{"value": number, "shared": False}]),
        "shared": person(name="Anna Wang-Lee", phones=[{"value": number, "shared": True}]),
    }
    (pair,) = api.get(f"/people/{both[asked]['id']}/duplicates").json["data"]
    assert {pair["low_id"], pair["high_id"]} == {one["id"] for one in both.values()}
    assert "same_contact_point" in {why["code"] for why in pair["reasons"]}


def test_a_common_name_alone_says_nothing(api: Any, person: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("contacts.candidates.finding.BLOCK", 3)
    first = person(name="王伟", city="上海")
    person(name="王伟")
    assert len(api.get(f"/people/{first['id']}/duplicates").json["data"]) == 1
    near = person(name="王伟", city="上海")
    last = person(name="王伟")
    assert api.get(f"/people/{last['id']}/duplicates").json["data"] == []
    (pair,) = api.get(f"/people/{near['id']}/duplicates").json["data"]
    assert {pair["low_id"], pair["high_id"]} == {first["id"], near["id"]}


def test_a_dismissed_pair_is_shown_again_when_the_evidence_grows(api: Any, person: Any) -> None:
    a, b = person(name="Ann Lee", company_name="Acme"), person(name="Anne Lee", company_name="Acme")
    (pair,) = api.get(f"/people/{a['id']}/duplicates").json["data"]
    api.post(f"/duplicates/{pair['id']}/dismiss")
    api.patch(f"/people/{b['id']}", json={"job_title": "Buyer", "city": "Rome"}, if_match=1)
    assert api.get(f"/people/{a['id']}/duplicates").json["data"] == []
    phone = [{"value": "010-62345678", "shared": True}]
    for one in (a, b):
        version = api.get(f"/people/{one['id']}").json["version"]
        assert api.patch(f"/people/{one['id']}", json={"phones": phone}, if_match=version).status_code == 200
    (again,) = api.get(f"/people/{a['id']}/duplicates").json["data"]
    assert (again["id"], again["state"], again["dismissed_by"]) == (pair["id"], "open", None)
    assert again["score"] > pair["score"]


def test_the_queue_is_worked_through(api: Any, person: Any, user: Any, outbox: Any) -> None:
    people = [person(name=f"Ann {name}", company_name="Acme") for name in ("Lee", "Lee", "Smith", "Smith", "Wu", "Wu")]
    for one in people[::2]:
        api.get(f"/people/{one['id']}/duplicates")
    rows = api.get("/duplicates?state=open&score__gte=90").json["data"]
    assert len(rows) == 3
    stranger = user(reach="own")
    assert api.post("/duplicates/dismiss", json={"ids": [rows[0]["id"]]}, as_=stranger).json["data"] == []
    done = api.post("/duplicates/dismiss", json={"ids": [rows[0]["id"], rows[1]["id"]]})
    assert (done.status_code, {row["state"] for row in done.json["data"]}) == (200, {"dismissed"}), done.text
    last = rows[2]
    path = f"/duplicates/{last['id']}/merge"
    assert api.post(path, json={"survivor_id": rows[0]["low_id"]}).status_code == 422
    shown = api.post(path, json={"survivor_id": last["high_id"], "dry_run": True})
    assert shown.json["person"]["id"] == last["high_id"], shown.text
    assert "contact.merged" not in outbox.types()
    merged = api.post(path, json={"survivor_id": last["high_id"]}).json["merges"][0]
    assert (merged["why"]["duplicate_id"], merged["why"]["score"]) == (last["id"], last["score"])
    assert api.get(f"/people/{last['low_id']}").headers["Location"].endswith(last["high_id"])
    assert api.post(path, json={}).status_code == 404
    assert pairs(api) == []


def test_exact_ones_are_merged_without_asking_only_where_a_rule_says_so(
    api: Any, person: Any, tick: Any, clock: Any, user: Any
) -> None:
    a, b, c = (person(name=n, company_name="Acme", city="Rome") for n in ("Ann Lee", "Lee, Ann", "Anne Lee"))
    clock.advance(minutes=1)
    tick("find_duplicates")
    tick("merge_exact")
    assert len(pairs(api, "state=open&exact=true")) == 1
    assert api.post("/merge-rules", json={"kind": "person", "enabled": True}, as_=user()).status_code == 403
    admin = user(scopes="contacts:read contacts:write gateway:admin")
    assert api.post("/merge-rules", json={"kind": "person", "enabled": True}, as_=admin).status_code == 200
    tick("merge_exact")
    assert api.get(f"/people/{b['id']}").headers["Location"].endswith(a["id"])
    assert api.get(f"/people/{c['id']}").status_code == 200
    (audit,) = api.get("/merges").json["data"]
    assert (audit["why"]["rule"], audit["merged_by"], audit["why"]["score"]) == ("exact", None, 100)
    assert api.post(f"/merges/{audit['id']}/unmerge").status_code == 200
    assert {rule["kind"]: rule["enabled"] for rule in api.get("/merge-rules").json["data"]} == {
        "person": True, "company": False,
    }  # fmt: skip


def test_pairs_of_companies(api: Any, tick: Any, clock: Any) -> None:
    def company(**data: Any) -> Any:
        return api.post("/companies", json=data).json

    acme = company(name="Acme Machines Ltd", phone="010-62345678", domain="acme.com")
    like = company(name="Acme Machine", city="Rome")
    sister = company(name="Acme Machines Asia", domain="acme.cn")
    company(name="Globex", phone="010-62345678")  # another company in the same house
    company(name="深圳市示例精密机械科技有限公司")
    company(name="深圳市示例精密机械科技集团")
    clock.advance(minutes=1)
    tick("find_duplicates")
    rows = api.get("/company-duplicates").json["data"]
    found = {frozenset((r["low_id"], r["high_id"])): {why["code"] for why in r["reasons"]} for r in rows}
    assert found[frozenset((acme["id"], like["id"]))] == {"similar_name", "name_within"}
    assert "same_domain" in found[frozenset((acme["id"], sister["id"]))]
    assert len(found) == 3, found
    row = next(r for r in rows if sister["id"] in (r["low_id"], r["high_id"]))
    merged = api.post(f"/company-duplicates/{row['id']}/merge", json={})
    assert merged.json["company"]["id"] == acme["id"], merged.text
    assert api.get(f"/companies/{acme['id']}/duplicates").json["data"][0]["low_id"] == acme["id"]


def test_a_sweep_rests_while_an_import_runs_but_not_for_ever(
    api: Any, person: Any, tick: Any, clock: Any, upload: Any, session: Any
) -> None:
    upload("name,email\nLi,li@example.cn\n")
    for domain in ("cn", "com"):
        person(name="Zhang Wei", email=f"wei@example.{domain}")

    def now(status: str, **later: int) -> int:
        session.execute(update(Job).values(status=status))
        session.commit()
        clock.advance(**later)
        tick("find_duplicates")
        return len(pairs(api))

    assert [now("running", minutes=1), now("running", minutes=13), now("done", minutes=0)] == [0, 0, 1]
    for domain in ("org", "net"):
        person(name="Wang Li", email=f"li@example.{domain}")
    assert [now("running", minutes=14), now("running", minutes=2)] == [1, 2]


def test_a_sweep_begins_no_batch_that_would_take_longer_than_there_is(monkeypatch: Any) -> None:
    now, swept, takes = [0.0], [], {"company": 0.15, "person": 0.09}

    def batch(_session: Any, matching: Any, _now: Any) -> int:
        swept.append(matching.noun)
        now[0] += takes[matching.noun]
        return actions.RECORDS_PER_BATCH

    monkeypatch.setattr(actions, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(actions, "_sweep_batch", batch)
    any_: Any = None
    time = datetime(2026, 1, 1, tzinfo=UTC)
    assert actions.sweep(any_, time) == 3 * actions.RECORDS_PER_BATCH
    assert (swept, round(now[0], 2)) == (["company", "person", "person"], 0.33)
    takes["company"] = 1.0  # more than there is: each kind has its batch all the same
    swept.clear()
    actions.sweep(any_, time)
    assert swept == ["company", "person"]
