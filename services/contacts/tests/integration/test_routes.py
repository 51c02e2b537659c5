"""What holds for every route of contacts."""

from __future__ import annotations

import json
from typing import Any

from contacts.base import SERVICE


def test_every_route_has_a_scope(app: Any) -> None:
    routes = app.extensions["quintet"]["routes"]
    open_doors = [route.path for route in routes if route.public or not route.scope]
    links = (
        "/public/consents/<string(maxlength=64):token>", "/public/calendars/<string(maxlength=64):token>.ics",
        "/public/files/<string(maxlength=64):token>",
    )  # fmt: skip
    assert open_doors == [links[0], *links]  # the link is the key
    assert {route.scope for route in routes if not route.public} == {
        "contacts:read",
        "contacts:write",
        "contacts:privacy",
        "contacts:sensitive",
        "gateway:admin",
    }


def test_the_description_names_every_operation(api: Any) -> None:
    described = api.get("/openapi.json").json
    assert {"/api/v1/contacts/people", "/api/v1/contacts/imports"} <= described["paths"].keys()
    operations = [op for path in described["paths"].values() for op in path.values()]
    assert all(op["summary"] for op in operations)
    point = described["components"]["schemas"]["PersonIn"]["properties"]["emails"]["items"]
    assert [kind["type"] for kind in point["oneOf"]] == ["string", "object"]


def test_every_contract_allows_its_own_examples() -> None:
    from chassis.events.contracts import contracts_in

    contracts = contracts_in(SERVICE.root / "contracts")
    assert contracts.versions()
    for type_, version in contracts.versions():
        examples = contracts.examples(type_, version)
        assert examples, type_
        for example in examples:
            contracts.check(type_, version, example)


def test_every_contract_names_its_personal_data() -> None:
    for file in (SERVICE.root / "contracts").glob("*.json"):
        properties = json.loads(file.read_text())["properties"]
        assert not {"name", "email", "emails", "phone", "phones"} & properties.keys() - {"name"}, file.name
        assert "name" not in properties or file.name.startswith("company."), file.name
