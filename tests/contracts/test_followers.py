"""Two people, or two companies, become one: in every service, whatever names the one follows to the other.

By inspection of every table of every service, so that nobody can add one and forget it.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

from chassis.db.aliases import Following
from chassis.db.following import name_of
from chassis.service import find_service

FOLLOWERS = {
    "contacts": "merging.followers",
    "sales": "merged.actions",
    "service-desk": "merged.actions",
    "marketing": "merged.actions",
}
ERASED = "an erasure names each id that was merged"
# Whatever does not follow by `Following`, and why not. A reason, not an excuse: what would be lost otherwise?
EXCEPTIONS: dict[str, dict[str, str]] = {
    "contacts": {
        "bulk_edit_rows.person_id": "an undo leaves alone who is not there any more; the survivor was not edited",
        "bulk_edit_company_rows.company_id": "likewise",
        "contact_points.person_id": "united by the merge itself: whose they are depends on the surviving name",
        "imported_people.person_id": "what an import wrote, as it wrote it; its undo goes by the tombstones",
        "import_changes.person_id": "what an import changed about this very record; a merge changed it since",
        "duplicate_sweeps.person_id": "a bookmark",
        "company_duplicates.low_id": "a merge settles the pair; those with others are looked for anew",
        "company_duplicates.high_id": "a merge settles the pair; those with others are looked for anew",
        "duplicates.low_id": "a merge settles the pair; those with others are looked for anew",
        "duplicates.high_id": "a merge settles the pair; those with others are looked for anew",
        "gradings.person_id": "reckoned anew from the purchases that follow; a grade set by hand is inherited",
        "people_grams.person_id": "made of the row itself, with each change of it",
        "tag_dirty.person_id": "a queue: the survivor is in it by the merge",
        "imported_companies.company_id": "what an import wrote, as it wrote it",
        "companies_verified.company_id": "likewise",
        "people_verified.person_id": "somebody found a record right as it stood, not what a merge made of it",
        "erased_people.person_id": ERASED,
        "privacy_requests.person_id": "who asked, as they asked; it begins with whom the id stands for then",
    },
    "sales": {"erased_people.person_id": ERASED},
    "service-desk": {"erased_people.person_id": ERASED},
    "marketing": {
        "erased_people.person_id": ERASED,
        "consent_states.person_id": "the stricter of both: `consent.handlers.people_merged`",
        "restricted_people.person_id": "contacts tells of both anew, when they are merged and when they are parted",
    },
    "reporting": {
        "arrivals.person_id": "on their way into the log",
        "event_log.person_id": "what happened is not changed; an erasure comes under each id that was merged",
        "erased_people.person_id": ERASED,
    },
}


def columns_naming(name: str, what: str, table_name: str) -> set[str]:
    """`table.column` of whatever names a person, or a company, by its name or by its foreign key."""
    service = find_service(name)
    service.part("app", "create_app")
    service.part("worker", f"{service.package.title().replace('_', '')}Worker")
    metadata: Any = service.part("base", "Base").metadata
    return {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if column.name.endswith(what) or any(key.column.table.name == table_name for key in column.foreign_keys)
    }


@pytest.mark.parametrize(
    ("name", "what", "kept"),
    [(name, *kind) for name in EXCEPTIONS for kind in (("person_id", "PEOPLE"), ("company_id", "COMPANIES"))],
)
def test_whatever_names_somebody_follows_when_they_are_merged(name: str, what: str, kept: str) -> None:
    service = find_service(name)
    named = columns_naming(name, what, kept.lower())
    followed: set[str] = set()
    if name in FOLLOWERS:
        following: Following | None = getattr(import_module(f"{service.package}.{FOLLOWERS[name]}"), kept, None)
        followed = {name_of(column) for column in following.columns} if following else set()
    forgotten = named - followed - EXCEPTIONS[name].keys()
    where = f"{service.package}/{FOLLOWERS.get(name, '').replace('.', '/')}.py"
    assert not forgotten, (
        f"{sorted(forgotten)} would stay behind when what they name is merged into another. Add the column to {kept} in"
        f" {where}: its rows then follow and come back with an unmerge, also where a unique constraint lets each"
        " have one only. Where that would be wrong, add it to EXCEPTIONS here with the reason."
    )


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_every_exception_is_still_one(name: str) -> None:
    named = columns_naming(name, "person_id", "people") | columns_naming(name, "company_id", "companies")
    assert EXCEPTIONS[name].keys() - named == set()
