"""Two people become one: in every service, whatever names the one follows to the other.

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
        "contact_points.person_id": "united by the merge itself: whose they are depends on the surviving name",
        "imported_people.person_id": "what an import wrote, as it wrote it; its undo goes by the tombstones",
        "import_changes.person_id": "what an import changed about this very record; a merge changed it since",
        "duplicate_sweeps.person_id": "a bookmark",
        "duplicates.low_id": "a merge settles the pair; those with others are looked for anew",
        "duplicates.high_id": "a merge settles the pair; those with others are looked for anew",
        "tag_dirty.person_id": "a queue: the survivor is in it by the merge",
        "people_verified.person_id": "somebody found a record right as it stood, not what a merge made of it",
        "tombstones.old_id": "the redirect itself",
        "erased_people.person_id": ERASED,
        "privacy_requests.person_id": "who asked, as they asked; it begins with whom the id stands for then",
    },
    "sales": {"erased_people.person_id": ERASED},
    "service-desk": {"erased_people.person_id": ERASED},
    "marketing": {
        "erased_people.person_id": ERASED,
        "consent_states.person_id": "the stricter of both: `consent.handlers.people_merged`",
    },
    "reporting": {
        "arrivals.person_id": "on their way into the log",
        "event_log.person_id": "what happened is not changed; an erasure comes under each id that was merged",
        "erased_people.person_id": ERASED,
    },
}


def columns_naming_people(name: str) -> set[str]:
    """`table.column` of whatever names a person by its name or by its foreign key."""
    service = find_service(name)
    service.part("app", "create_app")
    service.part("worker", f"{service.package.title().replace('_', '')}Worker")
    metadata: Any = service.part("base", "Base").metadata
    return {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if column.name.endswith("person_id") or any(key.column.table.name == "people" for key in column.foreign_keys)
    }


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_whatever_names_a_person_follows_when_they_are_merged(name: str) -> None:
    service = find_service(name)
    named = columns_naming_people(name)
    assert named or name == "reporting"
    followed: set[str] = set()
    if name in FOLLOWERS:
        people: Following = import_module(f"{service.package}.{FOLLOWERS[name]}").PEOPLE
        followed = {name_of(column) for column in people.columns}
    forgotten = named - followed - EXCEPTIONS[name].keys()
    where = f"{service.package}/{FOLLOWERS.get(name, '').replace('.', '/')}.py"
    assert not forgotten, (
        f"{sorted(forgotten)} name a person, but stay behind when that person is merged into another. Add the column"
        f" to PEOPLE in {where}: its rows then follow the survivor and come back with an unmerge, also where a unique"
        " constraint lets each person have one only. Where that would be wrong, add it to EXCEPTIONS here with the"
        " reason."
    )
    gone = EXCEPTIONS[name].keys() - named - {"tombstones.old_id"}
    assert not gone, f"exceptions that are none any more: {sorted(gone)}"
