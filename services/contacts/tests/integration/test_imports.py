"""Imports: messy files, dry runs, repeats, crashes, and others who make the same people meanwhile."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from chassis.testing import at_once
from contacts.imports import job as import_job
from contacts.settings import settings

MESSY = """姓名,手机,邮箱,公司名称,国家,备注,客户编号
王小明,138 0013 8000,Ming@Example.cn,深圳示例有限公司,中国,老客户,1
Anna Schmidt,+49 30 901820,anna@example.de,Müller GmbH & Co. KG,Germany,,2
王小明,13800138000,,深圳示例（有限公司）,,,3
Bad Phone,12345,bad@example.cn,,,,4
,,,,,,
No Points,,,Acme,,,5
Anna S.,,ANNA@example.de,MÜLLER GmbH,,wants a call,6
Li Na,13900139000,li@example.cn;li.na@example.cn,Acme Corp.,CN,,7
"""


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two rows a transaction, so that a small file takes several."""
    monkeypatch.setenv("CONTACTS_IMPORT_CHUNK", "2")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


def people(api: Any) -> list[dict[str, Any]]:
    return api.get("/people?sort=name&limit=200").json["data"]


def shape(api: Any) -> list[tuple[Any, ...]]:
    """All people, without what differs from one import to the next."""
    return [
        (p["name"], [e["value"] for e in p["emails"]], [f["value"] for f in p["phones"]], p["company_name"], p["note"])
        for p in people(api)
    ]


def told_of(outbox: Any) -> list[int]:
    """The versions in which imports have told of people."""
    return [one["sequence"] for event in outbox.events("people.imported") for one in event.data["people"]]


EXPECTED = [
    ("Anna Schmidt", ["anna@example.de"], ["+4930901820"], "Müller GmbH & Co. KG", "wants a call"),
    ("Li Na", ["li@example.cn", "li.na@example.cn"], ["+8613900139000"], "Acme Corp.", None),
    ("王小明", ["ming@example.cn"], ["+8613800138000"], "深圳示例有限公司", "老客户"),
]


def test_a_messy_file_becomes_people(api: Any, imported: Any, outbox: Any) -> None:
    job = imported(MESSY, tags="fair, 2026", source="trade_fair")
    result = job["result"]
    assert {name: result[name] for name in ("created", "updated", "unchanged", "duplicates", "failed")} == {
        "created": 3, "updated": 0, "unchanged": 0, "duplicates": 2, "failed": 2,
    }  # fmt: skip
    assert (job["done"], job["total"], job["failed"]) == (7, 7, 2)
    assert result["mapping"] == {
        "姓名": "name", "手机": "phone", "邮箱": "email", "公司名称": "company_name", "国家": "country", "备注": "note",
    }  # fmt: skip
    assert (result["columns_left_out"], result["encoding"], result["delimiter"]) == (["客户编号"], "utf-8", ",")
    assert shape(api) == EXPECTED
    assert all(p["tags"] == ["fair", "2026"] and p["source"] == "trade_fair" for p in people(api))
    assert outbox.types() == ["companies.imported", "people.imported", "contacts.imported"]
    companies, told = outbox.one("companies.imported"), outbox.one("people.imported")
    assert [(one["name"], one["sequence"]) for one in companies.data["companies"]] == [
        (company["name"], company["version"]) for company in reversed(api.get("/companies").json["data"])
    ]
    assert [(one.subject, one.sequence) for one in (companies, told)] == [
        (f"jobs/{job['id']}", 1),
        (f"jobs/{job['id']}", 2),
    ]
    assert [one["sequence"] for one in told.data["people"]] == [1, 1, 1]
    assert told.personal[told.data["people"][0]["person_id"]]["name"] == "王小明"
    assert outbox.one("contacts.imported").data == {
        "job_id": job["id"], "entity": "people", "created": 3, "updated": 0, "skipped": 2, "failed": 2,
    }  # fmt: skip
    found = api.get("/people", query_string={"q": "13800138000"}).json["data"]
    assert [p["name"] for p in found] == ["王小明"]


def test_people_are_alike_whatever_the_size_of_a_step(api: Any, imported: Any, small_steps: None) -> None:
    result = imported(MESSY)["result"]
    assert (result["created"], result["duplicates"], result["failed"]) == (3, 2, 2)
    assert shape(api) == EXPECTED


def test_every_event_of_an_import_keeps_its_contract(imported: Any, outbox: Any) -> None:
    from chassis.events.contracts import contracts_in
    from contacts.base import SERVICE

    imported(MESSY)
    imported("name,email,city\nAnna,anna@example.de,Berlin\n")
    for event in outbox.events():
        contracts_in(SERVICE.root / "contracts").check(event.type, event.version, event.data)
    assert [len(event.data["people"]) for event in outbox.events("people.imported")] == [3, 1]
    assert [event.sequence for event in outbox.events("contacts.imported")] == [3, 2]


def test_what_is_told_of_somebody_new_is_what_is_kept(api: Any, imported: Any, outbox: Any) -> None:
    imported(
        "name,email,phone,company,tags\n"
        'Anna,anna@example.de,,Müller GmbH,"""company_id"":null"\n'
        'Bo,bo@example.de,13800138000,MÜLLER,"say ""\\hi"""\n'
        "Bo,bo@example.de,+49 30 901820,,late\n"
        "Cy,cy@example.de,,,\n"
    )
    told = outbox.one("people.imported")
    kept = {p["id"]: p for p in people(api)}
    assert [kept[one["person_id"]]["name"] for one in told.data["people"]] == ["Anna", "Bo", "Cy"]
    for one in told.data["people"]:
        person, names = kept[one["person_id"]], told.personal[one["person_id"]]
        columns = ("company_id", "owner_id", "team_id", "lifecycle", "country", "source", "tags")
        assert {name: one[name] for name in columns} == {name: person[name] for name in columns}
        assert (names["name"], names["company_name"]) == (person["name"], person["company_name"])
        assert (names["emails"], names["phones"]) == ([person["email"]], [p["value"] for p in person["phones"]])
    bo = people(api)[1]
    assert (bo["company_name"], bo["tags"]) == ("Müller GmbH", ['say "\\hi"', "late"])
    assert [p["name"] for p in api.get("/people?q=30901820 gmbh").json["data"]] == ["Bo"]


@pytest.mark.parametrize("mode", ["create", "upsert", "update"])
def test_the_same_file_twice_changes_nothing(api: Any, imported: Any, outbox: Any, mode: str) -> None:
    imported(MESSY)
    before, types = people(api), outbox.types()
    result = imported(MESSY, mode=mode)["result"]
    assert (result["created"], result["updated"], result["failed"]) == (0, 0, 2)
    assert people(api) == before
    assert outbox.types() == [*types, "contacts.imported"]


def test_the_errors_can_be_corrected_and_sent_again(api: Any, imported: Any) -> None:
    job = imported(MESSY)
    errors = api.get(f"/jobs/{job['id']}/errors").text
    rows = list(csv.DictReader(io.StringIO(errors)))
    assert [(r["姓名"], r["error_row"], r["error_field"], r["error_code"]) for r in rows] == [
        ("Bad Phone", "5", "phone", "invalid_phone"), ("No Points", "7", "email", "no_contact_point"),
    ]  # fmt: skip
    corrected = errors.replace("12345", "13700137000").replace("No Points,,", "No Points,13600136000,")
    result = imported(corrected)["result"]
    assert (result["created"], result["failed"]) == (2, 0)
    assert [p["name"] for p in people(api)] == ["Anna Schmidt", "Bad Phone", "Li Na", "No Points", "王小明"]


def test_a_dry_run_tells_and_changes_nothing(api: Any, imported: Any, outbox: Any, small_steps: None) -> None:
    imported("name,email\nAnna,anna@example.de\n")
    before, types = people(api), outbox.types()
    result = imported(MESSY, dry_run="true")["result"]
    told = {name: result[name] for name in ("created", "updated", "unchanged", "duplicates", "failed")}
    assert told == {"created": 2, "updated": 1, "unchanged": 0, "duplicates": 2, "failed": 2}
    assert [row["name"] for row in result["preview"]] == ["王小明", "Li Na"]
    assert result["preview"][0]["phones"] == ["+8613800138000"]
    assert (people(api), outbox.types()) == (before, types)
    real = imported(MESSY)["result"]
    assert {name: real[name] for name in told} == told


def test_modes_create_update_and_upsert(api: Any, imported: Any, person: Any, outbox: Any) -> None:
    here = person(name="Anna", email="anna@example.de", city="Berlin", job_title="Buyer", tags=["old"])
    rows = "name,email,phone,city,title\nAnna S.,anna@example.de,13900139000,Ulm,\nNew,new@example.de,,,\n"
    created = imported(rows, mode="create")["result"]
    assert (created["created"], created["unchanged"], created["updated"]) == (1, 1, 0)
    assert api.get(f"/people/{here['id']}").json == here
    updated = imported(rows.replace("new@", "newer@"), mode="update", tags="imported")
    assert (updated["result"]["created"], updated["result"]["updated"], updated["failed"]) == (0, 1, 1)
    now = api.get(f"/people/{here['id']}").json
    assert (now["name"], now["city"], now["job_title"], now["phone"]) == ("Anna S.", "Ulm", "Buyer", "+8613900139000")
    assert (now["tags"], now["version"]) == (["old", "imported"], 2)
    event = outbox.events("people.imported")[-1]
    assert [one["sequence"] for one in event.data["people"]] == [2]
    assert event.personal[here["id"]]["phones"] == ["+8613900139000"]
    assert [p["id"] for p in api.get("/people?q=Ulm").json["data"]] == []
    assert [p["id"] for p in api.get("/people?q=13900139000").json["data"]] == [here["id"]]


def test_a_row_between_two_people_goes_to_the_one_with_the_e_mail(api: Any, imported: Any, person: Any) -> None:
    ann = person(name="Ann", email="ann@example.com")
    bo = person(name="Bo", phone="13900139000")
    result = imported("email,phone,city\nann@example.com,13900139000,Ulm\n")["result"]
    assert result["updated"] == 1
    assert api.get(f"/people/{ann['id']}").json["phones"] == []
    assert api.get(f"/people/{ann['id']}").json["city"] == "Ulm"
    assert api.get(f"/people/{bo['id']}").json == bo


def test_a_worker_that_dies_is_followed_by_one_that_goes_on(
    api: Any, upload: Any, run_jobs: Any, outbox: Any, small_steps: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """As SIGKILL leaves things: nothing is caught, nothing is tidied up."""

    original, steps = import_job.load, []

    def dying(*arguments: Any) -> None:
        original(*arguments)
        steps.append(1)
        if len(steps) == 3:
            raise Killed

    monkeypatch.setattr(import_job, "load", dying)
    job_id = upload(MESSY).json["id"]
    with pytest.raises(Killed):
        run_jobs()
    job = api.get(f"/jobs/{job_id}").json
    assert (job["status"], job["done"]) == ("running", 4)
    run_jobs()
    job = api.get(f"/jobs/{job_id}").json
    assert (job["status"], job["done"], job["failed"]) == ("done", 7, 2)
    assert shape(api) == EXPECTED
    assert told_of(outbox) == [1, 1, 2, 1]
    assert outbox.types().count("contacts.imported") == 1


def test_what_others_make_meanwhile_is_made_once(
    api: Any, deliver: Any, form: Any, upload: Any, run_jobs: Any, outbox: Any
) -> None:
    """The same people by import, form and API at the same time."""
    count = 60
    lines = [f"P{i},p{i}@example.com,1380013{i:04d},Acme {i % 7}" for i in range(count)]
    assert upload("\n".join(["name,email,phone,company", *lines])).status_code == 202
    done = threading.Event()

    def by_import() -> None:
        run_jobs()
        done.set()

    def by_api(offset: int) -> None:
        for i in range(offset, count, 4):
            response = api.post("/people", json={"name": f"P{i}", "phone": f"1380013{i:04d}"})
            assert response.status_code in (201, 409), response.text

    def by_form(offset: int) -> None:
        for i in range(count - 1 - offset, -1, -4):
            data, personal = form(name=f"P{i}", email=f"P{i}@example.com", phone=None, company_name=f"ACME {i % 7} Ltd")
            deliver("marketing", "form.submitted", data, personal=personal)

    at_once(by_import, lambda: by_api(0), lambda: by_api(1), lambda: by_form(0), lambda: by_form(1))
    assert done.is_set()
    (job,) = api.get("/jobs").json["data"]
    assert (job["status"], job["done"], job["failed"]) == ("done", count, 0)
    names: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = api.get(f"/people?limit=200{'&cursor=' + cursor if cursor else ''}").json
        names += [p["name"] for p in page["data"]]
        cursor = page["next_cursor"]
    assert sorted(names) == sorted(f"P{i}" for i in range(count))
    assert outbox.types().count("contact.created") + told_of(outbox).count(1) == count
    bundled = [one for event in outbox.events("companies.imported") for one in event.data["companies"]]
    assert outbox.types().count("company.created") + len(bundled) == 7


@pytest.mark.parametrize(
    ("content", "fields", "pointer", "code"),
    [
        ("", {}, "/file", "empty"),
        (",,\n", {}, "/file", "no_header"),
        (",,\n1,2,3\n", {}, "/file", "no_contact_column"),
        ("name,name,email\n", {}, "/file", "column_twice"),
        ("name,city\nLi,Ulm\n", {}, "/file", "no_contact_column"),
        ("name,email\n", {"mode": "replace"}, "/mode", "not_a_choice"),
        ("name,email\n", {"mapping": "{"}, "/mapping", "invalid"),
        ("name,email\n", {"mapping": '{"Nome": "name"}'}, "/mapping", "unknown_column"),
        ("name,email\n", {"mapping": '{"name": "nickname"}'}, "/mapping", "unknown_field"),
        ("name,email\n", {"encoding": "klingon"}, "/encoding", "unknown_encoding"),
        ("name,email\n", {"colour": "red"}, "/colour", "unknown_field"),
    ],
)
def test_bad_uploads_are_refused(
    api: Any, upload: Any, content: str, fields: dict[str, str], pointer: str, code: str
) -> None:
    response = upload(content, **fields)
    assert response.status_code == 422, response.text
    assert (response.json["errors"][0]["pointer"], response.json["errors"][0]["code"]) == (pointer, code)
    assert api.get("/jobs").json["data"] == []


def test_an_upload_without_a_file_is_refused(api: Any) -> None:
    response = api.post("/imports", data={"mode": "create"}, content_type="multipart/form-data")
    assert (response.status_code, response.json["errors"][0]["pointer"]) == (422, "/file")
    assert api.post("/imports", json={"file": "x"}).status_code == 415


def test_the_same_key_starts_one_import(api: Any, run_jobs: Any) -> None:
    def post(name: str = "Li") -> Any:
        file = (io.BytesIO(f"name,email\n{name},li@example.com\n".encode()), "list.csv")
        return api.post("/imports", data={"file": file}, key="monday")

    first, again = post(), post()
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json["id"] == again.json["id"]
    assert post("Other").json["errors"][0]["code"] == "key_reused"
    assert run_jobs() == 1
    assert [p["name"] for p in people(api)] == ["Li"]


def test_a_corrected_mapping_and_another_encoding(api: Any, imported: Any) -> None:
    raw = "Kunde;Kontakt\nJürgen Groß;j.gross@example.de\n".encode("cp1252")
    imported(raw, mapping='{"Kunde": "name", "Kontakt": "email"}', encoding="cp1252")
    assert [(p["name"], p["email"]) for p in people(api)] == [("Jürgen Groß", "j.gross@example.de")]


def test_an_import_keeps_to_the_reach_of_who_asks(
    api: Any, user: Any, upload: Any, run_jobs: Any, person: Any, outbox: Any
) -> None:
    theirs = person(name="Theirs", email="theirs@example.com")
    rep = user(reach="own")
    response = upload("name,email,city\nX,theirs@example.com,Ulm\nMine,mine@example.com,\n", _as=rep)
    run_jobs()
    job = api.get(f"/jobs/{response.json['id']}", as_=rep).json
    assert (job["result"]["created"], job["failed"]) == (1, 1)
    assert api.get(f"/people/{theirs['id']}").json == theirs
    assert [(p["name"], p["owner_id"]) for p in api.get("/people", as_=rep).json["data"]] == [("Mine", str(rep.id))]
    assert api.get(f"/jobs/{job['id']}", as_=user(reach="own")).status_code == 404


def test_characters_that_mean_something_to_copy_arrive_as_they_are(api: Any, imported: Any) -> None:
    note, name = 'a\tb\\N "c"\r\nd\\', '\\N {x,"y"} O\'Neill'
    rows = io.StringIO()
    csv.writer(rows).writerows(
        [["name", "email", "note", "tags", "city"], [name, "o@example.com", note, 'say "\\hi"', ""]]
    )
    imported(rows.getvalue())
    (person,) = people(api)
    assert (person["name"], person["note"], person["tags"], person["city"]) == (name, note, ['say "\\hi"'], None)
