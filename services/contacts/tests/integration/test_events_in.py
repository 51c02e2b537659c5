"""What other services tell, and what contacts makes of it: once, twice, late and in the wrong order."""

from __future__ import annotations

from typing import Any

from chassis.ids import uuid7
from chassis.testing import at_once

LEAD = {"company_id": None, "status": "new", "source": "web_form", "campaign_id": None, "owner_id": None,
        "team_id": None, "territory": None, "score": 0}  # fmt: skip
DEAL = {"name": "200 lamps", "amount": "48000.00", "currency": "CNY", "stage": "Offer", "company_id": None}


def order(person: Any, total: str = "120000.00", at: str = "2026-03-01T09:00:00Z", **more: Any) -> dict[str, Any]:
    return {
        "order_id": str(uuid7()), "number": "O-1", "person_id": person["id"], "company_id": None, "owner_id": None,
        "deal_id": None, "campaign_id": None, "total": total, "currency": "CNY", "lines": [], "placed_at": at,
    } | more  # fmt: skip


def test_a_form_of_somebody_new_makes_person_consent_and_interaction(
    api: Any, deliver: Any, form: Any, outbox: Any, clock: Any
) -> None:
    data, personal = form(product="LED-20", language="zh")
    deliver("marketing", "form.submitted", data, personal=personal)
    made = api.get(f"/people/{data['person_id']}").json
    assert (made["name"], made["email"], made["phone"]) == ("王小明", "ming@example.cn", "+8613800138000")
    assert (made["company_name"], made["source"], made["country"]) == ("深圳示例有限公司", "web_form", "CN")
    assert (made["campaign_id"], made["utm"]) == (data["campaign_id"], {"source": "baidu"})
    assert outbox.types() == [
        "company.created", "contact.created", "consent.granted", "interaction.logged", "contact.identified",
    ]  # fmt: skip
    told = outbox.one("contact.identified")
    assert told.data | {"personal": None} == {
        "person_id": made["id"], "company_id": made["company_id"], "matched": False,
        "submission_id": data["submission_id"], "form_key": "whitepaper", "campaign_id": data["campaign_id"],
        "source": "web_form", "utm": {"source": "baidu"}, "country": "CN", "postcode": "518000",
        "product": "LED-20", "language": "zh", "owner_id": None, "personal": None,
    }  # fmt: skip
    assert told.personal == {
        "name": "王小明", "email": "ming@example.cn", "phone": "+8613800138000",
        "company_name": "深圳示例有限公司", "message": "How much are 200?",
    }  # fmt: skip
    (consent,) = api.get(f"/people/{made['id']}/consents").json["data"]
    assert (consent["purpose"], consent["granted"], consent["text"]) == ("marketing", True, "Yes, write to me.")
    (logged,) = api.get(f"/interactions?person_id={made['id']}").json["data"]
    assert (logged["channel"], logged["direction"], logged["content"]) == ("form", "in", "How much are 200?")


def test_the_same_form_event_twice_changes_nothing(api: Any, deliver: Any, form: Any, outbox: Any) -> None:
    data, personal = form()
    event = deliver("marketing", "form.submitted", data, personal=personal)
    before = outbox.types()
    deliver.again(event)
    assert outbox.types() == before
    # Sent anew under another event id (a publisher that forgot): still one person, one consent, one interaction.
    deliver("marketing", "form.submitted", data, personal=personal)
    person_id = data["person_id"]
    assert len(api.get("/people").json["data"]) == 1
    assert len(api.get(f"/people/{person_id}/consents/history").json["data"]) == 1
    assert len(api.get(f"/interactions?person_id={person_id}").json["data"]) == 1


def test_a_form_of_somebody_known_finds_them(api: Any, deliver: Any, form: Any, person: Any, outbox: Any) -> None:
    here = person(name="Wang", phone="13800138000", city="Shenzhen")
    data, personal = form(consent={"given": False})
    deliver("marketing", "form.submitted", data, personal=personal)
    told = outbox.one("contact.identified")
    assert (told.data["person_id"], told.data["matched"], told.sequence) == (here["id"], True, 2)
    (now,) = api.get("/people").json["data"]
    assert (now["name"], now["email"], now["company_name"]) == ("Wang", "ming@example.cn", "深圳示例有限公司")
    assert api.get(f"/people/{here['id']}/consents").json["data"] == []
    assert "consent.granted" not in outbox.types()


def test_a_form_with_a_broken_phone_and_no_name_still_makes_the_person(api: Any, deliver: Any, form: Any) -> None:
    data, personal = form(name=None, phone="call me", company_name=None)
    deliver("marketing", "form.submitted", data, personal=personal)
    made = api.get(f"/people/{data['person_id']}").json
    assert (made["name"], made["phones"], made["company_id"]) == ("ming", [], None)


def test_form_and_api_at_once_make_one_person(api: Any, deliver: Any, form: Any, outbox: Any) -> None:
    def by_form() -> str:
        data, personal = form()
        deliver("marketing", "form.submitted", data, personal=personal)
        return "form"

    def by_api() -> str:
        body = {"name": "王小明", "email": "ming@example.cn", "phone": "13800138000"}
        return str(api.post("/people", json=body).status_code)

    done = at_once(*([by_form, by_api] * 10))
    assert done.count("form") == 10
    assert set(done) <= {"form", "201", "409"}
    assert len(api.get("/people").json["data"]) == 1
    assert outbox.types().count("contact.created") == 1
    assert outbox.types().count("company.created") == 1
    assert outbox.types().count("contact.identified") == 10


def test_the_life_cycle_only_rises(api: Any, deliver: Any, person: Any, outbox: Any) -> None:
    here = person()
    about = {"person_id": here["id"]}
    stage = lambda: api.get(f"/people/{here['id']}").json["lifecycle"]  # noqa: E731
    deliver("sales", "lead.created", LEAD | about | {"lead_id": str(uuid7())}, personal={"name": "Li Na"})
    assert stage() == "lead"
    deliver("sales", "deal.won", DEAL | about | {"deal_id": str(uuid7())})
    assert stage() == "customer"
    deliver("sales", "deal.created", DEAL | about | {"deal_id": str(uuid7())})
    assert stage() == "customer"
    assert [e.data["lifecycle"] for e in outbox.events("contact.updated")] == ["lead", "customer"]


def test_orders_grade_whatever_their_order(api: Any, deliver: Any, person: Any, outbox: Any, clock: Any) -> None:
    here = person()
    deliver("sales", "lead.created", LEAD | {"person_id": here["id"], "lead_id": str(uuid7())}, personal={})
    small = order(here, "900.00", "2026-03-01T09:00:00Z")
    event = deliver("sales", "order.placed", small)
    deliver.again(event)
    deliver("sales", "order.placed", small)
    deliver("sales", "order.placed", order(here, "2000.00", "2025-03-01T09:00:00Z", currency="USD"))
    graded = outbox.events("contact.graded")
    assert [(e.data["grade"], e.data["rfm"]) for e in graded] == [
        ("B", None),
        ("C", {"recency": 5, "frequency": 1, "monetary": 1}),
        ("A", {"recency": 5, "frequency": 2, "monetary": 3}),
    ]
    assert [e.sequence for e in graded] == sorted({e.sequence for e in graded})
    now = api.get(f"/people/{here['id']}").json
    assert (now["grade"], now["rfm"]["monetary"], now["lifecycle"]) == ("A", 3, "customer")


def test_a_promoter_becomes_a_reference_once(api: Any, deliver: Any, person: Any, outbox: Any) -> None:
    here = person()
    answer = {"survey_id": str(uuid7()), "ticket_id": str(uuid7()), "person_id": here["id"], "kind": "csat",
              "answered_at": "2026-03-01T09:00:00Z"}  # fmt: skip
    deliver("service-desk", "survey.answered", answer | {"score": 4}, personal={"comment": "ok"})
    assert api.get(f"/people/{here['id']}").json["reference"] is False
    for _ in range(2):
        deliver("service-desk", "survey.answered", answer | {"score": 5}, personal={"comment": "!"})
    now = api.get(f"/people/{here['id']}").json
    assert (now["reference"], now["tags"]) == (True, ["reference"])
    assert outbox.types().count("contact.updated") == 1


def test_the_timeline_tells_all_in_order_and_in_ones_language(
    api: Any, deliver: Any, person: Any, clock: Any, colleague: Any
) -> None:
    here = person(email="li@example.com")
    about = {"person_id": here["id"]}
    at = [clock.advance(hours=1) for _ in range(4)]
    deliver("sales", "order.placed", order(here, "5000.00"), time=at[3])
    deliver("sales", "deal.won", DEAL | about | {"deal_id": str(uuid7())}, time=at[2])
    ticket = {"ticket_id": str(uuid7()), "number": "T-7", "subject": "Install", "state": "new", "priority": "normal"}
    late = deliver("service-desk", "ticket.created", ticket | about | {"company_id": None}, time=at[0])
    deliver.again(late)
    api.post("/interactions", json=about | {"channel": "call", "summary": "Asked for a quote", "at": at[1].isoformat()})
    seen, cursor = [], ""
    while cursor is not None:
        page = api.get(f"/people/{here['id']}/timeline?limit=3{'&cursor=' + cursor if cursor else ''}").json
        seen += [(entry["type"], entry["title"]) for entry in page["data"]]
        cursor = page["next_cursor"]
    assert seen == [
        ("order.placed", "Order O-1: 5000.00 CNY"),
        ("deal.won", "Deal won: 200 lamps, 48000.00 CNY"),
        ("interaction.logged", "Asked for a quote"),
        ("ticket.created", "Ticket T-7: Install"),
    ]
    only = api.get(f"/people/{here['id']}/timeline?kind=ticket").json["data"]
    assert [(entry["kind"], entry["data"]["number"]) for entry in only] == [("ticket", "T-7")]
    colleague("Me", id=api.default.id, locale="zh-CN")
    shown = [entry["title"] for entry in api.get(f"/people/{here['id']}/timeline").json["data"]]
    lines = ["订单 O-1：5000.00 CNY", "赢得商机：200 lamps，48000.00 CNY", "Asked for a quote", "工单 T-7：Install"]
    assert shown == lines
    profile = api.get(f"/people/{here['id']}/profile").json["timeline"]
    assert [entry["title"] for entry in profile] == lines


def test_events_about_somebody_unknown_are_harmless(api: Any, deliver: Any, outbox: Any) -> None:
    ghost = {"id": str(uuid7())}
    deliver("sales", "deal.won", DEAL | {"person_id": ghost["id"], "deal_id": str(uuid7())})
    deliver("sales", "order.placed", order(ghost))
    deliver("sales", "order.placed", order(ghost, person_id=None))
    assert outbox.types() == []


def test_a_lead_that_sales_met_first_makes_the_person_or_joins_who_is_here(
    api: Any, deliver: Any, person: Any, outbox: Any
) -> None:
    here = person(name="Li Na", email="li@example.com")
    person_id, owner = str(uuid7()), str(uuid7())
    told = LEAD | {"person_id": person_id, "lead_id": str(uuid7()), "source": "manual", "owner_id": owner}
    partner = str(uuid7())
    told |= {"country": "CN", "postcode": "518000", "partner_id": partner}
    personal = {"name": "Ada", "email": "li@example.com", "phone": "13800138000", "company_name": "Engines Ltd"}
    event = deliver("sales", "lead.created", told, personal=personal)
    deliver.again(event)
    assert api.get(f"/people/{person_id}").headers["Location"].endswith(here["id"])
    now = api.get(f"/people/{here['id']}").json
    assert (now["name"], now["email"], now["phone"]) == ("Li Na", "li@example.com", "+8613800138000")
    assert (now["company_name"], now["owner_id"], now["lifecycle"]) == ("Engines Ltd", here["owner_id"], "lead")
    assert now["partner_id"] is None  # whose they are does not change because a partner knows them, too
    assert (now["country"], now["postcode"]) == ("CN", "518000")
    assert [(e.data["survivor_id"], e.data["loser_id"]) for e in outbox.events("contact.merged")] == [
        (here["id"], person_id)
    ]
    fresh = told | {"person_id": str(uuid7()), "lead_id": str(uuid7())}
    deliver("sales", "lead.created", fresh, personal={"name": "Ada", "email": "ada@example.com"})
    made = api.get(f"/people/{fresh['person_id']}").json
    assert (made["name"], made["email"], made["lifecycle"]) == ("Ada", "ada@example.com", "lead")
    assert (made["owner_id"], made["partner_id"]) == (owner, partner)


def test_whom_a_partner_registers_is_made_with_their_company(api: Any, deliver: Any) -> None:
    person_id, company_id = str(uuid7()), str(uuid7())
    told = {"registration_id": str(uuid7()), "person_id": person_id, "company_id": None, "source": "partner",
            "partner_id": str(uuid7())}  # fmt: skip
    personal = {"name": "Li Na", "email": "li@acme.com", "phone": None, "company_name": "ACME Precision"}
    deliver.again(deliver("sales", "registration.submitted", told, personal=personal))
    made = api.get(f"/people/{person_id}").json
    assert (made["name"], made["email"], made["source"]) == ("Li Na", "li@acme.com", "partner")
    assert made["partner_id"] == told["partner_id"]
    (company,) = api.get("/companies").json["data"]
    told |= {"company_id": company_id, "company_created": True}  # sales had not heard of it yet
    for _ in range(2):
        deliver("sales", "registration.approved", told, personal=personal)
    assert api.get(f"/companies/{company_id}").headers["Location"].endswith(company["id"])
    assert api.get(f"/people/{person_id}").json["company_id"] == company["id"]


def test_the_lead_s_owner_gets_a_customer_who_is_nobody_s(api: Any, deliver: Any, form: Any, colleague: Any) -> None:
    data, personal = form()
    deliver("marketing", "form.submitted", data, personal=personal)
    team = uuid7()
    first, second = colleague("Ann", team_id=team), colleague("Bo")
    assigned = LEAD | {"person_id": data["person_id"], "lead_id": str(uuid7()), "rule": {}}
    for owner in (first, second):
        deliver("sales", "lead.assigned", assigned | {"owner_id": str(owner)}, personal={})
    now = api.get(f"/people/{data['person_id']}").json
    assert (now["owner_id"], now["team_id"]) == (str(first), str(team))


def test_who_leaves_lets_go_of_everything(
    api: Any, deliver: Any, tick: Any, colleague: Any, person: Any, outbox: Any
) -> None:
    ann = colleague("Ann")
    mine = person(owner_id=str(ann))
    company = api.post("/companies", json={"name": "Acme", "owner_id": str(ann)}).json
    others = person(name="Other")
    task = api.post("/tasks", json={"title": "Call", "due_at": "2030-01-01T00:00:00Z", "owner_id": str(ann)}).json
    gone = {"user_id": str(ann), "roles": [], "active": False, "region": None, "team_id": None, "partner_id": None}
    deliver("gateway", "user.deactivated", gone, personal={"name": "Ann"}, subject=f"users/{ann}", sequence=2)
    tick("release")
    tick("release")
    tick("release")
    assert api.get(f"/people/{mine['id']}").json["owner_id"] is None
    assert api.get(f"/companies/{company['id']}").json["owner_id"] is None
    assert api.get(f"/tasks/{task['id']}").json["owner_id"] is None
    assert api.get(f"/people/{others['id']}").json == others
    assert outbox.types().count("contact.updated") == 1
    assert outbox.types().count("company.updated") == 1


def test_an_older_word_about_a_user_changes_nothing(api: Any, deliver: Any, colleague: Any, session: Any) -> None:
    from contacts.staff.model import StaffMember

    ann = colleague("Ann")
    data = {"user_id": str(ann), "roles": [], "active": True, "region": None, "team_id": None, "partner_id": None}
    deliver("gateway", "user.updated", data, personal={"name": "Ann B."}, sequence=3)
    deliver("gateway", "user.updated", data, personal={"name": "Ann A."}, sequence=2)
    assert session.get(StaffMember, ann).name == "Ann B."


def test_a_company_that_sales_asks_for_is_made_under_its_id(api: Any, deliver: Any, person: Any, outbox: Any) -> None:
    here, asked = person(), str(uuid7())
    told = LEAD | {"person_id": here["id"], "lead_id": str(uuid7()), "deal_id": str(uuid7()), "company_id": asked}
    told |= {"company_created": True, "partner_id": str(uuid7())}
    for _ in range(2):
        deliver("sales", "lead.converted", told, personal={"company_name": "Acme GmbH"})
    (company,) = api.get("/companies").json["data"]
    assert (company["id"], company["name"], company["source"]) == (asked, "Acme GmbH", "sales")
    assert api.get(f"/people/{here['id']}").json["company_id"] == asked
    other = str(uuid7())
    another = told | {"company_id": other, "partner_id": str(uuid7())}
    deliver("sales", "lead.converted", another, personal={"company_name": "ACME GmbH"})
    (company,) = api.get("/companies").json["data"]
    assert company["partner_id"] == told["partner_id"]
    merged = outbox.one("company.merged")
    assert (merged.data["loser_id"], merged.data["survivor_id"]) == (other, asked)
    assert merged.subject == f"companies/{other}"
