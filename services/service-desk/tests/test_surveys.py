"""Asking the customer, and what they say."""

import hashlib

import pytest
from sqlalchemy import text

from chassis.ids import uuid7


@pytest.fixture
def resolved(api, ticket):
    """A resolved ticket and the survey that its resolver was shown."""

    def resolve(**fields):
        id_ = ticket(**fields)["id"]
        return id_, api.post(f"/tickets/{id_}/resolve").json["survey"]

    return resolve


@pytest.fixture
def customer(api):
    """Whoever holds a link: no token."""

    class Customer:
        def look(self, token):
            return api.get(f"/public/surveys/{token}", as_=None)

        def answer(self, token, **reply):
            return api.post(f"/public/surveys/{token}", json=reply, as_=None)

    return Customer()


def test_a_resolved_ticket_is_followed_by_a_survey(api, clock, database, resolved, customer, outbox):
    person = str(uuid7())
    id_, survey = resolved(person_id=person)
    assert survey["link"] == f"/api/v1/service-desk/public/surveys/{survey['token']}"
    assert survey["expires_at"] == "2026-03-16T09:00:00Z"
    sent = outbox.one("survey.sent")
    assert (sent.data["ticket_id"], sent.data["person_id"]) == (id_, person)
    page = customer.look(survey["token"])
    assert page.status_code == 200
    assert page.json == {
        "number": "T-000001", "subject": "It does not print", "kind": "csat", "lowest": 1, "highest": 5,
        "expires_at": "2026-03-16T09:00:00Z", "answered": False, "score": None, "answered_at": None,
    }  # fmt: skip
    with database.reading() as session:
        (row,) = session.execute(text("SELECT * FROM surveys")).mappings()
    assert bytes(row["token_hash"]) == hashlib.sha256(survey["token"].encode()).digest()
    assert survey["token"] not in str([event.to_json() for event in outbox.events()])
    assert survey["token"] not in str(dict(row))


def test_an_answer_counts_once(api, clock, resolved, customer, outbox):
    id_, survey = resolved()
    clock.advance(hours=2)
    answered = customer.answer(survey["token"], score=5, comment="很快解决了")
    assert (answered.status_code, answered.json["score"], answered.json["answered"]) == (200, 5, True)
    told = outbox.one("survey.answered")
    assert (told.data["score"], told.data["answered_at"]) == (5, "2026-03-02T11:00:00+00:00")
    assert told.personal == {"comment": "很快解决了"}
    clock.advance(days=30)
    again = customer.answer(survey["token"], score=5, comment="很快解决了")
    assert (again.status_code, again.json) == (200, answered.json)
    other = customer.answer(survey["token"], score=1, comment="很快解决了")
    assert (other.status_code, other.json["code"]) == (409, "already_answered")
    assert outbox.types().count("survey.answered") == 1
    assert api.get(f"/surveys?ticket_id={id_}").json["data"][0]["score"] == 5
    assert api.get(f"/tickets/{id_}").json["state"] == "resolved"


def test_answers_given_at_once_count_once(resolved, customer, outbox, all_waiting):
    _, survey = resolved()
    same = all_waiting("SELECT FROM surveys FOR UPDATE", *[lambda: customer.answer(survey["token"], score=4)] * 5)
    assert [a.status_code for a in same] == [200] * 5
    assert outbox.types().count("survey.answered") == 1


def test_different_answers_given_at_once_one_counts(resolved, customer, outbox, api, all_waiting):
    _, survey = resolved()
    calls = [lambda n=n: customer.answer(survey["token"], score=n) for n in (3, 4, 5)]
    answers = all_waiting("SELECT FROM surveys FOR UPDATE", *calls)
    assert sorted(a.status_code for a in answers) == [200, 409, 409]
    (taken,) = [a.json["score"] for a in answers if a.status_code == 200]
    assert outbox.one("survey.answered").data["score"] == taken
    assert api.get("/surveys").json["data"][0]["score"] == taken


def test_a_low_score_reopens_the_ticket(api, clock, resolved, customer, outbox):
    id_, survey = resolved()
    assert customer.answer(survey["token"], score=2, comment="Still broken").status_code == 200
    shown = api.get(f"/tickets/{id_}").json
    assert (shown["state"], shown["times_reopened"]) == ("open", 1)
    assert outbox.types() == [
        "ticket.created", "ticket.resolved", "survey.sent", "survey.answered", "ticket.reopened",
    ]  # fmt: skip
    assert outbox.one("ticket.reopened").actorid is None
    assert customer.answer(survey["token"], score=2, comment="Still broken").status_code == 200
    assert api.get(f"/tickets/{id_}").json["times_reopened"] == 1


def test_a_low_score_brings_back_even_a_closed_ticket(api, resolved, customer):
    id_, survey = resolved()
    api.post(f"/tickets/{id_}/close")
    customer.answer(survey["token"], score=1)
    assert api.get(f"/tickets/{id_}").json["state"] == "open"


def test_every_resolution_is_asked_about(api, resolved, customer):
    id_, first = resolved()
    customer.answer(first["token"], score=1)
    second = api.post(f"/tickets/{id_}/resolve").json["survey"]
    assert customer.answer(second["token"], score=5).status_code == 200
    assert [row["score"] for row in api.get(f"/surveys?ticket_id={id_}&sort=created_at").json["data"]] == [
        1,
        5,
    ]


def test_a_survey_expires(clock, resolved, customer, outbox):
    _, survey = resolved()
    clock.advance(days=14)
    for late in (customer.look(survey["token"]), customer.answer(survey["token"], score=5)):
        assert (late.status_code, late.json["code"]) == (410, "expired")
    assert "survey.answered" not in outbox.types()


@pytest.mark.parametrize(
    ("reply", "pointer", "code"),
    [
        ({}, "/score", "required"),
        ({"score": 0}, "/score", "out_of_range"),
        ({"score": 6}, "/score", "out_of_range"),
        ({"score": 4.5}, "/score", "not_valid"),
        ({"score": "five"}, "/score", "not_valid"),
        ({"score": 5, "comment": "x" * 2001}, "/comment", "too_long"),
        ({"score": 5, "name": "me"}, "/name", "unknown_field"),
    ],
)
def test_bad_answers_are_refused(resolved, customer, outbox, reply, pointer, code):
    _, survey = resolved()
    answer = customer.answer(survey["token"], **reply)
    assert answer.status_code == 422, answer.text
    assert [(e["pointer"], e["code"]) for e in answer.json["errors"]] == [(pointer, code)]
    assert "survey.answered" not in outbox.types()


def test_an_unknown_link_is_not_found(customer):
    assert customer.look("nothing").status_code == 404
    assert customer.answer("x" * 64, score=5).status_code == 404
    assert customer.look("x" * 65).status_code == 404


def test_a_repeated_resolve_shows_the_same_without_the_secret(api, database, ticket, outbox):
    url = f"/tickets/{ticket()['id']}/resolve"
    first = api.post(url, json={}, key="once").json
    again = api.post(url, json={}, key="once")
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (200, "true")
    assert again.json == first | {"survey": first["survey"] | {"token": None, "link": None}}
    assert outbox.types().count("survey.sent") == 1
    api.post(f"/public/surveys/{first['survey']['token']}", json={"score": 5}, as_=None, key="mine")
    with database.reading() as session:
        for row in session.execute(text("SELECT owner, body FROM idempotency_keys")):
            assert first["survey"]["token"] not in row.owner
            assert first["survey"]["token"].encode() not in bytes(row.body)


def test_a_lost_link_is_replaced(api, resolved, customer):
    _, survey = resolved()
    renewed = api.post(f"/surveys/{survey['id']}/link").json
    assert customer.look(survey["token"]).status_code == 404
    assert customer.answer(renewed["token"], score=4).status_code == 200
    refused = api.post(f"/surveys/{survey['id']}/link")
    assert (refused.status_code, refused.json["code"]) == (409, "already_answered")
