"""What sales makes of the events it hears: once, late, and out of order."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import text

from chassis.errors import Malformed
from chassis.ids import uuid7
from chassis.testing import at_once


def test_a_form_makes_one_lead_however_often_it_is_told(api, outbox, deliver, identified) -> None:
    told = identified()
    identified(**told)
    (lead,) = api.get("/leads").json["data"]
    assert (lead["name"], lead["message"], lead["score"]) == ("王小明", "How much are 200?", 100)
    assert (lead["source"], lead["campaign_id"], lead["postcode"]) == (
        "web_form",
        told["campaign_id"],
        "518000",
    )
    assert outbox.types() == ["lead.created"]


def test_the_same_event_at_once_makes_one_lead(api, deliver, outbox, identified) -> None:
    told = {"person_id": str(uuid7()), "submission_id": str(uuid7())}
    at_once(*[partial(identified, **told)] * 4)
    assert len(api.get("/leads").json["data"]) == 1
    assert outbox.types() == ["lead.created"]


def test_the_same_person_again_touches_the_open_lead(api, clock, outbox, rep, identified) -> None:
    rep()
    person = str(uuid7())
    identified(person_id=person)
    clock.advance(days=5)
    second = identified(person_id=person, message="And 300?")
    (lead,) = api.get("/leads").json["data"]
    assert lead["message"] == "And 300?"
    assert outbox.one("lead.touched").data["submission_id"] == second["submission_id"]
    assert len(outbox.events("lead.created")) == len(outbox.events("lead.assigned")) == 1


def test_who_comes_back_wakes_a_sleeping_lead(api, clock, outbox, rep, identified, tick) -> None:
    rep()
    person = str(uuid7())
    identified(person_id=person)
    clock.advance(days=31)
    tick("silence")
    identified(person_id=person)
    (lead,) = api.get("/leads").json["data"]
    assert (lead["status"], lead["follow_step"]) == ("following", 0)
    assert len(outbox.events("followup.planned")) == 4
    api.post(f"/leads/{lead['id']}/lose", json={"reason": "no need"})
    identified(person_id=person)
    assert len(api.get("/leads").json["data"]) == 2


def contact(deliver, person_id: str, sequence: int, name: str, **more):
    told = {"person_id": person_id, "company_id": None, "owner_id": None, "country": "CN", "postcode": None}
    personal = {
        "name": name,
        "emails": ["li@example.cn"],
        "phones": ["+8613900139000"],
        "company_name": "Li & Co",
    }
    type_ = "contact.created" if sequence == 1 else "contact.updated"
    return deliver("contacts", type_, told | more, personal=personal, sequence=sequence, subject=f"people/{person_id}")


def test_names_follow_contacts_and_older_news_changes_nothing(api, deliver, new_lead, new_deal) -> None:
    person = str(uuid7())
    lead = new_lead(person_id=person, name=None, email=None)
    deal = new_deal(person_id=person)
    assert (lead["name"], deal["contact_name"]) == (None, None)
    contact(deliver, person, 3, "Li Na")
    contact(deliver, person, 2, "Li")
    contact(deliver, person, 1, "L.")
    seen = api.get(f"/leads/{lead['id']}").json
    assert (seen["name"], seen["email"], seen["phone"], seen["company_name"]) == (
        "Li Na", "li@example.cn", "+8613900139000", "Li & Co",
    )  # fmt: skip
    assert api.get(f"/deals/{deal['id']}").json["contact_name"] == "Li Na"
    assert [one["id"] for one in api.get("/leads?q=li%20na").json["data"]] == [lead["id"]]
    assert [one["id"] for one in api.get("/deals?q=li%20na").json["data"]] == [deal["id"]]


@pytest.mark.parametrize("bundle", ["people.imported", "people.changed", "people.told"])
def test_people_told_of_together_are_known_like_those_told_of_alone(api, deliver, new_lead, new_deal, bundle) -> None:
    new, known, newer, erased = (str(uuid7()) for _ in range(4))
    new_lead(person_id=known, name="Old", email=None)
    deal = new_deal(person_id=known)
    contact(deliver, newer, 5, "Newer")
    deliver("contacts", "contact.erased", {"person_id": erased}, subject=f"people/{erased}", sequence=2)
    names = {new: "New", known: "Known", newer: "Older", erased: "Erased"}
    people = [{"person_id": id_, "sequence": 3, "company_id": None, "country": "CN", "postcode": None} for id_ in names]
    personal = {
        id_: {"name": name, "emails": [f"{name}@example.cn".lower()], "phones": [], "company_name": None}
        for id_, name in names.items()
    }
    told = {"job_id": str(uuid7()), "people": people}
    deliver("contacts", bundle, told, personal=personal, subject=f"jobs/{told['job_id']}")
    assert [lead["name"] for lead in api.get("/leads").json["data"]] == ["Known"]
    assert api.get(f"/deals/{deal['id']}").json["contact_name"] == "Known"
    shown = {id_: new_deal(person_id=id_)["contact_name"] for id_ in names}
    assert shown == {new: "New", known: "Known", newer: "Newer", erased: None}


def test_companies_told_of_together_are_known_like_those_told_of_alone(api, deliver, new_deal) -> None:
    new, known, newer = (str(uuid7()) for _ in range(3))
    where = {"domain": None, "country": "CN", "postcode": None, "industry": None, "owner_id": None}
    for id_, sequence in ((known, 1), (newer, 5)):
        company = {"company_id": id_, "name": "First", **where}
        deliver("contacts", "company.created", company, subject=f"companies/{id_}", sequence=sequence)
    deals = [new_deal(company_id=id_)["id"] for id_ in (new, known, newer)]
    told = [{"company_id": id_, "name": "Told", "sequence": 3, **where} for id_ in (new, known, newer)]
    job = str(uuid7())
    for _ in range(2):
        deliver("contacts", "companies.imported", {"job_id": job, "companies": told}, subject=f"jobs/{job}")
    shown = [api.get(f"/deals/{deal}").json["company_name"] for deal in deals]
    assert shown == ["Told", "Told", "First"]


def test_whom_contacts_told_of_is_known_when_a_lead_or_deal_is_made(api, deliver, new_lead, new_deal) -> None:
    person = str(uuid7())
    contact(deliver, person, 1, "Li Na")
    assert new_deal(person_id=person)["contact_name"] == "Li Na"
    lead = new_lead(name="Somebody", email="LI@example.cn")
    assert lead["person_id"] == person


@pytest.mark.parametrize("gone", ["contact.erased", "contact.deleted"])
def test_an_erased_person_is_forgotten_everywhere_and_for_good(
    api, database, deliver, outbox, rep, identified, gone
) -> None:
    rep()
    told = identified()
    person = told["person_id"]
    (lead,) = api.get("/leads").json["data"]
    deal = api.post(f"/leads/{lead['id']}/convert", json={"name": "200 fixtures"}).json["deal"]
    api.post(f"/deals/{deal['id']}/win", json={})
    api.post("/orders", json={"deal_id": deal["id"]})
    identified(person_id=person)
    deliver("contacts", gone, {"person_id": person}, subject=f"people/{person}", sequence=9)
    contact(deliver, person, 8, "Li Na")
    identified(person_id=person)
    leads = api.get("/leads").json["data"]
    assert [(one["name"], one["email"], one["phone"], one["message"]) for one in leads] == [
        (None, None, None, None)
    ] * 2
    assert {one["status"] for one in leads} == {"converted", "lost"}
    assert outbox.one("lead.lost").data["reason"] == "person_erased"
    assert outbox.one("lead.lost").personal == {
        "name": None,
        "email": None,
        "phone": None,
        "company_name": None,
    }
    assert api.get(f"/deals/{deal['id']}").json["contact_name"] is None
    with database.reading() as session:
        for table in ("people", "leads", "deals", "orders"):
            rows = session.execute(text(f"SELECT * FROM {table}")).all()
            assert "小明" not in str(rows), table


def test_companies_are_known_by_name(api, deliver, new_deal) -> None:
    company = str(uuid7())
    told = {"company_id": company, "name": "Acme", "domain": None, "country": "CN", "postcode": None}
    deal = new_deal(company_id=company)
    deliver("contacts", "company.created", told, sequence=1, subject=f"companies/{company}")
    assert api.get(f"/deals/{deal['id']}").json["company_name"] == "Acme"
    deliver("contacts", "company.updated", told | {"name": "Acme China"}, sequence=3)
    deliver("contacts", "company.updated", told | {"name": "Acme Asia"}, sequence=2)
    assert api.get(f"/deals/{deal['id']}").json["company_name"] == "Acme China"
    assert new_deal(company_id=company)["company_name"] == "Acme China"


def test_companies_told_of_together_are_known_by_name(api, deliver, new_deal) -> None:
    first, second = str(uuid7()), str(uuid7())
    told = {"domain": None, "country": "CN", "postcode": None}
    deal = new_deal(company_id=first)
    deliver("contacts", "company.updated", told | {"company_id": second, "name": "Newer"}, sequence=5)
    companies = [told | {"company_id": id_, "name": "Acme", "sequence": 2} for id_ in (second, first)]
    deliver("contacts", "companies.changed", {"job_id": str(uuid7()), "companies": companies})
    assert api.get(f"/deals/{deal['id']}").json["company_name"] == "Acme"
    assert new_deal(company_id=second)["company_name"] == "Newer"


def test_people_deleted_together_are_forgotten(api, deliver, new_lead) -> None:
    people = [str(uuid7()) for _ in range(2)]
    for number, person in enumerate(people):
        contact(deliver, person, 1, f"Somebody {number}")
        new_lead(person_id=person)
    deliver("contacts", "people.deleted", {"job_id": str(uuid7()), "person_ids": people})
    assert {lead["name"] for lead in api.get("/leads").json["data"]} == {None}
    assert api.get("/leads?q=somebody").json["data"] == []


def test_a_late_user_event_does_not_bring_a_rep_back(api, deliver, rep) -> None:
    ann = rep("Ann")
    told = {"user_id": str(ann), "roles": ["sales_rep"], "team_id": None, "partner_id": None, "active": True}
    deliver("gateway", "user.deactivated", told | {"active": False}, personal={"name": "Ann"}, sequence=3)
    deliver("gateway", "user.updated", told, personal={"name": "Anne"}, sequence=2)
    (seen,) = api.get("/reps").json["data"]
    assert (seen["name"], seen["active"], seen["takes_leads"]) == ("Ann", False, False)


def test_what_breaks_its_contract_is_parked_and_changes_nothing(api, deliver, outbox) -> None:
    interaction = {"interaction_id": str(uuid7()), "channel": "call", "person_id": None, "at": "yesterday"}
    for type_, data in (
        ("contact.identified", {"person_id": "somebody", "submission_id": str(uuid7())}),
        ("contact.identified", {"person_id": str(uuid7())}),
        ("contact.created", {}),
        ("contact.erased", {"person_id": None}),
        ("interaction.logged", interaction),
        ("interaction.logged", interaction | {"at": "2026-03-02T09:00:00Z", "lead_id": 7}),
    ):
        with pytest.raises(Malformed):
            deliver("contacts", type_, data)
    assert api.get("/leads").json["data"] == []
    assert outbox.types() == []
