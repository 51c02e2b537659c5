"""Tickets show what contacts calls the companies that they name: told twice, late, out of order, of many at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from chassis.errors import Malformed
from chassis.events.inbox import process_once
from chassis.ids import uuid7
from chassis.testing import at_once
from chassis.testing.events import make_event
from service_desk.companies import actions as companies

Json = dict[str, Any]


def state(company: str, name: str, **whose: Any) -> Json:
    owned = {part: str(whose[part]) if whose.get(part) else None for part in ("owner_id", "team_id", "partner_id")}
    return {"company_id": company, "name": name, "domain": None, "country": None, "postcode": None,
            "industry": None} | owned  # fmt: skip


@pytest.fixture
def told(deliver: Any) -> Callable[..., Any]:
    """Lets contacts tell what a company is called: `told(id, "Acme", sequence=2)`."""

    def tell(company: str, name: str, sequence: int = 1, type_: str = "company.updated", **whose: Any) -> Any:
        subject = f"companies/{company}"
        return deliver("contacts", type_, state(company, name, **whose), subject=subject, sequence=sequence)

    return tell


def called(api: Any, ticket: Json, **as_: Any) -> str | None:
    return api.get(f"/tickets/{ticket['id']}", **as_).json["company_name"]


def merge(company: str, into: str, name: str) -> Json:
    return {"company_id": into, "survivor_id": into, "loser_id": company, "merge_id": str(uuid7()), "name": name}


def test_a_ticket_of_a_company_alone_bears_its_name_whichever_comes_first(api: Any, ticket: Any, told: Any) -> None:
    early, late = str(uuid7()), str(uuid7())
    first = ticket(company_id=early)
    assert first["company_name"] is None
    told(early, "Acme", type_="company.created")
    assert called(api, first) == "Acme"
    told(late, "Äther", type_="company.created")
    assert ticket(company_id=late)["company_name"] == "Äther"


def test_a_new_name_reaches_the_tickets_and_their_search_and_an_older_one_does_not(
    api: Any, ticket: Any, told: Any, deliver: Any, outbox: Any
) -> None:
    company = str(uuid7())
    told(company, "Acme")
    opened, other = ticket(company_id=company), ticket(company_name="Acme")
    before = outbox.types()
    deliver.again(told(company, "Zenith", 5))
    told(company, "Acme Ltd", 4)
    shown = api.get(f"/tickets/{opened['id']}").json
    assert (shown["company_name"], shown["version"]) == ("Zenith", opened["version"] + 1)
    assert [one["id"] for one in api.get("/tickets?q=zenith").json["data"]] == [opened["id"]]
    assert [one["id"] for one in api.get("/tickets?q=acme").json["data"]] == [other["id"]]
    assert outbox.types() == before


@pytest.mark.parametrize("type_", ["companies.imported", "companies.changed", "companies.told"])
def test_companies_told_of_together_are_known_like_those_told_of_alone(
    api: Any, ticket: Any, told: Any, deliver: Any, type_: str
) -> None:
    new, newer = str(uuid7()), str(uuid7())
    opened = [ticket(company_id=id_) for id_ in (new, new, newer)]
    told(newer, "Newer", 5)
    both = [state(new, "New") | {"sequence": 3}, state(newer, "Older") | {"sequence": 3}]
    deliver("contacts", type_, {"job_id": str(uuid7()), "companies": both}, subject="jobs/1")
    assert [called(api, one) for one in opened] == ["New", "New", "Newer"]


@pytest.mark.parametrize("data", [{}, {"company_ids": [5]}, {"company_ids": [None]}, {"company_id": "x"}])
def test_a_deletion_that_makes_no_sense_is_malformed(deliver: Any, data: Json) -> None:
    with pytest.raises(Malformed):
        deliver("contacts", "companies.deleted", data, subject="jobs/1")


@pytest.mark.parametrize("type_", ["company.deleted", "companies.deleted"])
def test_a_deleted_company_stays_on_its_tickets_and_names_no_new_ones(
    api: Any, ticket: Any, told: Any, deliver: Any, type_: str
) -> None:
    company = str(uuid7())
    told(company, "Acme")
    opened = ticket(company_id=company)
    data = {"company_id": company} if type_ == "company.deleted" else {"company_ids": [company]}
    deliver.again(deliver("contacts", type_, data | {"job_id": str(uuid7())}, subject="x/1", sequence=2))
    told(company, "Too late", 9)
    assert called(api, opened) == "Acme"
    assert ticket(company_id=company)["company_name"] is None


def test_merged_companies_are_called_like_the_survivor_and_parted_as_before(
    api: Any, ticket: Any, told: Any, deliver: Any
) -> None:
    a, b = str(uuid7()), str(uuid7())
    told(a, "Acme"), told(b, "ACME Werke")
    opened = ticket(company_id=b)
    deliver("contacts", "company.merged", merge(b, a, "Acme"), subject=f"companies/{b}", sequence=2)
    assert called(api, opened) == "Acme"
    told(a, "Acme Group", 2)
    assert called(api, opened) == "Acme Group"
    deliver("contacts", "company.unmerged", merge(b, a, "Acme Group"), subject=f"companies/{b}", sequence=3)
    assert called(api, opened) == "ACME Werke"


def test_a_merge_heard_late_does_not_bring_back_a_name_of_yesterday(
    api: Any, ticket: Any, told: Any, deliver: Any
) -> None:
    a, b, unknown = str(uuid7()), str(uuid7()), str(uuid7())
    told(a, "Acme Group", 7)
    opened, other = ticket(company_id=b), ticket(company_id=unknown)
    deliver("contacts", "company.merged", merge(b, a, "Acme"), subject=f"companies/{b}", sequence=2)
    assert called(api, opened) == "Acme Group"
    new = str(uuid7())
    deliver("contacts", "company.merged", merge(unknown, new, "Zenith"), subject=f"companies/{unknown}", sequence=2)
    assert called(api, other) == "Zenith"


def test_what_a_person_s_company_is_called_is_not_what_another_is(
    api: Any, ticket: Any, told: Any, deliver: Any
) -> None:
    acme, zenith, person = str(uuid7()), str(uuid7()), str(uuid7())
    told(acme, "Acme")
    who = {"name": "Li Na", "emails": ["li@example.com"], "phones": [], "company_name": "Zenith"}
    data = {"person_id": person, "company_id": zenith, "owner_id": None}
    deliver("contacts", "contact.created", data, personal=who, subject=f"people/{person}", sequence=1)
    theirs, others = ticket(person_id=person), ticket(person_id=person, company_id=acme)
    assert (theirs["company_name"], others["company_name"], others["requester_email"]) == (
        "Zenith", "Acme", "li@example.com",
    )  # fmt: skip
    moved = who | {"company_name": "Zenith II"}
    deliver("contacts", "contact.updated", data, personal=moved, subject=f"people/{person}", sequence=2)
    assert (called(api, theirs), called(api, others)) == ("Zenith II", "Acme")


def test_another_company_on_a_ticket_brings_its_name(api: Any, ticket: Any, told: Any) -> None:
    acme, zenith = str(uuid7()), str(uuid7())
    told(acme, "Acme"), told(zenith, "Zenith")
    opened = ticket(company_id=acme)

    def changed(**to: Any) -> str | None:
        path = f"/tickets/{opened['id']}"
        answer = api.patch(path, json=to, if_match=api.get(path).json["version"])
        assert answer.status_code == 200, answer.text
        return answer.json["company_name"]

    assert changed(company_id=zenith) == "Zenith"
    assert changed(company_id=acme, company_name="ACME!") == "ACME!"
    assert changed(company_id=str(uuid7())) is None


def test_whose_a_company_is_decides_who_names_it_and_whose_tickets_show_it(
    api: Any, ticket: Any, told: Any, user: Any, outbox: Any
) -> None:
    partner = user(reach="partner", partner_id=uuid7())
    unknown = str(uuid7())
    mine = api.post("/tickets", json={"subject": "X", "company_id": unknown}, as_=partner).json
    told(unknown, "Secret", owner_id=uuid7())
    assert called(api, mine, as_=partner) is None
    before = outbox.types()
    hers, its = str(uuid7()), str(uuid7())
    told(hers, "Secret", owner_id=uuid7()), told(its, "Theirs", partner_id=partner.partner_id)
    for as_ in (partner, user(reach="own")):
        refused = api.post("/tickets", json={"subject": "X", "company_id": hers}, as_=as_)
        assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "unknown_company")
        assert "Secret" not in refused.text
    assert outbox.types() == before
    assert api.post("/tickets", json={"subject": "X", "company_id": its}, as_=partner).json["company_name"] == "Theirs"


def test_a_name_told_while_a_ticket_is_opened_reaches_it(database: Any, api: Any, ticket: Any) -> None:
    company = str(uuid7())

    def hear(sequence: int) -> bool:
        data = state(company, f"Acme {sequence}")
        event = make_event("contacts", "company.updated", data, subject=f"companies/{company}", sequence=sequence)
        return process_once(database, "service-desk", event, lambda e, s: companies.take(s, e))

    at_once(*[lambda n=n: hear(n) for n in (1, 2, 3)], *[lambda: ticket(company_id=company)] * 5)
    names = {one["company_name"] for one in api.get(f"/tickets?company_id={company}").json["data"]}
    assert names == {"Acme 3"}


def test_many_tickets_are_renamed_by_two_statements(
    database: Any, service: Any, ticket: Any, told: Any, api: Any
) -> None:
    from sqlalchemy import event as listening

    company = str(uuid7())
    told(company, "Acme")
    for _ in range(5):
        ticket(company_id=company)
    said: list[str] = []
    with database.transaction() as session:
        connection = session.connection()
        listening.listen(connection, "before_cursor_execute", lambda *args: said.append(args[2]))
        session.execute(companies._PUT, companies.rows_given([_row(company)]))
        companies.show(session, [UUID(company)])
    assert len(said) == 3, said
    assert {one["company_name"] for one in api.get("/tickets").json["data"]} == {"Zenith"}


def _row(company: str) -> Json:
    whose = dict.fromkeys(("owner_id", "team_id", "partner_id"))
    return {"id": company, "name": "Zenith", "deleted": False, "heard": 2} | whose


def test_with_whom_contacts_shares_a_customer_opens_tickets_for_them(
    api: Any, told: Any, user: Any, deliver: Any, outbox: Any
) -> None:
    ann, acme = user(reach="own"), str(uuid7())
    told(acme, "Acme", owner_id=uuid7())
    grant = {"collaborator_id": str(uuid7()), "person_id": None, "company_id": acme, "user_id": str(ann.id),
             "team_id": None, "access": "read", "include_people": False, "until": None}  # fmt: skip

    def opened() -> int:
        return api.post("/tickets", json={"subject": "X", "company_id": acme}, as_=ann).status_code

    assert (opened(), outbox.events()) == (422, [])
    subject = f"collaborators/{grant['collaborator_id']}"
    deliver.again(deliver("contacts", "collaborator.granted", grant, subject=subject, sequence=1))
    assert opened() == 201
    deliver("contacts", "collaborator.revoked", grant, subject=subject, sequence=2)
    assert opened() == 422
