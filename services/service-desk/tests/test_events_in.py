"""What the desk hears: twice, late, out of order, at once, and nonsense."""

import pytest
from sqlalchemy import text

from chassis.errors import Malformed
from chassis.events.inbox import process_once
from chassis.ids import uuid7
from chassis.testing import at_once
from chassis.testing.events import make_event
from service_desk.onboarding import actions as onboarding


def won(**changes):
    data = {
        "deal_id": str(uuid7()), "name": "200 printers for Äther", "amount": "120000.00", "currency": "CNY",
        "pipeline_id": str(uuid7()), "stage_id": str(uuid7()), "stage": "Won", "stage_kind": "won", "probability": 100,
        "expected_close": None, "person_id": str(uuid7()), "company_id": str(uuid7()), "owner_id": str(uuid7()),
        "team_id": None, "lead_id": None, "campaign_id": None, "source": "web_form",
        "created_at": "2026-02-01T00:00:00+00:00", "closed_at": "2026-03-02T08:59:00+00:00", "product": "LaserJet",
    }  # fmt: skip
    return data | changes


WHO = {"contact_name": "李雷"}


def contact(person_id, name="王小明", **changes):
    data = {
        "person_id": person_id, "company_id": None, "owner_id": None, "team_id": None, "partner_id": None,
        "lifecycle": "customer", "grade": None, "country": "CN", "postcode": None, "source": "api",
    }  # fmt: skip
    personal = {
        "name": name,
        "emails": ["ming@example.com"],
        "phones": ["+8613800138000"],
        "company_name": "Äther GmbH",
    }
    return data | changes, personal


def test_a_won_deal_becomes_a_ticket_and_an_entitlement(api, clock, agents, deliver, outbox):
    (ann,) = agents("Ann")
    data = won()
    event = deliver("sales", "deal.won", data, personal=WHO)
    (entitled,) = api.get(f"/entitlements?deal_id={data['deal_id']}").json["data"]
    assert (entitled["starts_on"], entitled["ends_on"], entitled["holder_name"]) == (
        "2026-03-02",
        "2027-03-02",
        "李雷",
    )
    (opened,) = api.get(f"/tickets?deal_id={data['deal_id']}").json["data"]
    assert (opened["subject"], opened["kind"], opened["product"]) == (
        "Onboarding: 200 printers for Äther", "onboarding", "LaserJet",
    )  # fmt: skip
    assert (opened["person_id"], opened["company_id"], opened["requester_name"]) == (
        data["person_id"], data["company_id"], "李雷",
    )  # fmt: skip
    assert (opened["entitlement_id"], opened["assignee_id"]) == (entitled["id"], str(ann))
    created = outbox.one("ticket.created")
    assert (created.causationid, created.correlationid, created.data["deal_id"]) == (
        str(event.id), event.correlationid, data["deal_id"],
    )  # fmt: skip


def test_a_deal_is_welcomed_once_however_often_it_is_told(api, deliver, outbox):
    data = won()
    event = deliver("sales", "deal.won", data, personal=WHO, sequence=5)
    deliver.again(event)
    deliver("sales", "deal.won", data, personal=WHO, sequence=5)  # the same news under another id
    deliver("sales", "deal.won", data | {"name": "Renamed"}, personal=WHO, sequence=9)
    assert outbox.types() == ["ticket.created"]
    assert len(api.get("/tickets").json["data"]) == len(api.get("/entitlements").json["data"]) == 1


def test_two_workers_told_at_once_welcome_once(database, outbox, clock):
    data = won()

    def told():
        event = make_event("sales", "deal.won", data, personal=WHO)
        return process_once(database, "service-desk", event, lambda e, s: onboarding.welcome(s, e))

    assert at_once(told, told, told, told) == [True] * 4
    assert outbox.types() == ["ticket.created"]


def test_a_worker_that_is_told_while_another_is_at_it_leaves_it_to_the_other(database, outbox, clock, all_waiting):
    data = won()
    other = f"""
        INSERT INTO entitlements (id, name, deal_id, starts_on, ends_on, version, created_at, updated_at, search_text,
                                  search_grams)
        VALUES ('{uuid7()}', 'Another', '{data["deal_id"]}', now(), now(), 1, now(), now(), '', '{{}}')
    """

    def told():
        event = make_event("sales", "deal.won", data, personal=WHO)
        return process_once(database, "service-desk", event, lambda e, s: onboarding.welcome(s, e))

    assert all_waiting(other, told, told) == [True, True]
    assert outbox.types() == []


def test_a_deal_without_person_or_company_is_welcomed_too(api, deliver):
    deliver(
        "sales",
        "deal.won",
        won(person_id=None, company_id=None, product=None),
        personal={"contact_name": None},
    )
    (opened,) = api.get("/tickets").json["data"]
    assert (opened["requester_name"], opened["person_id"], opened["product"]) == (None, None, None)


@pytest.mark.parametrize("changes", [{"deal_id": None}, {"deal_id": "17"}, {"name": None}, {"person_id": 5}])
def test_nonsense_is_malformed_and_changes_nothing(api, deliver, outbox, changes):
    with pytest.raises(Malformed):
        deliver("sales", "deal.won", won(**changes), personal=WHO)
    assert (api.get("/tickets").json["data"], api.get("/entitlements").json["data"]) == ([], [])
    assert outbox.types() == []


def test_a_known_person_needs_no_names_typed(api, deliver, ticket):
    person, company = str(uuid7()), str(uuid7())
    data, personal = contact(person, company_id=company)
    deliver("contacts", "contact.created", data, personal=personal)
    opened = ticket(person_id=person, requester_name=None)
    assert (opened["requester_name"], opened["company_name"], opened["company_id"]) == (
        "王小明",
        "Äther GmbH",
        company,
    )
    assert (opened["requester_email"], opened["requester_phone"]) == ("ming@example.com", "+8613800138000")


def test_a_new_name_reaches_the_tickets_and_an_older_one_does_not(api, deliver, ticket):
    person = str(uuid7())
    opened = ticket(person_id=person)
    data, personal = contact(person, "王明")
    deliver("contacts", "contact.updated", data, personal=personal, sequence=7)
    assert api.get("/tickets?q=王明").json["data"][0]["id"] == opened["id"]
    data, personal = contact(person, "王")
    deliver("contacts", "contact.updated", data, personal=personal, sequence=6)
    deliver("contacts", "contact.created", data, personal=personal, sequence=1)
    assert api.get(f"/tickets/{opened['id']}").json["requester_name"] == "王明"


@pytest.mark.parametrize("type_", ["people.imported", "people.changed", "people.told"])
def test_people_told_of_together_are_known_like_those_told_of_alone(api, deliver, ticket, type_):
    new, newer = str(uuid7()), str(uuid7())
    opened = ticket(person_id=newer)
    data, personal = contact(newer, "Newer")
    deliver("contacts", "contact.updated", data, personal=personal, sequence=5)
    told = {newer: contact(newer, "Older"), new: contact(new, "New")}
    people = [data | {"sequence": 3} for data, _ in told.values()]
    bundle = {"job_id": str(uuid7()), "people": people}
    deliver("contacts", type_, bundle, personal={id_: personal for id_, (_, personal) in told.items()})
    assert api.get(f"/tickets/{opened['id']}").json["requester_name"] == "Newer"
    assert ticket(person_id=new, requester_name=None)["requester_name"] == "New"


def test_people_deleted_together_are_forgotten(api, deliver, ticket):
    people = [str(uuid7()) for _ in range(2)]
    opened = [ticket(person_id=person, requester_name="王小明") for person in people]
    deliver("contacts", "people.deleted", {"job_id": str(uuid7()), "person_ids": people})
    assert {api.get(f"/tickets/{one['id']}").json["requester_name"] for one in opened} == {"[erased]"}


@pytest.mark.parametrize("people", [None, "x", [5], [{"sequence": 1}], [{"person_id": str(uuid7())}]])
def test_a_bundle_that_makes_no_sense_is_malformed(deliver, people):
    with pytest.raises(Malformed):
        deliver("contacts", "people.imported", {"people": people}, personal={})


@pytest.mark.parametrize("gone", ["contact.erased", "contact.deleted"])
def test_an_erased_person_is_forgotten_for_good(api, database, deliver, ticket, customer_says, gone):
    person = str(uuid7())
    opened = ticket(person_id=person, requester_name="王小明", requester_email="m@example.com", body="我是王小明")
    customer_says(opened["id"], "王小明 does not like it")
    data, personal = contact(person)
    deliver("contacts", gone, {"person_id": person}, sequence=3)
    deliver("contacts", "contact.updated", data, personal=personal, sequence=4)
    shown = api.get(f"/tickets/{opened['id']}").json
    assert (shown["requester_name"], shown["requester_email"]) == ("[erased]", None)
    with database.reading() as session:
        for table in ("tickets", "messages", "surveys", "people", "entitlements"):
            rows = session.execute(text(f"SELECT row_to_json(t)::text FROM {table} AS t")).scalars().all()
            assert "王小明" not in "".join(rows), table


@pytest.fixture
def customer_says(api):
    def say(ticket_id, comment):
        token = api.post(f"/tickets/{ticket_id}/resolve").json["survey"]["token"]
        assert api.post(f"/public/surveys/{token}", json={"score": 3, "comment": comment}, as_=None).status_code == 200

    return say


def test_covered_customers_are_recognised_at_entry(api, clock, deliver, ticket):
    data = won()
    deliver("sales", "deal.won", data, personal=WHO)
    (entitled,) = api.get("/entitlements").json["data"]
    assert ticket(person_id=data["person_id"])["entitlement_id"] == entitled["id"]
    assert ticket(company_id=data["company_id"])["entitlement_id"] == entitled["id"]
    assert ticket(person_id=str(uuid7()))["entitlement_id"] is None
    clock.advance(days=366)
    assert ticket(person_id=data["person_id"])["entitlement_id"] is None


def test_users_come_change_and_go(api, agents, deliver, ticket):
    (ann,) = agents("Ann")
    shown = api.get(f"/agents/{ann}").json
    assert (shown["name"], shown["email"], shown["roles"], shown["active"]) == (
        "Ann",
        "ann@example.com",
        ["agent"],
        True,
    )
    team = str(uuid7())
    data = {
        "user_id": str(ann),
        "roles": ["desk_manager"],
        "team_id": team,
        "partner_id": None,
        "active": True,
        "region": None,
    }
    personal = {"name": "Ann Lee", "email": "ann@example.com"}
    deliver("gateway", "user.updated", data, personal=personal, sequence=2)
    assert ticket()["team_id"] == team
    deliver("gateway", "user.deactivated", data | {"active": False}, personal=personal, sequence=3)
    deliver("gateway", "user.updated", data, personal=personal, sequence=2)  # late
    assert (api.get(f"/agents/{ann}").json["active"], ticket()["assignee_id"]) == (False, None)
    assert [row["name"] for row in api.get("/agents?q=lee&active=false").json["data"]] == ["Ann Lee"]


def test_two_workers_hear_of_the_same_new_user_at_once(database, api):
    from service_desk.agents.actions import take_user

    user = str(uuid7())

    def told(sequence):
        data = {
            "user_id": user,
            "roles": ["agent"],
            "team_id": None,
            "partner_id": None,
            "active": True,
            "region": None,
        }
        event = make_event("gateway", "user.updated", data, personal={"name": f"Ann {sequence}"}, sequence=sequence)
        return process_once(database, "service-desk", event, lambda e, s: take_user(s, e))

    assert at_once(*[lambda n=n: told(n) for n in (1, 2, 3, 4)]) == [True] * 4
    assert api.get(f"/agents/{user}").json["name"] == "Ann 4"
