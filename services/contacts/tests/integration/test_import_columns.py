"""Rows read column by column, and written ahead of their turn, become what they become when each is read alone."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from chassis.access import Actor
from chassis.db.grams import text_of
from chassis.db.search import search_values
from chassis.ids import uuid7
from contacts.companies.model import Company
from contacts.imports.columns import ColumnReader
from contacts.imports.part import Part
from contacts.imports.people_load import Lane, begin, load
from contacts.imports.plan import Counts, Outcome, Plan
from contacts.imports.reading import look, rows
from contacts.imports.rows import RowReader
from contacts.people.events import contact_data, contact_personal
from contacts.people.model import Person
from contacts.staff.rules import Ownership

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
UNHURRIED = list(HealthCheck)
Files = Sequence[Sequence[Sequence[str]]]
# Each column with what its cells may be: few of each, so that rows meet.
COLUMNS: dict[str, tuple[str, list[str]]] = {
    "Name": ("name", ["Anna Schmidt", " anna  SCHMIDT", "王小明", "王　小明", "", "O'Neill", "'=1", 'J "Jo" Doe', 
                      "a\\nb", "a\nb", "Ａnna 1 2-3", "N" * 201, "%s {0}", "\ufffd"]),
    "First": ("given_name", ["", "", "Li", "小明", "G" * 150]),
    "Last": ("family_name", ["", "", "Na", "王", "F" * 150]),
    "Mail": ("email", ["a@example.cn", " A@Example.CN ", "b.1-2.3@example.de", "c@example.com;d@example.com", "", "",
                       "no address", "x..y@example.cn", "ü@example.de", "e@bücher.example", ";", "'f@example.cn"]),
    "Mail 2": ("email", ["", "", "", "a@example.cn", "g@example.cn"]),
    "Phone": ("phone", ["13800138000", "138 0013-8001", "+86 13800138002", "008613800138003", "13800138004.0",
                        "1.3800138005E+10", "'13800138006", "+49 30 901820", "010-62511234", "62511234 x 5", "",
                        "", "0371 52012345", "12345", "13800138007/13800138008", "１３８００１３８００９",
                        "+1 212 555 0100"]),
    "Company": ("company_name", ["Acme Corp.", "ACME", " Acme  Inc ", "深圳示例有限公司", "深圳示例（有限公司）", "",
                                 "--", "Anna Schmidt", 'Say "hi"', "C\\D"]),
    "Title": ("job_title", ["", "Buyer", "T" * 201]),
    "Country": ("country", ["", "CN", "德国", " germany ", "Atlantis"]),
    "Zip": ("postcode", ["", "518000", "P" * 21]),
    "Role": ("roles", ["", "客户", "vendor;Customer", "nonsense"]),
    "Kind": ("address_kind", ["", "收货地址", "nonsense"]),
    "Tags": ("tags", ["", "new", "new, old", 'a"b;c\\d', "x" * 60]),
    "Note": ("note", ["", "calls\n\tback", "n" * 5001]),
    "Note 2": ("note", ["", "later"]),
    "Source": ("source", ["", "fair", "s" * 51]),
    "X": ("handle:x", ["", "@li_na", "https://x.com/wang"]),
    "WeChat": ("handle:wechat", ["", "", "li_na", "LI_NA;wang_1", "no handle", "x"]),
    "Card": ("membership:card", ["", "1002", "1003、1004", "c" * 300]),
    "Else": ("", ["", "e", "\ufffd", "e" * 33_000]),
}  # fmt: skip
KEPT = (
    "SELECT to_jsonb(p) - '{search_grams,created_at,updated_at}'::text[] FROM people AS p ORDER BY id",
    "SELECT to_jsonb(c) FROM contact_points AS c ORDER BY person_id, kind, position",
    "SELECT to_jsonb(c) - '{search_grams,created_at,updated_at}'::text[] FROM companies AS c ORDER BY name_key",
    "SELECT to_jsonb(i) FROM imported_people AS i ORDER BY job_id, person_id",
    "SELECT to_jsonb(i) FROM import_changes AS i ORDER BY job_id, person_id",
    "SELECT to_jsonb(i) FROM imported_companies AS i JOIN companies AS c ON c.id = company_id"
    " ORDER BY job_id, name_key",
)


def plain(i: int, email: str = "") -> tuple[str, ...]:
    """A row as most are."""
    return (
        f"P {i}",
        "",
        "",
        email or f"p{i}@example.cn",
        "",
        f"13900139{i:03d}",
        f"Co {i % 9}",
        *[""] * (len(COLUMNS) - 7),
    )


def changed(row: Sequence[str], cells: dict[int, str]) -> list[str]:
    """A row with other cells."""
    return [cells.get(place, cell) for place, cell in enumerate(row)]


CELLS = [(place, cell) for place, (_, cells) in enumerate(COLUMNS.values()) for cell in cells]
_COMPANY = st.sampled_from([(6, cell) for cell in COLUMNS["Company"][1]])
_CHANGES = st.tuples(_COMPANY, st.lists(st.sampled_from(CELLS), max_size=3)).map(lambda both: dict([both[0], *both[1]]))
_ROW = st.builds(changed, st.builds(plain, st.integers(0, 9)), _CHANGES)
_PLAIN = st.builds(plain, st.integers(0, 99))
_FILES = st.lists(st.lists(st.one_of(_PLAIN, _PLAIN, _ROW), max_size=14), min_size=1, max_size=2)


def plan_of() -> Plan:
    """An import of a file with all of these columns."""
    mapping = {header: name for header, (name, _) in COLUMNS.items() if name}
    form = look((",".join(COLUMNS) + "\n").encode())
    who = Actor(id=uuid7(), kind="user", reach="all", team_id=None, partner_id=None)
    owned = Ownership(owner_id=uuid7(), team_id=None, partner_id=None)
    return Plan(uuid7(), "people", "upsert", False, form, mapping, [], 'in"port', ["all", 'q"'], owned, who)


def become(session: Session, files: Files, chunk: int, *, by: bool, ahead: bool = False) -> dict[str, Any]:
    """What files become, one after the other, in a transaction that is rolled back then; `ahead`: where each step has
    begun before the step before it is matched."""
    seen: dict[str, Any] = {"counts": [], "refused": []}
    for lines in files:
        plan, counts, told = plan_of(), Counts(), 0
        lanes = [Lane.of(part) for part in parts(plan, lines, chunk, by=by)]
        outcomes = [Outcome(refused=lane.part.refused) for lane in lanes]
        for place, (lane, outcome) in enumerate(zip(lanes, outcomes, strict=True)):
            if ahead and lane is not lanes[-1]:
                begin(session, plan, lanes[place + 1].part, outcomes[place + 1], lane)
            outcome.told = told
            load(session, plan, lane.part, outcome)
            session.execute(text("DROP TABLE IF EXISTS changed_people"))  # as the end of a step does
            seen["refused"] += sorted((row.number, *row.told().values()) for row in outcome.refused)
            counts, told = counts.add(outcome.counts), outcome.told
        seen["counts"].append(counts)
    session.flush()
    assert_told_as_kept(session)
    kept = [orjson.dumps(row).decode() for query in KEPT for row in session.scalars(text(query))]
    kept += session.scalars(text("SELECT body FROM outbox ORDER BY id")).all()
    session.rollback()
    return seen | {"kept": alike("\n".join(kept)).splitlines()}


def assert_told_as_kept(session: Session) -> None:
    """What was told last of each person is what is kept, and what they are found by."""
    last: dict[str, Any] = {}
    for (body,) in session.execute(text("SELECT body FROM outbox WHERE type LIKE 'people.imported%' ORDER BY id")):
        data = orjson.loads(body)["data"]
        last |= {one["person_id"]: (one, data["personal"][one["person_id"]]) for one in data["people"]}
    people = session.scalars(select(Person)).all()
    assert last.keys() == {str(person.id) for person in people}
    for person in people:
        assert last[str(person.id)] == told(person)
        assert sorted(person.search_text.split("\n")) == sorted(text_of(person.search_terms()).split("\n"))
    for company in session.scalars(select(Company)).all():
        assert (company.search_text, company.search_grams) == search_values(company.search_terms())
    session.expunge_all()


def told(person: Person) -> tuple[Any, Any]:
    """What an event tells of a person as the ORM has them."""
    reached = [
        [point.value for point in points]
        for points in (person.emails, person.phones, person.handles, person.memberships)
    ]
    return contact_data(person) | {"custom": {}, "sequence": person.version}, contact_personal(person, *reached)


def alike(dump: str) -> str:
    """A dump without what differs from one import to the next: ids by where they are met first, and times."""
    ids: dict[str, str] = {}
    dump = re.sub(r'"time":"[^"]*"', '"time":""', dump)
    return re.sub(
        r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", lambda id_: ids.setdefault(id_[0], f"#{len(ids)}"), dump
    )


def parts(plan: Plan, lines: Sequence[Sequence[str]], chunk: int, *, by: bool) -> Iterator[Part]:
    """The parts of a file, as the job reads them."""
    file = io.StringIO()
    csv.writer(file).writerows([list(COLUMNS), *lines])
    numbered = rows(io.BytesIO(file.getvalue().encode()), plan.form)
    reader = RowReader(plan.form.headers, plan.mapping, plan.source, plan.tags)
    while part := list(islice(numbered, chunk)):
        yield Part(part, reader, ColumnReader(plan) if by else None).read()


def test_every_sort_of_cell_reads_the_same_both_ways(database: Any) -> None:
    lines: list[Sequence[str]] = [plain(i) for i in range(3)]
    for place, cell in CELLS:
        lines.append(changed(plain(len(lines)), {place: cell}))
    of = list(COLUMNS).index
    nobody = {of("Mail"): "", of("Phone"): ""}
    nameless = {of("Name"): ""}
    several: list[dict[int, str]] = [
        nobody, nobody | nameless, nobody | nameless | {of("WeChat"): "li_na_2"}, nobody | {of("X"): "li_na_3"},
        nameless, nameless | {of("Mail"): ""}, {of("Phone"): "", of("Mail 2"): "2@example.cn"},
    ]  # fmt: skip
    for cells in several:
        lines.append(changed(plain(len(lines)), cells))
    lines += [plain(500, ";"), [*plain(501), "", ""], [*plain(502), "too many"], plain(503)[:7], plain(504)[:3]]
    with database.session() as session:
        by_columns = become(session, [lines, lines], 60, by=True)
        assert by_columns == become(session, [lines, lines], 60, by=False)
    assert by_columns["counts"][0].created > 100


@given(files=_FILES, chunk=st.sampled_from([2, 7, 100]))
@settings(
    max_examples=25, derandomize=True, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
def test_all_ways_of_reading_and_writing_come_to_the_same(database: Any, files: Files, chunk: int) -> None:
    # Companies that are here already keep no step from beginning ahead of its turn.
    staff = [changed(plain(i), {3: f"staff{i}@example.cn", 5: ""}) for i in range(9)]
    files = [staff, *files]
    with database.session() as session:
        alone = become(session, files, chunk, by=False)
        assert become(session, files, chunk, by=True) == alone
        assert become(session, files, chunk, by=True, ahead=True) == alone


def test_rows_that_share_nothing_are_new_without_being_matched(database: Any) -> None:
    plan, outcome = plan_of(), Outcome()
    lines = [
        plain(1),
        plain(2),
        plain(2, "other@example.cn"),
        plain(3, "no address"),
        plain(4),
        plain(5, "a@b.de;b@b.de"),
    ]
    with database.session() as session:
        (part,) = parts(plan, lines, 10, by=True)
        assert (part.block.people["number"].to_list(), [draft.number for draft in part.drafts]) == ([2, 3, 4, 6], [7])
        assert [(row.number, row.errors[0].code) for row in part.refused] == [(5, "invalid_email")]
        load(session, plan, part, outcome)
        assert (part.block.people["number"].to_list(), [draft.number for draft in part.drafts]) == ([2, 6], [3, 4, 7])
        assert (outcome.counts.created, outcome.counts.duplicates) == (4, 1)
        (again,) = parts(plan_of(), lines, 10, by=True)
        load(session, plan_of(), again, Outcome())
        assert len(again.block) == 0
        assert len(again.read().drafts) == len(lines) - 1  # a list of people who are here is read row by row
        session.rollback()


def test_numbers_of_columns_are_read_as_the_country_of_their_row_writes_them(imported: Any, api: Any) -> None:
    lines = ["A,a@example.cn,0371 52012345,DE", "B,b@example.cn,0371 52012345,", "C,c@example.cn,13800138000,DE"]
    assert imported("\n".join(["name,email,phone,country", *lines]))["result"]["created"] == 3
    people = api.get("/people?sort=name").json["data"]
    assert [p["phones"][0]["value"] for p in people] == ["+4937152012345", "+8637152012345", "+8613800138000"]


def test_new_people_have_the_defaults_of_custom_fields(imported: Any, api: Any, outbox: Any, field: Any) -> None:
    field("size", "text", label={"en": "Size"}, default="b")
    field("secret", "text", label={"en": "Secret"}, default="s", personal=True)
    assert imported("name,email\nAnna,a@example.cn\nBen,b@example.cn\nAnna,a@example.cn\n")["result"]["created"] == 2
    assert [p["custom"] for p in api.get("/people").json["data"]] == [{"size": "b", "secret": "s"}] * 2
    event = outbox.one("people.imported")
    assert [one["custom"] for one in event.data["people"]] == [{"size": "b"}] * 2
    assert [names["custom"] for names in event.personal.values()] == [{"secret": "s"}] * 2


def test_new_people_who_lack_a_required_field_are_refused(imported: Any, api: Any, person: Any, field: Any) -> None:
    person(name="Anna", email="a@example.cn")
    field("erp_no", "text", label={"en": "ERP number"}, required=True)
    result = imported("name,email,city\nAnna,a@example.cn,Ulm\nBen,b@example.cn,Ulm\n")["result"]
    assert (result["created"], result["updated"], result["failed"]) == (0, 1, 1)
    assert [(p["name"], p["city"]) for p in api.get("/people").json["data"]] == [("Anna", "Ulm")]


def test_a_list_of_nobody_new_is_matched_row_by_row(imported: Any, api: Any, outbox: Any) -> None:
    """What a row leaves blank stays; a company goes by the name that is kept of it."""
    imported("name,email,company\nAnna,a@example.cn,Acme Corp.\nBen,b@example.cn,\n")
    rows = "name,email,company,city\nBen,B@example.cn,ACME,Ulm\nCy,c@example.cn,acme inc,\nAnna,a@example.cn,,\n"
    result = imported(rows)["result"]
    assert (result["created"], result["updated"], result["unchanged"]) == (1, 1, 1)
    people = api.get("/people?sort=name").json["data"]
    assert [(p["name"], p["company_name"], p["city"]) for p in people] == [
        ("Anna", "Acme Corp.", None), ("Ben", "Acme Corp.", "Ulm"), ("Cy", "Acme Corp.", None),
    ]  # fmt: skip
    assert len({p["company_id"] for p in people}) == 1
    told = [one for event in outbox.events("people.imported")[-2:] for one in event.data["people"]]  # new, then changed
    assert [(one["person_id"], one["company_id"]) for one in told] == [
        (p["id"], p["company_id"]) for p in people[2:0:-1]
    ]
    assert [p["name"] for p in api.get("/people?q=cy acme corp").json["data"]] == ["Cy"]


@pytest.mark.parametrize(
    "first", ["Anna Schmidt,,+49 30 901820", "Anna Schmidt,b@example.cn;c@example.cn,+49 30 901820"]
)
def test_a_line_that_somebody_new_gets_is_not_given_to_who_bears_the_same_name(
    imported: Any, api: Any, person: Any, first: str
) -> None:
    here = person(name="Anna Schmidt", email="a@example.cn")
    result = imported(f"name,email,phone\n{first}\n,a@example.cn,+49 30 901820\n")["result"]
    assert (result["created"], result["failed"]) == (1, 0)
    assert api.get(f"/people/{here['id']}").json["phones"] == []
