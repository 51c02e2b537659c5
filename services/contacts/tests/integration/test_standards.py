"""The standards behind the fields, over the API."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import dns.message
import dns.rcode
import dns.rrset
import pytest

from contacts.points import deliverable
from contacts.settings import settings


@pytest.mark.parametrize(
    ("country", "typed", "kept"),
    [
        ("CN", "518000", "518000"),
        ("CN", "５１８０００", "518000"),
        ("GB", "ec1y 8sy", "EC1Y 8SY"),
        ("US", "22162-1010", "22162-1010"),
        ("DE", " 10115 ", "10115"),
        ("HK", "anything", "ANYTHING"),
        (None, "x 1", "X 1"),
    ],
)
def test_postcodes_are_kept_as_their_country_writes_them(person: Any, country: str, typed: str, kept: str) -> None:
    assert person(country=country, postcode=typed)["postcode"] == kept


@pytest.mark.parametrize(("country", "typed"), [("CN", "51800"), ("US", "ABCDE"), ("DE", "1011"), ("GB", "12345")])
def test_a_postcode_of_another_form_is_refused(api: Any, country: str, typed: str, outbox: Any) -> None:
    for path, name in (("/people", "Li Na"), ("/companies", "Acme")):
        response = api.post(path, json={"name": name, "country": country, "postcode": typed})
        assert response.status_code == 422, response.text
        error = response.json["errors"][0]
        assert (error["pointer"], error["code"]) == ("/postcode", "not_valid")
        assert error["message"].startswith(f"Not a valid postcode of {country}, such as ")
    assert outbox.types() == []


def test_another_country_is_held_against_the_postcode(api: Any, person: Any) -> None:
    li = person(country="CN", postcode="518000")
    moved = api.patch(f"/people/{li['id']}", json={"country": "DE"}, if_match=1)
    assert (moved.status_code, moved.json["errors"][0]["pointer"]) == (422, "/postcode")
    both = api.patch(f"/people/{li['id']}", json={"country": "DE", "postcode": "10115"}, if_match=1)
    assert (both.status_code, both.json["postcode"]) == (200, "10115")


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("13800138000", "+8613800138000"),
        ("１３８ ００１３ ８０００", "+8613800138000"),
        ("+86 199-0000-0000", "+8619900000000"),
        ("0086 13800138000", "+8613800138000"),
    ],
)
def test_a_chinese_mobile_has_eleven_digits(person: Any, typed: str, value: str) -> None:
    assert person(phone=typed)["phones"][0] == {"value": value, "typed": typed, "label": "mobile", "shared": False}


@pytest.mark.parametrize("typed", ["1380013800", "138001380000", "12800138000", "+8612800138000", "138-0013-800a"])
def test_ten_or_twelve_digits_are_none(api: Any, typed: str) -> None:
    response = api.post("/people", json={"name": "Li Na", "phone": typed})
    assert (response.status_code, response.json["errors"][0]["pointer"]) == (422, "/phone")
    assert typed in response.json["errors"][0]["message"]


@pytest.fixture
def name_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A DNS server on the loopback address: has-mail.com has an MX, no-mail.com refuses mail (RFC 7505), nothing else
    exists. The questions that it was asked."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    asked: list[str] = []

    def serve() -> None:
        while True:
            try:
                raw, client = server.recvfrom(4096)
            except OSError:
                return
            query = dns.message.from_wire(raw)
            question = query.question[0]
            asked.append(question.to_text())
            answer = dns.message.make_response(query)
            mx = {"has-mail.com.": "10 mx.has-mail.com.", "no-mail.com.": "0 ."}.get(str(question.name))
            if mx and question.rdtype == dns.rdatatype.MX:
                answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", "MX", mx))
            elif not mx:
                answer.set_rcode(dns.rcode.NXDOMAIN)
            server.sendto(answer.to_wire(), client)

    threading.Thread(target=serve, daemon=True).start()
    monkeypatch.setenv("CONTACTS_NAME_SERVER", f"127.0.0.1:{server.getsockname()[1]}")
    for cached in (settings, deliverable._resolver):
        cached.cache_clear()
    yield asked
    server.close()
    monkeypatch.undo()
    for cached in (settings, deliverable._resolver):
        cached.cache_clear()


def test_where_asked_a_domain_must_take_mail(api: Any, name_server: list[str], outbox: Any) -> None:
    good = api.post("/people?check_mx=true", json={"name": "A", "email": "a@has-mail.com"})
    assert good.status_code == 201, good.text
    assert name_server == ["has-mail.com. IN MX"]
    sent = outbox.types()
    for domain in ("no-mail.com", "nowhere-at-all.com"):
        bad = api.post("/people?check_mx=true", json={"name": "B", "emails": ["b@has-mail.com", f"b@{domain}"]})
        error = bad.json["errors"][0]
        assert (bad.status_code, error["pointer"], error["code"]) == (422, "/emails/1", "undeliverable")
        assert domain in error["message"]
    assert outbox.types() == sent
    unasked = api.post("/people", json={"name": "B", "email": "b@no-mail.com"})
    assert unasked.status_code == 201


def test_a_setting_asks_for_it_always(api: Any, name_server: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTACTS_CHECK_MX", "true")
    settings.cache_clear()
    made = api.post("/people", json={"name": "A", "email": "a@has-mail.com"}).json
    changed = api.patch(f"/people/{made['id']}", json={"email": "a@nowhere-at-all.com"}, if_match=1)
    assert (changed.status_code, changed.json["errors"][0]["code"]) == (422, "undeliverable")
    assert api.patch(f"/people/{made['id']}", json={"job_title": "CEO"}, if_match=1).status_code == 200
