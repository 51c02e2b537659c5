"""Two people of contacts become one: consent holds for both ids, and is never widened."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.ids import uuid7
from marketing.consent.handlers import may_contact


def tell(deliver: Any, what: str, loser: str, survivor: str, sequence: int) -> Any:
    data = {"person_id": survivor, "survivor_id": survivor, "loser_id": loser, "merge_id": str(uuid7())}
    personal = {"name": "Li Na", "emails": [], "phones": [], "company_name": None}
    return deliver("contacts", f"contact.{what}", data, personal=personal, subject=f"people/{loser}", sequence=sequence)


def consent(deliver: Any, what: str, person: str, at: str) -> None:
    data = {"person_id": person, "purpose": "marketing", "text": "Yes", "at": at, "source": "api"}
    deliver("contacts", f"consent.{what}", data, subject=f"consents/{uuid7()}")


def test_a_merge_never_widens_consent(deliver: Any, session: Any) -> None:
    a, b = str(uuid7()), str(uuid7())
    consent(deliver, "granted", a, "2026-02-01T00:00:00Z")
    consent(deliver, "withdrawn", b, "2026-01-01T00:00:00Z")
    deliver.again(tell(deliver, "merged", b, a, 2))
    assert [may_contact(session, UUID(one)) for one in (a, b)] == [False, False]


def test_a_late_word_of_the_old_id_is_the_new_one_s(deliver: Any, session: Any) -> None:
    a, b = str(uuid7()), str(uuid7())
    tell(deliver, "merged", b, a, 2)
    consent(deliver, "granted", b, "2026-02-01T00:00:00Z")
    assert [may_contact(session, UUID(one)) for one in (a, b)] == [True, True]
    tell(deliver, "unmerged", b, a, 3)
    assert [may_contact(session, UUID(one)) for one in (a, b)] == [True, False]
