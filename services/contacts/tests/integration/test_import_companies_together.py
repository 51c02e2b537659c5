"""Lists of companies whose rows are written together: what they would be one after the other, whatever the step."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, event

from chassis.db import Database
from chassis.testing import at_once
from contacts.imports import job as import_job
from contacts.settings import settings

Json = dict[str, Any]
COUNTS = ("created", "updated", "unchanged", "duplicates", "failed")


def counts(job: Json) -> tuple[int, ...]:
    return tuple(job["result"][name] for name in COUNTS)


def named(api: Any) -> dict[str, str]:
    return {row["domain"]: row["name"] for row in api.get("/companies?limit=200").json["data"]}


def codes(api: Any, job: Json) -> list[tuple[str, str]]:
    rows = csv.DictReader(io.StringIO(api.get(f"/jobs/{job['id']}/errors").text))
    return [(row["error_row"], row["error_code"]) for row in rows]


@pytest.fixture(params=[1, 500])
def step(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_job, "COMPANIES_PER_STEP", request.param)


def test_names_change_hands_within_a_list(api: Any, imported: Any, outbox: Any, step: None) -> None:
    for domain, name in (("a.com", "Alpha"), ("b.com", "Beta"), ("c.com", "Gamma")):
        api.post("/companies", json={"name": name, "domain": domain})
    rows = "domain,name\na.com,Gamma\nb.com,New Beta\na.com,\nc.com,Beta\nd.com,Gamma\n,Alpha GmbH\n"
    done = imported(rows, entity="companies")
    assert (counts(done), codes(api, done)) == ((1, 2, 1, 1, 1), [("2", "taken")])
    assert named(api) == {"a.com": "Alpha", "b.com": "New Beta", "c.com": "Beta", "d.com": "Gamma"}
    told = [one for event in outbox.events("companies.changed") for one in event.data["companies"]]
    assert [(one["name"], one["sequence"]) for one in told] == [("New Beta", 2), ("Beta", 2)]


@pytest.fixture(params=["as listed", "by id"])
def order(request: pytest.FixtureRequest, database: Database) -> Iterator[None]:
    """One UPDATE takes its rows in the order of the list; or in that of their ids, as PostgreSQL may."""

    def merge_join(connection: Connection) -> None:
        for way in ("nestloop", "hashjoin"):
            connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")

    if request.param == "by id":
        event.listen(database.engine, "begin", merge_join)
    yield
    if request.param == "by id":
        event.remove(database.engine, "begin", merge_join)


def test_a_list_hands_every_name_to_the_next_company(api: Any, imported: Any, outbox: Any, order: None) -> None:
    made = [f"{kind}{i}" for kind in ("Up", "Down") for i in range(6)]
    imported("\n".join(["domain,name", *[f"{name.lower()}.com,{name}" for name in made]]), entity="companies")
    up = [("up0.com", "First"), *[(f"up{i}.com", f"Up{i - 1}") for i in range(1, 6)]]
    down = [("down5.com", "Last"), *[(f"down{i}.com", f"Down{i + 1}") for i in range(4, -1, -1)]]
    done = imported("\n".join(["domain,name", *[",".join(row) for row in up + down]]), entity="companies")
    assert (counts(done), named(api)) == ((0, 12, 0, 0, 0), dict(up + down))
    (told,) = outbox.events("companies.changed")
    assert [one["sequence"] for one in told.data["companies"]] == [2] * 12


@pytest.mark.parametrize("column", ["domain", "erp_no"])
def test_what_a_row_gives_up_a_later_one_fills_in(api: Any, imported: Any, admin: Any, step: None, column: str) -> None:
    body = {"entity": "companies", "key": "erp_no", "type": "text", "label": {"en": "No."}, "unique": True}
    assert api.post("/custom-fields", json=body, as_=admin).status_code == 201
    imported(f"name,{column}\nFills,\nGives,a.com\n", entity="companies")
    rows = f"name,city,{column}\nFills,Ulm,\nGives,,b.com\nFills,,a.com\n"
    done = imported(rows, entity="companies", match="name")
    assert (counts(done), codes(api, done)) == ((0, 2, 0, 1, 0), [])
    listed = api.get("/companies").json["data"]
    assert {row["name"]: row["custom"].get(column) or row["domain"] for row in listed} == {
        "Fills": "a.com", "Gives": "b.com",
    }  # fmt: skip


def test_a_later_row_fills_in_what_an_earlier_one_makes(api: Any, imported: Any, outbox: Any) -> None:
    first, second = "Acme,,Ulm,0755-26712345,a", "ACME Inc.,acme.com,Bonn,0755-26712346,b"
    rows = f"name,domain,city,phone,tags\n{first}\n{second}\n,acme.com,,,c\n"
    rehearsed = imported(rows, entity="companies", dry_run="true")
    done = imported(rows, entity="companies")
    assert counts(done) == counts(rehearsed) == (1, 0, 0, 2, 0)
    (made,) = api.get("/companies").json["data"]
    assert (made["name"], made["domain"], made["city"], made["tags"], made["version"]) == (
        "Acme", "acme.com", "Ulm", ["a", "b", "c"], 1,
    )  # fmt: skip
    assert len(made["phones"]) == 2
    (event,) = outbox.events("companies.imported")
    assert [(one["name"], one["domain"], one["sequence"]) for one in event.data["companies"]] == [
        ("Acme", "acme.com", 1)
    ]
    assert [row["name"] for row in api.get("/companies?q=acme.com").json["data"]] == ["Acme"]


def test_people_bear_the_name_that_a_list_gives_their_company(
    api: Any, imported: Any, person: Any, outbox: Any
) -> None:
    company = api.post("/companies", json={"name": "Acme", "domain": "acme.com"}).json
    li = person(name="Li", email="li@example.cn", company_id=company["id"])
    assert counts(imported("domain,name\nacme.com,Globex\n", entity="companies")) == (0, 1, 0, 0, 0)
    assert api.get(f"/people/{li['id']}").json["company_name"] == "Globex"
    assert outbox.types()[-3:] == ["companies.changed", "people.changed", "contacts.imported"]


def test_a_worker_that_dies_in_a_list_of_companies_is_followed_by_one_that_goes_on(
    api: Any, upload: Any, run_jobs: Any, outbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """As SIGKILL leaves things: nothing is caught, nothing is tidied up."""

    monkeypatch.setattr(import_job, "COMPANIES_PER_STEP", 2)
    original, steps = import_job.load_companies, []

    def dying(*arguments: Any) -> None:
        original(*arguments)
        steps.append(1)
        if len(steps) == 2:
            raise Killed

    monkeypatch.setattr(import_job, "load_companies", dying)
    api.post("/companies", json={"name": "C3"})
    rows = "\n".join(["name,city", *[f"C{i},Ulm" for i in range(5)]])
    job_id = upload(rows, entity="companies").json["id"]
    with pytest.raises(Killed):
        run_jobs()
    assert api.get(f"/jobs/{job_id}").json["done"] == 2
    run_jobs()
    assert counts(api.get(f"/jobs/{job_id}").json) == (4, 1, 0, 0, 0)
    told = [len(event.data["companies"]) for event in outbox.events("companies.imported")]
    assert (told, len(outbox.events("companies.changed"))) == ([2, 1, 1], 1)


def test_companies_that_others_make_meanwhile_are_made_once(
    api: Any, upload: Any, run_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTACTS_IMPORT_CHUNK", "5")
    settings.cache_clear()
    for order, city in ((range(30), "Ulm"), (range(29, -1, -1), "Bonn")):
        lines = [f"c{i}.com,C{i},{city}" for i in order]
        assert upload("\n".join(["domain,name,city", *lines]), entity="companies").status_code == 202

    def by_api() -> None:
        for i in range(0, 30, 3):
            assert api.post("/companies", json={"name": f"C{i}", "domain": f"c{i}.com"}).status_code in (201, 409)

    at_once(run_jobs, run_jobs, by_api)
    settings.cache_clear()
    jobs = api.get("/jobs").json["data"]
    assert [(job["status"], job["failed"]) for job in jobs] == [("done", 0), ("done", 0)]
    assert named(api) == {f"c{i}.com": f"C{i}" for i in range(30)}
