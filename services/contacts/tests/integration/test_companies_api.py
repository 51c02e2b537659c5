"""Companies over the API."""

from __future__ import annotations

from typing import Any

from chassis.testing import at_once


def test_a_company_is_one_in_all_its_spellings(api: Any, outbox: Any) -> None:
    body = {"name": "华为技术有限公司", "domain": "https://www.Huawei.com/cn", "employees": 7}
    made = api.post("/companies", json=body)
    assert (made.status_code, made.json["domain"]) == (201, "huawei.com")
    for body in ({"name": "华为技术（有限公司）"}, {"name": "Huawei", "domain": "huawei.com"}):
        again = api.post("/companies", json=body)
        assert (again.status_code, again.json["existing_id"]) == (409, made.json["id"])
    namesake = api.post("/companies", json={"name": "华为技术", "namesake": True})
    assert namesake.status_code == 201
    assert outbox.types() == ["company.created", "company.created"]


def test_thirty_at_once_make_one_company(api: Any, outbox: Any) -> None:
    names = ("Acme Corp.", "ACME, Inc", "acme")
    responses = at_once(*[lambda i=i: api.post("/companies", json={"name": names[i % 3]}) for i in range(30)])
    assert [r.status_code for r in responses].count(201) == 1
    assert outbox.types() == ["company.created"]


def test_a_company_is_changed_found_and_deleted(api: Any, person: Any, outbox: Any) -> None:
    acme = api.post("/companies", json={"name": "Acme", "industry": "tools"}).json
    other = api.post("/companies", json={"name": "Other"}).json
    works = person(company_id=acme["id"])
    assert works["company_name"] == "Acme"
    clash = api.patch(f"/companies/{other['id']}", json={"name": "ACME Ltd."}, if_match=1)
    assert (clash.status_code, clash.json["existing_id"]) == (409, acme["id"])
    changed = api.patch(f"/companies/{acme['id']}", json={"city": "Ulm", "name": "Acme GmbH"}, if_match=1)
    assert (changed.status_code, changed.json["version"]) == (200, 2)
    assert [c["id"] for c in api.get("/companies?q=acme&city=Ulm").json["data"]] == [acme["id"]]
    assert api.delete(f"/companies/{acme['id']}", if_match=2).status_code == 204
    left = api.get(f"/people/{works['id']}").json
    assert (left["company_id"], left["company_name"]) == (None, "Acme GmbH")
    assert outbox.types()[-2:] == ["company.updated", "company.deleted"]


def test_bad_companies_are_refused(api: Any, outbox: Any) -> None:
    for body, pointer in (
        ({"name": "..."}, "/name"),
        ({}, "/name"),
        ({"name": "A", "domain": "nodots"}, "/domain"),
        ({"name": "A", "employees": -1}, "/employees"),
        ({"name": "A", "phone": "12"}, "/phone"),
    ):
        response = api.post("/companies", json=body)
        assert (response.status_code, response.json["errors"][0]["pointer"]) == (422, pointer), body
    assert outbox.types() == []
