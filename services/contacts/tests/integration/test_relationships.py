"""Who is what to whom, and the org chart."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.testing import at_once


def relate(api: Any, kind: str, from_: Any, to: Any, what: tuple[str, str] = ("person", "person"), **more: Any) -> Any:
    ends = {f"from_{what[0]}_id": from_["id"], f"to_{what[1]}_id": to["id"]}
    return api.post("/relationships", json={"kind": kind, **ends, **more})


def manage(api: Any, person: Any, manager: Any, **options: Any) -> Any:
    return api.put(f"/people/{person['id']}/manager", json={"manager_id": manager and manager["id"]}, **options)


@pytest.fixture
def four(person: Any, api: Any) -> Any:
    acme = api.post("/companies", json={"name": "Acme"}).json
    return acme, *(person(name=name, company_id=acme["id"]) for name in ("Ann", "Bo", "Cy", "Di"))


def test_each_end_reads_it_its_own_way(api: Any, person: Any, outbox: Any) -> None:
    ann, bo = person(name="Ann"), person(name="Bo")
    acme = api.post("/companies", json={"name": "Acme"}).json
    made = relate(api, "assistant_of", ann, bo, since="2024-05-01", note="Mornings only.")
    assert (made.status_code, made.json["author_id"]) == (201, str(api.default.id))
    relate(api, "works_at", ann, acme, ("person", "company"), title="Advisor", until="2023-12-31")
    assert [(row["kind"], row["name"]) for row in api.get(f"/people/{bo['id']}/relationships").json["data"]] == [
        ("assisted_by", "Ann")
    ]
    seen = api.get(f"/people/{ann['id']}/relationships").json["data"]
    assert [(row["kind"], row["name"], row["current"]) for row in seen] == [
        ("assistant_of", "Bo", True), ("works_at", "Acme", False),
    ]  # fmt: skip
    assert len(api.get(f"/people/{ann['id']}/relationships?current=true").json["data"]) == 1
    assert api.get(f"/companies/{acme['id']}/relationships").json["data"][0]["kind"] == "employs"
    told = outbox.events("relationship.created")[0].data
    assert (told["kind"], told["from_person_id"], told["since"]) == ("assistant_of", ann["id"], "2024-05-01")
    url = f"/relationships/{made.json['id']}"
    assert api.patch(url, json={"until": "2024-04-01"}, if_match=1).json["errors"][0]["pointer"] == "/until"
    assert api.patch(url, json={"until": "2024-06-01"}, if_match=1).status_code == 200
    assert relate(api, "assistant_of", ann, bo).status_code == 201
    assert api.patch(url, json={"until": None}, if_match=2).json["code"] == "relationship_exists"
    assert api.delete(url, if_match=2).status_code == 204
    assert outbox.types()[-1] == "relationship.deleted"


def test_the_same_twice_is_refused_from_whichever_end(api: Any, person: Any) -> None:
    ann, bo = person(name="Ann"), person(name="Bo")
    assert relate(api, "spouse_of", ann, bo).status_code == 201
    assert relate(api, "spouse_of", bo, ann).json["code"] == "relationship_exists"
    answers = at_once(*[lambda: relate(api, "friend_of", ann, bo) for _ in range(8)])
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7


def test_bad_relationships_name_their_field(api: Any, person: Any, user: Any, outbox: Any) -> None:
    ann, bo = person(name="Ann"), person(name="Bo")
    acme = api.post("/companies", json={"name": "Acme"}).json
    before = outbox.types()
    for response, pointer in (
        (relate(api, "spouse_of", ann, ann), "/to_person_id"),
        (relate(api, "spouse_of", ann, acme, ("person", "company")), "/to_company_id"),
        (relate(api, "works_at", ann, bo), "/to_person_id"),
        (relate(api, "enemy_of", ann, bo), "/kind"),
        (relate(api, "spouse_of", ann, {"id": acme["id"]}), "/to_person_id"),
        (relate(api, "spouse_of", ann, bo, since="2025-01-02", until="2025-01-01"), "/until"),
        (api.post("/relationships", json={"kind": "spouse_of"}), "/from_person_id"),
    ):
        assert (response.status_code, response.json["errors"][0]["pointer"]) == (422, pointer), response.text
    assert outbox.types() == before
    made = relate(api, "spouse_of", ann, bo).json
    stranger = user(reach="own")
    assert api.get(f"/relationships/{made['id']}", as_=stranger).status_code == 404


def test_the_chart_of_a_company(api: Any, four: Any, person: Any) -> None:
    acme, ann, bo, cy, di = four
    assert manage(api, bo, ann).status_code == 200
    assert manage(api, cy, bo).status_code == 200
    relate(api, "decision_maker_of", ann, acme, ("person", "company"))
    api.post(f"/people/{bo['id']}/insights", json={"kind": "influence", "choice": "champion"})
    shown = api.get(f"/companies/{acme['id']}/org-chart").json
    assert (shown["people"], shown["truncated"], [one["name"] for one in shown["unplaced"]]) == (4, False, ["Di"])
    top = shown["chart"][0]
    assert (top["name"], top["decision_maker"], [one["name"] for one in top["reports"]]) == ("Ann", True, ["Bo"])
    under = top["reports"][0]
    assert (under["influence"], under["reports"][0]["name"], under["manager_id"]) == ("champion", "Cy", ann["id"])
    assert manage(api, bo, di).json["to_person_id"] == di["id"]
    again = api.get(f"/companies/{acme['id']}/org-chart").json
    assert [one["name"] for one in again["chart"]] == ["Di"]
    ended = api.get(f"/people/{ann['id']}/relationships").json["data"][0]
    assert (ended["kind"], ended["current"]) == ("manages", False)
    assert manage(api, bo, None).status_code == 204


def test_no_circle_of_reporting_lines(api: Any, four: Any) -> None:
    _, ann, bo, cy, _ = four
    manage(api, bo, ann)
    manage(api, cy, bo)
    refused = manage(api, ann, cy)
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "cycle")
    assert manage(api, ann, ann).json["errors"][0]["pointer"] == "/manager_id"
    assert relate(api, "reports_to", cy, ann).json["code"] == "has_manager"


def test_two_that_would_close_a_circle_at_once(api: Any, person: Any) -> None:
    for round_ in range(3):
        a, b = person(name=f"A{round_}"), person(name=f"B{round_}")
        answers = at_once(lambda a=a, b=b: manage(api, a, b), lambda a=a, b=b: manage(api, b, a))
        assert sorted(answer.status_code for answer in answers) == [200, 422]


def test_lines_follow_a_merge_and_come_back(api: Any, four: Any) -> None:
    acme, ann, bo, cy, di = four
    manage(api, bo, ann)
    manage(api, cy, bo)
    manage(api, di, cy)
    merged = api.post(f"/people/{ann['id']}/merge", json={"loser_id": cy["id"]})
    assert merged.status_code == 200, merged.text
    chart = api.get(f"/companies/{acme['id']}/org-chart").json  # Ann reports to Bo who reports to Ann: both at the top
    assert sorted(one["name"] for one in chart["chart"]) == ["Ann", "Bo"]
    assert api.post(f"/merges/{merged.json['merges'][0]['id']}/unmerge").status_code == 200
    back = api.get(f"/companies/{acme['id']}/org-chart").json
    assert back["chart"][0]["reports"][0]["reports"][0]["reports"][0]["name"] == "Di"


def test_who_changes_the_company_has_worked_there(api: Any, person: Any) -> None:
    ann = person(name="Ann", company_name="Acme", job_title="Buyer", department="Purchasing")
    moved = api.patch(f"/people/{ann['id']}", json={"company_name": "Bolt", "job_title": "Head"}, if_match=1)
    assert moved.json["company_name"] == "Bolt"
    row = api.get(f"/people/{ann['id']}/relationships").json["data"][0]
    assert (row["kind"], row["name"], row["title"], row["department"], row["current"]) == (
        "works_at", "Acme", "Buyer", "Purchasing", False,
    )  # fmt: skip
