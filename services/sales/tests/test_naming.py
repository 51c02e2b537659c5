"""Whoever knows the id, the e-mail address or the phone number of a customer learns no more of them by naming them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from chassis.ids import uuid7
from chassis.testing import at_once, faults_of

Json = dict[str, Any]
SECRETS = ("Li Na", "li@example.cn", "+8613900139000", "Li & Co", "518000")


@pytest.fixture
def ours(user):
    return user(reach="partner", partner_id=uuid7())


@pytest.fixture
def contacts(deliver) -> Callable[..., str]:
    """Lets contacts tell of the person Li Na, and whose she is; her id."""

    def tell(person_id: str | None = None, sequence: int = 1, name: str = "Li Na", **whose: Any) -> str:
        id_ = person_id or str(uuid7())
        nobodys = {"company_id": None, "owner_id": None, "team_id": None, "partner_id": None}
        told = nobodys | {"person_id": id_, "country": "CN", "postcode": "518000"} | _told(whose)
        personal = {"name": name, "emails": ["li@example.cn"], "phones": ["+8613900139000"], "company_name": "Li & Co"}
        type_ = "contact.created" if sequence == 1 else "contact.updated"
        deliver("contacts", type_, told, personal=personal, sequence=sequence, subject=f"people/{id_}")
        return id_

    return tell


@pytest.fixture
def company(deliver) -> Callable[..., str]:
    """Lets contacts tell of the company Li & Co, and whose it is; its id."""

    def tell(company_id: str | None = None, sequence: int = 1, name: str = "Li & Co", **whose: Any) -> str:
        id_ = company_id or str(uuid7())
        told = {"company_id": id_, "name": name, "owner_id": None, "team_id": None, "partner_id": None} | _told(whose)
        type_ = "company.created" if sequence == 1 else "company.updated"
        deliver("contacts", type_, told, sequence=sequence, subject=f"companies/{id_}")
        return id_

    return tell


def _told(whose: Json) -> Json:
    return {name: str(id_) if id_ else None for name, id_ in whose.items()}


def _faults(answer) -> list[tuple[str, str]]:
    assert not any(word in answer.text for word in SECRETS)
    return faults_of(answer)


def _said(answer) -> list[str]:
    assert answer.status_code in (200, 201), answer.text
    return [word for word in SECRETS if word in answer.text]


def test_a_customer_of_others_is_unknown_on_every_route_that_names_one(
    api, user, rep, ours, outbox, contacts, company
) -> None:
    stranger = {"owner_id": uuid7(), "team_id": uuid7()}
    person, works = contacts(**stranger), company(**stranger)
    by = {"person_id": "unknown_person", "company_id": "unknown_company"}
    for who in (ours, user(reach="own", id=rep("Ren")), user(reach="team", id=rep("Mei"), team_id=uuid7())):
        owned = {} if who.reach in ("partner", "own") else {"owner_id": str(rep("Lead", team_id=who.team_id))}
        lead = api.post("/leads", json={"name": "Mine"} | owned, as_=who).json
        deal = api.post("/deals", json={"name": "Mine"}, as_=who).json["id"]
        before = len(outbox.events())
        for name, id_ in (("person_id", person), ("company_id", works)):
            refused = [(f"/{name}", by[name])]
            assert _faults(api.post("/deals", json={"name": "X", name: id_}, as_=who)) == refused
            assert _faults(api.post("/leads", json={"name": "X", name: id_}, as_=who)) == refused
            assert _faults(api.patch(f"/deals/{deal}", json={name: id_}, if_match=1, as_=who)) == refused
        refused = [("/company_id", "unknown_company")]
        path = f"/leads/{lead['id']}"
        version = api.get(path, as_=who).json["version"]
        patched = api.patch(path, json={"company_id": works}, if_match=version, as_=who)
        assert _faults(patched) == refused
        for preview in (True, False):
            asked = {"company_id": works, "preview": preview}
            assert _faults(api.post(f"{path}/convert", json=asked, as_=who)) == refused
        have_a_part = {"contacts": [{"person_id": str(uuid7()), "role": "user"}, {"person_id": person, "role": "user"}]}
        answer = api.put(f"/deals/{deal}/contacts", json=have_a_part, as_=who)
        assert _faults(answer) == [("/contacts/1/person_id", "unknown_person")]
        assert api.get(f"/deals/{deal}/contacts", as_=who).json["data"] == []
        assert api.get(f"/deals/{deal}", as_=who).json["version"] == 1
        assert len(outbox.events()) == before


def test_what_is_ones_own_or_nobodys_is_named_and_shown(api, user, contacts, company) -> None:
    me, team, partner_id = uuid7(), uuid7(), uuid7()
    whose = [
        (user(reach="own", id=me), {"owner_id": me}),
        (user(reach="own", id=me), {}),
        (user(reach="team", id=me, team_id=team), {"owner_id": uuid7(), "team_id": team}),
        (user(reach="partner", partner_id=partner_id), {"owner_id": uuid7(), "partner_id": partner_id}),
        (user(reach="all"), {"owner_id": uuid7()}),
    ]
    for who, owned in whose:
        named = {"person_id": contacts(**owned), "company_id": company(**owned)}
        deal = api.post("/deals", json={"name": "Lamps"} | named, as_=who)
        assert (deal.json["contact_name"], deal.json["company_name"]) == ("Li Na", "Li & Co")
        lead = api.post("/leads", json={"person_id": named["person_id"]}, as_=who)
        assert (lead.status_code, lead.json["email"], lead.json["postcode"]) == (201, "li@example.cn", "518000")


@pytest.mark.parametrize("reads", ["sales:read sales:write contacts:read", "sales:read sales:write"])
def test_who_reaches_all_in_contacts_names_the_customer_of_a_colleague(
    api, user, rep, contacts, company, reads
) -> None:
    """As the built-in roles of sales do: own or team here, all customers there, if they may read them at all."""
    theirs = {"owner_id": uuid7(), "team_id": uuid7()}
    named = {"person_id": contacts(**theirs), "company_id": company(**theirs)}
    for reach in ("own", "team"):
        who = user(reach=reach, reaches={"contacts": "all"}, id=rep("Ann"), team_id=uuid7(), scopes=reads)
        deal = api.post("/deals", json={"name": "Lamps"} | named, as_=who)
        if "contacts:read" in reads:
            assert (deal.status_code, deal.json["contact_name"], deal.json["company_name"]) == (201, "Li Na", "Li & Co")
        else:
            assert _faults(deal) == [("/person_id", "unknown_person")]


def test_who_reaches_own_in_contacts_does_not_name_others_by_reaching_all_deals(api, user, contacts) -> None:
    reads = "sales:read sales:write contacts:read"
    who = user(reach="all", reaches={"contacts": "own"}, scopes=reads)
    assert _faults(api.post("/deals", json={"name": "X", "person_id": contacts(owner_id=uuid7())}, as_=who)) == [
        ("/person_id", "unknown_person")
    ]


def test_a_partner_is_one_whatever_it_reaches_in_contacts(api, user, contacts) -> None:
    reads = "sales:read sales:write contacts:read"
    who = user(reach="partner", partner_id=uuid7(), reaches={"contacts": "all"}, scopes=reads)
    assert _faults(api.post("/deals", json={"name": "X", "person_id": contacts(owner_id=uuid7())}, as_=who))


def test_nobodys_customer_is_the_houses(api, ours, contacts, company) -> None:
    assert _faults(api.post("/deals", json={"name": "X", "person_id": contacts()}, as_=ours))
    assert _faults(api.post("/deals", json={"name": "X", "company_id": company()}, as_=ours))


def test_whom_a_record_within_reach_names_already_may_be_named_again(api, user, rep, contacts, new_deal) -> None:
    me = rep("Ann")
    who, person = user(reach="own", id=me), contacts(owner_id=uuid7())
    assert _faults(api.post("/deals", json={"name": "X", "person_id": person}, as_=who))
    deal = new_deal(person_id=person, owner_id=str(me))  # whoever sees all gave it to them
    assert api.post("/deals", json={"name": "Next", "person_id": person}, as_=who).status_code == 201
    again = api.patch(f"/deals/{deal['id']}", json={"person_id": person, "next_step": "Call"}, if_match=1, as_=who)
    assert (again.status_code, again.json["contact_name"]) == (200, "Li Na")
    parts = {"contacts": [{"person_id": person, "role": "user"}]}
    assert api.put(f"/deals/{deal['id']}/contacts", json=parts, as_=who).json["data"][0]["name"] == "Li Na"


def test_a_merged_id_is_whom_it_stands_for(api, ours, deliver, contacts) -> None:
    loser, survivor = contacts(partner_id=ours.partner_id), contacts(owner_id=uuid7())
    merged = {"person_id": survivor, "survivor_id": survivor, "loser_id": loser, "merge_id": str(uuid7())}
    deliver("contacts", "contact.merged", merged, subject=f"people/{loser}")
    for id_ in (loser, survivor):
        assert _faults(api.post("/deals", json={"name": "X", "person_id": id_}, as_=ours))


def test_an_id_whose_event_is_late_is_named_but_not_shown_to_whom_it_does_not_belong(
    api, ours, deliver, contacts, company
) -> None:
    person, works = str(uuid7()), str(uuid7())
    named = {"person_id": person, "company_id": works}
    deal = api.post("/deals", json={"name": "Early"} | named, as_=ours).json["id"]
    lead = api.post("/leads", json=named | {"name": "Said"}, as_=ours).json["id"]
    part = {"contacts": [{"person_id": person, "role": "user"}]}
    assert api.put(f"/deals/{deal}/contacts", json=part, as_=ours).status_code == 200
    paths = (f"/deals/{deal}", f"/leads/{lead}", f"/deals/{deal}/contacts", "/deals", "/leads", "/leads?q=li%20na")
    contacts(person, 2, owner_id=uuid7())
    company(works, 2, owner_id=uuid7())
    merged = {"company_id": works, "survivor_id": works, "loser_id": str(uuid7()), "merge_id": str(uuid7()),
              "name": "Li & Co"}  # fmt: skip
    deliver("contacts", "company.merged", merged, subject=f"companies/{merged['loser_id']}")
    assert [_said(api.get(path, as_=ours)) for path in paths] == [[]] * len(paths)
    again = api.post("/deals", json={"name": "Again"} | named, as_=ours)  # theirs names it: it is no news to them
    assert _said(again) == []
    order = api.post(f"/deals/{deal}/win", json={}, as_=ours)
    assert _said(order) == []
    assert [one["name"] for one in api.get(f"/deals/{deal}/contacts").json["data"]] == ["Li Na"]
    contacts(person, 3, owner_id=uuid7(), partner_id=ours.partner_id)
    company(works, 3, partner_id=ours.partner_id)
    assert api.get(f"/deals/{deal}", as_=ours).json["contact_name"] == "Li Na"
    assert api.get(f"/deals/{deal}", as_=ours).json["company_name"] == "Li & Co"
    assert api.get(f"/deals/{deal}/contacts", as_=ours).json["data"][0]["name"] == "Li Na"
    assert api.get(f"/leads/{lead}", as_=ours).json["email"] == "li@example.cn"


@pytest.mark.parametrize("known", [{"email": "LI@example.cn"}, {"phone": "+8613900139000"}])
def test_a_partners_lead_is_the_same_whether_the_customer_is_known_or_not(api, ours, contacts, known) -> None:
    person = contacts(owner_id=uuid7())
    house = api.post("/leads", json={"person_id": person}).json
    made = api.post("/leads", json={"name": "Somebody"} | known, as_=ours)
    assert made.status_code == 201
    assert api.get(f"/leads/{made.json['id']}").json["person_id"] not in (person, house["person_id"])
    shown = {name: made.json[name] for name in ("name", "email", "phone", "company_name", "country", "postcode")}
    assert shown == dict.fromkeys(shown) | {"name": "Somebody"} | {name: value.lower() for name, value in known.items()}
    again = api.post("/leads", json={"name": "Somebody"} | known, as_=ours)
    assert (again.status_code, again.json["id"]) == (200, made.json["id"])
    colleague = api.post("/leads", json={"name": "Somebody"} | known)
    assert (colleague.status_code, colleague.json["id"]) == (200, house["id"])


def test_whom_contacts_says_a_partners_lead_is_is_not_shown_to_the_partner(api, ours, deliver, contacts) -> None:
    person = contacts(owner_id=uuid7())
    made = api.post("/leads", json={"name": "Said", "email": "li@example.cn"}, as_=ours).json
    lead = api.get(f"/leads/{made['id']}").json
    merged = {"person_id": person, "survivor_id": person, "loser_id": lead["person_id"], "merge_id": str(uuid7())}
    deliver("contacts", "contact.merged", merged, subject=f"people/{lead['person_id']}")
    contacts(person, 2, name="Li Na Wu", owner_id=uuid7())
    seen = api.get(f"/leads/{lead['id']}", as_=ours).json
    assert (seen["name"], seen["phone"], seen["company_name"]) == ("Said", None, None)
    assert api.get(f"/leads/{lead['id']}").json["person_id"] == person


def test_what_a_partners_customer_writes_to_the_house_is_the_houses(api, ours, contacts, identified) -> None:
    theirs = api.post("/leads", json={"name": "Said", "email": "li@example.cn"}, as_=ours).json
    person = api.get(f"/leads/{theirs['id']}").json["person_id"]
    for message in ("How much are 200?", "And 300?"):
        identified(person_id=person, message=message)
    assert api.get(f"/leads/{theirs['id']}", as_=ours).json == theirs
    assert api.get("/leads", as_=ours).json["data"] == [theirs]
    houses = [lead for lead in api.get(f"/leads?person_id={person}").json["data"] if lead["id"] != theirs["id"]]
    assert [(lead["partner_id"], lead["message"]) for lead in houses] == [(None, "And 300?")]


def test_a_partner_converts_into_a_company_of_their_own_or_a_new_one(api, ours, outbox, company) -> None:
    theirs = company(owner_id=uuid7())
    leads = [api.post("/leads", json={"name": name}, as_=ours).json["id"] for name in ("A", "B")]
    asked = {"company_name": "LI & CO"}
    preview = api.post(f"/leads/{leads[0]}/convert", json=asked | {"preview": True}, as_=ours).json
    assert preview["deal"]["company_name"] == "LI & CO"
    made = [api.post(f"/leads/{lead}/convert", json=asked, as_=ours).json["deal"]["id"] for lead in leads]
    deals = [api.get(f"/deals/{id_}").json for id_ in made]
    assert {deal["company_name"] for deal in deals} == {"LI & CO"}
    assert len({deal["company_id"] for deal in deals} - {theirs}) == 1
    told = [event.data["company_created"] for event in outbox.events("lead.converted")]
    assert told == [True, False]


def test_leads_of_partners_at_once_are_one_each(api, user, contacts) -> None:
    contacts(owner_id=uuid7())
    partners = [user(reach="partner", partner_id=uuid7()) for _ in range(2)]
    body = {"name": "Somebody", "email": "li@example.cn"}
    answers = at_once(*[partial(api.post, "/leads", json=body, as_=one) for one in partners * 2])
    assert sorted(answer.status_code for answer in answers) == [200, 200, 201, 201]
    assert [len(api.get("/leads", as_=one).json["data"]) for one in partners] == [1, 1]


@pytest.mark.parametrize("whose", ["owner_id", "partner_id"])
def test_a_registration_of_a_customer_who_is_somebodys_is_a_conflict(api, ours, user, contacts, company, whose) -> None:
    known = {"company_name": "Li and Co.", "contact_email": "li@example.cn"}
    registered = {"company_name": "Li & Co", "contact_name": "Li", "contact_email": "li@example.cn"}
    stranger = {whose: uuid7(), "team_id": uuid7()}
    person, works = contacts(**stranger), company(**stranger)
    made = api.post("/registrations", json=registered | known, as_=ours)
    assert (made.status_code, made.json["conflict"]) == (201, True)
    assert not any(word in made.text for word in (person, works, str(stranger[whose]), "Li Na", "+86"))
    path = f"/registrations/{made.json['id']}/conflicts"
    found = {one["kind"]: one for one in api.get(path).json["data"]}
    assert {kind: (one["id"], one["name"], one["matched"], one[whose]) for kind, one in found.items()} == {
        "person": (person, "Li Na", ["person"], str(stranger[whose])),
        "company": (works, "Li & Co", ["company"], str(stranger[whose])),
    }
    manager = user(reach="team", team_id=uuid7())
    assert api.get(path, as_=manager).status_code == 404


def test_what_is_the_partners_own_or_nobodys_is_no_conflict(api, ours, contacts, company) -> None:
    company()
    contacts(owner_id=uuid7(), partner_id=ours.partner_id)
    body = {"company_name": "Li & Co", "contact_email": "li@example.cn"}
    assert api.post("/registrations", json=body, as_=ours).json["conflict"] is False


def test_an_approved_registration_shows_the_partner_what_the_partner_said(api, ours, contacts, company) -> None:
    person, works = contacts(owner_id=uuid7()), company(owner_id=uuid7())
    body = {"company_name": "LI AND CO", "domain": None, "contact_name": "Li", "contact_email": "li@example.cn"}
    made = api.post("/registrations", json=body, as_=ours).json["id"]
    approved = api.post(f"/registrations/{made}/approve", json={})
    deal = api.get(f"/deals/{approved.json['deal_id']}", as_=ours).json
    contacts(person, 2, owner_id=uuid7())
    company(works, 2, owner_id=uuid7())
    again = api.get(f"/deals/{deal['id']}", as_=ours).json
    for one in (deal, again):
        assert (one["contact_name"], one["company_name"]) == ("Li", "LI AND CO")


@pytest.fixture
def share(deliver) -> Callable[..., Json]:
    """Lets contacts tell with whom it shares a person or a company: `share(person_id=..., user_id=...)`."""

    def tell(sequence: int = 1, what: str = "granted", **said: Any) -> Json:
        nobody = {"person_id": None, "company_id": None, "user_id": None, "team_id": None}
        plain = {"collaborator_id": str(uuid7()), "access": "read", "include_people": False, "until": None}
        data = nobody | plain | {name: str(value) if isinstance(value, UUID) else value for name, value in said.items()}
        deliver("contacts", f"collaborator.{what}", data, subject=f"collaborators/{data['collaborator_id']}",
                sequence=sequence)  # fmt: skip
        return data

    return tell


def _named(api, caller, **whom: str) -> int:
    return api.post("/deals", json={"name": "Lamps", **whom}, as_=caller).status_code


def test_with_whom_contacts_shares_a_customer_names_them(api, contacts, company, rep, user, ours, share, outbox, clock):
    ann = user(reach="own", id=rep("Ann"))
    li, acme = contacts(owner_id=uuid7()), company(owner_id=uuid7())
    share(person_id=li, user_id=ann.id)
    share(person_id=li, user_id=ours.id)  # nothing widens the reach of a partner
    before = len(outbox.events())
    assert [_named(api, who, person_id=li) for who in (user(reach="own"), ours)] == [422, 422]
    assert _named(api, ann, company_id=acme) == 422
    assert len(outbox.events()) == before
    assert _named(api, ann, person_id=li) == 201
    share(company_id=acme, user_id=ann.id, until=(clock.instant + timedelta(days=1)).isoformat())
    assert _named(api, ann, company_id=acme) == 201


def test_what_is_taken_back_or_over_or_late_opens_nothing(api, contacts, company, rep, user, share, clock):
    ann, at_an_end = user(reach="own", id=rep("Ann")), (clock.instant + timedelta(days=1)).isoformat()
    li, acme, bo = contacts(owner_id=uuid7()), company(owner_id=uuid7()), contacts(owner_id=uuid7())
    back = share(person_id=li, user_id=ann.id)
    share(2, "revoked", **back)
    share(1, **back)  # told of before, heard of after
    never = {"collaborator_id": str(uuid7()), "person_id": bo, "user_id": str(ann.id)}
    share(2, "revoked", **never)
    share(1, **never)
    share(company_id=acme, user_id=ann.id, until=at_an_end)
    clock.advance(days=1)
    assert [_named(api, ann, person_id=one) for one in (li, bo)] == [422, 422]
    assert _named(api, ann, company_id=acme) == 422
    share(person_id=li, user_id=ann.id)
    share(2, "revoked", **back)  # the first one, once more
    assert _named(api, ann, person_id=li) == 201


def test_a_team_names_the_people_of_a_company_that_is_shared_with_them(api, contacts, company, rep, user, share):
    team, acme = uuid7(), company(owner_id=uuid7())
    ann, li = user(reach="team", id=rep("Ann", team_id=team), team_id=team), contacts(owner_id=uuid7(), company_id=acme)
    grant = share(company_id=acme, team_id=team)
    assert [_named(api, ann, company_id=acme), _named(api, ann, person_id=li)] == [201, 422]
    share(2, **grant | {"include_people": True})
    assert _named(api, ann, person_id=li) == 201


def test_a_grant_follows_a_merge_and_what_is_shared_twice_is_taken_back_once(api, contacts, rep, user, share, deliver):
    ann = user(reach="own", id=rep("Ann"))
    kept, gone = contacts(owner_id=uuid7()), contacts(owner_id=uuid7())
    first, _ = share(person_id=kept, user_id=ann.id), share(person_id=gone, user_id=ann.id)
    told = {"person_id": kept, "survivor_id": kept, "loser_id": gone, "merge_id": str(uuid7())}
    personal = {"name": "Li Na", "emails": [], "phones": [], "company_name": None}
    deliver("contacts", "contact.merged", told, personal=personal, subject=f"people/{gone}", sequence=2)
    share(2, "revoked", **first)
    assert _named(api, ann, person_id=kept) == 422
    share(person_id=gone, user_id=ann.id)  # by the id that is another's by now
    assert _named(api, ann, person_id=kept) == 201
