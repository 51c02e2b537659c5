"""The same person through all doors at once, and merges against everything else that happens to a record."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from chassis.testing import at_once


def merge(api: Any, survivor: Any, loser: Any) -> Any:
    return api.post(f"/people/{survivor['id']}/merge", json={"loser_id": loser["id"]})


def everybody(api: Any) -> list[Any]:
    rows: list[Any] = api.get("/people").json["data"]
    return rows


def test_one_person_posted_by_form_api_and_import_at_once_is_one_record(
    api: Any, deliver: Any, form: Any, upload: Any, run_jobs: Any
) -> None:
    """48 times, on threads of their own, over three doors."""
    for _ in range(15):
        assert upload("name,email,phone\n王小明,ming@example.cn,138-0013-8000\n").status_code == 202

    def by_form() -> Any:
        data, personal = form()
        return deliver("marketing", "form.submitted", data, personal=personal)

    def by_api() -> Any:
        return api.post("/people", json={"name": "王小明", "email": "MING@example.cn", "phone": "13800138000"})

    at_once(*[by_form] * 15, *[by_api] * 15, *[run_jobs] * 3)
    run_jobs()
    (left,) = everybody(api)
    assert ([p["value"] for p in left["emails"]], left["phone"]) == (["ming@example.cn"], "+8613800138000")


def test_forms_and_posts_of_one_person_wait_for_each_other_in_one_order(
    api: Any, deliver: Any, form: Any, deadlocks: Any
) -> None:
    """Whoever makes somebody comes to their company first; who fills somebody in has to, too, or they wait in a circle
    and PostgreSQL ends one of them, whose transaction runs again unseen."""
    for turn in range(6):
        who = {"email": f"m{turn}@example.cn", "phone": f"1380013{turn:04d}"}

        def by_form(who: Any = who, turn: int = turn) -> Any:
            data, personal = form(**who, company_name=f"Acme {turn}")
            return deliver("marketing", "form.submitted", data, personal=personal)

        at_once(*[by_form, lambda who=who: api.post("/people", json={"name": "王小明", **who})] * 6)
    assert len(everybody(api)) == 6
    assert deadlocks == []


_BROKEN = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")


def test_people_and_their_companies_merged_at_once_wait_in_one_order(
    api: Any, person: Any, database: Any, deadlocks: Any
) -> None:
    """Companies first, then people, whoever merges, parts, moves or ties them: nobody waits in a circle."""

    def company(name: str) -> Any:
        return api.post("/companies", json={"name": name}).json

    def join(path: str, survivor: Any, loser: Any, **fields: Any) -> Any:
        body = {"loser_id": loser["id"], "fields": fields}
        return lambda: api.post(f"/{path}/{survivor['id']}/merge", json=body)

    def move(one: Any, to: Any) -> Any:
        return lambda: api.patch(f"/people/{one['id']}", json={"company_id": to["id"]}, if_match=one["version"])

    def tie(one: Any, to: Any) -> Any:
        body = {"kind": "advisor_of", "from_person_id": one["id"], "to_company_id": to["id"]}
        return lambda: api.post("/relationships", json=body)

    with database.reading() as session:
        before = session.scalar(_BROKEN)
    for turn in range(10):
        a, b, c = (company(f"{name} {turn}") for name in ("Acme", "Nadir", "Zenith"))
        ann, anna, bo, cy = (
            person(name=name, email=f"{name.lower()}{turn}@example.com", company_id=one["id"])
            for name, one in (("Ann", a), ("Anna", b), ("Bo", b), ("Cy", b))
        )
        answers = at_once(
            join("companies", a, b),
            join("people", ann, anna, company=anna["id"]),
            join("people", anna, ann, company=anna["id"]),
            move(bo, c),
            tie(cy, b),
        )
        assert {answer.status_code for answer in answers} <= {200, 201, 409, 412, 422}, [one.text for one in answers]
        (left,) = [one for one in everybody(api) if f"ann{turn}@example.com" in {p["value"] for p in one["emails"]}]
        assert (left["company_id"], left["company_name"]) == (a["id"], a["name"])
        assert {p["value"] for p in left["emails"]} == {f"{name}{turn}@example.com" for name in ("ann", "anna")}
    assert deadlocks == []
    with database.reading() as session:
        assert session.scalar(_BROKEN) == before


def test_a_merge_against_an_import_of_the_same_people(api: Any, person: Any, upload: Any, run_jobs: Any) -> None:
    """Whoever comes first, both people's data is in the one who is left, and an import makes nobody anew."""
    for turn in range(4):
        a = person(name="Anna A", email=f"a{turn}@example.com")
        b = person(name="Anna B", email=f"b{turn}@example.com")
        rows = f"name,email,job title,tags\nAnna A,a{turn}@example.com,Buyer,one\nAnna B,b{turn}@example.com,,two\n"
        job = upload(rows).json
        merged, _ = at_once(lambda a=a, b=b: merge(api, a, b), run_jobs)
        run_jobs()
        assert merged.status_code == 200, merged.text
        done = api.get(f"/jobs/{job['id']}").json
        assert (done["status"], done["result"]["created"], done["result"]["failed"]) == ("done", 0, 0)
        (left,) = [one for one in everybody(api) if f"a{turn}@" in str(one["emails"])]
        assert {p["value"] for p in left["emails"]} == {f"a{turn}@example.com", f"b{turn}@example.com"}
        assert left["id"] == a["id"]
        assert (left["job_title"], set(left["tags"])) == ("Buyer", {"one", "two"})
        assert api.get(f"/people/{b['id']}").status_code == 308
    assert len(everybody(api)) == 4


def test_a_merge_against_an_erasure_brings_nobody_back(api: Any, person: Any, user: Any, outbox: Any) -> None:
    """Merged first, the erasure is of both, or it is of the loser and the merge finds nobody; under no id is anything
    left of who was erased."""
    officer = user(scopes="contacts:read contacts:write contacts:privacy")
    for turn in range(5):
        a = person(name="Anna A", email=f"a{turn}@example.com")
        b = person(name="Anna B", email=f"b{turn}@example.com")
        body = {"kind": "erasure", "person_id": b["id"], "identity": "Showed her passport at the desk."}
        request = api.post("/privacy/requests", json=body, as_=officer).json
        merged, begun = at_once(
            lambda a=a, b=b: merge(api, a, b),
            lambda request=request: api.post(f"/privacy/requests/{request['id']}/begin", as_=officer),
        )
        assert begun.status_code == 202, begun.text
        erased = set(outbox.events("contact.erased")[-1].data["person_ids"])
        left = [one for one in everybody(api) if one["id"] in (a["id"], b["id"])]
        if merged.status_code == 200:
            assert (erased, left) == ({a["id"], b["id"]}, [])
        else:
            assert (merged.status_code, erased) == (404, {b["id"]})
            assert [(one["id"], one["email"]) for one in left] == [(a["id"], f"a{turn}@example.com")]
        assert api.get(f"/people/{b['id']}").status_code == 404
        assert api.get(f"/people?email=b{turn}@example.com").json["data"] == []


def test_twenty_overlapping_merges_lose_nothing(api: Any, person: Any, outbox: Any) -> None:
    a, b, c = people = [person(name=n, email=f"{n}@example.com", tags=[n]) for n in "abc"]
    for one in people:
        body = {"person_id": one["id"], "title": "Call", "due_at": "2030-01-01T00:00:00Z"}
        assert api.post("/tasks", json=body).status_code == 201
    pairs = [(a, b), (b, c), (c, a)] * 7
    answers = at_once(*(lambda pair=pair: merge(api, *pair) for pair in pairs[:20]))
    assert {r.status_code for r in answers} == {200}
    (left,) = everybody(api)
    assert {p["value"] for p in left["emails"]} == {f"{n}@example.com" for n in "abc"}
    assert set(left["tags"]) == set("abc")
    assert len(api.get(f"/tasks?person_id={left['id']}").json["data"]) == 3
    assert outbox.types().count("contact.merged") == 2


def test_a_merge_against_changes_of_both_ends_in_one_consistent_record(api: Any, person: Any, outbox: Any) -> None:
    a, b = person(name="A", email="a@example.com"), person(name="B", email="b@example.com")
    changes = [
        lambda one=one, i=i: api.patch(f"/people/{one['id']}", json={"job_title": f"T{i}"}, if_match=1)
        for i, one in enumerate([a, b] * 4)
    ]
    answers = at_once(lambda: merge(api, a, b), *changes)
    assert answers[0].status_code == 200, answers[0].text
    assert {r.status_code for r in answers[1:]} <= {200, 404, 409, 412}, [r.text for r in answers]
    (left,) = everybody(api)
    assert (left["id"], {p["value"] for p in left["emails"]}) == (a["id"], {"a@example.com", "b@example.com"})
    assert outbox.events("contact.updated")[-1].sequence == left["version"]


def test_a_merge_against_a_deletion_leaves_no_half(api: Any, person: Any, outbox: Any) -> None:
    for _ in range(4):
        a, b = person(name="A", email="a@example.com"), person(name="B", email="b@example.com")
        merged, gone = at_once(
            lambda a=a, b=b: merge(api, a, b), lambda b=b: api.delete(f"/people/{b['id']}", if_match=1)
        )
        assert (merged.status_code, gone.status_code) in {(200, 409), (200, 404), (404, 204)}, (merged.text, gone.text)
        (left,) = everybody(api)
        emails = {"a@example.com"} | ({"b@example.com"} if merged.status_code == 200 else set())
        assert (left["id"], {p["value"] for p in left["emails"]}) == (a["id"], emails)
        api.delete(f"/people/{a['id']}", if_match=left["version"])


def test_a_merge_against_its_own_parting(api: Any, person: Any) -> None:
    a, b, c = (person(name=n, email=f"{n}@example.com") for n in "abc")
    first = merge(api, a, b).json["merges"][0]
    parted, further = at_once(lambda: api.post(f"/merges/{first['id']}/unmerge"), lambda: merge(api, c, a))
    assert further.status_code == 200
    assert parted.status_code in (200, 409), parted.text
    mails = {p["value"] for one in everybody(api) for p in one["emails"]}
    assert (mails, len(everybody(api))) == ({f"{n}@example.com" for n in "abc"}, 2 if parted.status_code == 200 else 1)


def test_a_chain_never_widens_consent_nor_does_its_parting(api: Any, person: Any) -> None:
    a, b, c = (person(name=n) for n in "abc")
    for one, granted in ((a, True), (b, True), (c, False)):
        path = f"/people/{one['id']}/consents"
        body = {"at": "2026-01-01T00:00:00Z", "text": "My word."}
        answer = (
            api.post(path, json=body | {"purpose": "marketing"})
            if granted
            else api.post(f"{path}/marketing/withdraw", json=body)
        )
        assert answer.status_code in (200, 201)
    inner = merge(api, b, c).json["merges"][0]
    outer = merge(api, a, b).json["merges"][0]
    held = [api.get(f"/people/{a['id']}/consents").json["data"][0]["granted"]]
    for one in (outer, inner):
        assert api.post(f"/merges/{one['id']}/unmerge").status_code == 200
    held += [api.get(f"/people/{one['id']}/consents").json["data"][0]["granted"] for one in (a, b, c)]
    assert held == [False, False, False, False]
