"""Leads by the thousand, put into the database of sales as COPY takes them: to assign, to convert and to re-align."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from chassis.db.search import search_values
from chassis.ids import uuid7

_SEATS = 10  # reps on each side
_LEADS = (
    "id", "person_id", "name", "email", "country", "postcode", "source", "status", "score", "owner_id", "territory",
    "territory_id", "assignment", "assigned_at", "follow_step", "last_activity_at", "search_text", "search_grams",
    "version", "created_at", "updated_at",
)  # fmt: skip
_REP = """
    INSERT INTO reps (id, name, active, takes_leads, known_sequence, version, created_at, updated_at, search_text,
        search_grams, roles)
    VALUES (%s, %s, true, true, 1, 1, %s, %s, '', '{}', '{sales_rep}')"""
_TERRITORY = """
    INSERT INTO territories (id, name, country, position, active, version, created_at, updated_at, search_text,
        search_grams)
    VALUES (%s, 'China', 'CN', 0, true, 1, %s, %s, '', '{}')"""
_STEPS = """
    INSERT INTO follow_ups (id, lead_id, step, title, due_at, state)
    SELECT gen_random_uuid(), id, n, 'Call', assigned_at + n * interval '3 days', 'planned'
    FROM leads, generate_series(1, 2) n WHERE owner_id IS NOT NULL"""


class Seeded(NamedTuple):
    """A territory, and the reps who are to have it next."""

    territory: UUID
    takers: list[UUID]


def seed(database: str, owned: int, waiting: int) -> Seeded:
    """So many leads of the reps of one territory, each with two steps planned, and so many that wait for an owner."""
    now = datetime.now(UTC)
    with psycopg.connect(database) as connection:
        sides = [[uuid7() for _ in range(_SEATS)] for _ in range(2)]
        for rep in (rep for side in sides for rep in side):
            connection.execute(_REP, (rep, f"Rep {rep}", now, now))
        territory = uuid7()
        connection.execute(_TERRITORY, (territory, now, now))
        for rep in sides[0]:
            seat = "INSERT INTO territory_members (territory_id, rep_id) VALUES (%s, %s)"
            connection.execute(seat, (territory, rep))
        with connection.cursor() as cursor, cursor.copy(f"COPY leads ({', '.join(_LEADS)}) FROM STDIN") as copy:
            for row in _rows(owned, waiting, sides[0], territory, now):
                copy.write_row(row)
        connection.execute(_STEPS)
    return Seeded(territory, sides[1])


def _rows(
    owned: int, waiting: int, reps: list[UUID], territory: UUID, now: datetime
) -> Iterator[tuple[Any, ...]]:  # fmt: skip
    why = Jsonb({"strategy": "round_robin", "territory": "China", "reason": "Whose turn it was."})
    for i in range(owned + waiting):
        name, mail = f"Lead {i}", f"lead{i}@bench.example"
        text, grams = search_values([name, mail, None, None])
        since = now - timedelta(minutes=i % 10_000)
        mine = (reps[i % _SEATS], "China", territory, why, since) if i < owned else (None, None, None, None, None)
        yield (
            uuid7(), uuid7(), name, mail, "CN", f"{i % 900_000 + 100_000}", "web_form", "new", i % 100, *mine, 0, since,
            text, grams, 1, since, since,
        )  # fmt: skip
