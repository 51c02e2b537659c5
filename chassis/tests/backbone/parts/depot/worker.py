import os
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from chassis.bus import Worker, every, hears
from chassis.errors import Malformed, TryAgain
from chassis.events import Event
from depot.base import SERVICE, Applied, Copy

CALLS = Path(os.environ.get("DEPOT_CALLS", os.devnull))
MENDED = Path(os.environ.get("DEPOT_MENDED", "/nonexistent"))


class DepotWorker(Worker):
    service = SERVICE
    name = "depot"

    @hears("shop", "thing.made")
    def made(self, event: Event, session: Session) -> None:
        _called(event)
        _fail_as_told(event)
        session.add(Applied(event_id=event.id, type=event.type, position=event.position))

    @hears("shop", "thing.painted")
    def painted(self, event: Event, session: Session) -> None:
        _called(event)
        session.add(Applied(event_id=event.id, type=event.type, position=event.position))
        copy = session.get(Copy, event.entity_id, with_for_update=True)
        if copy is None:
            copy = Copy(thing_id=event.entity_id, sequence=0)
            session.add(copy)
        if event.sequence > copy.sequence:
            copy.colour, copy.sequence = event.data["colour"], event.sequence

    @every(seconds=0.2)
    def tidy(self, now: datetime, session: Session) -> None:
        with CALLS.open("a") as file:
            file.write(f"tick {now.isoformat()}\n")

    @every(seconds=86_400)
    def daily(self, now: datetime, session: Session) -> None:
        with CALLS.open("a") as file:
            file.write("daily\n")


def _called(event: Event) -> None:
    """Note the call outside of the transaction, so that calls that were rolled back count too."""
    with CALLS.open("a") as file:
        file.write(f"{event.id}\n")


def _fail_as_told(event: Event) -> None:
    how = event.data.get("fail")
    if how is None or MENDED.exists():
        return
    calls = CALLS.read_text().split().count(str(event.id))
    match how:
        case "twice" if calls <= 2:
            raise RuntimeError(f"not yet, {event.personal['name']}")
        case "always":
            raise KeyError("nothing helps")
        case "later" if calls <= 1:
            raise TryAgain("what it needs is not there yet")
        case "nonsense":
            raise Malformed("a thing that cannot be")
