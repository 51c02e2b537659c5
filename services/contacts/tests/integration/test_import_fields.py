"""Imports with custom fields, and by chosen keys."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from sqlalchemy import text

from chassis.testing import at_once
from contacts.settings import settings

Json = dict[str, Any]
SIZES = [{"value": "a", "label": {"en": "Large", "zh": "大客户"}}, {"value": "b", "label": {"en": "Small"}}]
COUNTS = ("created", "updated", "unchanged", "duplicates", "failed")


@pytest.fixture
def fields(field: Any) -> None:
    field("erp_no", label={"en": "ERP number", "zh": "客户编号"}, unique=True)
    field("budget", "money", label={"en": "Budget", "zh": "预算"}, currency="CNY", min=0)
    field("size", "choice", label={"en": "Size", "zh": "规模"}, choices=SIZES, default="b")
    field("nickname", label={"en": "Nickname", "zh": "昵称"}, personal=True)


def counts(job: Json) -> tuple[int, ...]:
    return tuple(job["result"][name] for name in COUNTS)


def people(api: Any) -> dict[str, Json]:
    return {person["name"]: person for person in api.get("/people?limit=200").json["data"]}


def errors(api: Any, job: Json) -> list[tuple[str, str, str]]:
    rows = csv.DictReader(io.StringIO(api.get(f"/jobs/{job['id']}/errors").text))
    return [(row["error_row"], row["error_field"], row["error_code"]) for row in rows]


ROWS = """姓名,邮箱,客户编号,预算（元）,规模,昵称
Li Na,li@example.cn,K-1,"1,200.5",大客户,Nana
Wang,wang@example.cn,K-2,,,
Zhao,zhao@example.cn,K-3,-4,,
Qian,qian@example.cn,K-1,,,
Li Na,li@example.cn,,99,Small,N
"""
LI = {"erp_no": "K-1", "budget": "1200.50", "size": "a", "nickname": "Nana"}


def test_custom_fields_are_guessed_checked_previewed_kept_told_and_undone(
    api: Any, imported: Any, outbox: Any, fields: None, run_jobs: Any
) -> None:
    file = {"file": (io.BytesIO(ROWS.encode()), "list.csv")}
    preview = api.post("/imports/preview", data=file).json
    assert preview["mapping"] == {
        "姓名": "name", "邮箱": "email", "客户编号": "custom.erp_no", "预算（元）": "custom.budget",
        "规模": "custom.size", "昵称": "custom.nickname",
    }  # fmt: skip
    assert preview["rows"][0]["person"]["custom"] == LI
    assert preview["rows"][2]["error"]["field"] == "custom.budget"
    rehearsed = imported(ROWS, dry_run="true")
    job = imported(ROWS)
    assert counts(job) == counts(rehearsed) == (2, 0, 0, 1, 2)
    assert errors(api, job) == [("4", "custom.budget", "out_of_range"), ("5", "custom.erp_no", "taken")]
    assert {name: p["custom"] for name, p in people(api).items()} == {
        "Li Na": LI, "Wang": {"erp_no": "K-2", "size": "b"},
    }  # fmt: skip
    event = outbox.one("people.imported")
    assert event.data["people"][0]["custom"] == {"erp_no": "K-1", "budget": "1200.50", "size": "a"}
    assert event.personal[event.data["people"][0]["person_id"]]["custom"] == {"nickname": "Nana"}
    assert counts(imported(ROWS)) == (0, 0, 2, 1, 2)
    before = {name: p["custom"] for name, p in people(api).items()}
    change = imported("email,ERP number,budget\nli@example.cn,K-9,7\nwang@example.cn,K-9,\nnew@example.cn,K-1,\n")
    assert counts(change) == (0, 1, 0, 0, 2)
    assert people(api)["Li Na"]["custom"] == LI | {"erp_no": "K-9", "budget": "7.00"}
    api.post(f"/imports/{change['id']}/undo")
    run_jobs()
    assert {name: p["custom"] for name, p in people(api).items()} == before


def test_faults_of_a_row_and_of_its_custom_fields_are_named_together(api: Any, imported: Any, fields: None) -> None:
    job = imported("name,email,phone,country,budget\nLi,nobody,12,Atlantis,much\nBo,bo@example.cn,,,1\n,,12\n")
    assert (counts(job), job["failed"]) == ((1, 0, 0, 0, 2), 2)
    (first, second) = errors(api, job)
    assert first[1:] == (
        "email; phone; country; custom.budget",
        "invalid_email; invalid_phone; unknown_country; not_valid",
    )
    assert second == ("4", "phone", "invalid_phone")


def test_required_fields_references_and_fields_that_go(
    api: Any, imported: Any, field: Any, person: Any, upload: Any, run_jobs: Any, session: Any
) -> None:
    boss = person(name="Boss", email="boss@example.cn")
    field("boss", "reference", target="person")
    field("area", required=True)
    rows = (
        f"email,boss,area\na@example.cn,{boss['id']},North\nb@example.cn,{boss['id'][:-4]}ffff,North\nc@example.cn,,\n"
    )
    job = imported(rows + "boss@example.cn,,\n")
    assert errors(api, job) == [("3", "custom.boss", "unknown_reference"), ("4", "custom.area", "required")]
    assert people(api)["a"]["custom"] == {"boss": boss["id"], "area": "North"}
    assert upload(rows).status_code == 202
    session.execute(text("UPDATE custom_fields SET active = false"))
    session.commit()
    run_jobs()
    assert counts(api.get("/jobs").json["data"][0] | {}) == (2, 0, 1, 0, 0)


def test_people_are_found_by_a_chosen_key(api: Any, imported: Any, person: Any, fields: None, outbox: Any) -> None:
    li = person(name="Li Na", email="old@example.cn", custom={"erp_no": "K-1"})
    wang = person(name="Wang", phone="13800138000")
    rows = "ERP number,email,phone,city\nK-1,new@example.cn,,Ulm\n,x@example.cn,,\nK-2,,13800138000,\nK-3,,,\n"
    rehearsed = imported(rows, match="custom.erp_no", dry_run="true")
    job = imported(rows, match="custom.erp_no")
    assert counts(job) == counts(rehearsed) == (0, 1, 0, 0, 3)
    assert errors(api, job) == [
        ("3", "custom.erp_no", "no_match_value"), ("4", "phone", "taken"), ("5", "name", "required"),
    ]  # fmt: skip
    now = api.get(f"/people/{li['id']}").json
    assert (now["city"], [e["value"] for e in now["emails"]]) == ("Ulm", ["old@example.cn", "new@example.cn"])
    assert api.get(f"/people/{wang['id']}").json == wang
    assert counts(imported("Name,ERP number\nNo Points,K-4\n", match="custom.erp_no")) == (1, 0, 0, 0, 0)
    assert counts(imported("Name,ERP number\nNo Points,K-4\n", match="custom.erp_no")) == (0, 0, 1, 0, 0)
    update = imported("ERP number,Size\nK-4,Large\nK-5,Large\n", match="custom.erp_no", mode="update")
    assert (counts(update), errors(api, update)) == ((0, 1, 0, 0, 1), [("3", "custom.erp_no", "not_found")])
    assert people(api)["No Points"]["custom"] == {"erp_no": "K-4", "size": "a"}


def test_people_are_found_by_their_name_at_their_company(api: Any, imported: Any, person: Any) -> None:
    li = person(name="Li Na", email="li@example.cn", company_name="深圳示例有限公司")
    for i in range(2):
        person(name="Wang", email=f"w{i}@example.cn", company_name="Acme")
    rows = """name,company,city,email
LI  NA,深圳示例（有限公司）,Ulm,
Wang,ACME Inc,Ulm,
Li Na,Acme,Bonn,
li na,Acme Ltd,,a@b.cn
"""
    rehearsed = imported(rows, match="name+company", dry_run="true")
    job = imported(rows, match="name+company")
    assert counts(job) == counts(rehearsed) == (1, 1, 0, 1, 1)
    assert errors(api, job) == [("3", "name", "ambiguous")]
    assert api.get(f"/people/{li['id']}").json["city"] == "Ulm"
    assert counts(imported(rows, match="name+company")) == (0, 0, 2, 1, 1)
    assert sorted((p["name"], p["city"]) for p in api.get("/people").json["data"]) == [
        ("LI NA", "Ulm"), ("Li Na", "Bonn"), ("Wang", None), ("Wang", None),
    ]  # fmt: skip


def test_a_key_is_to_be_known_and_mapped(api: Any, upload: Any, field: Any) -> None:
    field("area")
    for match, code in (("phone", "column_not_mapped"), ("custom.area", "not_a_choice"), ("shoe_size", "not_a_choice")):
        answer = upload("email,area\na@example.cn,x\n", match=match)
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/match")
        assert answer.json["errors"][0]["code"] == code
    assert api.get("/jobs").json["data"] == []


def test_partners_import_and_see_only_the_fields_that_are_theirs(
    api: Any, field: Any, user: Any, upload: Any, run_jobs: Any
) -> None:
    from chassis.ids import uuid7

    field("secret", required=True)
    field("shown", partner_visible=True)
    partner = user(reach="partner", partner_id=uuid7())
    rows = "email,secret,shown\na@example.cn,x,y\n"
    assert upload(rows, _as=partner, mapping='{"secret": "custom.secret"}').json["errors"][0]["code"] == "unknown_field"
    job_id = upload(rows, _as=partner).json["id"]
    run_jobs()
    assert api.get(f"/jobs/{job_id}", as_=partner).json["result"]["mapping"] == {
        "email": "email",
        "shown": "custom.shown",
    }
    assert people(api)["a"]["custom"] == {"shown": "y"}


def test_another_spelling_with_a_line_that_is_shared_adds_no_second_one(api: Any, imported: Any) -> None:
    imported("name,email,phone\nAnna,anna@example.cn,010-65529988\n")
    assert counts(imported("name,email,phone\nAnna S.,anna@example.cn,010-65529988\n")) == (0, 0, 1, 0, 0)
    assert [(p["name"], len(p["phones"])) for p in api.get("/people").json["data"]] == [("Anna", 1)]


def test_two_imports_at_once_give_a_unique_value_to_one(
    api: Any, upload: Any, run_jobs: Any, fields: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTACTS_IMPORT_CHUNK", "5")
    settings.cache_clear()
    for side in "ab":
        lines = [f"{side}{i},{side}{i}@example.cn,K-{i}" for i in range(20)]
        assert upload("\n".join(["name,email,ERP number", *lines])).status_code == 202
    at_once(run_jobs, run_jobs)
    monkeypatch.undo()
    settings.cache_clear()
    jobs = api.get("/jobs").json["data"]
    assert [job["status"] for job in jobs] == ["done", "done"]
    assert sum(job["result"]["created"] for job in jobs) == 20
    assert sorted(p["custom"]["erp_no"] for p in people(api).values()) == sorted(f"K-{i}" for i in range(20))


def test_handles_and_memberships_come_by_columns_and_find_people(
    api: Any, imported: Any, person: Any, run_jobs: Any
) -> None:
    here = person(name="Li Na", memberships=[{"scheme": "shop_card", "number": "10023"}])
    rows = """name,微信,LinkedIn,membership:shop_card,city
Li Na,@Li_Nana,https://www.linkedin.com/in/LiNa/,100 23,Ulm
Wang,wang_wei,,10024,
Zhao,no,,10025,
,qian_1,,10026,
"""
    job = imported(rows)
    assert job["result"]["mapping"] == {
        "name": "name", "微信": "handle:wechat", "LinkedIn": "handle:linkedin",
        "membership:shop_card": "membership:shop_card", "city": "city",
    }  # fmt: skip
    assert counts(job) == (1, 1, 0, 0, 2)
    assert errors(api, job) == [("4", "handle:wechat", "invalid_handle"), ("5", "name", "required")]
    now = api.get(f"/people/{here['id']}").json
    assert [(h["network"], h["handle"]) for h in now["handles"]] == [("wechat", "li_nana"), ("linkedin", "lina")]
    assert (now["city"], [m["number"] for m in now["memberships"]]) == ("Ulm", ["10023"])
    assert counts(imported(rows)) == (0, 0, 2, 0, 2)
    api.post(f"/imports/{job['id']}/undo")
    run_jobs()
    now = api.get(f"/people/{here['id']}").json
    assert (now["city"], now["handles"], now["memberships"]) == (None, [], here["memberships"])
    update = imported(
        "Karte,city\n10023,Bonn\n99,Bonn\n", mode="update", match="membership:shop_card",
        mapping='{"Karte": "membership:shop_card"}',
    )  # fmt: skip
    assert (counts(update), errors(api, update)) == ((0, 1, 0, 0, 1), [("3", "membership:shop_card", "not_found")])


def test_roles_and_address_kinds_in_words_of_both_languages(api: Any, imported: Any, outbox: Any) -> None:
    done = imported(
        "姓名,邮箱,角色,城市,地址类型\n"
        "Li,li@example.com,潜在客户；Agent,Wuhan,收货地址\nWu,wu@example.com,friend,Wuhan,\nXu,xu@example.com,,Wuhan,cellar\n"
    )
    assert (done["result"]["created"], done["result"]["failed"]) == (1, 2)
    (li,) = api.get("/people").json["data"]
    assert (li["roles"], li["address_kind"]) == (["prospect", "agent"], "shipping")
    assert [one["roles"] for one in outbox.one("people.imported").data["people"]] == [["prospect", "agent"]]
    errors = api.get(f"/jobs/{done['id']}/errors").text
    assert "'friend' is none of: customer, prospect, partner, agent, competitor, supplier." in errors
    assert "address_kind" in errors


def test_roles_only_grow_and_an_undo_takes_them_back(api: Any, person: Any, imported: Any, run_jobs: Any) -> None:
    whom = person(name="Li", email="li@example.com", roles=["partner"], city="Wuhan", address_kind="home")
    done = imported("email,roles,address type\nli@example.com,supplier,office\n")
    now = api.get(f"/people/{whom['id']}").json
    assert (now["roles"], now["address_kind"]) == (["partner", "supplier"], "office")
    assert api.post(f"/imports/{done['id']}/undo").status_code == 202
    run_jobs()
    now = api.get(f"/people/{whom['id']}").json
    assert (now["roles"], now["address_kind"]) == (["partner"], "home")
