"""What is sensitive is encrypted, found by its blind index, read only with a reason, and follows a merge."""

from __future__ import annotations

import threading
from base64 import b64encode

import pytest
from sqlalchemy import text

from chassis.errors import Unavailable
from chassis.jobs import command, start_job
from contacts.sensitive import job
from contacts.sensitive import keyring as keys
from contacts.sensitive.keyring import Keyring

ID = "11010519491231002X"
WHY = {"reason": "Asked for by the bank"}


@pytest.fixture
def secret(api, person):
    """A person with an ID number; their id."""

    def make(value=ID, field="id_number", **data) -> str:
        made = person(**data)
        stored = api.put(f"/people/{made['id']}/sensitive/{field}", json={"value": value})
        assert stored.status_code == 200, stored.text
        return made["id"]

    return make


def reveal(api, person_id, field="id_number", **options):
    return api.post(f"/people/{person_id}/sensitive/{field}/reveal", json=WHY, **options)


def test_a_value_is_masked_and_read_only_with_scope_and_reason(api, secret, user, database, clock):
    li = secret("110105 19491231 002x")
    (shown,) = api.get(f"/people/{li}/sensitive", as_=user(reach="all")).json["data"]
    assert (shown["field"], shown["masked"]) == ("id_number", "****002X")
    assert reveal(api, li, as_=user(reach="all")).status_code == 403
    without = api.post(f"/people/{li}/sensitive/id_number/reveal", json={})
    assert (without.status_code, without.json["errors"][0]["pointer"]) == (422, "/reason")
    assert api.get("/sensitive-accesses").json["data"] == []
    auditor = user(scopes="contacts:sensitive", reach="all")
    assert reveal(api, li, as_=auditor).json == {"field": "id_number", "value": ID}
    (access,) = api.get("/sensitive-accesses").json["data"]
    assert (access["person_id"], access["field"], access["how"]) == (li, "id_number", "read")
    assert (access["reason"], access["user_id"]) == (WHY["reason"], str(auditor.id))
    assert api.get("/sensitive-accesses", as_=auditor).status_code == 403
    with database.reading() as session:
        row = session.execute(text("SELECT * FROM sensitive_values")).one()
    assert ID.encode() not in bytes(row.content)
    assert ID not in str(row)


def test_a_repeated_reveal_keeps_no_value(api, secret, database):
    li = secret()
    assert reveal(api, li, key="once").json["value"] == ID
    assert reveal(api, li, key="once").json["value"] is None
    with database.reading() as session:
        bodies = session.scalars(text("SELECT body FROM idempotency_keys")).all()
    assert ID.encode() not in b"".join(map(bytes, bodies))


def test_it_is_found_by_its_whole_value_only_within_reach_and_noted(api, secret, user):
    li = secret(name="Li Na")
    secret("440524188001010014", name="Wu")
    found = api.post("/people/search-sensitive", json={"field": "id_number", "value": "110105-19491231-002x"} | WHY)
    assert [one["id"] for one in found.json["data"]] == [li]
    part = api.post("/people/search-sensitive", json={"field": "id_number", "value": "110105"} | WHY)
    assert part.json["data"] == []
    stranger = user(scopes="contacts:sensitive", reach="own")
    body = {"field": "id_number", "value": ID} | WHY
    assert api.post("/people/search-sensitive", json=body, as_=stranger).json["data"] == []
    log = api.get("/sensitive-accesses?how=search").json["data"]
    assert sorted(str(one["person_id"]) for one in log) == sorted([li, "None", "None"])


def test_the_same_number_points_at_the_same_person(api, secret, person):
    li = secret()
    twin = person()
    assert api.put(f"/people/{twin['id']}/sensitive/id_number", json={"value": ID}).json["same_as"] == [li]
    assert api.put(f"/people/{twin['id']}/sensitive/birthday", json={"value": "1949-12-31"}).json["same_as"] == []


def test_values_follow_a_merge_and_come_back(api, secret, person):
    li, twin = person(email="li@example.cn")["id"], secret(email="lin@example.cn")
    merge = api.post(f"/people/{li}/merge", json={"loser_id": twin}).json["merges"][0]
    assert reveal(api, li).json["value"] == ID
    api.post(f"/merges/{merge['id']}/unmerge")
    assert reveal(api, twin).json["value"] == ID
    assert reveal(api, li).status_code == 404


def test_keys_rotate_in_batches_and_the_old_one_reads_meanwhile(api, secret, run_jobs, monkeypatch, database):
    people = [secret(value, "passport_number") for value in ("E12345678", "E87654321")]
    old = keys.keyring()
    new = Keyring(keys={"new": b"n" * 32, **old.keys}, current="new", index=old.index)
    monkeypatch.setattr(keys, "_keyring", lambda: new)
    assert reveal(api, people[0], "passport_number").json["value"] == "E12345678"
    api.post("/sensitive/rotate-keys")
    assert run_jobs() == 1
    with database.reading() as session:
        assert session.scalars(text("SELECT DISTINCT key_id FROM sensitive_values")).all() == ["new"]
    monkeypatch.setattr(keys, "_keyring", lambda: Keyring({"new": b"n" * 32}, "new", old.index))
    assert reveal(api, people[1], "passport_number").json["value"] == "E87654321"
    monkeypatch.setattr(keys, "_keyring", lambda: Keyring({"other": b"o" * 32}, "other", old.index))
    assert reveal(api, people[1], "passport_number").status_code == 503


def test_a_rotation_that_dies_goes_on_where_it_was(api, secret, run_jobs, monkeypatch, database, clock, capsys):
    people = [secret(f"E1234567{n}", "passport_number") for n in range(3)]
    request = api.post("/privacy/requests", json={"kind": "access", "person_id": people[0], "identity": "seen"}).json
    assert api.post(f"/privacy/requests/{request['id']}/begin").status_code == 202
    old = keys.keyring()
    new = Keyring(keys={"new": b"n" * 32, **old.keys}, current="new", index=old.index)
    monkeypatch.setattr(keys, "_keyring", lambda: new)
    rotated, calls = job.rotate, []

    def dies(session, limit):
        calls.append(limit)
        if len(calls) == 2:
            raise OSError("killed")
        return rotated(session, limit)

    monkeypatch.setattr(job, "STEP", 1)
    monkeypatch.setattr(job, "rotate", dies)
    with database.transaction() as session:
        started = start_job(session, job.KIND).id
    run_jobs()
    with database.reading() as session:
        assert command.under_way(session, job.KIND).id == started
        done = session.scalars(text("SELECT key_id FROM sensitive_values ORDER BY id")).all()
    assert done == ["new", "test", "test"]
    clock.advance(minutes=1)
    threading.Timer(0.3, run_jobs).start()
    assert command.run(database.service, "rotate-keys", database) == 0
    assert '"result":{"values":3,"exports":1}' in capsys.readouterr().out
    monkeypatch.setattr(keys, "_keyring", lambda: Keyring({"new": b"n" * 32}, "new", old.index))
    assert reveal(api, people[2], "passport_number").json["value"] == "E12345672"
    with database.reading() as session:
        secret_key = session.scalar(text("SELECT secret FROM privacy_requests"))
    assert keys.key_of(bytes(secret_key)) == "new"


def test_a_value_moved_to_another_row_does_not_read(api, secret, person, database):
    li, other = secret(), secret("440524188001010014")
    moved = "UPDATE sensitive_values SET content = (SELECT content FROM sensitive_values WHERE person_id = :a)"
    with database.engine.begin() as connection:
        connection.execute(text(f"{moved} WHERE person_id = :b"), {"a": li, "b": other})
    refused = reveal(api, other)
    assert (refused.status_code, refused.json["code"]) == (409, "not_genuine")
    assert ID not in refused.text
    assert api.get("/sensitive-accesses").json["data"] == []


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("id_number", "110105194912310021", "check_digit"),
        ("birthday", "2999-01-01", "out_of_range"),
        ("birthday", "yesterday", "not_a_date"),
        ("bank_account", "DE89370400440532013001", "check_digit"),
        ("passport_number", "??", "not_valid"),
        ("shoe_size", "size 44", "not_a_choice"),
    ],
)
def test_what_cannot_be_is_refused(api, person, field, value, code):
    refused = api.put(f"/people/{person()['id']}/sensitive/{field}", json={"value": value})
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, code)
    assert value not in refused.text


def test_without_keys_nothing_is_stored(api, person, monkeypatch):
    monkeypatch.setattr(keys, "_keyring", lambda: Keyring({}, "", b""))
    with pytest.raises(Unavailable):
        keys.keyring()
    refused = api.put(f"/people/{person()['id']}/sensitive/birthday", json={"value": "1990-01-01"})
    assert refused.status_code == 503


def test_the_erased_leave_no_value_and_the_log_names_nobody(api, secret, database):
    li = secret(name="Marked Maria")
    api.post(f"/people/{li}/sensitive/id_number/reveal", json={"reason": "Marked Maria asked"})
    request = api.post("/privacy/requests", json={"kind": "erasure", "person_id": li, "identity": "seen"}).json
    assert api.post(f"/privacy/requests/{request['id']}/begin").status_code == 202
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM sensitive_values")) == 0
        assert session.scalars(text("SELECT reason FROM sensitive_accesses")).all() == ["[erased] asked"]


def test_a_key_is_32_bytes(monkeypatch):
    from chassis.settings import SettingsError, load_settings

    monkeypatch.setenv("CONTACTS_ENCRYPTION_KEYS", f"a:{b64encode(b'short').decode()}")
    with pytest.raises(SettingsError, match="32 bytes"):
        load_settings(Keyring)
