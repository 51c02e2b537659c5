"""What is asked beneath the id of a record that was merged goes on at the survivor."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest

from chassis.ids import uuid7
from chassis.testing import code_of

Json = dict[str, Any]
FEW = "contacts:read contacts:write contacts:privacy contacts:sensitive"
HEAD = re.compile(r"/(people|companies)/<uuid:\w+>(?=/)")
# What a write needs to come as far as the record.
BODIES: dict[str, Json] = {
    "addresses": {"kind": "office", "city": "Ulm"},
    "collaborators": {"user_id": str(uuid7()), "access": "read"},
    "consents": {"purpose": "marketing", "text": "May we?"},
    "grade": {"grade": "A", "reason": "Known"},
    "holds": {"reason": "A suit"},
    "insights": {"kind": "pain", "text": "Calls late"},
    "lift": {"reason": "Settled"},
    "manager": {"manager_id": None},
    "merge": {"loser_id": str(uuid7())},
    "reveal": {"reason": "A check"},
    "sensitive/<>": {"value": "11010519491231002X"},
}


def shape(path: str) -> str:
    return re.sub(r"<[^>]*>", "<>", HEAD.sub("", path)).strip("/")


def beneath(app: Any, kind: str) -> list[tuple[str, str]]:
    found = [(route.method, route.path) for route in app.extensions["quintet"]["routes"]]
    return [(method, path) for method, path in found if path.startswith(f"/{kind}/") and HEAD.match(path)]


def merged(api: Any, kind: str, person: Any) -> tuple[str, str]:
    if kind == "people":
        one, two = person(name="Ann"), person(name="Ann Lee")
    else:
        one, two = (api.post("/companies", json={"name": name}).json for name in ("Acme", "Acme Holding"))
    assert api.post(f"/{kind}/{one['id']}/merge", json={"loser_id": two["id"]}).status_code == 200
    return one["id"], two["id"]


@pytest.mark.parametrize("kind", ["people", "companies"])
def test_every_route_beneath_an_old_id_goes_on_at_the_survivor(
    api: Any, app: Any, person: Any, user: Any, outbox: Any, kind: str
) -> None:
    new, old = merged(api, kind, person)
    chief, before = user(scopes=FEW), outbox.types()
    routes = beneath(app, kind)
    assert len(routes) > 10
    for method, path in routes:
        form = shape(path)
        body = BODIES.get(form) or BODIES.get(form.rpartition("/")[2])
        rest = re.sub(r"<[^>]*>", lambda found: str(uuid7()) if "uuid" in found[0] else "passport", HEAD.sub("", path))
        sent = {"json": body}
        if method == "POST" and form == "files":
            sent = {"data": {"file": (io.BytesIO(b"Offer"), "offer.txt")}}
        answer = api.request(method, f"/{kind}/{old}{rest}", as_=chief, **sent)
        there = f"/api/v1/contacts/{kind}/{new}{rest}"
        assert (method, path, answer.status_code, answer.headers.get("Location")) == (method, path, 308, there), (
            answer.text
        )
    assert outbox.types() == before


def test_who_does_not_read_the_survivor_is_not_sent_there(api: Any, person: Any, user: Any) -> None:
    _, old = merged(api, "people", person)
    for who in (user(reach="own"), user(reach="team", team_id=uuid7()), user(reach="partner", partner_id=uuid7())):
        for method, rest in (("GET", ""), ("GET", "/timeline"), ("POST", "/addresses")):
            body = BODIES["addresses"] if method == "POST" else None
            answer = api.request(method, f"/people/{old}{rest}", json=body, as_=who)
            assert (answer.status_code, answer.headers.get("Location")) == (404, None)
    assert api.get(f"/people/{uuid7()}/timeline").status_code == 404


def test_a_client_that_follows_arrives(api: Any, person: Any) -> None:
    new, old = merged(api, "people", person)
    moved = api.get(f"/people/{old}/timeline?kind=contact&at__gte=2020-01-01T00:00:00%2B08:00&limit=1")
    there = f"/api/v1/contacts/people/{new}/timeline?kind=contact&at__gte=2020-01-01T00:00:00%2B08:00&limit=1"
    assert moved.headers["Location"] == there
    assert api.get(there).status_code == 200
    sent = {"json": BODIES["addresses"], "key": "once"}
    for _ in range(2):
        on = api.post(f"/people/{old}/addresses", **sent)
        assert (on.status_code, api.post(on.headers["Location"], **sent).status_code) == (308, 201)
    assert [one["city"] for one in api.get(f"/people/{new}/addresses").json["data"]] == ["Ulm"]


def test_what_depends_on_the_version_of_the_old_record_is_not_sent_on(api: Any, person: Any, outbox: Any) -> None:
    new, old = merged(api, "people", person)
    now, before = api.get(f"/people/{new}").json, outbox.types()
    for method, rest, body in (
        ("PATCH", "", {"name": "Bo"}), ("DELETE", "", None), ("PUT", "/grade", BODIES["grade"]),
        ("POST", "/addresses", BODIES["addresses"]),
    ):  # fmt: skip
        answer = api.request(method, f"/people/{old}{rest}", json=body, if_match=now["version"])
        assert (code_of(answer), answer.json["merged_into"]) == ((409, "merged"), new)
    assert (api.get(f"/people/{new}").json, outbox.types()) == (now, before)
