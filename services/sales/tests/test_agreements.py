"""Contracts with customers."""

from __future__ import annotations

from functools import partial

import pytest

from chassis.ids import uuid7
from chassis.testing import at_once


@pytest.fixture
def agreement(api, clock, new_deal):
    def make(**more):
        body = {"title": "Supply 2026", "terms": "Net 30.", "starts_on": "2026-03-02", "ends_on": "2026-06-30"}
        return api.post("/agreements", json={"deal_id": more.get("deal_id") or new_deal()["id"]} | body | more)

    return make


@pytest.fixture
def signed(api, agreement):
    path = f"/agreements/{agreement().json['id']}"
    for side in ("us", "customer"):
        answer = api.post(f"{path}/sign", json={"side": side, "name": "Wang"})
    assert answer.json["status"] == "signed"
    return path


def test_it_is_signed_once_both_sides_have(api, outbox, agreement) -> None:
    made = agreement().json
    path = f"/agreements/{made['id']}"
    assert (made["number"], made["amount"], made["status"]) == ("CT-2026-000001", "48000.00", "draft")
    ours = partial(api.post, f"{path}/sign", json={"side": "us", "name": "Li"})
    theirs = partial(api.post, f"{path}/sign", json={"side": "customer", "name": "Wang", "method": "seal"})
    answers = at_once(ours, theirs, ours, theirs)
    assert [answer.status_code for answer in answers] == [200] * 4
    assert len(outbox.events("agreement.signed")) == 1
    other = api.post(f"{path}/sign", json={"side": "us", "name": "Somebody"})
    assert (other.status_code, other.json["code"]) == (409, "signed_already")
    now = api.get(path).json
    assert [(one["side"], one["name"]) for one in now["signatures"]] == [("customer", "Wang"), ("us", "Li")]
    changed = api.patch(path, json={"terms": "Net 90."}, if_match=now["version"])
    assert (changed.status_code, changed.json["code"]) == (409, "agreement_signed")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"ends_on": "2026-03-01"}, "/ends_on"),
        ({"amount": "-1"}, "/amount"),
        ({"deal_id": str(uuid7())}, "/deal_id"),
        ({"quote_id": str(uuid7())}, "/quote_id"),
        ({"terms": ""}, "/terms"),
    ],
)
def test_a_bad_agreement_is_refused_by_field(api, agreement, change, pointer) -> None:
    refused = agreement(**change)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, pointer)
    assert api.get("/agreements").json["data"] == []


def test_none_from_a_lost_deal(api, new_deal, agreement) -> None:
    deal = new_deal()
    api.post(f"/deals/{deal['id']}/lose", json={"reason": "price"})
    refused = agreement(deal_id=deal["id"])
    assert (refused.status_code, refused.json["code"]) == (409, "deal_lost")


def test_its_owner_is_reminded_once_and_again_after_a_renewal(api, clock, tick, outbox, signed) -> None:
    tick("renewals")
    assert outbox.events("agreement.renewal_due") == []
    clock.advance(days=90)  # 31 May, 30 days before
    tick("renewals"), tick("renewals")
    assert outbox.one("agreement.renewal_due").data["ends_on"] == "2026-06-30"
    refused = api.post(f"{signed}/renew", json={"ends_on": "2026-06-29"})
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "not_later")
    at_once(*[partial(api.post, f"{signed}/renew", json={"ends_on": "2027-06-30"})] * 3)
    assert len(outbox.events("agreement.renewed")) == 1
    clock.advance(days=390)
    tick("renewals")
    assert len(outbox.events("agreement.renewal_due")) == 2
    clock.advance(days=30)
    tick("renewals"), tick("renewals")
    assert outbox.one("agreement.ended").data["status"] == "ended"
    again = api.post(f"{signed}/end", json={"reason": "moved"})
    assert (again.status_code, again.json["code"]) == (409, "agreement_ended")


def test_a_signature_is_of_a_document(api, agreement) -> None:
    made = agreement().json
    path = f"/agreements/{made['id']}"
    changed = api.patch(path, json={"amount": "1.00"}, if_match=1).json
    assert changed["document_hash"] != made["document_hash"]
    sign = partial(api.post, f"{path}/sign")
    old = sign(json={"side": "us", "name": "Li", "document_hash": made["document_hash"]})
    assert (old.status_code, old.json["code"], api.get(path).json["signatures"]) == (409, "document_changed", [])
    signed = sign(json={"side": "us", "name": "Li", "document_hash": changed["document_hash"]}).json
    assert signed["signatures"][0]["document_hash"] == changed["document_hash"] == signed["document_hash"]
    for language in ("zh", "en"):
        answer = api.get(f"{path}/document?language={language}")
        assert (answer.status_code, answer.mimetype, answer.data[:5]) == (200, "application/pdf", b"%PDF-")
        assert answer.data == api.get(f"{path}/document?language={language}").data
