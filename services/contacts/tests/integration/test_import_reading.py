"""What an import reads: workbooks, kept mappings, and a look before it begins."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from chassis.files.workbook import as_xlsx

Json = dict[str, Any]


def workbook(rows: list[list[Any]]) -> bytes:
    """An XLSX file as an export writes it."""
    return b"".join(as_xlsx(rows[0], rows[1:]))


LIST = [
    ["姓名", "手机", "邮箱", "公司名称", "备注"],
    ["王小明", 13800138000, "ming@example.cn", "深圳示例有限公司", date(2026, 3, 2)],
    [],
    ["Bad", 12345, "", "", True],
    ["Li Na", 13900139000, "li@example.cn", "", datetime(2026, 3, 2, 9, 30, tzinfo=UTC)],
]


@pytest.fixture
def preview(api: Any) -> Callable[..., Any]:
    """Posts a file to /imports/preview; the response."""

    def post(content: str | bytes, **fields: Any) -> Any:
        raw = content.encode() if isinstance(content, str) else content
        return api.post("/imports/preview", data=fields | {"file": (io.BytesIO(raw), "list")})

    return post


def test_a_workbook_becomes_people_like_a_csv(api: Any, imported: Any, outbox: Any) -> None:
    job = imported(workbook(LIST))
    assert (job["result"]["created"], job["failed"], job["done"]) == (2, 1, 3)
    assert (job["result"]["sheet"], job["result"]["columns_left_out"]) == ("1", [])
    shown = [(p["name"], p["phone"], p["note"]) for p in api.get("/people?sort=name").json["data"]]
    assert shown == [("Li Na", "+8613900139000", "2026-03-02T09:30:00"), ("王小明", "+8613800138000", "2026-03-02")]
    errors = api.get(f"/jobs/{job['id']}/errors").text
    assert "Bad,12345,,,TRUE,4,phone,invalid_phone" in errors
    before = outbox.types()
    again = imported(workbook(LIST), sheet="1")["result"]
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 2)
    assert outbox.types() == [*before, "contacts.imported"]


TITLED = [["Customers of 2026", ""], [], ["Name", "Email"], ["Li Na", "li@example.cn"], [], ["Bo", "none"]]


@pytest.mark.parametrize("saved", [workbook(TITLED), "\n".join(map(",".join, TITLED)).encode()])
def test_a_title_above_the_headers_is_passed_over(api: Any, imported: Any, preview: Any, saved: bytes) -> None:
    shown = preview(saved).json
    assert (shown["header_row"], shown["headers"], shown["rows"][0]["person"]["row"]) == (3, ["Name", "Email"], 4)
    job = imported(saved)
    assert [p["name"] for p in api.get("/people").json["data"]] == ["Li Na"]
    assert "Bo,none,6,email,invalid_email" in api.get(f"/jobs/{job['id']}/errors").text


def test_an_errors_file_that_still_has_errors_names_its_own_columns_once(api: Any, imported: Any) -> None:
    first = imported("Name,Email\nLi,none\nBo,nothing\n")
    second = imported(api.get(f"/jobs/{first['id']}/errors").text.replace("none", "li@example.cn"))
    assert (second["result"]["created"], second["result"]["columns_left_out"]) == (1, [])
    left = api.get(f"/jobs/{second['id']}/errors").text
    assert left.splitlines()[0].removeprefix("\ufeff") == "Name,Email,error_row,error_field,error_code,error_message"
    third = imported(left.replace("nothing", "bo@example.cn"))
    assert (third["result"]["created"], third["failed"]) == (1, 0)


def bomb() -> bytes:
    """A small archive that says of itself that it is small, and is not."""
    file = io.BytesIO(workbook(LIST))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/padding.xml", b"\0" * 5_000_000)
    raw = bytearray(file.getvalue())
    entry = raw.rindex(b"PK\x01\x02")
    raw[entry + 24 : entry + 28] = struct.pack("<I", 1000)
    return bytes(raw)


@pytest.mark.parametrize(
    ("content", "fields", "pointer", "code"),
    [
        (workbook(LIST), {"sheet": "B"}, "/sheet", "unknown_sheet"),
        (workbook([["name", "city"], ["Li", "Ulm"]]), {}, "/file", "no_contact_column"),
        (workbook([[]]), {}, "/file", "no_header"),
        (b"PK\x03\x04 and no more", {}, "/file", "not_xlsx"),
        (workbook(LIST)[:-300], {}, "/file", "not_xlsx"),
        (bomb(), {}, "/file", "not_xlsx"),
        (b"name,email\n", {"sheet": "A"}, "/sheet", "no_workbook"),
        (b"name,email\n", {"profile": "none"}, "/profile", "unknown_reference"),
    ],
)
def test_what_cannot_be_read_is_refused_by_both(
    api: Any, upload: Any, preview: Any, content: bytes, fields: dict[str, str], pointer: str, code: str
) -> None:
    for response in (upload(content, **fields), preview(content, **fields)):
        assert response.status_code == 422, response.text
        assert (response.json["errors"][0]["pointer"], response.json["errors"][0]["code"]) == (pointer, code)
    assert api.get("/jobs").json["data"] == []


def test_a_workbook_that_unpacks_to_too_much_is_refused(api: Any, upload: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from contacts.imports import workbook as reader

    monkeypatch.setattr(reader, "MAX_UNPACKED", 1000)
    response = upload(workbook(LIST))
    assert (response.status_code, response.json["errors"][0]["code"]) == (422, "too_large")
    assert api.get("/jobs").json["data"] == []


def test_a_preview_shows_how_rows_would_become_and_writes_nothing(api: Any, preview: Any, outbox: Any) -> None:
    rows = "Kontakt;Betrieb;E-Mail;Durchwahl\nLi Na;Acme;LI@example.cn;13800138000\nBad;;no address;\n"
    shown = preview(rows).json
    assert (shown["mapping"], shown["columns_left_out"]) == ({"E-Mail": "email"}, ["Kontakt", "Betrieb", "Durchwahl"])
    corrected = '{"Kontakt": "name", "Betrieb": "company_name", "Durchwahl": "phone"}'
    shown = preview(rows, mapping=corrected).json
    assert (shown["delimiter"], shown["encoding"], shown["sheet"]) == (";", "utf-8", None)
    person, refused = shown["rows"]
    assert person["error"] is None
    told = {name: person["person"][name] for name in ("row", "name", "emails", "phones", "company_name")}
    assert told == {"row": 2, "name": "Li Na", "emails": ["li@example.cn"], "phones": ["+8613800138000"],
                    "company_name": "Acme"}  # fmt: skip
    assert (refused["person"], refused["error"]["row"], refused["error"]["code"]) == (None, 3, "invalid_email")
    assert preview(workbook(LIST)).json["rows"][0]["person"]["phones"] == ["+8613800138000"]
    assert (api.get("/people").json["data"], api.get("/jobs").json["data"], outbox.types()) == ([], [], [])


def test_a_mapping_kept_under_a_name_is_used_again(api: Any, user: Any, imported: Any, preview: Any) -> None:
    mapping = {"Kontakt": "name", "Rufnummer": "phone", "E-Mail": None, "Only elsewhere": "city"}
    kept = api.post("/import-profiles", json={"name": "Fair", "mapping": mapping})
    assert (kept.status_code, kept.json["mapping"]) == (201, mapping)
    rows = "Kontakt,Rufnummer,E-Mail\nLi Na,13800138000,not one\n"
    assert preview(rows, profile="Fair").json["mapping"] == {"Kontakt": "name", "Rufnummer": "phone"}
    assert preview(rows, profile="Fair", mapping='{"Kontakt": "note"}').json["mapping"]["Kontakt"] == "note"
    assert imported(rows, profile="Fair")["result"]["created"] == 1
    assert api.post("/import-profiles", json={"name": "Fair", "mapping": {"A": "name"}}).status_code == 409
    wrong = api.post("/import-profiles", json={"name": "Else", "mapping": {"A": "nickname"}})
    assert (wrong.status_code, wrong.json["errors"][0]["code"]) == (422, "unknown_field")
    partner = user(reach="partner")
    assert api.post("/import-profiles", json={"name": "Else", "mapping": {"A": "name"}}, as_=partner).status_code == 403
    url = f"/import-profiles/{kept.json['id']}"
    changed = api.patch(url, json={"mapping": {"Kontakt": "name"}}, headers={"If-Match": kept.headers["ETag"]})
    assert (changed.status_code, changed.json["mapping"]) == (200, {"Kontakt": "name"})
    assert api.delete(url, headers={"If-Match": changed.headers["ETag"]}).status_code == 204
    assert [p["name"] for p in api.get("/import-profiles").json["data"]] == []
