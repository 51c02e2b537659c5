"""What is said, and what it does to the ticket."""

import pytest


@pytest.fixture
def say(api):
    def say(id_, act="messages", **fields):
        return api.post(f"/tickets/{id_}/{act}", json={"body": "Hello"} | fields)

    return say


def get(api, id_):
    return api.get(f"/tickets/{id_}").json


def test_the_first_answer_stops_the_first_response_clock(api, clock, outbox, ticket, say):
    id_ = ticket()["id"]
    clock.advance(minutes=5)
    assert say(id_, "note").json["public"] is False
    assert get(api, id_)["first_responded_at"] is None
    clock.advance(minutes=5)
    answered = say(id_, "reply")
    assert (answered.status_code, answered.json["author_name"], answered.json["direction"]) == (
        201,
        "Admin",
        "out",
    )
    clock.advance(hours=1)
    say(id_, "reply")
    now = get(api, id_)
    assert (now["state"], now["first_responded_at"], now["first_response_met"]) == (
        "open",
        "2026-03-02T09:10:00Z",
        True,
    )
    assert now["next_due"] == now["resolution_due"]
    assert [(e.data["public"], e.data["direction"]) for e in outbox.events("ticket.replied")] == [
        (False, "out"), (True, "out"), (True, "out"),
    ]  # fmt: skip


def test_the_text_of_a_message_is_in_no_event(outbox, ticket, say):
    say(ticket(body="very secret")["id"], body="very secret")
    assert not [event for event in outbox.events() if "very secret" in event.to_json()]


def test_a_message_of_the_customer_brings_a_pending_ticket_back(api, clock, outbox, ticket, say):
    id_ = ticket()["id"]
    api.post(f"/tickets/{id_}/pend")
    said = say(id_, direction="in", channel="email").json
    assert (said["author_name"], said["channel"]) == ("王小明", "email")
    assert get(api, id_)["state"] == "open"
    assert outbox.types() == ["ticket.created", "ticket.updated", "ticket.replied"]


def test_a_message_of_the_customer_reopens_a_resolved_ticket(api, outbox, ticket, say):
    id_ = ticket()["id"]
    api.post(f"/tickets/{id_}/resolve", json={"survey": False})
    say(id_, direction="in")
    now = get(api, id_)
    assert (now["state"], now["times_reopened"], now["resolved_at"], now["closes_at"]) == (
        "open",
        1,
        None,
        None,
    )
    assert outbox.types() == ["ticket.created", "ticket.resolved", "ticket.reopened", "ticket.replied"]


def test_a_closed_ticket_takes_notes_only(api, outbox, ticket, say):
    id_ = ticket()["id"]
    api.post(f"/tickets/{id_}/resolve", json={"survey": False})
    assert api.post(f"/tickets/{id_}/close").json["state"] == "closed"
    before = outbox.types()
    for refused in (say(id_, "reply"), say(id_, direction="in")):
        assert (refused.status_code, refused.json["code"], refused.json["state"]) == (409, "closed", "closed")
    assert api.get(f"/tickets/{id_}/messages").json["data"] == []
    assert outbox.types() == before
    assert say(id_, "note").status_code == 201


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"body": " "}, "/body"),
        ({"body": None}, "/body"),
        ({"direction": "up"}, "/direction"),
        ({"direction": "in", "public": False}, "/public"),
        ({"channel": "fax"}, "/channel"),
    ],
)
def test_bad_messages_are_refused(api, outbox, ticket, say, fields, pointer):
    id_ = ticket()["id"]
    answer = say(id_, **fields)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)
    assert (api.get(f"/tickets/{id_}/messages").json["data"], outbox.types()) == ([], ["ticket.created"])


def test_messages_are_paged_oldest_first(api, clock, ticket, say):
    id_ = ticket()["id"]
    for n in range(3):
        clock.advance(minutes=1)
        say(id_, body=f"{n}", public=n != 1)
    page = api.get(f"/tickets/{id_}/messages?limit=2").json
    rest = api.get(f"/tickets/{id_}/messages?limit=2&cursor={page['next_cursor']}").json
    assert [m["body"] for m in page["data"] + rest["data"]] == ["0", "1", "2"]
    assert [m["body"] for m in api.get(f"/tickets/{id_}/messages?public=true").json["data"]] == ["0", "2"]
    assert api.get("/tickets/01976f3a-0c1e-7b52-9a37-2f4d1c8e6b01/messages").status_code == 404
