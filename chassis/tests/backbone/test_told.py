"""What an event says of one thing or of a hundred, and ids that are looked at together."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from chassis.copies import company_told, person_told, with_ids
from chassis.errors import Malformed
from chassis.events import Event, Told, told_of
from chassis.ids import id_texts, uuid7
from chassis.privacy.erased import person_ids_of

A, B, OWNER = (f"01a21f6d-4438-7772-ac7c-7c8b2ccdd6a{n}" for n in range(3))


def event(data: dict[str, Any], sequence: int = 7) -> Event:
    return Event(uuid7(), "/contacts", "people.imported", "jobs/1", datetime.now(UTC), data, sequence)


def test_a_bundle_says_of_each_what_it_holds_under_its_id() -> None:
    people = [{"person_id": A, "sequence": 2}, {"person_id": B.upper(), "sequence": 3}]
    told = told_of(event({"people": people, "personal": {B.upper(): {"name": "B"}}}), "people", "person_id")
    assert told == [Told(A, people[0], {}, 2), Told(B, people[1], {"name": "B"}, 3)]


def test_who_stands_twice_is_told_of_once_as_they_stand_last() -> None:
    people = [{"person_id": A, "sequence": 1}, {"person_id": B, "sequence": 1}, {"person_id": A, "sequence": 2}]
    told = told_of(event({"people": people}), "people", "person_id")
    assert [(one.id, one.sequence) for one in told] == [(A, 2), (B, 1)]


def test_a_single_event_says_of_one() -> None:
    data = {"person_id": A.upper(), "personal": {"name": "A"}}
    assert told_of(event(data), "people", "person_id") == [Told(A, data, {"name": "A"}, 7)]


@pytest.mark.parametrize(
    "data",
    [
        {}, {"person_id": "17"}, {"people": None}, {"people": "x"}, {"people": [5]}, {"people": [{"sequence": 1}]},
        {"people": [{"person_id": A}]}, {"people": [{"person_id": A, "sequence": "1"}]},
        {"people": [{"person_id": 5, "sequence": 1}]}, {"people": [{"person_id": "17", "sequence": 1}]},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_malformed(data: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        told_of(event(data), "people", "person_id")


def test_what_a_copy_keeps_of_a_person_and_of_a_company() -> None:
    ids = {"owner_id": OWNER.upper(), "team_id": None}
    personal = {"name": "A", "emails": ["a@x.cn", "b@x.cn"], "phones": [], "company_name": "Acme"}
    row = person_told(Told(A, ids | {"company_id": B}, personal, 1))
    assert row == {
        "id": A, "name": "A", "email": "a@x.cn", "phone": None, "company_id": B, "company_name": "Acme",
        "owner_id": OWNER, "team_id": None, "partner_id": None,
    }  # fmt: skip
    compared = with_ids(row)
    assert (compared["id"], compared["company_id"], compared["owner_id"]) == (UUID(A), UUID(B), UUID(OWNER))
    assert (compared["name"], compared["team_id"]) == ("A", None)
    company = {"id": A, "name": "Acme", "owner_id": OWNER, "team_id": None, "partner_id": None}
    assert company_told(Told(A, ids | {"name": "Acme"}, {}, 1)) == company


@pytest.mark.parametrize("data", [{"owner_id": "17", "name": "x"}, {"owner_id": 5, "name": "x"}, {"name": None}])
def test_a_copy_keeps_nothing_that_makes_no_sense(data: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        company_told(Told(A, data, {}, 1))


def test_ids_are_as_postgresql_writes_them() -> None:
    assert id_texts([]) == []
    assert id_texts([A, B]) == [A, B]
    assert id_texts([A.upper(), B.replace("-", ""), f"{{{A}}}"]) == [A, B, A]


@pytest.mark.parametrize("wrong", ["", "17", A[:-1], A[:-1] + "g", None, 5, ["x"], UUID(A)])
def test_what_is_no_id_is_said_to_be_none(wrong: Any) -> None:
    with pytest.raises(ValueError):
        id_texts([A, wrong])


def test_an_id_whose_dashes_stand_elsewhere_is_written_anew() -> None:
    digits = A.replace("-", "")
    moved = f"{digits[:4]}-{digits[4:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
    assert len(moved) == 36
    assert id_texts([moved]) == [A]


def test_the_people_of_an_event_are_found_whatever_else_stands_there() -> None:
    people = [{"person_id": A}, {"person_id": "17"}, 5, {}]
    assert person_ids_of(event({"people": people, "person_id": B, "person_ids": None})) == [B, A]
    assert person_ids_of(event({"people": [{"person_id": A}], "survivor_id": B})) == [B, A]
