"""Lists of companies: found by domain and name, made, changed, rehearsed, corrected and taken back."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from contacts.imports import job, undo_companies

Json = dict[str, Any]
COUNTS = ("created", "updated", "unchanged", "duplicates", "failed")
ROWS = """公司名称,官网,行业,员工人数,电话,国家,标签,客户编号,备注
深圳示例科技有限公司,https://www.example.cn/about,软件,"1,200",0755-26712345,中国,vip,K-1,
Acme Corp.,acme.com,,,,,,K-2,
"ACME, Inc",,Tools,50,,Germany,,,wants a call
,newco.com,,,,,,K-3,
Bad,not a domain,,many,,,,,
Globex,globex.com,,,,Atlantis,,,
Other,acme.com,,,,,,K-1,
"""


def counts(job: Json) -> tuple[int, ...]:
    return tuple(job["result"][name] for name in COUNTS)


def companies(api: Any) -> dict[str, Json]:
    return {row["name"]: row for row in api.get("/companies?limit=200").json["data"]}


def shape(api: Any) -> dict[str, Json]:
    return {name: {k: v for k, v in row.items() if k not in ("version", "updated_at")}
            for name, row in companies(api).items()}  # fmt: skip


def errors(api: Any, job: Json) -> list[tuple[str, str, str]]:
    rows = csv.DictReader(io.StringIO(api.get(f"/jobs/{job['id']}/errors").text))
    return [(row["error_row"], row["error_field"], row["error_code"]) for row in rows]


@pytest.fixture
def number(api: Any, admin: Any) -> None:
    body = {"entity": "companies", "key": "erp_no", "type": "text", "label": {"zh": "客户编号"}, "unique": True}
    assert api.post("/custom-fields", json=body, as_=admin).status_code == 201


@pytest.mark.parametrize("step", [1, 500])
def test_a_list_of_companies_becomes_companies(
    api: Any, imported: Any, outbox: Any, number: None, run_jobs: Any, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    monkeypatch.setattr(job, "COMPANIES_PER_STEP", step)
    here = api.post("/companies", json={"name": "Acme", "industry": "Retail", "phone": "021-26712345"}).json
    before = shape(api)
    file = {"file": (io.BytesIO(ROWS.encode()), "list.csv"), "entity": "companies"}
    preview = api.post("/imports/preview", data=file).json
    assert preview["mapping"] == {
        "公司名称": "name", "官网": "domain", "行业": "industry", "员工人数": "employees", "电话": "phone",
        "国家": "country", "标签": "tags", "客户编号": "custom.erp_no", "备注": "note",
    }  # fmt: skip
    first = preview["rows"][0]["company"]
    assert (first["domain"], first["employees"], first["phones"]) == ("example.cn", 1200, ["+8675526712345"])
    assert preview["rows"][4]["error"]["field"] == "employees; domain"
    rehearsed = imported(ROWS, entity="companies", dry_run="true")
    assert shape(api) == before
    done = imported(ROWS, entity="companies")
    assert counts(done) == counts(rehearsed) == (1, 1, 0, 1, 4)
    assert errors(api, done) == [
        ("5", "name", "required"), ("6", "employees; domain", "not_valid; invalid_domain"),
        ("7", "country", "unknown_country"),
        ("8", "custom.erp_no", "taken"),
    ]  # fmt: skip
    now = companies(api)
    assert sorted(now) == ["Acme Corp.", "深圳示例科技有限公司"]
    made, acme = now["深圳示例科技有限公司"], now["Acme Corp."]
    assert (made["domain"], made["employees"], made["country"], made["phone"], made["tags"]) == (
        "example.cn", 1200, "CN", "+8675526712345", ["vip"],
    )  # fmt: skip
    assert made["custom"] == {"erp_no": "K-1"}
    assert (acme["id"], acme["domain"], acme["industry"], acme["employees"]) == (here["id"], "acme.com", "Retail", 50)
    assert (acme["country"], acme["note"], acme["phone"]) == ("DE", "wants a call", here["phone"])
    types = outbox.types()
    assert counts(imported(ROWS, entity="companies")) == (0, 0, 2, 1, 4)
    assert outbox.types() == [*types, "contacts.imported"]
    api.post(f"/imports/{done['id']}/undo")
    run_jobs()
    assert shape(api) == before
    assert counts(imported(ROWS, entity="companies")) == (1, 1, 0, 1, 4)


def test_companies_are_found_by_a_chosen_key(api: Any, imported: Any, upload: Any, number: None, user: Any) -> None:
    imported("name,客户编号\nAcme,K-1\n", entity="companies")
    changed = imported("erp_no,website,company\nK-1,acme.com,Acme Holding\n", entity="companies", match="custom.erp_no")
    assert counts(changed) == (0, 1, 0, 0, 0)
    assert {n: c["domain"] for n, c in companies(api).items()} == {"Acme Holding": "acme.com"}
    update = imported("domain,city\nacme.com,Ulm\nnew.com,Ulm\n", entity="companies", mode="update", match="domain")
    assert (counts(update), errors(api, update)) == ((0, 1, 0, 0, 1), [("3", "domain", "not_found")])
    refused = imported("name,domain\nOther,acme.com\n", entity="companies", match="name")
    assert (counts(refused), errors(api, refused)) == ((0, 0, 0, 0, 1), [("2", "name", "taken")])
    for fields, pointer in (({"match": "email"}, "/match"), ({"mapping": '{"name": null}'}, "/file")):
        answer = upload("name\nX\n", entity="companies", **fields)
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)
    rep = user(reach="own")
    job_id = upload("name\nAcme Holding\nMine\n", entity="companies", _as=rep).json["id"]
    assert job_id
    profile = {"name": "firms", "entity": "companies", "mapping": {"Firma": "name"}}
    assert api.post("/import-profiles", json=profile).status_code == 201
    assert upload("Firma\nX\n", entity="companies", profile="firms").status_code == 202
    assert upload("Firma\nX\n", profile="firms").json["errors"][0]["pointer"] == "/profile"


def test_the_reach_of_who_imports_holds(api: Any, upload: Any, run_jobs: Any, user: Any) -> None:
    theirs = api.post("/companies", json={"name": "Acme"}).json
    rep = user(reach="own")
    job_id = upload("name,city\nAcme,Ulm\nMine,\n", entity="companies", _as=rep).json["id"]
    run_jobs()
    done = api.get(f"/jobs/{job_id}", as_=rep).json
    assert counts(done) == (1, 0, 0, 0, 1)
    assert errors(api, done) == [("2", "name", "out_of_reach")]
    assert api.get(f"/companies/{theirs['id']}").json == theirs
    assert [row["name"] for row in api.get("/companies", as_=rep).json["data"]] == ["Mine"]


def test_an_undo_leaves_what_was_changed_used_or_taken_since(
    api: Any, imported: Any, person: Any, run_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo_companies, "PER_STEP", 1)
    for name in ("Old A", "Old B", "Old C"):
        api.post("/companies", json={"name": name, "domain": f"{name[-1].lower()}.com"})
    rows = "domain,name,city\na.com,New A,Ulm\nb.com,New B,Ulm\nc.com,,Ulm\nd.com,D,\ne.com,E,\n"
    done = imported(rows, entity="companies")
    assert counts(done) == (2, 3, 0, 0, 0)
    now = companies(api)
    api.post("/companies", json={"name": "Old A"})
    api.patch(f"/companies/{now['New B']['id']}", json={"city": "Bonn"}, if_match=2)
    person(name="Li", email="li@example.cn", company_id=now["D"]["id"])
    undone = api.post(f"/imports/{done['id']}/undo").json["id"]
    run_jobs()
    left = api.get(f"/jobs/{undone}").json
    assert left["result"] == {"removed": 0, "restored": 1, "left": 3, "companies": 1}
    assert [code for _, _, code in errors(api, left)] == ["taken_since", "changed_since", "used_since"]
    assert {name: row["city"] for name, row in companies(api).items()} == {
        "New A": "Ulm", "New B": "Bonn", "Old C": None, "Old A": None, "D": None,
    }  # fmt: skip


def test_all_that_is_wrong_with_a_row_is_named(api: Any, imported: Any, upload: Any, number: None) -> None:
    rows = (
        "name,domain,employees,country,postcode,email,erp_no\n"
        "Acme,acme,many,Atlantis,ABC,nobody,K-1\n"
        "!!!,acme.com,5,DE,ABC,nobody,K-1\n"
        "Good,good.com,5,DE,89073,,K-2\n"
    )
    wrong = [
        ("2", "employees; country; domain; email", "not_valid; unknown_country; invalid_domain; invalid_email"),
        ("3", "postcode; name; email", "not_valid; no_letters; invalid_email"),
    ]
    done = imported(rows, entity="companies")
    assert (counts(done), done["failed"]) == ((1, 0, 0, 0, 2), 2)
    assert errors(api, done) == wrong
    file = {"file": (io.BytesIO(rows.encode()), "list.csv"), "entity": "companies"}
    shown = [row["error"] for row in api.post("/imports/preview", data=file).json["rows"]]
    assert [(str(error["row"]), error["field"], error["code"]) for error in shown[:2]] == wrong
    assert shown[2] is None
