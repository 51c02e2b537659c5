"""Deals that partners register: who is first, who else has the customer, what becomes of it, how long it protects."""

from __future__ import annotations

from functools import partial

import pytest

from chassis.ids import uuid7
from chassis.testing import at_once, code_of, faults_of

pytestmark = pytest.mark.usefixtures("clock")


def test_a_partner_registers_and_is_told_of(api, ours, partner, outbox, register) -> None:
    made = register()
    assert made.status_code == 201, made.text
    one = made.json
    assert (one["number"], one["status"], one["name"]) == ("DR-2026-000001", "submitted", "ACME Precision Ltd")
    assert (one["conflict"], one["registered_by"], one["partner_id"]) == (False, str(ours.id), str(ours.partner_id))
    assert {"person_id", "company_id", "decided_by"}.isdisjoint(one)
    told = outbox.one("registration.submitted")
    assert (told.data["registration_id"], told.data["amount"]) == (one["id"], "48000.00")
    assert told.data["personal"] == {
        "name": "Li Na", "email": "li@acme.com", "phone": None, "company_name": "ACME Precision Ltd",
    }  # fmt: skip
    assert api.get("/registrations", as_=partner()).json["data"] == []
    assert api.get(f"/registrations/{one['id']}", as_=partner()).status_code == 404
    assert [row["id"] for row in api.get("/registrations?q=acme", as_=ours).json["data"]] == [one["id"]]


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ({"company_name": "./"}, ("/company_name", "no_name")),
        ({"contact_email": None}, ("/contact_email", "required")),
        ({"domain": "acme"}, ("/domain", "invalid_domain")),
        ({"expected_close": "2026-03-01"}, ("/expected_close", "past")),
        ({"product_ids": [str(uuid7())]}, ("/product_ids/0", "unknown_product")),
        ({"amount": "-1"}, ("/amount", "out_of_range")),
    ],
)
def test_bad_input_is_refused_by_field_and_nothing_is_left(api, outbox, register, data, fault) -> None:
    pointer, code = faults_of(register(**data))[0]
    assert (pointer, code) == fault
    assert (api.get("/registrations").json["data"], outbox.types()) == ([], [])


def test_only_partners_register_and_only_the_house_decides(api, ours, user, register) -> None:
    assert code_of(register(as_=user())) == (403, "partners_only")
    assert code_of(register(as_=user(reach="partner"))) == (403, "partners_only")
    path = f"/registrations/{register().json['id']}"
    for step, body in (("approve", {}), ("reject", {"reason": "x"}), ("ask", {"question": "x"})):
        assert code_of(api.post(f"{path}/{step}", json=body, as_=ours)) == (403, "not_for_partners")
    assert code_of(api.get(f"{path}/conflicts", as_=ours)) == (403, "not_for_partners")
    for step, body in (("answer", {"answer": "x"}), ("withdraw", None)):
        assert code_of(api.post(f"{path}/{step}", json=body)) == (403, "partners_only")
    assert code_of(api.patch(path, json={"note": "x"}, if_match=1)) == (403, "partners_only")
    assert api.post(f"{path}/approve", json={}, as_=user(reach="own")).status_code == 404
    assert api.get(path).json["version"] == 1


@pytest.mark.parametrize(
    "known",
    [
        {"company_name": "Acme Precision, Inc.", "domain": None, "contact_email": "x@gmail.com"},
        {"company_name": "Other", "domain": "https://www.acme.com/", "contact_email": "x@other.cn"},
        {"company_name": "Other", "domain": None, "contact_email": "LI@acme.com"},
        {"company_name": "Other", "domain": "other.cn", "contact_email": "someone@acme.com"},
    ],
)
def test_who_registers_first_is_the_only_one(api, ours, partner, outbox, register, approved, known) -> None:
    path = approved()
    refused = register(as_=partner(), **known)
    assert code_of(refused) == (409, "customer_registered")
    assert refused.json["until"] == api.get(path).json["protected_until"]
    assert not any(word in refused.text for word in (str(ours.partner_id), "Li Na", "DR-2026"))
    again = register(**known)
    assert (*code_of(again), again.json["registration_id"]) == (409, "already_registered", path.split("/")[2])
    assert len(outbox.events("registration.submitted")) == 1


def test_two_who_share_nothing_both_register(register, partner) -> None:
    assert register(contact_email="li@gmail.com").status_code == 201
    other = {"company_name": "ACME Tools Ltd", "domain": "acme-tools.com", "contact_email": "wu@gmail.com"}
    assert register(as_=partner(), **other).status_code == 201


def test_of_partners_who_register_at_once_one_is_first(api, partner, outbox, register) -> None:
    names = ("ACME Precision", "Acme Precision Ltd", "acme-precision GmbH", "Acme Precision Co.", "ACME PRECISION")
    asked = [
        partial(register, as_=partner(), company_name=name, domain=None, contact_email=f"{place}@gmail.com")
        for place, name in enumerate(names)
    ]
    answers = at_once(*asked)
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    assert {answer.json["code"] for answer in answers if answer.status_code == 409} == {"customer_registered"}
    assert len(outbox.events("registration.submitted")) == len(api.get("/registrations").json["data"]) == 1


def test_the_partner_learns_that_and_the_manager_with_what_there_is_a_conflict(
    api, ours, rep, user, new_deal, new_lead, deliver, register
) -> None:
    company = str(uuid7())
    told = {"company_id": company, "name": "Acme Holding", "domain": "acme.com"}
    deliver("contacts", "company.created", told, subject=f"companies/{company}")
    ann = rep("Ann", team_id=uuid7())
    spelt = new_deal(name="Their lamps", company_name="Acme Precision GmbH", owner_id=str(ann))
    bought = new_deal(name="Their first lamps", company_id=company)
    api.post(f"/deals/{bought['id']}/win", json={})
    mailed = new_lead(name="Wu", email="wu@acme.com")
    new_deal(name="Not theirs", company_name="Acme Tools")
    new_lead(name="Acme", email="x@notacme.com")
    api.post("/deals", json={"name": "Our own", "company_name": "ACME Precision"}, as_=ours)
    made = register()
    assert (made.status_code, made.json["conflict"]) == (201, True)
    assert not any(word in made.text for word in ("Their", "Wu", str(ann)))
    path = f"/registrations/{made.json['id']}"
    found = {(one["kind"], one["name"]): one for one in api.get(f"{path}/conflicts").json["data"]}
    assert {key: (one["id"], one["matched"]) for key, one in found.items()} == {
        ("deal", "Their lamps"): (spelt["id"], ["company_name"]),
        ("customer", "Their first lamps"): (bought["id"], ["company"]),
        ("lead", "Wu"): (mailed["id"], ["domain"]),
    }


def test_a_manager_is_not_shown_what_is_out_of_reach(api, rep, user, new_deal, register) -> None:
    team = uuid7()
    manager = user(reach="team", id=rep("Mei", roles=("sales_manager",), team_id=team), team_id=team)
    api.post("/partner-programmes", json={"manager_id": str(manager.id)})
    ann = rep("Ann", team_id=uuid7())
    new_deal(name="Their lamps", company_name="Acme Precision GmbH", owner_id=str(ann))
    path = f"/registrations/{register().json['id']}"
    assert api.get(path, as_=manager).json["owner_id"] == str(manager.id)
    (found,) = api.get(f"{path}/conflicts", as_=manager).json["data"]
    assert (found["id"], found["name"], found["owner_id"]) == (None, None, str(ann))


def test_approval_makes_one_deal_however_many_approve(api, ours, rep, outbox, register) -> None:
    manager = rep("Mei", roles=("sales_manager",))
    terms = {"protection_days": 60, "warn_days": 10, "renewals": 2, "manager_id": str(manager)}
    api.post("/partner-programmes", json=terms | {"partner_id": str(ours.partner_id)})
    path = f"/registrations/{register().json['id']}"
    answers = at_once(*[partial(api.post, f"{path}/approve", json={})] * 4)
    assert [answer.status_code for answer in answers] == [200] * 4
    one = api.get(path, as_=ours).json
    assert (one["status"], one["protected_until"]) == ("approved", "2026-05-01T09:00:00Z")
    (deal,) = api.get("/deals", as_=ours).json["data"]
    assert deal["id"] == one["deal_id"]
    assert {name: deal[name] for name in ("name", "amount", "currency", "source", "owner_id", "partner_id")} == {
        "name": "ACME Precision Ltd", "amount": "48000.00", "currency": "EUR", "source": "partner",
        "owner_id": str(manager), "partner_id": str(ours.partner_id),
    }  # fmt: skip
    assert (deal["contact_name"], deal["company_name"]) == ("Li Na", "ACME Precision Ltd")
    told = outbox.one("registration.approved").data
    assert (told["deal_id"], told["deal_created"], told["company_created"]) == (deal["id"], True, True)
    assert told["company_id"] == api.get(f"/deals/{deal['id']}").json["company_id"]
    assert len(outbox.events("deal.created")) == 1
    assert code_of(api.post(f"{path}/reject", json={"reason": "x"})) == (409, "registration_approved")
    assert code_of(api.post(f"{path}/approve", json={"deal_id": str(uuid7())})) == (409, "registration_approved")


def test_a_company_that_is_known_is_the_deals(api, deliver, outbox, register) -> None:
    company = str(uuid7())
    told = {"company_id": company, "name": "Acme Precision GmbH", "domain": None}
    deliver("contacts", "company.created", told, subject=f"companies/{company}")
    path = f"/registrations/{register().json['id']}"
    one = api.post(f"{path}/approve", json={}).json
    assert (one["company_id"], api.get(f"/deals/{one['deal_id']}").json["company_id"]) == (company, company)
    assert outbox.one("registration.approved").data["company_created"] is False


def test_approval_may_give_the_partner_a_deal_that_is_there(api, ours, partner, outbox, new_deal, register) -> None:
    path = f"/registrations/{register().json['id']}"
    deal = new_deal(name="Lamps")
    assert faults_of(api.post(f"{path}/approve", json={"deal_id": str(uuid7())})) == [("/deal_id", "unknown_deal")]
    both = {"deal_id": deal["id"], "owner_id": str(uuid7())}
    assert faults_of(api.post(f"{path}/approve", json=both)) == [("/owner_id", "not_with_deal_id")]
    theirs = api.post("/deals", json={"name": "Another's"}, as_=partner()).json["id"]
    assert code_of(api.post(f"{path}/approve", json={"deal_id": theirs})) == (409, "other_partner")
    lost = new_deal()["id"]
    api.post(f"/deals/{lost}/lose", json={"reason": "price"})
    assert api.post(f"{path}/approve", json={"deal_id": lost}).status_code == 409
    assert api.get(path).json["status"] == "submitted"
    for _ in range(2):
        assert api.post(f"{path}/approve", json={"deal_id": deal["id"]}).json["deal_id"] == deal["id"]
    assert api.get(f"/deals/{deal['id']}", as_=ours).json["name"] == "Lamps"
    assert outbox.one("registration.approved").data["deal_created"] is False
    other = register(company_name="Other", domain=None, contact_email="x@other.cn").json["id"]
    answer = api.post(f"/registrations/{other}/approve", json={"deal_id": deal["id"]})
    assert code_of(answer) == (409, "deal_registered")


def test_it_is_asked_answered_changed_and_rejected(api, ours, partner, outbox, register) -> None:
    path = f"/registrations/{register().json['id']}"
    assert code_of(api.post(f"{path}/answer", json={"answer": "x"}, as_=ours)) == (409, "registration_submitted")
    one = api.post(f"{path}/ask", json={"question": "Which plant?"}).json
    assert (one["status"], one["question"]) == ("returned", "Which plant?")
    version = one["version"]
    changes = {"amount": "52000.00", "company_name": "ACME Suzhou Ltd"}
    assert api.patch(path, json=changes, if_match=version, as_=ours).json["company_name"] == "ACME Suzhou Ltd"
    answers = at_once(*[partial(api.post, f"{path}/answer", json={"answer": "Suzhou"}, as_=ours)] * 2)
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    for reason in ("We sell there ourselves.", "Another"):
        one = api.post(f"{path}/reject", json={"reason": reason}).json
        assert (one["status"], one["reason"]) == ("rejected", "We sell there ourselves.")
    assert code_of(api.patch(path, json={"note": "x"}, if_match=one["version"], as_=ours)) == (
        409,
        "registration_rejected",
    )
    assert [type_.removeprefix("registration.") for type_ in outbox.types()] == [
        "submitted", "returned", "submitted", "rejected",
    ]  # fmt: skip
    assert register(as_=partner()).status_code == 201


def test_a_change_to_a_customer_of_others_is_refused(api, ours, partner, register) -> None:
    register(as_=partner(), company_name="Other", domain="other.cn", contact_email="x@other.cn")
    path = f"/registrations/{register().json['id']}"
    answer = api.patch(path, json={"contact_email": "y@other.cn"}, if_match=1, as_=ours)
    assert (*code_of(answer), answer.json["until"]) == (409, "customer_registered", None)
    assert api.get(path).json["contact_email"] == "li@acme.com"


def test_withdrawn_it_protects_nobody_and_the_deal_stays(api, ours, partner, outbox, register, approved) -> None:
    path = approved()
    for _ in range(2):
        one = api.post(f"{path}/withdraw", as_=ours).json
        assert (one["status"], one["ended_at"]) == ("withdrawn", "2026-03-02T09:00:00Z")
    assert outbox.one("registration.withdrawn").data["status"] == "withdrawn"
    assert api.get(f"/deals/{one['deal_id']}", as_=ours).json["status"] == "open"
    assert register(as_=partner()).status_code == 201


def test_a_protection_is_warned_of_renewed_and_over(
    api, ours, partner, clock, tick, outbox, register, approved
) -> None:
    path = approved()  # 90 days, a warning 14 days before, one renewal
    refused = api.post(f"{path}/renew", as_=ours)
    assert (*code_of(refused), refused.json["renewable_from"]) == (409, "too_early", "2026-05-17T09:00:00Z")
    clock.advance(days=75)
    tick("protections")
    assert outbox.events("registration.expiring") == []
    clock.advance(days=1)
    for _ in range(2):
        tick("protections")
    assert outbox.one("registration.expiring").data["protected_until"] == "2026-05-31T09:00:00+00:00"
    answers = at_once(*[partial(api.post, f"{path}/renew", as_=ours)] * 3)
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    one = api.get(path).json
    assert (one["protected_until"], one["renewed"]) == ("2026-08-29T09:00:00Z", 1)
    clock.advance(days=90)
    tick("protections")
    assert len(outbox.events("registration.expiring")) == 2
    assert code_of(api.post(f"{path}/renew", as_=ours)) == (409, "no_renewal_left")
    clock.advance(days=14)
    assert code_of(api.post(f"{path}/renew", as_=ours)) == (409, "registration_expired")
    assert register(as_=partner()).status_code == 201  # also before the clock comes by
    for _ in range(2):
        tick("protections")
    assert (api.get(path).json["status"], outbox.one("registration.expired").data["renewed"]) == ("expired", 1)
    assert api.get(f"/deals/{one['deal_id']}", as_=ours).json["status"] == "open"


@pytest.mark.parametrize(("step", "status"), [("win", "won"), ("lose", "lost")])
def test_a_closed_deal_ends_it(api, ours, partner, deliver, outbox, register, approved, step, status) -> None:
    path = approved()
    deal = api.get(path).json["deal_id"]
    api.post(f"/deals/{deal}/{step}", json={"reason": "price"})
    event = outbox.one(f"deal.{status}")
    deliver.again(event)
    deliver.again(event)
    assert (api.get(path).json["status"], outbox.one("registration.closed").data["status"]) == (status, status)
    assert register(as_=partner()).json["conflict"] is (status == "won")


def test_news_of_a_deal_that_is_open_again_ends_nothing(api, deliver, outbox, approved) -> None:
    path = approved()
    deal = api.get(path).json["deal_id"]
    api.post(f"/deals/{deal}/lose", json={"reason": "price"})
    api.post(f"/deals/{deal}/reopen", json={})
    deliver.again(outbox.one("deal.lost"))
    assert (api.get(path).json["status"], outbox.events("registration.closed")) == ("approved", [])


def test_programmes_are_the_managers(api, ours, user, rep) -> None:
    assert code_of(api.post("/partner-programmes", json={}, as_=ours)) == (403, "not_for_partners")
    assert code_of(api.post("/partner-programmes", json={}, as_=user(reach="own"))) == (403, "not_a_manager")
    one = api.post("/partner-programmes", json={}).json
    assert (one["protection_days"], one["warn_days"], one["renewals"]) == (90, 14, 1)
    assert api.post("/partner-programmes", json={}).status_code == 409
    path = f"/partner-programmes/{one['id']}"
    assert faults_of(api.patch(path, json={"warn_days": 90}, if_match=1)) == [("/warn_days", "too_long")]
    assert faults_of(api.patch(path, json={"manager_id": str(uuid7())}, if_match=1)) == [("/manager_id", "unknown_rep")]
    assert code_of(api.get(path, as_=ours)) == (403, "not_for_partners")
    assert api.delete(path, if_match=1).status_code == 204


def test_who_is_erased_is_not_named_and_the_company_stays_protected(
    api, partner, deliver, outbox, register, approved
) -> None:
    path = approved()
    person = api.get(path).json["person_id"]
    told = {"person_id": person, "merged_ids": [], "erasure_id": str(uuid7())}
    deliver("contacts", "contact.erased", told, subject=f"people/{person}", sequence=9)
    one = api.get(path).json
    assert (one["contact_name"], one["contact_email"], one["company_name"]) == (None, None, "ACME Precision Ltd")
    assert code_of(register(as_=partner(), domain=None, contact_email="x@gmail.com")) == (409, "customer_registered")
