"""Consent by a registered text, and consent that ends."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from chassis.testing import at_once
from chassis.testing.tokens import Caller

Json = dict[str, Any]
WORDS = {"purpose": "marketing", "text_version": "2026-1", "language": "zh", "text": "我同意接收产品资讯。"}


@pytest.fixture
def wording(api: Any) -> Any:
    """Registers a consent text: `wording(language="en")`."""

    def make(**changes: Any) -> Json:
        response = api.post("/consent-texts", json=WORDS | changes)
        assert response.status_code == 201, response.text
        return response.json

    return make


def test_a_decision_names_the_text_and_keeps_its_words(api: Any, person: Any, outbox: Any, wording: Any) -> None:
    text, ann = wording(), person()
    body = {"purpose": "marketing", "text_id": text["id"], "evidence": "signed card, fair of March", "text": "ignored"}
    given = api.post(f"/people/{ann['id']}/consents", json=body).json
    assert (given["text"], given["text_version"], given["language"]) == (WORDS["text"], "2026-1", "zh")
    assert (given["evidence"], given["in_force"]) == ("signed card, fair of March", True)
    told = outbox.events("consent.granted")[0].data
    assert (told["text"], told["text_version"], told["language"]) == (WORDS["text"], "2026-1", "zh")


def test_a_text_is_immutable_once_used(api: Any, person: Any, wording: Any) -> None:
    text, ann = wording(), person()
    path = f"/consent-texts/{text['id']}"
    text = api.patch(path, json={"text": "我同意。"}, if_match=text["version"]).json
    api.post(f"/people/{ann['id']}/consents", json={"purpose": "marketing", "text_id": text["id"]})
    for refused in (
        api.patch(path, json={"text": "Other words."}, if_match=text["version"]),
        api.delete(path, if_match=text["version"]),
    ):
        assert (refused.status_code, refused.json["code"]) == (409, "in_use")
    assert api.get(path).json["text"] == "我同意。"


def test_a_text_that_is_changed_while_somebody_decides_by_it(api: Any, person: Any, wording: Any) -> None:
    """Whichever comes first: nobody is recorded with words that the text does not have."""
    for _ in range(5):
        text, ann = wording(text_version=str(_)), person()
        body = {"purpose": "marketing", "text_id": text["id"]}
        work = [
            lambda path=f"/people/{ann['id']}/consents", body=body: api.post(path, json=body),
            lambda text=text: api.patch(f"/consent-texts/{text['id']}", json={"text": "New."}, if_match=1),
        ]
        at_once(*work)
        (decided,) = api.get(f"/people/{ann['id']}/consents").json["data"]
        assert decided["text"] == api.get(f"/consent-texts/{text['id']}").json["text"]


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"text_id": "019aa0c2-7f3e-7c11-8a55-3d2f0e9b1a01"}, "/text_id", "unknown_reference"),
        ({"purpose": "profiling"}, "/text_id", "another_purpose"),
        ({"at": "2026-01-01T00:00:00Z"}, "/text_id", "not_valid_yet"),
        ({"until": "2026-03-02T09:00:00Z"}, "/until", "before_start"),
        ({"purpose": "do_not_sell", "text_id": None, "text": "No.", "until": "2027-01-01T00:00:00Z"}, "/until",
         "not_allowed"),
    ],
)  # fmt: skip
def test_bad_decisions_are_refused(
    api: Any, person: Any, outbox: Any, wording: Any, change: Json, pointer: str, code: str
) -> None:
    text, ann = wording(), person()
    response = api.post(f"/people/{ann['id']}/consents", json={"purpose": "marketing", "text_id": text["id"]} | change)
    assert (response.status_code, response.json["errors"][0]["pointer"]) == (422, pointer)
    assert response.json["errors"][0]["code"] == code
    assert outbox.types() == ["contact.created"]


def test_one_version_per_language_and_only_for_who_may(api: Any, wording: Any, user: Caller) -> None:
    wording()
    wording(language="en")
    taken = api.post("/consent-texts", json=WORDS)
    assert (taken.status_code, taken.json["code"]) == (409, "version_exists")
    denied = api.post("/consent-texts", json=WORDS, as_=user(scopes="contacts:read contacts:write"))
    assert (denied.status_code, denied.json["code"]) == (403, "missing_scope")
    assert len(api.get("/consent-texts?purpose=marketing").json["data"]) == 2
    assert [p["code"] for p in api.get("/consent-purposes").json["data"] if p["law"] == "ccpa"] == ["do_not_sell"]


def test_consent_ends(api: Any, person: Any, outbox: Any, clock: Any, tick: Any) -> None:
    ann, path = (made := person()), f"/people/{made['id']}/consents"
    body = {"purpose": "marketing", "text": "For a month.", "until": "2026-04-02T09:00:00Z"}
    api.post(path, json=body)
    clock.set(datetime(2026, 4, 2, 9, tzinfo=UTC))
    (now,) = api.get(path).json["data"]
    assert (now["granted"], now["in_force"]) == (True, False)  # by the clock, though nobody has looked yet
    tick("end_consents")
    tick("end_consents")
    ended = outbox.events("consent.withdrawn")
    assert [(e.data["at"], e.data["source"]) for e in ended] == [("2026-04-02T09:00:00+00:00", "expiry")]
    assert len(api.get(f"{path}/history").json["data"]) == 2
    assert api.get(f"/people/{ann['id']}/timeline").json["data"][0]["type"] == "consent.withdrawn"


def test_consent_that_was_renewed_does_not_end(api: Any, person: Any, outbox: Any, clock: Any, tick: Any) -> None:
    path = f"/people/{person()['id']}/consents"
    api.post(path, json={"purpose": "marketing", "text": "A month.", "until": "2026-04-02T09:00:00Z"})
    clock.advance(days=1)
    api.post(path, json={"purpose": "marketing", "text": "For good."})
    clock.set(datetime(2026, 5, 1, 9, tzinfo=UTC))
    tick("end_consents")
    (now,) = api.get(path).json["data"]
    assert (now["text"], now["in_force"]) == ("For good.", True)
    assert "consent.withdrawn" not in outbox.types()
