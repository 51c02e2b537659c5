"""What an organizer calls off, for all or for some, in whatever order the mails come."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from chassis.testing import at_once
from contacts.invitations import taking

ZONE = ";TZID=Europe/Berlin"
REN, WU, LI, ZHAO = "ren@quintet.example", "wu@quintet.example", "li@example.cn", "zhao@example.org"


@pytest.fixture(autouse=True)
def ours(clock: Any, colleague: Any, mailbox: Any, person: Any) -> dict[str, str]:
    """A mailbox, Ren and Wu who are colleagues, Li who is a customer and invites."""
    clock.set(datetime(2026, 3, 2, tzinfo=UTC))
    mailbox()
    ids = {name.lower(): str(colleague(name, time_zone="Europe/Berlin")) for name in ("Ren", "Wu")}
    return ids | {"li": person(email=LI)["id"]}


def event(*invited: str, sequence: int = 0, day: int = 5, organizer: str = LI, more: str = "") -> str:
    """Of `invited` and the organizer, at nine of a day in March; ten minutes apart by SEQUENCE."""
    attendees = "".join(f"ATTENDEE:mailto:{one}\n" for one in (*invited, organizer))
    return (
        f"UID:1@cn\nDTSTART{ZONE}:202603{day:02}T090000\nDTEND{ZONE}:202603{day:02}T100000\nSUMMARY:Offer\n"
        f"ORGANIZER:mailto:{organizer}\n{attendees}SEQUENCE:{sequence}\nDTSTAMP:20260301T00{sequence}000Z\n{more}"
    )


def of(day: int, reach: str = "") -> str:
    return f"RECURRENCE-ID{reach}{ZONE}:202603{day:02}T090000\n"


def planned(api: Any, state: str = "scheduled") -> list[Any]:
    return list(api.get(f"/appointments?state={state}&limit=100").json["data"])


def starts(api: Any) -> list[str]:
    return [one["starts_at"][8:13] for one in planned(api)]


def outcomes(api: Any) -> list[str]:
    logged = sorted(api.get("/interactions?limit=100").json["data"], key=lambda one: one["id"])
    return [one["content"].split("\n")[0].removeprefix("[invitation: ").removesuffix("]") for one in logged]


def test_what_was_called_off_before_it_came_does_not_come(api: Any, receive: Any, outbox: Any) -> None:
    for _ in range(2):
        receive(event(REN, sequence=1), method="CANCEL")
    for _ in range(2):
        receive(event(REN))
    assert (planned(api), outbox.types().count("appointment.scheduled")) == ([], 0)
    assert outcomes(api) == ["nothing to do"] * 2 + ["known already"] * 2
    receive(event(REN, sequence=2))
    assert starts(api) == ["05T08"], "it takes place after all"
    receive(event(REN, sequence=1), method="CANCEL")
    assert starts(api) == ["05T08"], "an old word, late"


def test_it_takes_place_after_all_also_in_order(api: Any, receive: Any) -> None:
    receive(event(REN))
    receive(event(REN, sequence=1, more="STATUS:CANCELLED\n"), method="CANCEL")
    receive(event(REN, sequence=2, day=6))
    receive(event(REN, sequence=1))
    assert outcomes(api) == ["planned", "cancelled", "planned", "known already"]
    assert (starts(api), len(planned(api, "cancelled"))) == (["06T08"], 1)


def test_another_organizers_word_calls_nothing_off(api: Any, receive: Any, person: Any) -> None:
    person(name="Qian", email="qian@example.cn")
    receive(event(REN, sequence=5, organizer="qian@example.cn"), method="CANCEL", From="qian@example.cn")
    receive(event(REN))
    assert outcomes(api) == ["nothing to do", "planned"]


def test_one_who_is_not_invited_any_more_is_taken_out(api: Any, receive: Any, ours: Any, outbox: Any) -> None:
    receive(event(REN, WU))
    (made,) = planned(api)
    assert (made["user_ids"], made["owner_id"]) == (sorted([ours["ren"], ours["wu"]]), ours["ren"])
    for _ in range(2):
        receive(event(REN, sequence=1), method="CANCEL")
    (left,) = planned(api)
    assert (left["id"], left["user_ids"], left["owner_id"]) == (made["id"], [ours["wu"]], ours["wu"])
    (moved,) = outbox.events("appointment.moved")
    assert (moved.data["changed"], moved.data["removed_user_ids"]) == (["user_ids"], [ours["ren"]])
    assert api.get(f"/calendar/busy?user_ids={ours['ren']}&on=2026-03-05").json["users"][0]["busy"] == []
    receive(event(REN, WU))
    assert planned(api)[0]["user_ids"] == [ours["wu"]], "the invitation again does not ask Ren again"
    receive(event(WU, sequence=1, day=6))
    assert (starts(api), planned(api)[0]["user_ids"]) == (["06T08"], [ours["wu"]]), "the others hear of it by a REQUEST"
    receive(event(WU, sequence=2), method="CANCEL")
    assert planned(api) == [], "nobody is left"
    assert outcomes(api) == [
        "planned", "updated", "known already", "known already", "updated", "cancelled",
    ]  # fmt: skip


def test_one_is_taken_out_before_the_invitation_comes(api: Any, receive: Any, ours: Any) -> None:
    receive(event(REN, sequence=1, more="STATUS:CANCELLED\n"), method="CANCEL")
    receive(event(REN, WU, ZHAO))
    (made,) = planned(api)
    assert (made["user_ids"], made["owner_id"]) == ([ours["wu"]], ours["wu"])
    assert outcomes(api) == ["nothing to do", "planned"]
    receive(event(ZHAO, sequence=1), method="CANCEL")
    assert planned(api)[0]["user_ids"] == [ours["wu"]], "a stranger less"
    receive(event(REN, WU, sequence=2))
    assert planned(api)[0]["user_ids"] == sorted([ours["ren"], ours["wu"]]), "invited again since"


def test_a_customer_is_taken_out_of_what_a_colleague_organizes(api: Any, receive: Any, ours: Any, person: Any) -> None:
    qian = person(name="Qian", email="qian@example.cn")["id"]
    head = {"From": f"Ren <{REN}>", "to": LI}
    receive(event(LI, "qian@example.cn", organizer=REN), **head)
    assert planned(api)[0]["person_ids"] == sorted([ours["li"], qian])
    receive(event("qian@example.cn", organizer=REN, sequence=1), method="CANCEL", **head)
    (left,) = planned(api)
    assert (left["person_ids"], left["user_ids"]) == ([ours["li"]], [ours["ren"]])
    receive(event(LI, organizer=REN, sequence=2), method="CANCEL", **head)
    assert planned(api) == []


def test_one_who_was_brought_along_here_does_not_keep_it_alive(api: Any, receive: Any, ours: Any) -> None:
    receive(event(REN))
    (made,) = planned(api)
    both = {"user_ids": [ours["ren"], ours["wu"]]}
    assert api.patch(f"/appointments/{made['id']}", json=both, if_match=made["version"]).status_code == 200
    receive(event(REN, sequence=1), method="CANCEL")
    assert planned(api) == [], "all whom Li has invited are named"


def test_one_time_is_called_off_before_the_series_comes(api: Any, receive: Any, clock: Any, tick: Any) -> None:
    weekly = "RRULE:FREQ=WEEKLY\n"
    late = "RECURRENCE-ID;TZID=Europe/Berlin:20260910T090000\n"
    receive(event(REN, sequence=1, day=12, more=of(12)), method="CANCEL")
    receive(event(REN, sequence=1, more=late), method="CANCEL")
    receive(event(REN, more=weekly), event(REN, day=13, more=of(12)))
    assert outcomes(api) == ["nothing to do", "nothing to do", "planned, known already"]
    assert (starts(api)[:2], [one["starts_at"][8:10] for one in planned(api, "cancelled")]) == (
        ["05T08", "19T08"],
        ["12"],
    )
    receive(event(REN, sequence=2, more="RECURRENCE-ID;TZID=Europe/Berlin:20260917T090000\n"), method="CANCEL")
    assert outcomes(api)[-1] == "cancelled", "also where it is not made yet"
    clock.advance(days=30)
    tick("recur_appointments")
    made = [one["starts_at"][5:10] for one in planned(api) if one["starts_at"][5:7] == "09"]
    assert made == ["09-03", "09-24"]
    receive(event(REN, sequence=3, more=of(26, ";RANGE=THISANDFUTURE")), method="CANCEL")
    receive(event(REN, sequence=1, more=weekly))
    assert [one["starts_at"][5:10] for one in planned(api)] == ["03-05", "03-19"]


def test_all_that_follow_are_called_off_before_the_series_comes(api: Any, receive: Any) -> None:
    receive(event(REN, sequence=1, more=of(19, ";RANGE=THISANDFUTURE")), method="CANCEL")
    receive(event(REN, more="RRULE:FREQ=WEEKLY;COUNT=5\n"))
    assert starts(api) == ["05T08", "12T08"]


def test_one_is_taken_out_of_a_series_or_of_one_time_of_it(
    api: Any, receive: Any, ours: Any, clock: Any, tick: Any
) -> None:
    receive(event(WU, sequence=1, more=of(26)), method="CANCEL")
    receive(event(REN, WU, more="RRULE:FREQ=WEEKLY\n"))
    receive(event(WU, sequence=1, more=of(12)), method="CANCEL")
    both, ren, wu = sorted([ours["ren"], ours["wu"]]), [ours["ren"]], [ours["wu"]]
    assert [one["user_ids"] for one in planned(api)[:4]] == [both, ren, both, ren]
    receive(event(REN, sequence=2), method="CANCEL")
    assert [one["user_ids"] for one in planned(api)[:4]] == [wu] * 4, "and two that only Ren attended are off"
    clock.advance(days=30)
    tick("recur_appointments")
    assert {tuple(one["user_ids"]) for one in planned(api)} == {tuple(wu)}
    assert {one["owner_id"] for one in planned(api)} == {ours["wu"]}
    receive(event(WU, sequence=3), method="CANCEL")
    assert [one["starts_at"][5:10] for one in planned(api)] == ["03-05", "03-19"], "what was, was"


def test_nobody_is_left_from_one_time_on(api: Any, receive: Any, ours: Any) -> None:
    receive(event(REN, ZHAO, more="RRULE:FREQ=WEEKLY;COUNT=5\n"))
    receive(event(REN, sequence=1, more=of(19, ";RANGE=THISANDFUTURE")), method="CANCEL")
    assert (starts(api), outcomes(api)[-1]) == (["05T08", "12T08"], "updated")


def test_the_only_one_of_us_is_taken_out_and_invited_again(api: Any, receive: Any, ours: Any) -> None:
    receive(event(REN, ZHAO))
    receive(event(REN, sequence=1), method="CANCEL")
    receive(event(REN, ZHAO))
    assert (planned(api), outcomes(api)) == ([], ["planned", "cancelled", "known already"])
    receive(event(REN, ZHAO, sequence=2, day=6))
    assert (starts(api), planned(api)[0]["user_ids"]) == (["06T08"], [ours["ren"]])


def test_a_file_calls_off_too(api: Any, taken: Any, user: Any, colleague: Any) -> None:
    def file(text: str, **who: Any) -> dict[str, int]:
        counts: dict[str, int] = taken(f"BEGIN:VEVENT\n{text}END:VEVENT\n", **who)[0]
        return counts

    off = event(sequence=1, more="STATUS:CANCELLED\n")
    assert (file(off), file(off), file(event())) == ({"skipped": 1}, {"skipped": 1}, {"unchanged": 1})
    other = user(id=colleague("Sun"))
    assert file(event(), as_=other) == {"created": 1}, "who takes a file over calls nothing off for others"


def test_an_invitation_and_its_cancel_at_once(api: Any, database: Any, invitation: Any) -> None:
    def mail(body: str, method: str) -> str:
        whole = invitation(body, method=method)
        return str(database.run(lambda session: taking.take(session, whole, LI, [])))

    words = at_once(*[lambda: mail(event(REN), "REQUEST"), lambda: mail(event(REN, sequence=1), "CANCEL")] * 3)
    assert set(words) <= {"planned", "cancelled", "known already", "nothing to do"}
    assert planned(api) == []


def test_addresses_are_not_kept(receive: Any, session: Any) -> None:
    receive(event(REN, ZHAO, sequence=1), method="CANCEL")
    rows = session.execute(text("SELECT organizer, attendee FROM called_off_events")).all()
    assert (len(rows), "@" in str(rows)) == (2, False)
