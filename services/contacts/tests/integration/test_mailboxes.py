"""Mail from a real IMAP server to the people whom it is from and to."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update

from chassis.ids import uuid7
from chassis.jobs import JobRun, start_job
from chassis.testing import at_once
from contacts.interactions.model import Interaction
from contacts.mailboxes import polling


def test_a_mail_is_filed_to_all_whom_it_is_from_and_to(
    mail: Any, api: Any, server: Any, mailbox: Any, poll: Any, person: Any, colleague: Any, outbox: Any
) -> None:
    li, wang = person(email="li@example.cn")["id"], person(name="Wang", email="wang@example.cn")["id"]
    seller = str(colleague("Sales"))
    mailbox()
    page = "<html><head><title>x</title></head><p>您好，</p><script>x()</script><p>价格<b>多少</b>？</p></html>"
    first = mail("1", Cc="WANG@example.cn, colleague@quintet.example", Subject="询价")
    first.add_alternative(page, subtype="html")
    html = mail("2", From="Wang <wang@example.cn>")
    html.set_content(page, subtype="html", charset="gb18030")
    out = mail("3", From="Sales <Sales@quintet.example>", to="li@example.cn", text="1 USD")
    server.put(first, html, out)
    poll()
    found = {i["summary"] + i["direction"]: i for i in api.get("/interactions?channel=email").json["data"]}
    assert set(found) == {"询价in", "Offerin", "Offerout"}
    asked = found["询价in"]
    assert (asked["person_ids"], asked["at"], asked["source"]) == ([li, wang], "2026-03-02T00:00:00Z", "email")
    assert asked["content"] == "Hello"
    assert found["Offerin"]["content"] == "您好，\n价格多少？"
    assert (found["Offerout"]["person_id"], found["Offerout"]["content"]) == (li, "1 USD")
    assert (found["Offerout"]["author_id"], asked["author_id"]) == (seller, None)
    assert len(api.get(f"/people/{wang}/timeline?kind=interaction").json["data"]) == 2
    assert outbox.types().count("interaction.logged") == 3
    poll()
    assert outbox.types().count("interaction.logged") == 3


def test_nothing_is_filed_twice_whatever_happens(
    mail: Any, api: Any, server: Any, mailbox: Any, poll: Any, person: Any, outbox: Any, admin: Any, run_jobs: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    person(email="li@example.cn")
    made = mailbox()
    server.put(*(mail(str(number)) for number in range(4)))
    real, calls = polling._move_on, []

    def dies(*arguments: Any) -> None:
        calls.append(arguments)
        if len(calls) == 2:
            raise OSError("the process dies behind the second mail, before its bookmark")
        real(*arguments)

    monkeypatch.setattr(polling, "_move_on", dies)
    poll()
    assert outbox.types().count("interaction.logged") == 2
    monkeypatch.setattr(polling, "_move_on", real)
    poll()
    assert outbox.types().count("interaction.logged") == 4
    server.stop()
    server.start()  # numbers its messages anew
    server.put(*(mail(str(number)) for number in range(5)))
    poll()
    assert outbox.types().count("interaction.logged") == 5
    state = api.get(f"/mailboxes/{made['id']}", as_=admin).json["state"]
    assert (state["failures"], state["problem"]) == (0, None)


def test_two_readers_of_one_mailbox_file_each_mail_once(
    mail: Any, server: Any, mailbox: Any, person: Any, outbox: Any, database: Any, session: Any
) -> None:
    person(email="li@example.cn")
    made = mailbox()
    server.put(*(mail(str(number)) for number in range(5)))
    runs = []
    for _ in range(2):
        with database.transaction() as open_:
            job = start_job(open_, polling.KIND, params={"mailbox_id": made["id"]})
            job.status = "running"
        runs.append(JobRun(database, job))
    at_once(*[lambda run=run: polling.read_mailbox(run) for run in runs])
    assert outbox.types().count("interaction.logged") == 5


def test_a_mailbox_that_is_down_is_said_so_and_asked_less_often(
    mail: Any, api: Any, server: Any, mailbox: Any, tick: Any, run_jobs: Any, clock: Any, admin: Any, person: Any,
    outbox: Any, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    person(email="li@example.cn")
    made = mailbox()
    one = f"/mailboxes/{made['id']}"
    server.stop()
    pauses = []
    for _ in range(3):
        tick("read_mailboxes")
        run_jobs()
        state = api.get(one, as_=admin).json["state"]
        at = state["next_at"]
        pauses.append(round((_instant(at) - clock.instant).total_seconds()))
        clock.set(_instant(at))
    assert (pauses, state["failures"]) == ([120, 240, 480], 3)
    assert state["problem"].startswith(f"No connection to 127.0.0.1:{server.port}")
    assert server.password not in api.get(one, as_=admin).text
    trial = api.post(f"{one}/test", as_=admin).json
    assert (trial["ok"], trial["messages"]) == (False, None)
    server.start()
    server.put(mail("1"))
    assert api.post(f"{one}/test", as_=admin).json == {"ok": True, "problem": None, "messages": 1, "moves": True}
    tick("read_mailboxes")
    run_jobs()
    assert api.get(one, as_=admin).json["state"]["failures"] == 0
    assert outbox.types().count("interaction.logged") == 1
    monkeypatch.setenv("CONTACTS_MAILBOX_SALES_PASSWORD", "wrong")
    refused = api.post(f"{one}/test", as_=admin).json
    assert (refused["ok"], "AUTHENTICATIONFAILED" in refused["problem"]) == (False, True)


def test_machines_are_no_contact(mail: Any, server: Any, mailbox: Any, poll: Any, person: Any, outbox: Any) -> None:
    person(email="li@example.cn")
    mailbox()
    server.put(
        mail("1", Auto_Submitted="auto-replied"),
        mail("2", List_Id="<news.example.cn>"),
        mail("3", Precedence="bulk"),
        b"From: li@example.cn\r\nTo: sales@quintet.example\r\nMessage-ID: <4@example.cn>\r\n"
        b"Content-Type: multipart/report; boundary=x; report-type=delivery-status\r\n\r\n--x--\r\n",
        mail("5", Auto_Submitted="no"),
    )
    poll()
    assert outbox.types().count("interaction.logged") == 1


def test_garbage_is_read_as_well_as_it_can_be(
    api: Any, server: Any, mailbox: Any, poll: Any, person: Any, outbox: Any
) -> None:
    person(email="li@example.cn")
    mailbox()
    head = b"From: =?nonsense?B?????= <li@example.cn>\r\nDate: the day after\r\n"
    chinese = "价格多少？谢谢您".encode("gb18030")
    server.put(
        head + b"Message-ID: <1@x>\r\nContent-Type: text/plain; charset=klingon\r\n\r\n" + chinese,
        head + b"Message-ID: <2@x>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\xff\xfe\x00broken",
        head + b"Subject: \xff\x00\r\nContent-Type: multipart/mixed; boundary=never\r\n\r\nno parts at all",
        b"no head",
    )  # fmt: skip
    poll()
    assert outbox.types().count("interaction.logged") == 3
    assert "\x00" not in "".join(i["content"] or "" for i in api.get("/interactions").json["data"])


def test_a_thread_keeps_what_it_is_about(
    mail: Any, api: Any, server: Any, mailbox: Any, poll: Any, person: Any, session: Any
) -> None:
    person(email="li@example.cn")
    mailbox()
    server.put(mail("1"))
    poll()
    deal = uuid7()
    session.execute(update(Interaction).values(deal_id=deal))
    session.commit()
    server.put(
        mail("2", Subject="Re: Offer", References="<1@example.cn>"),
        mail("3", Subject="Re: Re: Offer", In_Reply_To="<2@example.cn>"),
        mail("4", Subject="Something else"),
    )
    poll()
    about = {i["summary"]: i["deal_id"] for i in api.get("/interactions").json["data"]}
    assert about == {"Offer": str(deal), "Re: Offer": str(deal), "Re: Re: Offer": str(deal), "Something else": None}


def test_strangers_wait_for_review_are_assigned_or_dismissed(
    mail: Any, api: Any, server: Any, mailbox: Any, poll: Any, person: Any, user: Any, outbox: Any
) -> None:
    here = person(name="Wang")
    mailbox()
    server.put(
        mail("1", text="Who am I?"), mail("2", From="spam@example.org"), mail("3", From="Zhao <zhao@example.cn>")
    )
    poll()
    waiting = {m["from_address"]: m for m in api.get("/mail-intake").json["data"]}
    assert set(waiting) == {"li@example.cn", "spam@example.org", "zhao@example.cn"}
    assert (waiting["li@example.cn"]["content"], outbox.types().count("interaction.logged")) == ("Who am I?", 0)
    assert api.get("/mail-intake", as_=user(reach="partner")).json["data"] == []
    assign = f"/mail-intake/{waiting['li@example.cn']['id']}/assign"
    bad = api.post(assign, json={"person_id": "019aa0c2-7f3e-7c11-8a55-3d2f0e9b1a01"})
    assert (bad.status_code, bad.json["errors"][0]["pointer"]) == (422, "/person_id")
    responses = at_once(*[lambda: api.post(assign, json={"person_id": here["id"], "add_address": True})] * 3)
    assert sorted(r.status_code for r in responses) == [200, 409, 409]
    (logged,) = api.get("/interactions").json["data"]
    assert (logged["person_id"], logged["content"]) == (here["id"], "Who am I?")
    assert api.get(f"/people/{here['id']}").json["emails"][0]["value"] == "li@example.cn"
    gone = api.post(f"/mail-intake/{waiting['spam@example.org']['id']}/dismiss").json
    assert (gone["state"], gone["content"], gone["from_address"]) == ("dismissed", None, None)
    api.post(f"/mail-intake/{waiting['zhao@example.cn']['id']}/assign", json={})
    assert [p["name"] for p in api.get("/people?q=zhao@example.cn").json["data"]] == ["Zhao"]
    assert api.get("/mail-intake").json["data"] == []
    server.put(mail("4"))
    poll()
    assert len(api.get(f"/people/{here['id']}/interactions").json["data"]) == 2


def test_strangers_become_people_or_are_ignored(
    mail: Any, api: Any, server: Any, mailbox: Any, poll: Any, admin: Any, outbox: Any
) -> None:
    made = mailbox(strangers="make", flag_seen=True, move_to="Filed")
    server.put(mail("1"))
    poll()
    (li,) = api.get("/people").json["data"]
    assert (li["name"], li["source"], li["email"]) == ("Li Na", "email", "li@example.cn")
    with server.client() as client:
        assert client.search("ALL") == []
        client.select_folder("Filed")
        assert len(client.search("SEEN")) == 1
    change = {"strangers": "ignore"}
    assert api.patch(f"/mailboxes/{made['id']}", json=change, if_match=made["version"], as_=admin).status_code == 200
    server.put(mail("2", From="who@example.org"))
    poll()
    assert (len(api.get("/people").json["data"]), api.get("/mail-intake").json["data"]) == (1, [])


def test_a_mailbox_is_read_from_when_it_was_added(
    mail: Any, api: Any, server: Any, mailbox: Any, poll: Any, person: Any, clock: Any, outbox: Any
) -> None:
    person(email="li@example.cn")
    server.put(mail("1"))
    clock.set(datetime(2100, 1, 1, tzinfo=UTC))
    mailbox(import_existing=False)
    poll()
    assert outbox.types().count("interaction.logged") == 0


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"key": "Sales!"}, "/key"),
        ({"port": 0}, "/port"),
        ({"tls": "maybe"}, "/tls"),
        ({"strangers": "guess"}, "/strangers"),
        ({"own_domains": ["-x"]}, "/own_domains/0"),
        ({"password": "x"}, "/password"),
    ],
)
def test_bad_mailboxes_are_refused(api: Any, admin: Any, change: dict[str, Any], pointer: str) -> None:
    body = {"key": "sales", "name": "Sales", "host": "mail.example.com", "username": "sales@example.com"} | change
    response = api.post("/mailboxes", json=body, as_=admin)
    assert (response.status_code, response.json["errors"][0]["pointer"]) == (422, pointer)
    assert api.get("/mailboxes", as_=admin).json["data"] == []


def test_only_administrators_see_mailboxes(api: Any, mailbox: Any, admin: Any) -> None:
    mailbox()
    again = {"key": "sales", "name": "S", "host": "h", "username": "u"}
    assert api.post("/mailboxes", json=again, as_=admin).json["code"] == "mailbox_exists"
    assert [api.get("/mailboxes").status_code, api.post("/mailboxes", json=again).status_code] == [403, 403]


def _instant(text: str) -> Any:
    return datetime.fromisoformat(text)
