"""All people and companies told of again, as they are: whole, in order, once a step whatever dies."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import func, select

from chassis.ids import uuid7
from chassis.jobs import Job, command
from contacts.telling import job
from contacts.telling.kinds import KINDS

PEOPLE = KINDS[1]


@pytest.fixture
def known(api: Any, person: Any) -> Any:
    """A company with one of its people, and somebody by themselves who was changed since."""
    ann = person(name="Ann", company_name="Acme", email="ann@example.com", phone="+8613800138000")
    ben = person(name="Ben", tags=["vip"])
    changed = api.patch(f"/people/{ben['id']}", json={"country": "DE"}, if_match=ben["version"])
    assert changed.status_code == 200, changed.text
    return ann, changed.json


def test_everybody_is_told_of_as_they_are(api: Any, admin: Any, known: Any, outbox: Any, run_jobs: Any) -> None:
    ann, ben = known
    before = len(outbox.events())
    started = api.post("/tell-again", as_=admin)
    assert (started.status_code, started.json["status"]) == (202, "waiting")
    run_jobs()
    ended = api.get(f"/jobs/{started.json['id']}").json
    assert (ended["status"], ended["done"], ended["total"]) == ("done", 3, 3)
    assert ended["result"] == {"companies": 1, "people": 2}
    companies, people = outbox.events()[before:]
    assert [(e.type, e.subject, e.sequence) for e in (companies, people)] == [
        ("companies.told", f"jobs/{ended['id']}", 1), ("people.told", f"jobs/{ended['id']}", 2),
    ]  # fmt: skip
    first = outbox.one("company.created")
    assert companies.data["companies"] == [first.data | {"sequence": first.sequence}]
    last = {event.data["person_id"]: event for event in outbox.events()[:before] if event.type.startswith("contact.")}
    for told, event in zip(people.data["people"], (last[ann["id"]], last[ben["id"]]), strict=True):
        said = {name: value for name, value in event.data.items() if name != "personal"}
        assert told == said | {"sequence": event.sequence}
        assert people.personal[told["person_id"]] == event.personal
    assert api.get(f"/people/{ben['id']}").json == ben


def test_where_there_is_nobody_nothing_is_told(api: Any, admin: Any, outbox: Any, run_jobs: Any) -> None:
    started = api.post("/tell-again", as_=admin).json
    run_jobs()
    assert api.get(f"/jobs/{started['id']}").json["result"] == {"companies": 0, "people": 0}
    assert outbox.types() == []


def test_it_is_for_administrators_of_the_house(api: Any, admin: Any, known: Any, outbox: Any, user: Any) -> None:
    before = outbox.types()
    assert api.post("/tell-again", as_=user(reach="all")).status_code == 403
    scopes = "contacts:read contacts:write gateway:admin"
    partner = user(scopes=scopes, reach="partner", partner_id=uuid7())
    assert api.post("/tell-again", as_=partner).status_code == 403
    assert api.get("/jobs", as_=admin).json["data"] == []
    assert outbox.types() == before


def test_asked_by_several_at_once_it_is_one_job(api: Any, admin: Any) -> None:
    answers: list[Any] = []
    threads = [threading.Thread(target=lambda: answers.append(api.post("/tell-again", as_=admin))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json["id"] for answer in answers}) == 1


def test_who_goes_on_after_a_death_tells_of_the_rest(
    database: Any, known: Any, outbox: Any, run_jobs: Any, clock: Any, monkeypatch: Any, capsys: Any
) -> None:
    monkeypatch.setattr(job, "STEP", 1)
    step, calls = job._step, []

    def dies(run: Any, kind: Any) -> int:
        calls.append(kind)
        if len(calls) == 4:  # behind the company, the end of the companies, and Ann
            raise OSError("killed")
        return step(run, kind)

    monkeypatch.setattr(job, "_step", dies)
    with database.transaction() as session:
        job.tell_again(session)
    run_jobs()
    assert (outbox.types().count("companies.told"), outbox.types().count("people.told")) == (1, 1)
    clock.advance(minutes=1)
    threading.Timer(0.1, run_jobs).start()
    assert command.run(database.service, "tell-again", database) == 0
    assert '"result":{"people":2,"companies":1}' in capsys.readouterr().out
    told = [event for event in outbox.events() if event.type in ("companies.told", "people.told")]
    assert [event.sequence for event in told] == [1, 2, 3]
    assert [one["person_id"] for event in told[1:] for one in event.data["people"]] == [one["id"] for one in known]


def test_nobody_is_deleted_between_being_read_and_told_of(api: Any, database: Any, known: Any) -> None:
    """Or the news of the deletion could come first, and a listener would keep who is not there any more."""
    gone: list[int] = []

    def delete(version: int) -> None:
        gone.append(api.delete(f"/people/{known[0]['id']}", if_match=version).status_code)

    with database.transaction() as session:
        ann, _ = PEOPLE.next(session, None, 10)
        deleting = threading.Thread(target=delete, args=(ann.version,))
        deleting.start()
        deleting.join(0.5)
        assert gone == []
    deleting.join(10)
    assert gone == [204]


def test_a_job_that_needs_more_than_its_name_is_not_started_by_it(database, session) -> None:
    for kind in ("import", "tell"):
        with pytest.raises(LookupError, match=f"no job {kind} to start by its name; it has rotate-keys, tell-again"):
            command.run(database.service, kind, database)
    assert session.scalar(select(func.count(Job.id))) == 0
