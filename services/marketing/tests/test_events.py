from uuid import UUID

import pytest

from chassis.ids import uuid7
from chassis.testing import check_migrations
from marketing.base import SERVICE, Base
from marketing.consent.handlers import may_contact
from marketing.submissions.model import Submission


def test_who_posted_is_kept_and_the_campaign_told_once(api, form, submit, campaign, deliver, outbox) -> None:
    planned, person = campaign(), str(uuid7())
    form(campaign_id=planned["id"])
    submission = submit().json["submission_id"]
    data = {"person_id": person, "submission_id": submission, "matched": True}
    deliver("contacts", "contact.identified", data)
    deliver("contacts", "contact.identified", data | {"person_id": str(uuid7())})
    assert api.get(f"/submissions/{submission}").json["person_id"] == person
    assert outbox.types() == ["form.submitted", "campaign.responded"]
    assert outbox.one("campaign.responded").data == {
        "campaign_id": planned["id"],
        "person_id": person,
        "submission_id": submission,
    }


def test_without_a_campaign_or_for_an_unknown_submission_nothing_is_told(form, submit, deliver, outbox) -> None:
    form()
    submission = submit().json["submission_id"]
    for known in (submission, str(uuid7()), None):
        deliver("contacts", "contact.identified", {"person_id": str(uuid7()), "submission_id": known})
    assert outbox.types() == ["form.submitted"]


def test_the_last_word_on_consent_counts_in_whatever_order_it_comes(deliver, session) -> None:
    person = uuid7()

    def say(verb: str, at: str) -> bool:
        data = {"person_id": str(person), "purpose": "marketing", "text": "t", "at": at, "source": "web_form"}
        deliver("contacts", f"consent.{verb}", data)
        session.rollback()
        session.expire_all()
        return may_contact(session, person)

    assert may_contact(session, person) is False
    assert say("granted", "2026-03-02T09:00:00+00:00") is True
    assert say("withdrawn", "2026-03-02T08:00:00+00:00") is True
    assert say("withdrawn", "2026-03-02T10:00:00+00:00") is False
    assert say("granted", "2026-03-02T09:30:00+00:00") is False
    assert say("granted", "2026-03-02T10:00:00+00:00") is False
    assert say("granted", "2026-03-02T11:00:00+00:00") is True
    assert say("withdrawn", "2026-03-02T11:00:00+00:00") is False
    assert may_contact(session, person, "other") is False


@pytest.mark.parametrize("how", ["erased", "deleted"])
def test_a_person_who_is_to_be_forgotten_is(api, form, submit, deliver, session, how) -> None:
    form()
    gone, stays = (
        submit().json["submission_id"],
        submit(name="Bob", email="b@example.com").json["submission_id"],
    )
    person = uuid7()
    deliver("contacts", "contact.identified", {"person_id": str(person), "submission_id": gone})
    said = {"person_id": str(person), "purpose": "marketing", "text": "t", "at": "2026-03-02T09:00:00+00:00"}
    deliver("contacts", "consent.granted", said)
    deliver("contacts", f"contact.{how}", {"person_id": str(person)})
    left = session.get_one(Submission, UUID(gone))
    assert (left.name, left.email, left.phone, left.answers, left.digest) == (None, None, None, {}, "")
    assert (left.ip_hash, left.search_text) == (None, "")
    assert [found["id"] for found in api.get("/submissions?q=example").json["data"]] == [stays]
    assert may_contact(session, person) is False
    assert session.get_one(Submission, UUID(stays)).email == "b@example.com"


def test_migrations() -> None:
    check_migrations(SERVICE, Base)


def test_consent_ends_by_the_clock_before_anybody_tells(deliver, session, clock) -> None:
    person = uuid7()
    data = {"person_id": str(person), "purpose": "marketing", "text": "A month.", "source": "api"}
    deliver(
        "contacts", "consent.granted", data | {"at": "2026-03-01T09:00:00+00:00", "until": "2026-03-03T09:00:00+00:00"}
    )
    assert may_contact(session, person) is True
    clock.advance(days=1)
    session.expire_all()
    assert may_contact(session, person) is False


def test_whose_data_is_restricted_is_not_written_to(deliver, session) -> None:
    person = str(uuid7())
    said = {"person_id": person, "purpose": "marketing", "text": "Yes", "source": "api", "at": "2026-03-01T09:00:00Z"}
    deliver("contacts", "consent.granted", said)

    def may_now(restricted: bool, sequence: int) -> bool:
        data = {"person_id": person, "restricted": restricted}
        deliver("contacts", "contact.updated", data, subject=f"people/{person}", sequence=sequence)
        session.expire_all()
        return may_contact(session, UUID(person))

    assert may_now(False, 2) is True
    assert may_now(True, 4) is False
    assert may_now(False, 3) is False  # late
    assert may_now(False, 5) is True
    assert may_now(True, 4) is True
