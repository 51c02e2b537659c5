"""Facts that have no state: each is counted once, because the log holds each once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from reporting.figures.rules import NOBODY, Entry, Fact, Reach, instant, money, reach, required_id, text


def credit_note_issued(fact: Fact) -> tuple[Reach, Entry]:
    """A credit note counts with its total on the day it was issued, whenever its order was placed."""
    total, currency = money(fact.data, "total")
    issued_at = instant(fact.data, "issued_at") or fact.time
    return reach(fact.data), Entry("credit_notes.issued", issued_at.date(), "", currency, 1, total)


def campaign_responded(fact: Fact) -> tuple[Reach, Entry]:
    """A response counts for its campaign."""
    return NOBODY, Entry("campaigns.responses", None, required_id(fact.data, "campaign_id"))


def interaction_logged(fact: Fact) -> tuple[Reach, Entry]:
    """An interaction counts for its author, by channel, on its day."""
    at = instant(fact.data, "at") or fact.time
    return reach(fact.data, owner="author_id"), Entry("interactions.logged", at.date(), text(fact.data, "channel"))


def form_submitted(fact: Fact) -> tuple[Reach, Entry]:
    """A submission counts for its form."""
    return NOBODY, Entry("forms.submitted", fact.time.date(), text(fact.data, "form_key"))


COUNTED: dict[tuple[str, str], Callable[[Fact], tuple[Reach, Entry]]] = {
    ("/sales", "credit_note.issued"): credit_note_issued,
    ("/marketing", "campaign.responded"): campaign_responded,
    ("/marketing", "form.submitted"): form_submitted,
    ("/contacts", "interaction.logged"): interaction_logged,
}


def count(fact: Fact) -> Iterator[tuple[Reach, Entry]]:
    """What a fact counts for by itself. Malformed where it makes no sense."""
    if (counted := COUNTED.get((fact.source, fact.type))) is not None:
        yield counted(fact)
