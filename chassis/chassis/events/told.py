"""What an event says of each thing that it tells of: of the hundred of a bundle, or of the one that it is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from chassis.errors import Malformed
from chassis.events.envelope import Event
from chassis.ids import id_text, id_texts


class Told(NamedTuple):
    """The state of one thing: its id, as PostgreSQL writes it, what names a person of it, and its version."""

    id: str
    data: Mapping[str, Any]
    personal: Mapping[str, Any]
    sequence: int

    def ids(self, *names: str) -> list[str | None]:
        """The ids that `data` may hold under `names`, likewise. Raises Malformed where it holds something else."""
        values = map(self.data.get, names)
        try:
            return [None if value is None else id_text(value) for value in values]
        except (ValueError, TypeError, AttributeError):
            raise Malformed(f"One of {', '.join(names)} is not an id.") from None


def told_of(event: Event, many: str, key: str) -> list[Told]:
    """What `event` says of each thing that `data` holds under `many`, or of the one whose id it holds under `key`; each
    once, as it stands last. Nothing is made but these: there are a million of them in an import. Raises Malformed where
    it makes no sense."""
    if many not in event.data:
        return [Told(str(event.uuid(key)), event.data, event.personal, event.sequence)]
    items = event.data[many]
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise Malformed(f"{event.type}: {many} is not a list of objects.")
    names = [item.get(key) for item in items]
    try:
        ids = id_texts(names)
    except ValueError:
        raise Malformed(f"{event.type}: one of {many} has no {key}.") from None
    if not all(isinstance(item.get("sequence"), int) for item in items):
        raise Malformed(f"{event.type}: one of {many} has no sequence.")
    parts = event.personal
    told = {
        id_: Told(id_, item, parts.get(name) or {}, item["sequence"])
        for id_, name, item in zip(ids, names, items, strict=True)
    }
    return list(told.values())
