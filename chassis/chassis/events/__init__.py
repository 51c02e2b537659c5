"""Events: what one service tells the others. `emit` sends, `Event` is what is sent and heard."""

from chassis.events.bulk import Change, emit_many, emit_together
from chassis.events.envelope import CONTENT_TYPE, Event
from chassis.events.outbox import emit

__all__ = ["CONTENT_TYPE", "Change", "Event", "emit", "emit_many", "emit_together"]
