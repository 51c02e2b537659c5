"""A list as a file: whole, within reach, harmless in a spreadsheet, at the cost of one batch."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from xml.etree import ElementTree

import pytest

from chassis.files import workbook
from chassis.files.cells import defused, restored
from chassis.http import export, streaming
from chassis.ids import uuid7

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture
def notes(api):
    for title, price, grade in (("Tea", "2.50", None), ("=1+1", "10.00", "A"), ('王伟的"茶"', "7.00", "B")):
        assert api.post("/notes", json={"title": title, "price": price, "grade": grade}).status_code == 201


def table(response):
    assert response.status_code == 200, response.text
    return list(csv.reader(io.StringIO(response.data.decode("utf-8-sig"))))


def sheets(content):
    """The rows of each sheet: the texts of their cells."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        names = sorted(name for name in archive.namelist() if name.startswith("xl/worksheets/"))
        found = [ElementTree.fromstring(archive.read(name)) for name in names]
    return [[["".join(cell.itertext()) for cell in row] for row in sheet.iter(f"{SHEET}row")] for sheet in found]


def test_csv_has_the_filters_the_order_and_the_columns_that_were_asked(api, notes):
    answer = api.get("/notes/export?sort=-price&price__gte=7&fields=title,price")
    assert table(answer) == [["title", "price"], ["'=1+1", "10.00"], ['王伟的"茶"', "7.00"]]
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="notes-')
    assert table(api.get("/notes/export"))[0] == [
        "title", "code", "phone", "price", "grade", "id", "owner_id", "version", "created_at",
    ]  # fmt: skip
    assert api.get("/notes/export?fields=id&bom=true").data.startswith(b"\xef\xbb\xbfid\r\n")
    assert table(api.get("/notes/export?q=nobody&fields=id")) == [["id"]]


def test_ndjson_is_what_the_list_shows(api, notes):
    lines = api.get("/notes/export?format=ndjson&sort=title").data.splitlines()
    assert [json.loads(line) for line in lines] == api.get("/notes?sort=title").json["data"]


def test_xlsx_has_texts_numbers_and_instants(api, notes):
    answer = api.get("/notes/export?format=xlsx&sort=price&fields=title,price,grade,created_at")
    ((head, *rows),) = sheets(answer.data)
    assert head == ["title", "price", "grade", "created_at"]
    assert [row[:3] for row in rows] == [["Tea", "2.50", ""], ['王伟的"茶"', "7.00", "B"], ["=1+1", "10.00", "A"]]
    assert 45_000 < float(rows[0][3]) < 60_000


def test_rows_beyond_one_sheet_go_on_the_next(api, notes, monkeypatch):
    monkeypatch.setattr(workbook, "MAX_ROWS", 3)
    found = sheets(api.get("/notes/export?format=xlsx&sort=price&fields=title").data)
    assert found == [[["title"], ["Tea"], ['王伟的"茶"']], [["title"], ["=1+1"]]]


def test_reach_and_hidden_fields_hold(api, notes, user):
    partner = user(reach="partner", partner_id=uuid7())
    mine = api.post("/notes", json={"title": "Mine", "price": "1"}, as_=partner)
    assert mine.status_code == 201
    rows = table(api.get("/notes/export", as_=partner))
    assert "grade" not in rows[0]
    assert [row[0] for row in rows[1:]] == ["Mine"]
    for query in ("fields=grade", "grade=A", "sort=grade"):
        assert api.get(f"/notes/export?{query}", as_=partner).status_code == 400
    assert api.get("/notes/export", as_=user(scopes="other:read")).status_code == 403


@pytest.mark.parametrize(
    ("query", "name"),
    [("format=pdf", "format"), ("fields=nope", "fields"), ("limit=5", "limit"), ("cursor=x", "cursor"),
     ("bom=perhaps", "bom"), ("colour=red", "colour"), ("sort=phone", "sort"), ("price=x", "price")],
)  # fmt: skip
def test_what_is_wrong_is_said_before_anything_is_sent(api, notes, query, name):
    refused = api.get(f"/notes/export?{query}")
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (400, f"/{name}")


@pytest.mark.parametrize("form", ["csv", "csv&bom=true", "ndjson", "xlsx"])
def test_what_postgresql_refuses_is_said_before_anything_is_sent(api, notes, form):
    refused = api.get(f"/notes/export?version={2**40}&format={form}")
    assert (refused.status_code, refused.json["code"]) == (400, "out_of_range")


def test_all_rows_are_of_one_moment_whatever_is_written_meanwhile(api, notes, monkeypatch):
    monkeypatch.setattr(export, "BATCH", 1)
    monkeypatch.setattr("chassis.files.tables.PIECE", 1)
    answer = api.get("/notes/export?sort=price&fields=title", buffered=False)
    pieces = iter(answer.response)
    begun = next(pieces)
    assert api.post("/notes", json={"title": "Late", "price": "99"}).status_code == 201
    assert list(csv.reader(io.StringIO((begun + b"".join(pieces)).decode())))[1:] == [
        ["Tea"],
        ['王伟的"茶"'],
        ["'=1+1"],
    ]
    answer.close()


def test_clients_that_go_away_give_their_turn_and_connection_back(app, api, notes, monkeypatch):
    monkeypatch.setattr(export, "BATCH", 1)
    monkeypatch.setattr("chassis.files.tables.PIECE", 1)
    pool = app.extensions["quintet"]["database"].engine.pool
    before = pool.checkedout()
    held = [api.get("/notes/export", buffered=False) for _ in range(streaming.AT_ONCE)]
    for answer in held:
        next(iter(answer.response))
    assert pool.checkedout() == before + streaming.AT_ONCE
    refused = api.get("/notes/export")
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    for answer in held:
        answer.close()
    assert pool.checkedout() == before
    assert api.request("HEAD", "/notes/export").status_code == 200
    assert pool.checkedout() == before
    assert len(table(api.get("/notes/export"))) == 4


@pytest.mark.parametrize(
    ("text", "safe"),
    [("=1+1", "'=1+1"), ("@cmd", "'@cmd"), ("\t=1", "'\t=1"), ("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"),
     ("-note", "'-note"), ("＝1", "'＝1"), ("+8613800138000", "+8613800138000"), ("-5.00", "-5.00"), ("", ""),
     ("+49 (30) 12/34", "+49 (30) 12/34"), ("a=b", "a=b")],
)  # fmt: skip
def test_formulas_are_defused_and_come_back(text, safe):
    assert defused(text) == safe
    assert restored(safe) == text


def test_an_apostrophe_of_its_own_stays():
    assert [restored(text) for text in ("'", "'tis", "'+86 138")] == ["'", "'tis", "'+86 138"]


def test_what_xml_cannot_hold_is_escaped():
    ((_, row),) = sheets(b"".join(workbook.as_xlsx(["t"], [["a\x01<&>_x0041_" + "x" * 40_000]])))
    assert row[0].startswith("a_x0001_<&>_x005F_x0041_")
    assert len(row[0]) < 33_000
