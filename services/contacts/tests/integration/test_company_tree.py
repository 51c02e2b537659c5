"""Parent companies: a tree, never a circle."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.testing import at_once


@pytest.fixture
def company(api: Any) -> Any:
    def make(name: str, **more: Any) -> Any:
        response = api.post("/companies", json={"name": name} | more)
        assert response.status_code == 201, response.text
        return response.json

    return make


def put_under(api: Any, company: Any, parent: Any, version: int = 1) -> Any:
    body = {"parent_id": parent and parent["id"]}
    return api.patch(f"/companies/{company['id']}", json=body, if_match=version)


def test_the_tree_with_head_counts_and_what_stands_above(api: Any, company: Any, person: Any, outbox: Any) -> None:
    group = company("Group", employees=5)
    east, west = (company(name, parent_id=group["id"], employees=10) for name in ("East", "West"))
    shop = company("Shop", parent_id=east["id"])
    person(name="Ann", company_id=shop["id"])
    person(name="Bo", company_id=group["id"])
    shown = api.get(f"/companies/{group['id']}/tree").json
    assert (shown["companies"], shown["employees"], shown["people"], shown["truncated"]) == (4, 25, 2, False)
    assert [child["name"] for child in shown["tree"]["children"]] == ["East", "West"]
    assert [(child["id"], child["people"]) for child in shown["tree"]["children"][0]["children"]] == [(shop["id"], 1)]
    below = api.get(f"/companies/{shop['id']}/tree").json
    assert [one["name"] for one in below["above"]] == ["Group", "East"]
    told = outbox.events("company.created")[1].data
    assert (told["parent_id"], told["employees"], told["roles"]) == (group["id"], 10, [])
    assert [row["id"] for row in api.get(f"/companies?parent_id={group['id']}").json["data"]] == [
        west["id"],
        east["id"],
    ]


def test_a_circle_is_refused(api: Any, company: Any, outbox: Any) -> None:
    a = company("Aa")
    b = company("Bb", parent_id=a["id"])
    c = company("Cc", parent_id=b["id"])
    for parent in (a, b, c):
        refused = put_under(api, a, parent)
        assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "cycle"), refused.text
    assert outbox.types() == ["company.created"] * 3
    assert put_under(api, b, None).json["parent_id"] is None
    assert put_under(api, a, c).status_code == 200


def test_two_that_would_close_a_circle_at_once(api: Any, company: Any) -> None:
    for round_ in range(3):
        a, b = company(f"A{round_}"), company(f"B{round_}")
        answers = at_once(lambda a=a, b=b: put_under(api, a, b), lambda a=a, b=b: put_under(api, b, a))
        assert sorted(answer.status_code for answer in answers) == [200, 422]


def test_a_parent_out_of_reach_is_no_parent_and_is_passed_over(api: Any, company: Any, user: Any) -> None:
    group = company("Group")
    own = user(reach="own")
    refused = api.post("/companies", json={"name": "Mine", "parent_id": group["id"]}, as_=own)
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "unknown_reference")
    mine = api.post("/companies", json={"name": "Mine"}, as_=own).json
    between = company("Between", parent_id=mine["id"])
    last = api.post("/companies", json={"name": "Last"}, as_=own).json
    assert put_under(api, last, between).status_code == 200
    seen = api.get(f"/companies/{mine['id']}/tree", as_=own).json
    assert [child["name"] for child in seen["tree"]["children"]] == ["Last"]
    assert api.get(f"/companies/{group['id']}/tree", as_=own).status_code == 404


def test_daughters_of_a_deleted_company_stand_alone(api: Any, company: Any, outbox: Any) -> None:
    group = company("Group")
    east = company("East", parent_id=group["id"])
    assert api.delete(f"/companies/{group['id']}", if_match=1).status_code == 204
    assert api.get(f"/companies/{east['id']}").json["parent_id"] is None
    assert outbox.types()[-2:] == ["company.updated", "company.deleted"]
