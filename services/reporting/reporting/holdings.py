"""What reporting holds of a person: the personal part of the events about them. Declare here what a new table holds;
tests/contracts/test_holdings.py says what is missing."""

from __future__ import annotations

from chassis.privacy import Holding, Holdings
from reporting.log.erasure import erase_events
from reporting.log.model import LoggedEvent

HOLDINGS = Holdings(
    Holding(LoggedEvent, ("person_id",), eraser=erase_events),
    apart={
        "arrivals": "events for a second, until they are in the log; erased with it",
        "campaign_states": "what campaigns there are",
        "stage_states": "what stages there are",
    },
)
