"""Nobody learns of what is out of their reach, on whatever route; partners and customers see no more than is theirs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chassis.ids import uuid7
from chassis.testing.reach import Walk
from chassis.testing.tokens import Caller

Json = dict[str, Any]
SECRET, PLAIN, NOBODY = "Zyxwvut", "Internal Qponmlk", str(uuid7())
REFERENCES = {
    "ticket_id": "tickets", "entitlement_id": "entitlements", "assignee_id": "users",
    "team_id": "teams", "person_id": "people", "company_id": "companies",
}  # fmt: skip
OPEN = {
    "get_agents": "who works here is no secret among colleagues",
    "get_agents_id": "who works here is no secret among colleagues",
}
FOR_PARTNERS = ("tickets", "surveys", "entitlements")
NOT_FOR_PARTNERS = (
    "post_tickets_ticket_id_assign", "post_tickets_ticket_id_note", "post_tickets_ticket_id_escalate",
    "post_tickets_ticket_id_pend", "post_tickets_ticket_id_resolve", "post_tickets_ticket_id_close",
    "post_surveys_survey_id_link",
)  # fmt: skip


@pytest.fixture
def make(api: Any) -> Callable[..., Json]:
    def post(path: str, as_: Any = "default", **body: Any) -> Json:
        response = api.post(path, json=body, as_=as_)
        assert response.status_code in (200, 201), f"{path}: {response.text}"
        return response.json

    return post


@pytest.fixture
def callers(api: Any, user: Any, agents: Any) -> list[Caller]:
    team = uuid7()
    ((own,), (lead,)) = agents("Own"), agents("Lead", team_id=team)
    for agent in (own, lead):  # nothing of others' comes to them by turns
        path = f"/agents/{agent}"
        api.patch(path, json={"available": False}, if_match=api.get(path).json["version"])
    return [
        user(reach="own", id=own),
        user(reach="team", id=lead, team_id=team),
        user(reach="partner", partner_id=uuid7()),
    ]


def records(make: Any, caller: Any, word: str, **given: Any) -> dict[str, list[str]]:
    """Two tickets, whose every text says `word`, one of them resolved, with its survey."""
    named = {"requester_name": word, "company_name": word, "subject": word, "body": word, "product": word}
    open_, done = (make("/tickets", caller, **named, **given)["id"] for _ in range(2))
    make(f"/tickets/{open_}/reply", caller, body=word)
    survey = make(f"/tickets/{done}/resolve", resolution=word)["survey"]["id"]
    return {"tickets": [open_, done], "surveys": [survey]}


@pytest.fixture
def entitled(deliver: Any, api: Any) -> Callable[..., Json]:
    """Lets sales tell of a won deal: an entitlement, and its onboarding ticket."""

    def tell(word: str, **more: Any) -> dict[str, list[str]]:
        deal = str(uuid7())
        data = {"deal_id": deal, "person_id": None, "company_id": str(uuid7()), "product": word, "name": word,
                "amount": "1.00", "currency": "CNY", "closed_at": "2026-03-02T09:00:00+00:00"} | more  # fmt: skip
        deliver("sales", "deal.won", data, personal={"contact_name": word}, subject=f"deals/{deal}")
        (ticket,) = api.get(f"/tickets?deal_id={deal}").json["data"]
        (entitlement,) = api.get(f"/entitlements?deal_id={deal}").json["data"]
        return {"entitlements": [entitlement["id"]], "tickets": [ticket["id"]]}

    return tell


@pytest.fixture
def person(deliver: Any) -> Callable[..., str]:
    """Lets contacts tell of a person who is somebody's; their id."""

    def tell(word: str, person_id: str | None = None, sequence: int = 1, **whose: Any) -> str:
        id_ = person_id or str(uuid7())
        owned = {name: str(whose[name]) if whose.get(name) else None for name in ("owner_id", "team_id", "partner_id")}
        personal = {"name": word, "emails": ["li@zyxwvut.com"], "phones": ["+8613900139000"], "company_name": word}
        data = {"person_id": id_, "company_id": None} | owned
        deliver("contacts", "contact.updated", data, personal=personal, sequence=sequence, subject=f"people/{id_}")
        return id_

    return tell


@pytest.fixture
def company(deliver: Any) -> Callable[..., str]:
    """Lets contacts tell of a company that is somebody's; its id."""

    def tell(word: str, **whose: Any) -> str:
        id_ = str(uuid7())
        owned = {name: str(whose[name]) if whose.get(name) else None for name in ("owner_id", "team_id", "partner_id")}
        data = {"company_id": id_, "name": word} | owned
        deliver("contacts", "company.updated", data, sequence=1, subject=f"companies/{id_}")
        return id_

    return tell


@pytest.fixture
def walk(app: Any, api: Any, database: Any) -> Walk:
    return Walk(
        app, api, database, REFERENCES, [SECRET, SECRET.lower()], open=OPEN,
        paths={"agents": NOBODY, "calendars": NOBODY, "sla-policies": NOBODY},
    )  # fmt: skip


def test_nobody_learns_of_what_is_out_of_reach(
    make: Any,
    callers: list[Caller],
    walk: Walk,
    agents: Any,
    entitled: Any,
    person: Any,
    company: Any,
    user: Any,
    clock: Any,
) -> None:
    team = uuid7()
    mine = lambda caller: {} if caller.reach == "partner" else {"assignee_id": str(caller.id)}  # noqa: E731
    own = {caller: records(make, caller, f"Mine {caller.reach}", **mine(caller)) for caller in callers}
    (stranger,) = agents("Stranger", team_id=team)
    before = {caller: walk.reads(caller, own[caller]) for caller in callers}
    hidden = records(make, "default", SECRET, assignee_id=str(stranger))
    theirs = records(make, user(reach="partner", partner_id=uuid7()), f"{SECRET} Too")
    sold = entitled(SECRET)
    walk.hidden = {
        "tickets": hidden["tickets"] + theirs["tickets"] + sold["tickets"],
        "surveys": hidden["surveys"] + theirs["surveys"],
        "entitlements": sold["entitlements"],
        "people": [person(SECRET, owner_id=stranger), person(SECRET, owner_id=stranger, partner_id=uuid7())],
        "companies": [company(SECRET, owner_id=stranger), company(SECRET, owner_id=stranger, partner_id=uuid7())],
        "users": [str(stranger)],
        "teams": [str(team)],
    }
    assert walk.unknown() == set()
    statuses = {answer[0] for reads in before.values() for answer in reads.values()}
    assert statuses <= {200, 403, 404}
    leaks = []
    for caller in callers:
        after = walk.reads(caller, own[caller])
        assert {what: answer for what, answer in after.items() if answer != before[caller][what]} == {}, caller.reach
        leaks += walk.leaks(caller, own[caller])
    assert not leaks, "\n".join(leaks)


def test_what_is_not_for_partners_answers_403(callers: list[Caller], walk: Walk) -> None:
    theirs = {
        route.endpoint
        for route in walk.ordinary
        if route.endpoint.partition("_")[2].startswith(FOR_PARTNERS) and route.endpoint not in NOT_FOR_PARTNERS
    }
    assert walk.open_to_partners(callers[2]) == theirs


def test_partners_see_their_tickets_without_the_notes(api: Any, make: Any, callers: list[Caller], walk: Walk) -> None:
    partner = callers[2]
    own = records(make, partner, "Mine")
    ticket = own["tickets"][0]
    make(f"/tickets/{ticket}/note", body=PLAIN)
    make(f"/tickets/{ticket}/messages", body=PLAIN, public=False)
    shown = {what: text for what, (_, text) in walk.reads(partner, own).items()}
    assert [what for what, text in shown.items() if PLAIN in text] == []
    assert [one["body"] for one in api.get(f"/tickets/{ticket}/messages", as_=partner).json["data"]] == ["Mine", "Mine"]
    assert api.get(f"/tickets/{ticket}/messages?public=false", as_=partner).json["data"] == []
    hidden = api.post(f"/tickets/{ticket}/messages", json={"body": "x", "public": False}, as_=partner)
    assert (hidden.status_code, hidden.json["code"]) == (403, "not_for_partners")
    assert len(api.get(f"/tickets/{ticket}/messages").json["data"]) == 4


def test_a_person_of_others_is_unknown(
    api: Any, make: Any, callers: list[Caller], person: Any, outbox: Any
) -> None:  # fmt: skip
    li = person(SECRET, owner_id=uuid7(), team_id=uuid7())
    for who in callers:
        mine = {} if who.reach == "partner" else {"assignee_id": str(who.id)}
        ticket = make("/tickets", who, subject="Mine", requester_name="Mine", **mine)
        path, before = f"/tickets/{ticket['id']}", len(outbox.events())
        made = api.post("/tickets", json={"subject": "X", "person_id": li}, as_=who)
        version = api.get(path, as_=who).json["version"]
        changed = api.patch(path, json={"person_id": li}, if_match=version, as_=who)
        for answer in (made, changed):
            assert answer.status_code == 422
            (fault,) = answer.json["errors"]
            assert (fault["pointer"], fault["code"]) == ("/person_id", "unknown_person")
            assert SECRET not in answer.text
        assert (api.get(path).json["person_id"], len(outbox.events())) == (None, before)


def test_whom_one_reaches_is_named_and_filled_in(api: Any, make: Any, user: Any, agents: Any, person: Any) -> None:
    (me,) = agents("Ann")
    ours, ann = user(reach="partner", partner_id=uuid7()), user(reach="own", id=me)
    whose = [(ours, {"owner_id": uuid7(), "partner_id": ours.partner_id}), (ann, {"owner_id": me}), (ann, {})]
    for who, owned in [*whose, ("default", {"owner_id": uuid7()})]:
        shown = make("/tickets", who, subject="X", person_id=person("Li Na", **owned))
        assert (shown["requester_name"], shown["requester_email"]) == ("Li Na", "li@zyxwvut.com")
    li = person("Li Na", owner_id=uuid7())
    make("/tickets", subject="Given", person_id=li, assignee_id=str(me))
    assert make("/tickets", ann, subject="Again", person_id=li)["requester_name"] == "Li Na"


def test_an_id_whose_event_is_late_is_named_and_not_shown_to_other_partners(
    api: Any, make: Any, user: Any, person: Any, entitled: Any, deliver: Any
) -> None:
    ours, li, works = user(reach="partner", partner_id=uuid7()), str(uuid7()), str(uuid7())
    entitled("Lamps", person_id=li, company_id=works)
    named = {"person_id": li, "company_id": works}
    ticket = make("/tickets", ours, subject="Early", requester_name="Said", **named)
    assert ticket["entitlement_id"] is None
    person(SECRET, li, 2, owner_id=uuid7())
    merged = {"company_id": works, "survivor_id": works, "loser_id": str(uuid7()), "merge_id": str(uuid7())}
    deliver("contacts", "company.merged", merged | {"name": SECRET}, subject=f"companies/{merged['loser_id']}")
    deliver("contacts", "contact.merged", {"person_id": li, "survivor_id": li, "loser_id": str(uuid7()),
            "merge_id": str(uuid7())})  # fmt: skip
    path = f"/tickets/{ticket['id']}"
    again = make("/tickets", ours, subject="Again", **named)  # theirs names it: it is no news to them
    for text in (api.get(path, as_=ours).text, api.get("/tickets", as_=ours).text, str(again)):
        assert not any(word in text for word in (SECRET, "zyxwvut", "+86"))
    assert api.get(f"/tickets?q={SECRET}", as_=ours).json["data"] == []
    person("Li Na", li, 3, partner_id=ours.partner_id)
    assert api.get(path, as_=ours).json["requester_name"] == "Li Na"


def test_what_a_partner_sold_is_the_partners(api: Any, user: Any, entitled: Any) -> None:
    partner = user(reach="partner", partner_id=uuid7())
    sold = entitled("Lamps", partner_id=str(partner.partner_id))
    assert [one["id"] for one in api.get("/tickets", as_=partner).json["data"]] == sold["tickets"]
    assert [one["id"] for one in api.get("/entitlements", as_=partner).json["data"]] == sold["entitlements"]


def test_a_customer_sees_the_survey_of_the_link_and_no_other(api: Any, make: Any, clock: Any) -> None:
    links = []
    for word in ("Mine", SECRET):
        ticket = make("/tickets", subject=word, requester_name=word)
        make(f"/tickets/{ticket['id']}/note", body=PLAIN)
        links.append(make(f"/tickets/{ticket['id']}/resolve")["survey"]["token"])
    page = api.get(f"/public/surveys/{links[0]}", as_=None)
    assert (page.status_code, page.json["subject"]) == (200, "Mine")
    assert not any(word in page.text for word in (SECRET, PLAIN))
    assert api.get(f"/public/surveys/{links[0][:-1]}x", as_=None).status_code == 404
    for path in ("/tickets", "/surveys", "/entitlements"):
        assert api.get(path, as_=None).status_code == 401
