"""Events: what one service tells the others. `emit` sends, `Event` is what is sent and heard."""

from chassis.events.bulk import Change, emit_many, emit_together
from chassis.events.envelope import CONTENT_TYPE, Event
from chassis.events.outbox import emit
from chassis.events.told import Told, told_of

__all__ = ["CONTENT_TYPE", "Change", "Event", "Told", "emit", "emit_many", "emit_together", "told_of"]
