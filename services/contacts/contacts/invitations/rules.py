"""What an invitation asks for, and who may ask for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from chassis.errors import Forbidden, Invalid
from contacts.calendar_imports.rules import Guest

METHODS = ("REQUEST", "CANCEL", "REPLY")
MAX_SIZE = 256 * 1024  # characters
MAX_EVENTS = 20  # the times of one series that are otherwise, at the most
_SAID = {"created": "planned", "unchanged": "known already", "skipped": "nothing to do"}
_ANSWERS = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "tentative"}


def check_size(text: str) -> None:
    """An invitation is short. Invalid otherwise."""
    if len(text) > MAX_SIZE:
        raise Invalid("calendar", "too_large", f"An invitation has at most {MAX_SIZE} characters here.")


def check_one(uids: Collection[str], count: int) -> None:
    """A mail is about one event, or one series (RFC 5546, 3.2). Invalid otherwise."""
    if len(set(uids)) != 1 or count > MAX_EVENTS:
        raise Invalid("uid", "not_one_event", "An invitation is to one event, or to one series.")


def check_organizer(sender: str, organizer: str | None) -> None:
    """Only who asks people to come says when, or that it is off. Forbidden otherwise, and where nobody is named."""
    if sender != organizer:
        raise Forbidden("The mail is not from who organizes it.", "not_the_organizer")


def answer_of(sender: str, guests: Sequence[Guest]) -> str:
    """What the sender answers for themselves. Forbidden for who answers for others, Invalid where it is no answer."""
    mine = next((guest for guest in guests if guest.address == sender), None)
    if mine is None:
        raise Forbidden("The mail is not from who answers.", "not_an_attendee")
    if mine.answer not in _ANSWERS:
        raise Invalid("partstat", "no_answer", "It neither accepts nor declines.")
    return _ANSWERS[mine.answer]


def in_words(outcomes: Sequence[str]) -> str:
    """What became of it, for who reads the mail."""
    return ", ".join(dict.fromkeys(_SAID.get(outcome, outcome) for outcome in outcomes))
