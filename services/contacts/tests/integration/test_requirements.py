"""Built-in fields that an administrator requires."""

from __future__ import annotations

from typing import Any

import pytest

Json = dict[str, Any]


@pytest.fixture
def require(api: Any, user: Any) -> Any:
    admin = user(scopes="contacts:read contacts:write gateway:admin")

    def change(entity: str, as_: Any = None, **doors: Any) -> Any:
        (row,) = api.get(f"/required-fields?entity={entity}").json["data"]
        return api.patch(f"/required-fields/{row['id']}", json=doors, if_match=row["version"], as_=as_ or admin)

    return change


def test_the_api_refuses_a_new_person_without_what_is_required(api: Any, require: Any, outbox: Any) -> None:
    assert require("people", api=["email", "country", "email"]).json["api"] == ["email", "country"]
    refused = api.post("/people", json={"name": "Li Na", "phone": "13800138000"})
    assert refused.status_code == 422
    assert [(e["pointer"], e["code"]) for e in refused.json["errors"]] == [
        ("/email", "required"), ("/country", "required"),
    ]  # fmt: skip
    assert outbox.types() == []
    assert api.get("/people").json["data"] == []
    made = api.post("/people", json={"name": "Li Na", "email": "li@example.com", "country": "CN"}).json
    emptied = api.patch(f"/people/{made['id']}", json={"country": None}, if_match=1)
    assert (emptied.status_code, emptied.json["errors"][0]["pointer"]) == (422, "/country")
    assert api.patch(f"/people/{made['id']}", json={"emails": []}, if_match=1).status_code == 422
    assert api.patch(f"/people/{made['id']}", json={"city": "Ulm"}, if_match=1).status_code == 200


def test_what_was_blank_before_may_stay_so(api: Any, person: Any, require: Any) -> None:
    made = person(name="Li Na")
    require("people", api=["country"])
    assert api.patch(f"/people/{made['id']}", json={"city": "Ulm"}, if_match=1).status_code == 200


def test_companies_have_their_own(api: Any, require: Any, outbox: Any) -> None:
    require("companies", api=["industry"])
    refused = api.post("/companies", json={"name": "Acme"})
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/industry")
    assert outbox.types() == []
    acme = api.post("/companies", json={"name": "Acme", "industry": "tools"}).json
    emptied = api.patch(f"/companies/{acme['id']}", json={"industry": None}, if_match=1)
    assert emptied.status_code == 422


def test_a_person_of_a_form_is_made_and_marked(api: Any, require: Any, deliver: Any, form: Any) -> None:
    require("people", form=["phone", "city"])
    data, personal = form()
    deliver("marketing", "form.submitted", data, personal=personal)
    assert api.get(f"/people/{data['person_id']}").json["tags"] == ["incomplete"]


def test_only_an_administrator_says_what_is_required(api: Any, require: Any, user: Any) -> None:
    assert require("people", as_=user(), api=["email"]).status_code == 403
    wrong = require("people", api=["email", "domain"])
    assert (wrong.status_code, wrong.json["errors"][0]["pointer"]) == (422, "/api/1")
    assert api.get("/required-fields").json["data"][1]["api"] == []
