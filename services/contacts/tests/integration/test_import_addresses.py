"""Addresses besides the primary one come and go by columns of their own, of people and companies."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

SHIPPING = {
    "kind": "shipping",
    "address": "Kai 1",
    "city": "Kiel",
    "region": None,
    "postcode": "24103",
    "country": "DE",
}
HOME = {"kind": "home", "address": "南山路 8 号", "city": "深圳", "region": None, "postcode": "518000", "country": "CN"}
ROWS = """name,email,city,发货地址,Shipping City,shipping zip,shipping country,家庭地址,家庭城市,家庭邮编,住宅国家
Ann,ann@example.com,Bonn,Kai 1,Kiel,24103,Germany,南山路 8 号,深圳,518000,中国
Bo,bo@example.com,Ulm,,,,,,,,
"""


def further(api: Any, record: Any, path: str = "people") -> list[Any]:
    found = api.get(f"/{path}/{record['id']}/addresses").json["data"]
    return [{name: one[name] for name in SHIPPING} for one in found if not one["primary"]]


def of(api: Any, name: str, path: str = "people") -> Any:
    (found,) = (one for one in api.get(f"/{path}").json["data"] if one["name"] == name)
    return found


def counts(job: Any) -> tuple[int, ...]:
    return tuple(job["result"][name] for name in ("created", "updated", "unchanged", "duplicates", "failed"))


def in_order(addresses: list[Any]) -> list[Any]:
    return sorted(addresses, key=lambda one: str(one["kind"]))


def test_a_row_brings_addresses_by_what_they_are_for(api: Any, imported: Any, upload: Any) -> None:
    seen = api.post("/imports/preview", data={"file": (io.BytesIO(ROWS.encode()), "a.csv")}).json
    assert seen["mapping"]["shipping zip"] == "address:shipping.postcode"
    assert in_order(seen["rows"][0]["person"]["addresses"]) == [HOME, SHIPPING]
    assert counts(imported(ROWS, dry_run="true")) == counts(imported(ROWS)) == (2, 0, 0, 0, 0)
    ann, bo = of(api, "Ann"), of(api, "Bo")
    assert (in_order(further(api, ann)), further(api, bo)) == ([HOME, SHIPPING], [])
    assert (ann["city"], ann["address"]) == ("Bonn", None)
    assert counts(imported(ROWS)) == (0, 0, 2, 0, 0)
    assert len(further(api, ann)) == 2
    more = "email,warehouse city,地址\nbo@example.com,Rom,\nann@example.com,,\nbo@example.com,Paris,\n"
    assert counts(imported(more, dry_run="true")) == counts(imported(more)) == (0, 1, 1, 1, 0)
    assert sorted(one["city"] for one in further(api, bo)) == ["Paris", "Rom"]


def test_the_primary_address_does_not_come_a_second_time(api: Any, imported: Any, person: Any) -> None:
    li = person(name="Li", email="li@example.com", city="Kiel", country="DE", address_kind="shipping")
    none = person(name="Wu", email="wu@example.com", city="Kiel", country="DE")
    rows = "email,delivery city,delivery country\nli@example.com,Kiel,DE\nwu@example.com,Kiel,DE\n"
    assert counts(imported(rows)) == (0, 0, 2, 0, 0)
    assert (further(api, li), further(api, none)) == ([], [])


def test_what_is_wrong_with_an_address_refuses_its_row(api: Any, imported: Any) -> None:
    rows = """name,email,billing address,billing country,billing zip,billing city
A,a@example.com,Way 1,Atlantis,,
B,b@example.com,,DE,,
C,c@example.com,Way 1,DE,ABC-1,
D,d@example.com,Way 1,DE,,%s
E,e@example.com,Way 1,DE,,Ulm
""" % ("x" * 201)
    job = imported(rows)
    assert counts(job) == (1, 0, 0, 0, 4)
    wrong = csv.DictReader(io.StringIO(api.get(f"/jobs/{job['id']}/errors").text))
    assert [(row["error_field"], row["error_code"]) for row in wrong] == [
        ("address:billing.country", "unknown_country"), ("address:billing", "required"),
        ("address:billing.postcode", "not_valid"), ("address:billing.city", "too_long"),
    ]  # fmt: skip
    assert [one["name"] for one in api.get("/people").json["data"]] == ["E"]


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_an_export_with_all_columns_comes_back_as_it_was(api: Any, person: Any, imported: Any, format_: str) -> None:
    whom = person(name="Li", email="li@example.com", city="Wuhan")
    company = api.post("/companies", json={"name": "Acme", "city": "Ulm"}).json
    for path, record in (("people", whom), ("companies", company)):
        for address in (HOME, SHIPPING):
            assert api.post(f"/{path}/{record['id']}/addresses", json=address).status_code == 201
        usual = api.get(f"/{path}/export?format=ndjson").text
        assert ("address:" in usual, "address:home" in api.get(f"/{path}/export?all=true").text) == (False, True)
        named = api.get(f"/{path}/export?fields=name,address:shipping,address:shipping.city").text.splitlines()
        assert named == ["name,address:shipping,address:shipping.city", f"{record['name']},Kai 1,Kiel"]
        file = api.get(f"/{path}/export?format={format_}&all=true").data
        assert imported(file, entity=path)["result"]["unchanged"] == 1
        assert in_order(further(api, record, path)) == [HOME, SHIPPING]
        assert api.delete(f"/{path}/{record['id']}", if_match=record["version"]).status_code == 204
        assert imported(file, entity=path)["result"]["created"] == 1
        again = of(api, record["name"], path)
        assert (in_order(further(api, again, path)), again["city"]) == ([HOME, SHIPPING], record["city"])


def test_a_list_of_companies_has_its_own_address_first(api: Any, imported: Any) -> None:
    rows = "公司名称,公司地址,收货城市,办公城市\nAcme,Way 1,Kiel,Ulm\n"
    assert counts(imported(rows, entity="companies", dry_run="true")) == (1, 0, 0, 0, 0)
    assert counts(imported(rows, entity="companies")) == (1, 0, 0, 0, 0)
    acme = of(api, "Acme", "companies")
    assert acme["address"] == "Way 1"
    assert sorted((one["kind"], one["city"]) for one in further(api, acme, "companies")) == [
        ("office", "Ulm"), ("shipping", "Kiel"),
    ]  # fmt: skip
    assert counts(imported("姓名,邮箱,公司地址\nAnn,a@example.com,Way 2\n")) == (1, 0, 0, 0, 0)
    assert [(one["kind"], one["address"]) for one in further(api, of(api, "Ann"))] == [("office", "Way 2")]


def test_an_undo_takes_back_the_addresses_and_who_was_made_with_them(
    api: Any, person: Any, imported: Any, run_jobs: Any
) -> None:
    ann = person(name="Ann", email="ann@example.com", city="Bonn")
    api.post(f"/people/{ann['id']}/addresses", json=HOME)
    job = imported(
        ROWS.replace("Bo,bo@example.com,Ulm,,", "Bo,bo@example.com,Ulm,Kai 2,Kiel").replace(",,,,,,,,", ",,,,,,")
    )
    assert counts(job) == (1, 1, 0, 0, 0)
    acme = imported("name,shipping city\nAcme,Kiel\nZen,Ulm\n", entity="companies")
    zen = of(api, "Zen", "companies")
    (brought,) = (one for one in api.get(f"/companies/{zen['id']}/addresses").json["data"] if not one["primary"])
    assert api.patch(f"/addresses/{brought['id']}", json={"city": "Bonn"}, if_match=1).status_code == 200
    for one in (job, acme):
        assert api.post(f"/imports/{one['id']}/undo").status_code == 202
        run_jobs()
    assert [one["name"] for one in api.get("/people").json["data"]] == ["Ann"]
    assert further(api, ann) == [HOME]
    assert [one["name"] for one in api.get("/companies").json["data"]] == ["Zen"]  # its address was changed since
    assert [one["city"] for one in further(api, zen, "companies")] == ["Bonn"]
