"""Files on records: attached, read back, replaced, restored, shown to whom they are for, swept away."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

import pytest

from chassis import clock as the_clock
from chassis.ids import uuid7
from chassis.storage import choosing
from chassis.testing import at_once
from contacts.files import sweeping

Json = dict[str, Any]
PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n%%EOF\n"


pytestmark = pytest.mark.usefixtures("folder")


@pytest.fixture
def attach(api: Any) -> Any:
    """Sends a file to a record: `attach("people", id, PDF, "offer.pdf")`; the response."""

    def post(
        what: str, id: str, content: bytes = PDF, name: str = "offer.pdf", as_: Any = "default", key: str | None = None,
        **fields: Any
    ) -> Any:  # fmt: skip
        data = fields | {"file": (io.BytesIO(content), name)}
        return api.post(f"/{what}/{id}/files", data=data, as_=as_, key=key)

    return post


def stored(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("??/*"))


def test_a_file_is_attached_listed_told_of_and_read_back(api: Any, person: Any, attach: Any, outbox: Any) -> None:
    li = person(name="Li Na")
    made = attach("people", li["id"], PDF, "../报价 2026.pdf")
    assert made.status_code == 201, made.text
    file, digest = made.json, hashlib.sha256(PDF).hexdigest()
    assert (file["name"], file["media_type"], file["size"]) == ("报价 2026.pdf", "application/pdf", len(PDF))
    assert (file["sha256"], file["number"], file["person_id"]) == (digest, 1, li["id"])
    assert [f["id"] for f in api.get(f"/people/{li['id']}/files").json["data"]] == [file["id"]]
    assert [f["id"] for f in api.get(f"/files?person_id={li['id']}").json["data"]] == [file["id"]]
    got = api.get(f"/files/{file['id']}/content")
    assert (got.status_code, got.data, got.headers["ETag"]) == (200, PDF, f'"{digest}"')
    assert got.headers["Content-Disposition"] == (
        "attachment; filename=\"__ 2026.pdf\"; filename*=UTF-8''%E6%8A%A5%E4%BB%B7%202026.pdf"
    )
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    told = outbox.one("file.attached").data
    assert (told["file_id"], told["personal"]) == (file["id"], {"name": "报价 2026.pdf"})
    entry = api.get(f"/people/{li['id']}/timeline?kind=file").json["data"][0]
    assert (entry["id"], entry["title"]) == (file["id"], "File attached")


def test_ranges_and_what_a_client_has_already(api: Any, person: Any, attach: Any) -> None:
    url = f"/files/{attach('people', person()['id']).json['id']}/content"
    etag = api.get(url).headers["ETag"]
    part = api.get(url, headers={"Range": "bytes=5-7"})
    assert (part.status_code, part.data, part.headers["Content-Range"]) == (206, PDF[5:8], f"bytes 5-7/{len(PDF)}")
    assert api.get(url, headers={"Range": "bytes=-5"}).data == PDF[-5:]
    whole = api.get(url, headers={"Range": "bytes=5-7", "If-Range": '"other"'})
    assert (whole.status_code, whole.data) == (200, PDF)
    same = api.get(url, headers={"Range": "bytes=5-7", "If-Range": etag})
    assert (same.status_code, same.data) == (206, PDF[5:8])
    beyond = api.get(url, headers={"Range": "bytes=900-"})
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{len(PDF)}")
    assert api.get(url, headers={"If-None-Match": etag}).status_code == 304
    head = api.request("HEAD", url)
    assert (head.status_code, head.data, head.headers["Content-Length"]) == (200, b"", str(len(PDF)))


@pytest.mark.parametrize(
    ("content", "name", "status", "code"),
    [
        (b"", "empty.pdf", 422, "empty"),
        (b"MZ\x90\x00" + bytes(200), "setup.pdf", 422, "type_not_allowed"),
        (b"<svg onload=alert(1)>", "logo.txt", 422, "type_not_allowed"),
        (PDF, "offer.png", 422, "type_mismatch"),
        (PDF, "offer", 422, "type_mismatch"),
        (PDF, "\u202e..", 422, "no_name"),
        (PDF + bytes(1024 * 1024), "big.pdf", 413, "too_large"),
        (PDF + bytes(3 * 1024 * 1024), "huge.pdf", 413, "too_large"),
    ],
)
def test_bad_files_are_refused_and_leave_nothing(
    api: Any, person: Any, attach: Any, outbox: Any, folder: Path, content: bytes, name: str, status: int, code: str
) -> None:
    li = person()
    refused = attach("people", li["id"], content, name)
    problem = refused.json
    assert (refused.status_code, problem.get("errors", [problem])[0]["code"]) == (status, code), refused.text
    assert api.get(f"/people/{li['id']}/files").json["data"] == []
    assert "file.attached" not in outbox.types()
    assert stored(folder) == []


def test_no_file_and_no_record(api: Any, person: Any, attach: Any, folder: Path) -> None:
    empty = api.post(f"/people/{person()['id']}/files", data={}, content_type="multipart/form-data")
    assert (empty.status_code, empty.json["errors"][0]["code"]) == (422, "required")
    assert attach("people", str(uuid7())).status_code == 404
    assert stored(folder) == []


def test_versions_are_kept_read_and_brought_back(api: Any, person: Any, attach: Any, outbox: Any, folder: Path) -> None:
    file = attach("people", person()["id"]).json
    url, other = f"/files/{file['id']}", PDF + b"2"
    second = api.post(f"{url}/versions", data={"file": (io.BytesIO(other), "offer-2.pdf")})
    assert (second.status_code, second.json["number"], second.json["name"]) == (201, 2, "offer-2.pdf")
    back = api.post(f"{url}/versions/1/restore").json
    assert (back["number"], back["name"], back["sha256"]) == (3, "offer.pdf", file["sha256"])
    listed = api.get(f"{url}/versions").json["data"]
    assert [(v["number"], v["restored"]) for v in listed] == [(3, 1), (2, None), (1, None)]
    assert [api.get(f"{url}/versions/{n}/content").data for n in (1, 2, 3)] == [PDF, other, PDF]
    assert api.get(f"{url}/content").data == PDF
    assert api.get(f"{url}/versions/4/content").status_code == 404
    assert api.post(f"{url}/versions/3/restore").json["number"] == 3
    assert outbox.types().count("file.updated") == 2
    assert len(stored(folder)) == 2


def test_versions_sent_at_once_all_become_one(api: Any, person: Any, attach: Any) -> None:
    url = f"/files/{attach('people', person()['id']).json['id']}/versions"
    sends = [lambda i=i: api.post(url, data={"file": (io.BytesIO(PDF + b"%d" % i), "o.pdf")}) for i in range(5)]
    assert [r.status_code for r in at_once(*sends)] == [201] * 5
    versions = api.get(url).json["data"]
    assert [v["number"] for v in versions] == [6, 5, 4, 3, 2, 1]
    assert len({v["sha256"] for v in versions}) == 6


def test_the_same_content_at_once_is_stored_once(api: Any, person: Any, attach: Any, folder: Path) -> None:
    people = [person(name=f"P{i}")["id"] for i in range(4)]
    answers = at_once(*[lambda id=id: attach("people", id) for id in people])
    assert [r.status_code for r in answers] == [201] * 4
    assert stored(folder) == [hashlib.sha256(PDF).hexdigest()]
    assert list((folder / "begun").iterdir()) == []


def test_a_repeat_with_the_same_key_attaches_once(api: Any, person: Any) -> None:
    li, key = person(), str(uuid7())
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n' + PDF + b"\r\n--x--\r\n"
    url, media = f"/people/{li['id']}/files", "multipart/form-data; boundary=x"
    first, again = (api.post(url, data=body, content_type=media, key=key) for _ in range(2))
    assert (first.status_code, again.json["id"]) == (201, first.json["id"])
    assert len(api.get(url).json["data"]) == 1


def test_files_are_for_who_reaches_the_record(api: Any, person: Any, user: Any, attach: Any) -> None:
    mine, other, partner_id = user(reach="own"), user(reach="own"), uuid7()
    partner = user(reach="partner", partner_id=partner_id)
    li = person(owner_id=str(mine.id), partner_id=str(partner_id))
    file = attach("people", li["id"], as_=mine).json
    url = f"/files/{file['id']}"
    for stranger in (other, partner):
        for path in (url, f"{url}/content", f"{url}/versions", f"{url}/versions/1/content"):
            assert api.get(path, as_=stranger).status_code == 404, path
        assert api.post(f"{url}/links", as_=stranger).status_code == 404
        assert api.delete(url, if_match=1, as_=stranger).status_code == 404
        assert api.get("/files", as_=stranger).json["data"] == []
    assert attach("people", li["id"], as_=other).status_code == 404
    assert api.get(f"/people/{li['id']}/files", as_=partner).json["data"] == []
    shown = api.patch(url, json={"partner_visible": True}, if_match=1, as_=mine)
    assert (shown.status_code, shown.json["version"]) == (200, 2)
    assert api.get(f"{url}/content", as_=partner).data == PDF
    denied = api.patch(url, json={"name": "x.pdf"}, if_match=2, as_=partner)
    assert (denied.status_code, denied.json["code"]) == (403, "not_the_author")
    theirs = attach("people", li["id"], PDF, "ours.pdf", as_=partner).json
    assert [f["id"] for f in api.get("/files?sort=created_at", as_=partner).json["data"]] == [file["id"], theirs["id"]]


def test_a_link_works_for_some_minutes_without_a_token(api: Any, person: Any, attach: Any, clock: Any) -> None:
    file = attach("people", person()["id"]).json
    link = api.post(f"/files/{file['id']}/links")
    assert link.status_code == 201, link.text
    assert api.get(link.json["path"], as_=None).data == PDF
    clock.advance(minutes=10)
    expired = api.get(link.json["path"], as_=None)
    assert (expired.status_code, expired.json["code"]) == (410, "expired")
    assert api.get("/public/files/unknown", as_=None).status_code == 404


def test_a_file_is_renamed_and_removed(api: Any, person: Any, attach: Any, outbox: Any) -> None:
    li = person()
    url = f"/files/{attach('people', li['id']).json['id']}"
    wrong = api.patch(url, json={"name": "offer.exe"}, if_match=1)
    assert (wrong.status_code, wrong.json["errors"][0]["code"]) == (422, "extension")
    assert api.patch(url, json={"name": "final.pdf"}, if_match=1).json["name"] == "final.pdf"
    assert api.delete(url, if_match=1).status_code == 412
    link = api.post(f"{url}/links").json["path"]
    assert api.delete(url, if_match=2).status_code == 204
    assert [api.get(path).status_code for path in (url, f"{url}/content", link)] == [404, 404, 404]
    assert api.get(f"/people/{li['id']}/timeline?kind=file").json["data"] == []
    assert outbox.types().count("file.removed") == 1


def test_they_follow_a_merge_and_come_back(api: Any, person: Any, attach: Any) -> None:
    one, two = person(name="One"), person(name="Two")
    file = attach("people", two["id"]).json
    merged = api.post(f"/people/{one['id']}/merge", json={"loser_id": two["id"]}).json
    assert [f["id"] for f in api.get(f"/people/{one['id']}/files").json["data"]] == [file["id"]]
    assert api.post(f"/merges/{merged['merges'][0]['id']}/unmerge").status_code == 200
    assert api.get(f"/files/{file['id']}").json["person_id"] == two["id"]


def test_of_a_company_and_of_what_happened(api: Any, person: Any, attach: Any) -> None:
    company = api.post("/companies", json={"name": "Example GmbH"}).json
    assert attach("companies", company["id"]).json["company_id"] == company["id"]
    li = person(name="Li Na")
    call = api.post("/interactions", json={"person_id": li["id"], "channel": "call", "summary": "Hello"}).json
    task = api.post("/tasks", json={"person_id": li["id"], "title": "Call", "due_at": "2030-01-01T09:00:00Z"}).json
    attach("tasks", task["id"])
    file = attach("interactions", call["id"], b"a,b\n1,2\n", "list.csv").json
    assert (file["person_id"], file["media_type"]) == (li["id"], "text/csv")
    assert [f["id"] for f in api.get(f"/interactions/{call['id']}/files").json["data"]] == [file["id"]]
    assert len(api.get(f"/people/{li['id']}/files").json["data"]) == 2


def test_content_without_a_file_is_swept_away_after_a_time(
    api: Any, person: Any, attach: Any, folder: Path, sweep: Any
) -> None:
    li, ann = person(name="Li Na"), person(name="Ann")
    shared, gone = attach("people", li["id"]).json, attach("people", li["id"], PDF + b"gone").json
    attach("people", ann["id"])
    for file in (shared, gone):
        api.delete(f"/files/{file['id']}", if_match=1)
    sweep(fresh=True)
    assert len(stored(folder)) == 2, "too young"
    sweep()
    assert stored(folder) == [hashlib.sha256(PDF).hexdigest()]


def test_a_crash_between_content_and_row_leaves_only_what_is_swept(
    api: Any, person: Any, attach: Any, folder: Path, sweep: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    li = person()
    with monkeypatch.context() as broken:
        broken.setattr("contacts.files.events.attached", lambda *_: 1 / 0)
        assert attach("people", li["id"]).status_code == 500
    assert api.get(f"/people/{li['id']}/files").json["data"] == []
    assert len(stored(folder)) == 1
    sweep()
    assert stored(folder) == []
    assert api.get(f"/files/{attach('people', li['id']).json['id']}/content").data == PDF


def test_what_is_being_uploaded_is_not_swept(folder: Path, database: Any, sweep: Any) -> None:
    from chassis.storage import keep, measure, storage

    def upload(session: Any) -> None:
        keep(session, storage(session), measure(io.BytesIO(PDF), at_most=1000))
        sweep()
        assert len(stored(folder)) == 1

    database.run(upload)


def test_without_a_storage_nothing_is_taken_in_and_no_clock_fails(
    api: Any, person: Any, attach: Any, database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("QUINTET_FILES_FOLDER", "QUINTET_DATA"):
        monkeypatch.delenv(name, raising=False)
    choosing.is_set_up.cache_clear()
    li = person()
    assert attach("people", li["id"]).status_code == 503
    assert api.get(f"/people/{li['id']}/files").json["data"] == []
    database.run(lambda session: sweeping.sweep_unused(session, the_clock.now()))


def test_content_that_is_lost_is_said_to_be(api: Any, person: Any, attach: Any, folder: Path) -> None:
    file = attach("people", person()["id"]).json
    next(folder.glob("??/*")).unlink()
    lost = api.get(f"/files/{file['id']}/content")
    assert (lost.status_code, lost.json["code"]) == (410, "content_lost")


def test_an_erasure_takes_files_with_it(api: Any, person: Any, attach: Any, folder: Path, sweep: Any) -> None:
    li = person(name="Li Na")
    file = attach("people", li["id"]).json
    body = {"kind": "erasure", "person_id": li["id"], "identity": "seen"}
    request = api.post("/privacy/requests", json=body).json
    assert api.post(f"/privacy/requests/{request['id']}/begin").status_code == 202
    assert api.get(f"/files/{file['id']}").status_code == 404
    sweep()
    assert stored(folder) == []
