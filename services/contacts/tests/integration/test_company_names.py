"""A company comes to be called otherwise: its people bear its name at once, whatever else happens to them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, text

from chassis.ids import uuid7
from chassis.jobs import Job
from chassis.testing import at_once, eventually
from contacts.companies.model import Company
from contacts.imports import making
from contacts.people import companions
from contacts.people.model import Person

WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


@pytest.fixture
def acme(api: Any) -> Any:
    return api.post("/companies", json={"name": "Acme"}).json


def change(api: Any, path: str, one: Any, **changes: Any) -> Any:
    """A change of its newest version, asked again as often as somebody else came first."""
    while True:
        version = api.get(f"/{path}/{one['id']}").json["version"]
        answer = api.patch(f"/{path}/{one['id']}", json=changes, if_match=version)
        if answer.status_code != 412:
            return answer


def call(api: Any, company: Any, name: str) -> None:
    answer = change(api, "companies", company, name=name)
    assert answer.status_code == 200, answer.text


def delete(api: Any, company: Any) -> None:
    version = api.get(f"/companies/{company['id']}").json["version"]
    assert api.delete(f"/companies/{company['id']}", if_match=version).status_code == 204


def now(api: Any, person: Any) -> Any:
    return api.get(f"/people/{person['id']}").json


def staff(api: Any, company: Any) -> list[Any]:
    people: list[Any] = api.get(f"/people?company_id={company['id']}&limit=200").json["data"]
    return people


def found(api: Any, words: str) -> set[str]:
    return {one["id"] for one in api.get(f"/people?q={words}").json["data"]}


def test_people_bear_the_new_name_at_once(api: Any, acme: Any, person: Any, outbox: Any) -> None:
    ann, bo = (person(name=name, company_id=acme["id"]) for name in ("Ann", "Bo"))
    other = person(name="Cy", company_name="Acme Holding")
    before = len(outbox.types())
    call(api, acme, "Zenith")
    assert [(one["company_name"], one["version"]) for one in (now(api, ann), now(api, bo))] == [("Zenith", 2)] * 2
    assert (found(api, "zenith"), found(api, "acme")) == ({ann["id"], bo["id"]}, {other["id"]})
    assert now(api, other) == other
    assert sorted(outbox.types()[before:]) == ["company.updated", "people.changed"]
    told = outbox.one("people.changed")
    assert [(one["person_id"], one["company_id"], one["sequence"]) for one in told.data["people"]] == [
        (ann["id"], acme["id"], 2), (bo["id"], acme["id"], 2),
    ]  # fmt: skip
    assert told.personal[ann["id"]]["company_name"] == "Zenith"

    call(api, acme, "Zenith")  # called so already
    change(api, "companies", acme, city="Ulm")
    assert now(api, ann)["version"] == 2
    assert outbox.types().count("people.changed") == 1
    taken = change(api, "companies", acme, name="Acme Holding")
    assert (taken.status_code, now(api, ann)["company_name"], outbox.types().count("people.changed")) == (
        409, "Zenith", 1,
    )  # fmt: skip


def test_of_a_large_company_a_job_calls_the_others_and_survives_a_crash(
    api: Any, acme: Any, person: Any, outbox: Any, run_jobs: Any, database: Any, clock: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(companions, "AT_ONCE", 2)
    for i in range(5):
        person(name=f"P{i}", company_id=acme["id"])
    call(api, acme, "Zenith")
    assert sorted(one["company_name"] for one in staff(api, acme)) == ["Acme"] * 3 + ["Zenith"] * 2
    calls, real = [], companions.bundles.tell_people

    def dies(*args: Any) -> int:
        calls.append(args)
        if len(calls) == 2:
            raise OSError("killed")
        return real(*args)

    monkeypatch.setattr(companions.bundles, "tell_people", dies)
    run_jobs()
    assert sorted(one["company_name"] for one in staff(api, acme)) == ["Acme"] + ["Zenith"] * 4
    with database.transaction() as session:
        job_id = session.scalar(select(Job.id).where(Job.kind == companions.KIND))
    monkeypatch.setattr(companions.bundles, "tell_people", real)
    clock.advance(minutes=10)
    run_jobs()
    assert api.get(f"/jobs/{job_id}").json["result"] == {"people": 3}
    assert {(one["company_name"], one["version"]) for one in staff(api, acme)} == {("Zenith", 2)}
    told = outbox.events("people.changed")
    assert sorted(len(event.data["people"]) for event in told) == [1, 2, 2]
    assert [event.sequence for event in told if event.subject == f"jobs/{job_id}"] == [1, 2]


def test_a_company_renamed_twice_before_its_job_ran_ends_with_the_last_name(
    api: Any, acme: Any, person: Any, run_jobs: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(companions, "AT_ONCE", 1)
    for i in range(3):
        person(name=f"P{i}", company_id=acme["id"])
    for name in ("Zenith", "Nadir"):
        call(api, acme, name)
    at_once(run_jobs, run_jobs)
    run_jobs()
    assert {one["company_name"] for one in staff(api, acme)} == {"Nadir"}
    call(api, acme, "Gone")
    delete(api, acme)
    run_jobs()
    assert sorted(one["company_name"] for one in api.get("/people").json["data"]) == ["Gone", "Nadir", "Nadir"]


def test_a_bulk_edit_renames_as_a_single_change_does(api: Any, acme: Any, person: Any, run_jobs: Any) -> None:
    ann = person(name="Ann", company_id=acme["id"])
    body = {"ids": [acme["id"]], "replace": [{"field": "name", "find": "Acme", "by": "Zenith"}]}
    edit = api.post("/companies/bulk-edits", json=body).json
    run_jobs()
    assert now(api, ann)["company_name"] == "Zenith"
    assert api.post(f"/bulk-edits/{edit['id']}/undo").status_code == 202
    run_jobs()
    assert now(api, ann)["company_name"] == "Acme"


def test_a_merge_that_takes_the_name_of_the_loser_is_seen_on_everybody(api: Any, acme: Any, person: Any) -> None:
    zenith = api.post("/companies", json={"name": "Zenith"}).json
    ann, bo = person(name="Ann", company_id=acme["id"]), person(name="Bo", company_id=zenith["id"])
    body = {"loser_ids": [zenith["id"]], "fields": {"name": zenith["id"]}}
    merged = api.post(f"/companies/{acme['id']}/merge", json=body)
    assert (merged.status_code, merged.json["company"]["name"]) == (200, "Zenith"), merged.text
    assert {(now(api, one)["company_id"], now(api, one)["company_name"]) for one in (ann, bo)} == {
        (acme["id"], "Zenith")
    }
    assert api.post(f"/merges/{merged.json['merges'][0]['id']}/unmerge").status_code == 200
    assert [(now(api, one)["company_id"], now(api, one)["company_name"]) for one in (ann, bo)] == [
        (acme["id"], "Acme"), (zenith["id"], "Zenith"),
    ]  # fmt: skip


def test_what_is_taken_back_bears_the_name_of_today(api: Any, acme: Any, person: Any, run_jobs: Any) -> None:
    """An edit, and a merge of people, from before the company was renamed."""
    nadir = api.post("/companies", json={"name": "Nadir"}).json
    ann, bo, none = (person(name=name, company_id=id_) for name, id_ in (
        ("Ann", acme["id"]), ("Bo", acme["id"]), ("Cy", None),
    ))  # fmt: skip
    edit = api.post("/people/bulk-edits", json={"ids": [ann["id"], none["id"]], "set": {"company_id": nadir["id"]}})
    run_jobs()
    merge = api.post(f"/people/{none['id']}/merge", json={"loser_id": bo["id"], "fields": {"company": bo["id"]}})
    assert merge.json["person"]["company_name"] == "Acme", merge.text
    call(api, acme, "Zenith")
    call(api, nadir, "Low")
    assert now(api, none)["company_name"] == "Zenith"
    parted = api.post(f"/merges/{merge.json['merges'][0]['id']}/unmerge")
    assert parted.status_code == 200, parted.text
    assert [(now(api, one)["company_id"], now(api, one)["company_name"]) for one in (bo, none)] == [
        (acme["id"], "Zenith"), (nadir["id"], "Low"),
    ]  # fmt: skip
    assert api.post(f"/bulk-edits/{edit.json['id']}/undo").status_code == 202
    run_jobs()
    assert [(now(api, one)["company_id"], now(api, one)["company_name"]) for one in (ann, none)] == [
        (acme["id"], "Zenith"), (None, None),
    ]  # fmt: skip


def test_who_is_parted_from_somebody_comes_back_without_a_company_that_is_gone(
    api: Any, acme: Any, person: Any
) -> None:
    ann, bo = person(name="Ann", email="a@example.com"), person(name="Bo", company_id=acme["id"])
    merge = api.post(f"/people/{ann['id']}/merge", json={"loser_id": bo["id"]}).json["merges"][0]
    delete(api, acme)
    parted = api.post(f"/merges/{merge['id']}/unmerge")
    assert parted.status_code == 200, parted.text
    assert [(one["company_id"], one["company_name"]) for one in (now(api, bo), now(api, ann))] == [
        (None, "Acme"), (None, None),
    ]  # fmt: skip


def test_renamed_while_people_come_by_every_door(
    api: Any, acme: Any, person: Any, upload: Any, run_jobs: Any, database: Any, monkeypatch: Any, deadlocks: Any
) -> None:
    """Whoever comes first, nobody is left with a name that is not their company's; and nobody waits in a circle."""
    monkeypatch.setattr(companions, "AT_ONCE", 7)
    ann = person(name="Ann", company_id=acme["id"])
    for turn in range(4):
        rows = "".join(f"P{i},p{turn}-{i}@example.com,Acme\n" for i in range(30))
        upload("name,email,company\n" + rows)
        at_once(
            run_jobs,
            lambda: call(api, acme, "Zenith"),
            lambda turn=turn: person(name="New", email=f"n{turn}@example.com", company_name="Acme"),
            lambda: change(api, "people", ann, company_id=acme["id"]),
            lambda: change(api, "people", ann, company_name="Acme", city="Ulm"),
        )
        run_jobs()
        call(api, acme, "Nadir")
        run_jobs()
        change(api, "companies", acme, name=f"Acme {turn}")
        run_jobs()
    other = select(Person.id).join(Company, Person.company_id == Company.id).where(Person.company_name != Company.name)
    with database.transaction() as session:
        assert session.scalars(other).all() == []
    assert deadlocks == []


def test_a_renaming_waits_for_the_step_of_an_import_that_brings_people(
    api: Any, acme: Any, upload: Any, run_jobs: Any, database: Any, monkeypatch: Any
) -> None:
    real, renamed = making.create, []

    def somebody_waits() -> Any:
        with database.transaction() as session:
            return session.scalar(WAITING)

    def create(*args: Any) -> Any:
        renamed.append(pool.submit(call, api, acme, "Zenith"))
        eventually(somebody_waits)
        return real(*args)

    monkeypatch.setattr(making, "create", create)
    upload("name,email,company\nAnn,ann@example.com,Acme\n")
    with ThreadPoolExecutor(1) as pool:
        run_jobs()
    assert [future.result() for future in renamed] == [None]
    assert [(one["name"], one["company_name"]) for one in staff(api, acme)] == [("Ann", "Zenith")]


def test_a_change_of_the_company_comes_to_the_company_before_the_person(
    api: Any, acme: Any, person: Any, database: Any
) -> None:
    """Whoever waits for a company holds nobody."""
    ann = person(name="Ann")
    with database.transaction() as session:
        session.get_one(Company, acme["id"], with_for_update={"key_share": True})

        def take_on() -> Any:
            return change(api, "people", ann, company_name="Acme")

        def look() -> Any:
            try:
                with database.transaction() as others:
                    eventually(lambda: others.scalar(WAITING))
                    return others.get(Person, ann["id"], with_for_update={"nowait": True}).name
            finally:
                session.rollback()

        changed, held = at_once(take_on, look)
    assert (changed.status_code, changed.json["company_name"], held) == (200, "Acme", "Ann")


def test_a_company_that_is_not_there_is_refused_and_nothing_changes(api: Any, person: Any, outbox: Any) -> None:
    ann = person(name="Ann")
    before = outbox.types()
    refused = change(api, "people", ann, company_id=str(uuid7()))
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "unknown_reference")
    outdated = api.patch(f"/people/{ann['id']}", json={"company_name": "Newco"}, if_match=7)
    assert (outdated.status_code, api.get("/companies").json["data"]) == (412, [])
    assert (now(api, ann), outbox.types()) == (ann, before)
