"""The same person fifty times at once, over every door of the running platform, is one record; and a merged one is
still found under the old id."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from chassis.testing import at_once, eventually
from launcher.demo.journey import Journey

pytestmark = pytest.mark.e2e
FORMS, POSTS, IMPORTS = 22, 22, 6


@pytest.fixture(scope="module")
def journey(platform) -> Journey:
    made = Journey(platform.admin(), platform.public())
    made.prepare_campaign()
    return made


def answer(platform, journey, method: str, path: str, **options: Any) -> Any:
    """One request with a connection of its own, as an employee."""
    client = platform.public()
    client.session.headers["Authorization"] = journey.staff.session.headers["Authorization"]
    return client.send(method, path, **options)


def test_by_form_api_and_import_at_once_is_one_record(platform, journey):
    visitor = journey.visitor
    person = {"name": visitor.name, "email": visitor.email.upper(), "phone": visitor.phone}
    table = f"name,email,phone\n{visitor.name},{visitor.email},{visitor.phone}\n".encode()
    form = f"/marketing/public/forms/{journey.form['key']}/submissions"

    def by_form(number: int) -> Any:  # another message each: the same submission twice is one
        answers = person | {"message": f"Call me, {number}", "consent": True}
        return platform.public().send("POST", form, json=answers)

    def by_api() -> Any:
        return answer(platform, journey, "POST", "/contacts/people", json=person)

    def by_import() -> Any:
        return answer(platform, journey, "POST", "/contacts/imports", files={"file": ("list.csv", table, "text/csv")})

    filled = [partial(by_form, number) for number in range(FORMS)]
    sent = at_once(*filled, *[by_api] * POSTS, *[by_import] * IMPORTS)
    forms, posts, imports = sent[:FORMS], sent[FORMS : FORMS + POSTS], sent[FORMS + POSTS :]
    assert {one.status_code for one in forms} <= {200, 201, 202}, [one.text for one in forms]
    assert {one.status_code for one in posts} <= {201, 409}, [one.text for one in posts]
    assert sum(one.status_code == 201 for one in posts) <= 1
    assert {one.status_code for one in imports} == {202}
    jobs = [one.json()["id"] for one in imports]
    states = eventually(lambda: ended(journey, jobs), within=120, every=0.5)
    assert {(job["status"], job["result"]["failed"]) for job in states} == {("done", 0)}
    (left,) = eventually(lambda: told_of_all(journey), within=120, every=0.5)
    assert ([one["value"] for one in left["emails"]], len(left["phones"])) == ([visitor.email], 1)
    made = sum(job["result"]["created"] for job in states) + sum(one.status_code == 201 for one in posts)
    assert made <= 1  # none, where a form came first
    assert {one.json().get("existing_id") for one in posts if one.status_code == 409} <= {left["id"]}


def ended(journey, jobs: list[str]) -> list[dict[str, Any]] | None:
    """The jobs, once all of them have ended."""
    states = [journey.staff.get(f"/contacts/jobs/{job}") for job in jobs]
    return states if all(job["status"] in ("done", "failed") for job in states) else None


def told_of_all(journey) -> list[dict[str, Any]] | None:
    """Who has the visitor's address, once every form has been identified."""
    found = journey.staff.get("/contacts/people", email=journey.visitor.email)["data"]
    if not found:
        return None
    events = journey.staff.get("/contacts/interactions", person_id=found[0]["id"], channel="form", limit=100)["data"]
    return found if len(events) == FORMS else None


def test_a_merged_id_redirects_to_the_survivor(platform, journey):
    keep, lose = (
        journey.staff.post("/contacts/people", {"name": name, "email": f"{name}.{journey.visitor.n}@example.com"})
        for name in ("keep", "lose")
    )
    journey.staff.post(f"/contacts/people/{keep['id']}/merge", {"loser_id": lose["id"]})
    path = f"/contacts/people/{lose['id']}"
    moved = answer(platform, journey, "GET", path, allow_redirects=False)
    assert (moved.status_code, moved.headers["Location"]) == (308, f"/api/v1/contacts/people/{keep['id']}")
    assert answer(platform, journey, "GET", path).json()["id"] == keep["id"]
    added = answer(platform, journey, "POST", f"{path}/addresses", json={"kind": "office", "city": "Ulm"})
    listed = answer(platform, journey, "GET", f"{path}/addresses").json()["data"]
    assert (added.status_code, [one["id"] for one in listed]) == (201, [added.json()["id"]])
    changed = answer(platform, journey, "PATCH", path, json={"note": "x"}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["merged_into"]) == (409, keep["id"])
