"""Personal data: what a service holds of a person, how it is handed out, how it is erased, for good.

A service says in its `holdings.py`, table by table, what it holds (`Holding`); one mechanism does the rest:

    erase(session, event, HOLDINGS, tell="privacy.erasure_confirmed")   on contact.erased
    export(session, event, HOLDINGS, tell="privacy.export_part")        on privacy.export_requested

Who was erased stays erased: their ids are kept in `erased_people`, and an event about them that comes late reaches no
handler with anything in it that names them (`chassis.events.inbox`).
"""

from chassis.privacy.erased import among, people_of
from chassis.privacy.erasing import erase, forget
from chassis.privacy.exporting import export
from chassis.privacy.holdings import ERASED, Holding, Holdings, Kept, Via
from chassis.privacy.scrubbing import Scrubber

__all__ = [
    "ERASED", "Holding", "Holdings", "Kept", "Scrubber", "Via", "among", "erase", "export", "forget", "people_of",
]  # fmt: skip
