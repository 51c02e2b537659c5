"""Invitations that come by mail become appointments, change and are cancelled; whoever is invited answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

ZONE = ";TZID=Europe/Berlin"


@pytest.fixture(autouse=True)
def ours(clock: Any, colleague: Any, mailbox: Any, person: Any) -> dict[str, str]:
    """A mailbox, Ren in Berlin who is a colleague, Li who is a customer."""
    clock.set(datetime(2026, 3, 2, tzinfo=UTC))
    mailbox()
    ren = colleague("Ren", time_zone="Europe/Berlin")
    return {"ren": str(ren), "li": person(email="li@example.cn")["id"]}


def event(day: int = 5, *more: str, uid: str = "1@cn", organizer: str = "li@example.cn") -> str:
    lines = [
        f"UID:{uid}", f"DTSTART{ZONE}:202603{day:02}T090000", f"DTEND{ZONE}:202603{day:02}T100000", "SUMMARY:Offer",
        f"ORGANIZER;CN=Li Na:mailto:{organizer}", "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:ren@quintet.example",
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:li@example.cn", "DTSTAMP:20260301T000000Z", *more,
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def planned(api: Any, state: str = "scheduled") -> list[Any]:
    return list(api.get(f"/appointments?state={state}").json["data"])


def outcomes(api: Any) -> list[str]:
    """What the interactions say of the invitations, the first mail first."""
    logged = sorted(api.get("/interactions?limit=100").json["data"], key=lambda one: one["id"])
    return [one["content"].split("\n")[0].removeprefix("[invitation: ").removesuffix("]") for one in logged]


def test_an_invitation_is_planned_changed_and_cancelled(api: Any, receive: Any, ours: Any, outbox: Any) -> None:
    receive(event())
    (made,) = planned(api)
    assert (made["title"], made["starts_at"], made["time_zone"]) == ("Offer", "2026-03-05T08:00:00Z", "Europe/Berlin")
    assert (made["owner_id"], made["attendees"]) == (ours["ren"], [{"user_id": ours["ren"], "answer": "open"}])
    assert (made["person_id"], made["person_ids"]) == (ours["li"], [ours["li"]])
    receive(event())
    receive(event(6, "SEQUENCE:1"))
    receive(event(4))
    assert [one["starts_at"] for one in planned(api)] == ["2026-03-06T08:00:00Z"]
    receive(event(6, "SEQUENCE:2"), method="CANCEL")
    assert (planned(api), len(planned(api, "cancelled"))) == ([], 1)
    assert outcomes(api) == ["planned", "known already", "updated", "known already", "cancelled"]
    kinds = [kind for kind in outbox.types() if kind.startswith("appointment.")]
    assert kinds == ["appointment.scheduled", "appointment.moved", "appointment.cancelled"]
    shown = api.get(f"/people/{ours['li']}/timeline?kind=appointment").json["data"]
    assert [one["title"] for one in shown] == ["Offer"] * len(shown)


def test_it_is_planned_where_the_time_is_taken_and_a_series_as_one(
    api: Any, receive: Any, ours: Any, user: Any
) -> None:
    body = {"title": "Mine", "starts_at": "2026-03-05T08:30:00Z", "ends_at": "2026-03-05T09:30:00Z"}
    assert api.post("/appointments", json=body, as_=user(id=ours["ren"])).status_code == 201
    once = event(13, uid="s@cn").replace("UID:s@cn\n", f"UID:s@cn\nRECURRENCE-ID{ZONE}:20260312T090000\n")
    receive(event(5, "RRULE:FREQ=WEEKLY;COUNT=3", uid="s@cn"), once)
    starts = [one["starts_at"][:10] for one in planned(api) if one["title"] == "Offer"]
    assert starts == ["2026-03-05", "2026-03-13", "2026-03-19"]
    assert outcomes(api) == ["planned, updated"]
    receive(event(19, f"RECURRENCE-ID{ZONE}:20260319T090000", "SEQUENCE:1", uid="s@cn"), method="CANCEL")
    assert len(planned(api)) == 3


@pytest.mark.parametrize(
    ("events", "head", "why"),
    [
        ((event(organizer="boss@example.cn"),), {}, "not_the_organizer"),
        ((event().replace("ORGANIZER", "X-ORGANIZER"),), {}, "not_the_organizer"),
        ((event(), event(6, uid="2@cn")), {}, "not_one_event"),
        ((), {}, "no_events"),
        ((event().replace("ren@", "nobody@"),), {}, "nobody_invited"),
        ((event(5, "RRULE:FREQ=SECONDLY"),), {}, "too_frequent"),
        ((event().replace("20260305T", "00010101T"),), {}, "out_of_range"),
        ((event().replace("20260305T", "99991231T"),), {}, "out_of_range"),
        ((event().replace("T100000", "T080000"),), {}, "before_start"),
        ((event().replace("T090000", "T990000"),), {}, "invalid_value"),
        ((event(organizer="who@example.org"),), {"From": "who@example.org", "Cc": "li@example.cn"}, "unknown_sender"),
    ],
)
def test_what_is_none_or_is_made_up_is_said_so(
    api: Any, receive: Any, outbox: Any, events: Any, head: dict[str, str], why: str
) -> None:
    receive(*events, **head)
    assert (outcomes(api), planned(api)) == ([f"not taken: {why}"], [])
    assert "appointment.scheduled" not in outbox.types()


def test_nothing_stops_the_mailbox(api: Any, server: Any, mail: Any, poll: Any, admin: Any, invitation: Any) -> None:
    bodies = [
        b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n" + b"BEGIN:VEVENT\r\n" * 3000, b"METHOD:REQUEST\r\n\xff\xfe\x00",
        b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:\x00\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        b"METHOD:REQUEST\r\n" + b"x" * 300_000,
        invitation(event(5, "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;INTERVAL=999")).encode(),
        invitation(event(5, "SEQUENCE:99999999999999999999")).encode(),
    ]  # fmt: skip
    for number, body in enumerate(bodies):
        message = mail(str(number))
        message.add_attachment(body, maintype="text", subtype="calendar", filename="invite.ics")
        server.put(message)
    server.put(mail("last"))
    poll()
    state = api.get("/mailboxes", as_=admin).json["data"][0]["state"]
    assert (state["failures"], state["problem"]) == (0, None)
    assert {one["content"] for one in api.get("/interactions").json["data"]} == {
        "Hello",
        *(
            f"[invite.ics (not kept: no_storage)]\n[invitation: not taken: {why}]\nHello"
            for why in ("required", "no_events", "no_calendar", "not_first", "invalid_value", "too_large")
        ),
    }
    assert planned(api) == []


def test_nobody_else_moves_what_was_planned(api: Any, receive: Any, ours: Any, person: Any) -> None:
    receive(event())
    person(name="Wu", email="wu@example.cn")
    receive(event(6, "SEQUENCE:5", organizer="wu@example.cn"), From="Wu <wu@example.cn>")
    receive(event(5, "SEQUENCE:5", organizer="wu@example.cn"), method="CANCEL", From="Wu <wu@example.cn>")
    (made,) = planned(api)
    assert made["starts_at"] == "2026-03-05T08:00:00Z"
    own = event(6, "SEQUENCE:99", uid=f"{made['id']}@quintet")
    receive(own)
    assert planned(api)[0]["starts_at"] == "2026-03-05T08:00:00Z"
    assert outcomes(api)[1:] == ["not taken: not_the_organizer"] * 2 + ["known already"]


def reply(
    partstat: str, who: str = "li@example.cn", uid: str = "1@cn", at: str = "20260303T000000Z", *more: str
) -> str:
    lines = [f"UID:{uid}", f"DTSTAMP:{at}", f"ATTENDEE;PARTSTAT={partstat}:mailto:{who}", *more]
    return "\n".join(lines) + "\n"


def test_who_is_invited_answers_and_the_later_word_counts(
    api: Any, receive: Any, ours: Any, outbox: Any, user: Any, clock: Any
) -> None:
    clock.set(datetime(2026, 3, 4, tzinfo=UTC))
    receive(event(organizer="ren@quintet.example"), From="Ren <ren@quintet.example>", to="li@example.cn")
    (made,) = planned(api)
    assert made["attendees"] == [{"user_id": ours["ren"], "answer": "accepted"}], "who organizes it attends"
    path = f"/appointments/{made['id']}"

    def guest() -> str:
        (only,) = api.get(path).json["guests"]
        return str(only["answer"])

    assert guest() == "open"
    receive(reply("TENTATIVE"), method="REPLY")
    receive(reply("DECLINED", "li@example.cn", "1@cn", "20260302T000000Z"), method="REPLY")
    assert guest() == "tentative", "the older word came later"
    receive(reply("ACCEPTED", "li@example.cn", f"{made['id']}@quintet", "20260303T010000Z"), method="REPLY")
    assert guest() == "accepted"
    told = [one.data["answer"] for one in outbox.events("appointment.guest_answered")]
    assert told == ["tentative", "accepted"]
    receive(reply("ACCEPTED", "ren@quintet.example"), method="REPLY")
    receive(reply("MAYBE", "li@example.cn", "1@cn", "20260303T020000Z"), method="REPLY")
    receive(reply("DECLINED", uid="nobodys@cn"), method="REPLY")
    assert outcomes(api)[-3:] == ["not taken: not_an_attendee", "not taken: no_answer", "not taken: unknown_event"]
    moved = api.patch(path, json={"starts_at": "2026-03-07T08:00:00Z", "ends_at": "2026-03-07T09:00:00Z"},
                      if_match=api.get(path).json["version"])  # fmt: skip
    assert (moved.status_code, guest()) == (200, "open")


def test_an_answer_for_a_series_is_for_what_is_made_later_too(
    api: Any, receive: Any, ours: Any, tick: Any, clock: Any
) -> None:
    receive(
        event(5, "RRULE:FREQ=DAILY", organizer="ren@quintet.example"), From="ren@quintet.example", to="li@example.cn"
    )
    receive(reply("ACCEPTED", at="20260302T000001Z"), method="REPLY")
    once = f"RECURRENCE-ID{ZONE}:20260306T090000"
    receive(reply("DECLINED", "li@example.cn", "1@cn", "20260302T000002Z", once), method="REPLY")
    answers = [one["guests"][0]["answer"] for one in planned(api)]
    assert (answers[:3], set(answers[2:])) == (["accepted", "declined", "accepted"], {"accepted"})
    clock.advance(days=30)
    tick("recur_appointments")
    (last,) = api.get("/appointments?sort=-starts_at&limit=1").json["data"]
    assert (last["starts_at"][:7], last["guests"][0]["answer"]) == ("2026-09", "accepted")


def test_strangers_plan_nothing_until_their_mail_is_assigned(api: Any, receive: Any, ours: Any) -> None:
    receive(event(organizer="who@example.org"), From="Who <who@example.org>")
    assert planned(api) == []
    (waiting,) = api.get("/mail-intake").json["data"]
    assert "invitation" not in waiting
    done = api.post(f"/mail-intake/{waiting['id']}/assign", json={"person_id": ours["li"]})
    assert done.status_code == 200, done.text
    (made,) = planned(api)
    assert (made["owner_id"], made["person_id"]) == (ours["ren"], ours["li"])
    assert outcomes(api) == ["planned"]


def test_calendar_programs_call_their_mail_automatic(api: Any, receive: Any) -> None:
    receive(event(), Auto_Submitted="auto-generated")
    assert (len(planned(api)), api.get("/interactions").json["data"]) == (1, [])
    receive(event(6, uid="2@cn", organizer="x@example.org"), Auto_Submitted="auto-generated", From="x@example.org")
    assert len(planned(api)) == 1
