"""Imports taken back: what they made goes, what they changed is as before, and what happened since stays."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from contacts.imports import forgetting, undo

Json = dict[str, Any]


@pytest.fixture
def undone(api: Any, run_jobs: Any) -> Callable[[str], Json]:
    """Undoes an import to the end; the job."""

    def run(import_id: str) -> Json:
        response = api.post(f"/imports/{import_id}/undo")
        assert response.status_code == 202, response.text
        run_jobs()
        job: Json = api.get(f"/jobs/{response.json['id']}").json
        assert job["status"] == "done", job
        return job

    return run


def everything(api: Any) -> list[Json]:
    """All people without what any change raises."""
    people = api.get("/people?sort=name&limit=200").json["data"]
    return [{k: v for k, v in person.items() if k not in ("version", "updated_at")} for person in people]


def names(api: Any, path: str = "/people") -> list[str]:
    return sorted(row["name"] for row in api.get(f"{path}?limit=200").json["data"])


ROWS = """name,email,phone,company,city,tags
Anna S.,anna@example.de,13800138000,Acme,Ulm,fair
New,new@example.de,,Newco,,
Anna,anna@example.de,13900139000,,,late
Twice,new@example.de,13700137000,,,
"""


def test_an_undone_import_leaves_everything_as_it_was(
    api: Any, imported: Any, person: Any, undone: Any, outbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    person(name="Anna", email="anna@example.de", company_name="Acme", city="Berlin", tags=["old"])
    before, companies = everything(api), names(api, "/companies")
    job = imported(ROWS)
    assert names(api) == ["Anna S.", "New"]
    told = len(outbox.types())
    monkeypatch.setattr(undo, "PER_STEP", 1)
    result = undone(job["id"])["result"]
    assert result == {"removed": 1, "restored": 1, "left": 0, "companies": 1}
    assert (everything(api), names(api, "/companies")) == (before, companies)
    assert sorted(outbox.types()[told:]) == ["companies.deleted", "people.changed", "people.deleted"]
    (restored,) = outbox.one("people.changed").personal.values()
    assert restored["phones"] == []
    assert [event.sequence for event in outbox.events()[told:]] == [1, 2, 3]
    assert api.get("/people?q=13800138000").json["data"] == []
    assert [person["version"] for person in api.get("/people").json["data"]] == [3]
    assert undone(job["id"])["result"] == {"removed": 0, "restored": 0, "left": 0, "companies": 0}
    assert len(outbox.types()) == told + 3
    assert imported(ROWS)["result"]["created"] == 1  # and it can be imported again


def test_steps_that_came_to_the_same_person_are_undone_to_the_first_state(
    api: Any, imported: Any, person: Any, undone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from contacts.settings import settings

    monkeypatch.setenv("CONTACTS_IMPORT_CHUNK", "1")
    settings.cache_clear()
    person(name="Anna", email="anna@example.de", city="Berlin", tags=["old"])
    before = everything(api)
    job = imported(ROWS)
    monkeypatch.undo()
    settings.cache_clear()
    assert undone(job["id"])["result"] == {"removed": 1, "restored": 1, "left": 0, "companies": 2}
    assert everything(api) == before


def test_what_was_touched_since_is_left_with_the_reason(
    api: Any, imported: Any, person: Any, undone: Any, outbox: Any
) -> None:
    person(name="Anna", email="anna@example.de")
    rows = ["name,email,company", "Anna S.,anna@example.de,", *(f"P{i},p{i}@example.de,Acme {i}" for i in range(4))]
    job = imported("\n".join(rows))
    people = {p["name"]: p for p in api.get("/people").json["data"]}
    for name in ("Anna S.", "P0"):
        one = people[name]
        change = {"city": "Ulm"}
        headers = {"If-Match": f'"{one["version"]}"'}
        assert api.patch(f"/people/{one['id']}", json=change, headers=headers).status_code == 200
    called = {"person_id": people["P1"]["id"], "channel": "visit", "summary": "On site"}
    assert api.post("/interactions", json=called).status_code == 201
    gone = people["P2"]
    assert api.delete(f"/people/{gone['id']}", headers={"If-Match": f'"{gone["version"]}"'}).status_code == 204
    left = undone(job["id"])
    assert left["result"] == {"removed": 1, "restored": 0, "left": 4, "companies": 2}
    errors = csv.DictReader(io.StringIO(api.get(f"/jobs/{left['id']}/errors").text))
    why = {row["person_id"]: row["error_code"] for row in errors}
    expected = {"Anna S.": "changed_since", "P0": "changed_since", "P1": "used_since", "P2": "gone"}
    assert why == {people[name]["id"]: code for name, code in expected.items()}
    assert names(api) == ["Anna S.", "P0", "P1"]
    assert names(api, "/companies") == ["Acme 0", "Acme 1"]


def test_an_undo_that_dies_is_followed_by_one_that_goes_on(
    api: Any, imported: Any, run_jobs: Any, outbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """As SIGKILL leaves things."""

    job = imported("\n".join(["name,email", *(f"P{i},p{i}@example.de" for i in range(5))]))
    original, steps = undo._report, []

    def dying(*arguments: Any) -> None:
        original(*arguments)
        steps.append(1)
        if len(steps) == 2:
            raise Killed

    monkeypatch.setattr(undo, "PER_STEP", 2)
    monkeypatch.setattr(undo, "_report", dying)
    started = api.post(f"/imports/{job['id']}/undo").json["id"]
    with pytest.raises(Killed):
        run_jobs()
    assert len(names(api)) == 3
    assert api.post(f"/imports/{job['id']}/undo").json["id"] == started
    run_jobs()
    ended = api.get(f"/jobs/{started}").json
    assert (ended["status"], ended["done"], ended["result"]["removed"]) == ("done", 5, 5)
    assert names(api) == []
    assert sum(len(event.data["person_ids"]) for event in outbox.events("people.deleted")) == 5


def test_what_cannot_be_undone_is_refused(api: Any, user: Any, upload: Any, imported: Any, outbox: Any) -> None:
    rehearsed = imported(ROWS, dry_run="true")
    assert api.post(f"/imports/{rehearsed['id']}/undo").json["code"] == "dry_run"
    waiting = upload(ROWS).json
    assert api.post(f"/imports/{waiting['id']}/undo").status_code == 409
    assert api.post(f"/imports/{waiting['id']}/undo", as_=user(reach="own")).status_code == 404
    assert api.post("/imports/019aa0d0-4321-7abc-8def-0a1b2c3d4e08/undo").status_code == 404
    assert len(api.get("/jobs").json["data"]) == 2


def test_what_an_undo_needs_goes_with_the_person(api: Any, imported: Any, person: Any, session: Any) -> None:
    anna = person(name="Anna", email="anna@example.de", note="private")
    imported("name,email,note\nAnna S.,anna@example.de,other\n")
    kept = "SELECT before->>'note' FROM import_changes"
    assert session.scalars(text(kept)).all() == ["private"]
    session.rollback()
    assert api.delete(f"/people/{anna['id']}", headers={"If-Match": '"2"'}).status_code == 204
    assert session.scalars(text(kept)).all() == []


def test_an_import_is_paused_resumed_and_cancelled_in_the_middle(
    api: Any, upload: Any, run_jobs: Any, undone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from contacts.imports import job as importing
    from contacts.settings import settings

    monkeypatch.setenv("CONTACTS_IMPORT_CHUNK", "2")
    settings.cache_clear()
    import_id = upload("\n".join(["name,email", *(f"P{i},p{i}@example.de" for i in range(9))])).json["id"]
    original, steps = importing._step, []

    def asked(*arguments: Any) -> None:
        original(*arguments)
        steps.append(1)
        action = {1: "pause", 3: "cancel"}.get(len(steps))
        if action:
            assert api.post(f"/jobs/{import_id}/{action}").status_code == 200

    monkeypatch.setattr(importing, "_step", asked)
    run_jobs()
    job = api.get(f"/jobs/{import_id}").json
    assert (job["status"], job["done"], len(names(api))) == ("paused", 2, 2)
    assert api.post(f"/jobs/{import_id}/resume").status_code == 200
    run_jobs()
    job = api.get(f"/jobs/{import_id}").json
    assert (job["status"], job["done"], len(names(api))) == ("cancelled", 6, 6)
    monkeypatch.undo()
    settings.cache_clear()
    assert undone(import_id)["result"]["removed"] == 6
    assert names(api) == []


def test_what_is_kept_for_an_undo_goes_when_it_is_too_late(
    api: Any, imported: Any, person: Any, clock: Any, tick: Any, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "AT_ONCE", 1)
    person(name="Anna", email="anna@example.de")
    old = imported(ROWS)
    clock.advance(days=29)
    new = imported("name,email,company\nLate,late@example.de,Lateco\n")
    kept = text(
        "SELECT (SELECT count(*) FROM imported_people), (SELECT count(*) FROM import_changes),"
        " (SELECT count(*) FROM imported_companies)"
    )
    assert tuple(session.execute(kept).one()) == (3, 1, 3)
    session.rollback()
    clock.advance(days=1, seconds=1)
    for _ in range(4):
        tick("forget_imports")
    assert tuple(session.execute(kept).one()) == (1, 0, 1)
    refused = api.post(f"/imports/{old['id']}/undo")
    assert (refused.status_code, refused.json["code"]) == (409, "too_late")
    assert api.post(f"/imports/{new['id']}/undo").status_code == 202


def test_who_bears_another_name_of_their_company_since_is_as_the_import_left_them(
    api: Any, imported: Any, person: Any, undone: Any
) -> None:
    """The company was called otherwise, twice, by us: nobody changed the people."""
    person(name="Anna", email="anna@example.de", company_name="Acme", city="Berlin")
    touched = person(name="Bo", email="bo@example.de", company_name="Acme", city="Berlin")
    job = imported(
        "name,email,company,city\nAnna,anna@example.de,,Ulm\nBo,bo@example.de,,Ulm\nNew,n@example.de,Acme,\n"
    )
    (acme,) = api.get("/companies").json["data"]
    for name in ("Zenith", "Nadir"):
        path = f"/companies/{acme['id']}"
        assert api.patch(path, json={"name": name}, if_match=api.get(path).json["version"]).status_code == 200
    path = f"/people/{touched['id']}"
    assert api.patch(path, json={"note": "by hand"}, if_match=api.get(path).json["version"]).status_code == 200
    left = undone(job["id"])
    assert left["result"] == {"removed": 1, "restored": 1, "left": 1, "companies": 0}
    assert "changed_since" in api.get(f"/jobs/{left['id']}/errors").text
    now = {one["name"]: (one["city"], one["company_name"]) for one in api.get("/people").json["data"]}
    assert now == {"Anna": ("Berlin", "Nadir"), "Bo": ("Ulm", "Nadir")}
