"""From the commit of a change until every other service has handled its event, at a steady rate."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

import psycopg
import table
from requests_per_second import Figures, percentiles

from chassis.db import Database
from chassis.events import emit
from chassis.events.contracts import contracts_in
from chassis.ids import uuid7
from contacts.base import SERVICE
from launcher.demo.client import until

TYPE = "contact.updated"
CONSUMERS = ("sales", "service-desk", "reporting")


def commit_to_handled(environment: Mapping[str, str], rate: int = 200, seconds: int = 10) -> table.Line:
    """Commit `rate` events a second in contacts and look when each consumer's inbox took them."""
    committed = _commit(Database(SERVICE, environment["CONTACTS_DATABASE_URL"]), rate, seconds)
    urls = {name: environment[f"{name.upper().replace('-', '_')}_DATABASE_URL"] for name in CONSUMERS}
    handled = [_handled(url, committed, within=60) for url in urls.values()]
    took = [1000 * (at - committed[id]).total_seconds() for found in handled for id, at in found.items()]
    figures = Figures(*percentiles(took), len(committed) / seconds)
    how = f"{rate}/s, in {len(handled)} services"
    return table.Line("commit to handled", how, figures, "p99 <= 50 ms")


def _commit(database: Database, rate: int, seconds: int) -> dict[UUID, datetime]:
    """The instant at which each event's commit returned."""
    example = contracts_in(SERVICE.root / "contracts").examples(TYPE)[0]
    committed: dict[UUID, datetime] = {}
    began = time.perf_counter()
    for i in range(rate * seconds):
        time.sleep(max(0.0, began + i / rate - time.perf_counter()))
        person = str(uuid7())
        with database.transaction() as session:
            subject = f"people/{person}"
            event = emit(session, TYPE, None, example | {"person_id": person}, subject=subject, sequence=1)
        committed[event.id] = datetime.now(UTC)
    return committed


def _handled(url: str, committed: Mapping[UUID, datetime], within: float) -> dict[UUID, datetime]:
    """When a service's inbox took each of the events."""
    with psycopg.connect(url, autocommit=True) as connection:

        def all_handled() -> dict[UUID, datetime]:
            wanted = list(committed)
            rows = connection.execute("SELECT event_id, handled_at FROM inbox WHERE event_id = ANY(%s)", (wanted,))
            found = dict(rows.fetchall())
            return found if len(found) == len(wanted) else {}

        return until(all_handled, f"{url.rpartition('/')[2]} to handle the events", within)
