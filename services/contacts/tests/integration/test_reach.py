"""Nobody learns of what is out of their reach, on whatever route."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from chassis.ids import uuid7
from chassis.testing.reach import Walk
from chassis.testing.tokens import Caller

Json = dict[str, Any]
SECRET, PLAIN = "Zyxwvut", "Internal Qponmlk"
REFERENCES = {
    "person_id": "people", "person_ids": "people", "loser_id": "people", "loser_ids": "people", "low_id": "people",
    "record_id": "people", "manager_id": "people", "from_person_id": "people", "to_company_id": "companies",
    "parent_id": "companies",
    "high_id": "people", "company_id": "companies", "company_ids": "companies", "owner_id": "users",
    "entered_by": "users", "author_id": "users", "team_id": "teams", "partner_id": "partners",
}  # fmt: skip
_TAGS = ("get_tags", "post_tags", "get_tags_id", "patch_tags_id", "delete_tags_id", "post_tags_tag_id_run")
_OUTCOMES = tuple(f"{method}_interaction_outcomes{one}" for method, one in (
    ("get", ""), ("post", ""), ("get", "_id"), ("patch", "_id")))  # fmt: skip
_FIELDS = ("get_custom_fields", "post_custom_fields", "get_custom_fields_id", "patch_custom_fields_id",
           "delete_custom_fields_field_id")  # fmt: skip
_RECORDS = ("people_person_id", "companies_company_id")
_REQUIRED = ("get_required_fields", "get_required_fields_id", "patch_required_fields_id")
_TEXTS = ("get_consent_texts", "get_consent_texts_id", "post_consent_texts", "patch_consent_texts_id",
          "delete_consent_texts_id")  # fmt: skip
_MAIL = ("get_mail_intake", "get_mail_intake_id", "post_mail_intake_mail_id_assign",
         "post_mail_intake_mail_id_dismiss")  # fmt: skip
_PROFILES = ("get_import_profiles", "post_import_profiles", "get_import_profiles_id", "patch_import_profiles_id",
             "delete_import_profiles_id")  # fmt: skip
OPEN = dict.fromkeys(_TAGS, "tags are everybody's; whom one is given to is asked by give and take") | {
    **dict.fromkeys(_FIELDS, "the fields of a record are everybody's; what stands in them is asked with the record"),
    **dict.fromkeys(_OUTCOMES, "the choices are everybody's"),
    **dict.fromkeys(_PROFILES, "the mappings that colleagues keep are everybody's"),
    **dict.fromkeys(_REQUIRED, "what a form asks for is everybody's"),
    **dict.fromkeys(_TEXTS, "the words of consent are everybody's"),
    **dict.fromkeys(_MAIL, "mail of strangers is nobody's yet: colleagues sort it"),
    "post_imports_preview": "what stands in one's own file",
    "get_calendar_busy": "when colleagues are busy is for all to plan by; titles are not told",
    "post_calendar_feed": "one's own link",
    "delete_calendar_feed": "one's own link",
    "post_people": "entered anew, not by reference: test_people_api asks for those who are here already",
    "post_people_identify": "as post_people",
    "post_calls": "entered by number, not by reference: test_insights asks for those who are here already",
    "post_imports": "a file; what it may touch: test_imports",
}


@pytest.fixture
def make(api: Any) -> Callable[..., Json]:
    def post(path: str, as_: Any = "default", **body: Any) -> Json:
        response = api.post(path, json=body, as_=as_)
        assert response.status_code in (200, 201, 202), f"{path}: {response.text}"
        return response.json

    return post


@pytest.fixture
def attach(api: Any, folder: Path) -> Callable[..., str]:
    def post(person_id: str) -> str:
        sent = {"file": (io.BytesIO(SECRET.encode()), f"{SECRET}.txt")}
        response = api.post(f"/people/{person_id}/files", data=sent)
        assert response.status_code == 201, response.text
        return str(response.json["id"])

    return post


@pytest.fixture
def callers(user: Any, colleague: Any) -> list[Caller]:
    team = uuid7()
    made = [user(reach="own"), user(reach="team", team_id=team), user(reach="partner", partner_id=uuid7())]
    for caller in made[:2]:
        colleague("Me", id=caller.id, team_id=caller.team_id)
    return made


def records(make: Any, caller: Any, word: str, **owned: Any) -> dict[str, list[str]]:
    """One record of each kind, whose every text says `word`."""
    company = make("/companies", caller, name=f"{word} Works", note=word, **owned)
    person = make("/people", caller, name=f"{word} Li", company_id=company["id"], note=word,
                  email=f"{word.split()[-1].lower()}@example.com", **owned)  # fmt: skip
    about = {"person_id": person["id"], "company_id": company["id"]}
    call = make("/interactions", caller, channel="call", summary=word, content=word, **about)
    his = {"owner_id": owned["owner_id"]} if "owner_id" in owned else {}
    task = make("/tasks", caller, title=word, due_at="2026-03-01T09:00:00Z", **about, **his,
                recurrence={"rule": "FREQ=DAILY;COUNT=3"})  # fmt: skip
    met = make("/appointments", caller, title=word, starts_at="2026-03-03T09:00:00Z", ends_at="2026-03-03T10:00:00Z",
               time_zone="UTC", recurrence={"rule": "FREQ=WEEKLY;COUNT=2"}, **about, **his)  # fmt: skip
    make(f"/people/{person['id']}/consents", caller, purpose="marketing", text=word)
    if caller == "default":
        make("/interactions", caller, channel="note", summary=word, **about)
    made = {"people": person, "companies": company, "interactions": call, "tasks": task, "appointments": met}
    note = make("/notes", caller, kind="person", record_id=person["id"], text=word)
    some = {
        "notes": [note["id"]],
        "users": [str(uuid7())],
        "task-series": [task["series_id"]],
        "appointment-series": [met["series_id"]],
    }
    return some | {kind: [record["id"]] for kind, record in made.items()}


@pytest.fixture
def others(api: Any, attach: Any, make: Any, colleague: Any, upload: Any, run_jobs: Any) -> Callable[[list[str]], Any]:
    """Makes what is others': a record of each kind, people of the callers' own companies, pairs, a merge, a job."""

    def build(companies: list[str]) -> dict[str, list[str]]:
        user, team, partner = (uuid7() for _ in range(3))
        colleague("Stranger", id=user, team_id=team)
        owned = {"owner_id": str(user), "team_id": str(team), "partner_id": str(partner)}
        hidden = records(make, "default", SECRET, **owned)
        person = hidden["people"][0]
        hidden["files"] = [attach(person)]
        for company in companies:  # a colleague's contact in one's own company
            contact = make("/people", name=f"{SECRET} Contact", company_id=company, **owned)
            make("/interactions", person_id=contact["id"], channel="call", summary=SECRET)
            hidden["people"].append(contact["id"])
            hidden["files"].append(attach(contact["id"]))
            hidden["notes"].append(make("/notes", kind="person", record_id=contact["id"], text=SECRET)["id"])
        twin = make("/people", name=f"{SECRET} Li", company_id=hidden["companies"][0], **owned)
        loser = make("/people", name=f"{SECRET} Loser", **owned)
        pairs = api.get(f"/people/{twin['id']}/duplicates").json["data"]
        merged = make(f"/people/{twin['id']}/merge", loser_id=loser["id"])
        grant = make(f"/people/{person}/collaborators", user_id=str(user))
        place = make(f"/people/{person}/addresses", kind="office", city=SECRET)
        known = make(f"/people/{person}/insights", kind="pain", text=SECRET)
        ends = {"from_person_id": person, "to_company_id": hidden["companies"][0]}
        tie = make("/relationships", kind="board_member_of", note=SECRET, **ends)
        like = make("/companies", name=f"{SECRET} Precision Machinery", domain="zyxwvut.com", **owned)
        make("/companies", name=f"{SECRET} Precision Machinery Shanghai", domain="zyxwvut.cn", **owned)
        likes = api.get(f"/companies/{like['id']}/duplicates").json["data"]
        giver, taker = colleague("Giver"), colleague("Taker")
        chief = Caller("contacts:read contacts:write sales:write service-desk:write")
        given = {"from_user_id": str(giver), "to_user_id": str(taker), "reason": SECRET, "include": ["people"]}
        passed = make("/hand-overs", chief, **given)
        assert api.put(f"/deputies/{user}", json={"deputy_id": str(taker)}, as_=chief).status_code == 201
        edit = make("/people/bulk-edits", ids=[person], set={"city": SECRET})
        job = upload(f"name,email\n{SECRET},b@example.com\n").json
        run_jobs()
        return hidden | {
            "people": [*hidden["people"], twin["id"]], "duplicates": [pairs[0]["id"]], "jobs": [job["id"]],
            "imports": [job["id"]],
            "merges": [merged["merges"][0]["id"]], "collaborators": [grant["id"]], "hand-overs": [passed["id"]],
            "bulk-edits": [edit["id"]], "addresses": [place["id"]], "insights": [known["id"]],
            "company-duplicates": [likes[0]["id"]], "deputies": [str(user)],
            "relationships": [tie["id"]],
            "users": [str(user)], "teams": [str(team)], "partners": [str(partner)],
        }  # fmt: skip

    return build


def test_nobody_learns_of_what_is_out_of_reach(
    app: Any, api: Any, database: Any, make: Any, callers: list[Caller], others: Any, clock: Any
) -> None:
    own = {caller: records(make, caller, f"Mine {caller.reach.title()}x") for caller in callers}
    tag = make("/tags", kind="need", name="training")["id"]
    walk = Walk(
        app, api, database, REFERENCES, [SECRET, SECRET.lower()], open=OPEN,
        paths={"consents": "marketing", "tags": tag, "versions": "1"},
        queries={"get_people_incomplete": {"missing": "postcode"}, "get_companies_incomplete": {"missing": "industry"}},
        bodies={
            "post_tags_preview": {"rule": {"field": "country", "op": "in", "value": ["CN"]}},
            "post_tags_tag_id_give": {"reason": "x"},
            "post_appointments": {"starts_at": "2026-03-05T09:00:00Z", "ends_at": "2026-03-05T10:00:00Z"},
            **{
                f"post_{entity}_bulk_edits{end}": {"filter": {"name": "nobody"}, "set": {"city": "X"}}
                for entity in ("people", "companies") for end in ("", "_preview")
            },
            "post_notes": {"kind": "person"},
            **{f"post_{kind}_addresses": {"city": "X"} for kind in _RECORDS},
            **{f"post_{kind}_insights": {"kind": "pain", "text": "X"} for kind in _RECORDS},
            "post_relationships": {
                "kind": "advisor_of", "from_person_id": "@people", "to_company_id": "@companies",
            },
            "post_people_person_id_consents": {"purpose": "marketing", "text": "Yes."},
            "post_people_person_id_merge": {"loser_id": "@people"},
            "post_companies_company_id_merge": {"loser_id": "@companies"},
            "post_people_person_id_collaborators": {"user_id": "@users"},
            "post_companies_company_id_collaborators": {"user_id": "@users"},
        },
    )  # fmt: skip
    before = {caller: walk.reads(caller, own[caller]) for caller in callers}
    walk.hidden = others([own[caller]["companies"][0] for caller in callers])
    assert walk.unknown() == set()
    answered = {
        what for reads in before.values() for what, (status, _) in reads.items() if status not in (200, 403, 404)
    }
    assert answered == set(), "declare `queries` for these: they were not really asked"
    for caller in callers:
        after = walk.reads(caller, own[caller])
        assert {what: answer for what, answer in after.items() if answer != before[caller][what]} == {}, caller.reach
        leaks = walk.leaks(caller, own[caller])
        assert not leaks, "\n".join(leaks)


def test_partners_never_see_what_is_internal(
    app: Any, api: Any, database: Any, make: Any, user: Any, session: Any, clock: Any
) -> None:
    partner = user(reach="partner", partner_id=uuid7())
    own = records(make, partner, "Mine")
    for path in (f"/people/{own['people'][0]}", f"/companies/{own['companies'][0]}"):
        assert api.patch(path, json={"note": PLAIN}, if_match=api.get(path).json["version"]).status_code == 200
    about = {"person_id": own["people"][0], "company_id": own["companies"][0]}
    note = make("/interactions", **about, channel="note", summary=PLAIN)
    session.execute(text("UPDATE people SET grade = 'A', rfm = '{}'"))
    session.commit()
    walk = Walk(app, api, database, REFERENCES, [PLAIN], open=OPEN, paths={"consents": "marketing"}, bodies={})
    shown = {what: answer for what, (_, answer) in walk.reads(partner, own).items()}
    told = [what for what, answer in shown.items() if any(word in answer for word in (PLAIN, '"grade"', '"rfm"'))]
    assert told == []
    assert api.get(f"/interactions/{note['id']}", as_=partner).status_code == 404
    assert api.patch(f"/interactions/{note['id']}", json={"summary": "x"}, if_match=1, as_=partner).status_code == 404
    assert api.get("/people?note=x", as_=partner).status_code == 400
