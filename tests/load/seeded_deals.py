"""Deals by the million, put into the database of sales as COPY takes them: to list, search and count among."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from psycopg.sql import SQL, Identifier

from chassis.db.search import search_values
from chassis.ids import uuid7

CITIES = ("深圳", "上海", "北京", "广州", "杭州", "成都", "武汉", "南京", "苏州", "青岛")
GOODS = ("lamps", "fixtures", "LED panels", "street lights", "controllers", "sensors")
REASONS = ("Price", "Timing", "Feature", "No budget", "Competitor")
BOARD = 2000  # open deals on a board of their own
_COLUMNS = (
    "id", "name", "amount", "currency", "base_amount", "base_rate", "pipeline_id", "stage_id", "status",
    "stage_entered_at", "rank", "priority", "company_name", "source", "lost_reason", "ordered", "aging_since",
    "last_activity_at", "closed_at", "search_text", "search_grams", "version", "created_at", "updated_at",
)  # fmt: skip
_MADE = 20_000  # those beyond are made of them by the database, which is faster
_OTHERWISE = {
    "id": "gen_random_uuid()",
    "amount": "mod(amount + n * 7919.07, 1000000)",
    "base_amount": "mod(amount + n * 7919.07, 1000000)",
    "created_at": "created_at - n * interval '2 hours'",
}
_PIPELINE = """
    INSERT INTO pipelines (id, name, is_default, version, created_at, updated_at)
    VALUES (%s, 'Board', false, 1, %s, %s)"""
_PLAIN_INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes
    WHERE tablename = 'deals'
        AND indexname NOT IN (SELECT conname FROM pg_constraint WHERE conrelid = 'deals'::regclass)"""
_STAGES = """
    INSERT INTO stages (id, pipeline_id, name, kind, probability, position)
    SELECT gen_random_uuid(), %s, s.name, s.kind, s.probability, s.position
    FROM stages s JOIN pipelines p ON p.id = s.pipeline_id AND p.is_default"""
_STAYS = """
    INSERT INTO stage_passages (id, deal_id, stage_id, stage, kind, entered_at)
    SELECT gen_random_uuid(), d.id, s.id, s.name, s.kind, d.stage_entered_at
    FROM deals d JOIN stages s ON s.id = d.stage_id"""
_CAME_FROM = """
    INSERT INTO stage_passages (id, deal_id, stage_id, stage, kind, entered_at, left_at)
    SELECT gen_random_uuid(), d.id, s.id, s.name, s.kind, d.created_at, d.closed_at
    FROM deals d JOIN stages s ON s.pipeline_id = d.pipeline_id AND s.position = 1 + abs(hashtext(d.id::text)) % 3
    WHERE d.closed_at IS NOT NULL"""
# The same customers, other amounts and days.
_AGAIN = f"""
    INSERT INTO deals ({", ".join(_COLUMNS)})
    SELECT {", ".join(_OTHERWISE.get(name, name) for name in _COLUMNS)}
    FROM deals, generate_series(1, %(times)s) n WHERE pipeline_id = %(pipeline)s LIMIT greatest(%(rows)s, 0)"""


def seed(database: str, count: int) -> UUID:
    """So many deals of the default pipeline: three in ten open, five lost, two won; and another pipeline with
    `BOARD` open ones, whose id is returned. All currencies are the base's."""
    with psycopg.connect(database) as connection:
        default = connection.execute("SELECT id FROM pipelines WHERE is_default").fetchone()
        assert default is not None
        board = _another_pipeline(connection)
        with _indexes_later(connection):
            _copy(connection, default[0], _some(min(count, _MADE)))
            connection.execute(_AGAIN, {"pipeline": default[0], "times": count // _MADE, "rows": count - _MADE})
            _copy(connection, board, ["open"] * BOARD)
            connection.execute(_STAYS)
            connection.execute(_CAME_FROM)
    return board


@contextmanager
def _indexes_later(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """Build the indexes of deals that are no constraint at the end, at once: a million rows would take very long row by
    row."""
    plain = connection.execute(_PLAIN_INDEXES).fetchall()
    for name, _ in plain:
        connection.execute(SQL("DROP INDEX {}").format(Identifier(name)))
    yield
    for _, definition in plain:
        connection.execute(definition)


def _some(count: int) -> Iterator[str]:
    dice = random.Random(11)
    return (dice.choices(("open", "lost", "won"), (3, 5, 2))[0] for _ in range(count))


def _another_pipeline(connection: psycopg.Connection[Any]) -> UUID:
    board, now = uuid7(), datetime.now(UTC)
    connection.execute(_PIPELINE, (board, now, now))
    connection.execute(_STAGES, (board,))
    return board


def _copy(connection: psycopg.Connection[Any], pipeline_id: UUID, states: Iterable[str]) -> None:
    stages: dict[str, list[UUID]] = {"open": [], "won": [], "lost": []}
    of = "SELECT id, kind FROM stages WHERE pipeline_id = %s ORDER BY position"
    for id_, kind in connection.execute(of, (pipeline_id,)):
        stages[kind].append(id_)
    with connection.cursor() as cursor, cursor.copy(f"COPY deals ({', '.join(_COLUMNS)}) FROM STDIN") as copy:
        for i, status in enumerate(states):
            copy.write_row(_deal(i, status, pipeline_id, stages[status][i % len(stages[status])]))


def _deal(i: int, status: str, pipeline_id: UUID, stage_id: UUID) -> tuple[Any, ...]:
    entered = datetime.now(UTC) - timedelta(seconds=31 * (i % 900_000) + 60)
    created = entered - timedelta(days=i % 47)
    amount, company = f"{i * 7919 % 1_000_000}.{i % 100:02d}", f"{CITIES[i % 10]}华信{i % 49_999}照明"
    name = f"{company}: {i % 900} {GOODS[i % 6]}"
    text, grams = search_values([name, None, company])
    closed = None if status == "open" else entered
    reason = REASONS[i % 5] if status == "lost" else None
    rank = -int(entered.timestamp() * 1_000_000)
    return (
        uuid7(), name, amount, "CNY", amount, "1", pipeline_id, stage_id, status, entered, rank, "normal", company,
        ("web_form", "fair", "referral")[i % 3], reason, False, entered, entered, closed, text, grams, 1, created,
        entered,
    )  # fmt: skip
