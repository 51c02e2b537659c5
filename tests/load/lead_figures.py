"""Leads: to create, convert and assign them, and territories drawn anew."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from itertools import count, cycle

import table
from measured import Measured
from requests_per_second import Request
from seeded_leads import Seeded, seed

LEADS = "/api/v1/sales/leads"
MOVED, WAITING, PAGE = 100_000, 10_000, 1000  # at most; a run over fewer rows has fewer
_COPY_OF = """
    INSERT INTO leads SELECT (jsonb_populate_record(l,
        jsonb_build_object('id', gen_random_uuid(), 'person_id', gen_random_uuid()))).*
    FROM leads l WHERE id = %s RETURNING id"""
_CONVERT = """
    WITH made AS (INSERT INTO deals SELECT (jsonb_populate_record(d, jsonb_build_object('id', gen_random_uuid()))).*
        FROM deals d WHERE id = (SELECT id FROM deals LIMIT 1) RETURNING id)
    UPDATE leads SET status = 'converted', version = version + 1 WHERE id = %s RETURNING id"""
_GIVE = """
    WITH takers AS (SELECT id, row_number() OVER (ORDER BY id) - 1 AS turn FROM reps WHERE takes_leads),
        waiting AS (SELECT id, row_number() OVER (ORDER BY created_at) %% (SELECT count(*) FROM takers) AS turn
            FROM leads WHERE owner_id IS NULL AND status = 'new')
    UPDATE leads SET owner_id = t.id, assigned_at = now(), version = version + 1
    FROM waiting w JOIN takers t ON t.turn = w.turn WHERE leads.id = w.id"""
_MOVE = """
    UPDATE leads SET owner_id = (%(takers)s::uuid[])[1 + abs(hashtext(id::text)) %% cardinality(%(takers)s::uuid[])],
        version = version + 1
    WHERE territory_id = %(territory)s AND status = 'new'"""
_numbers = count()


def figures(measured: Measured, rows: int) -> Iterator[table.Line]:
    """Every row, measured one after the other; `rows` leads that have an owner, half as many that wait for one."""
    owned, waiting = max(min(rows, MOVED), measured.once), min(rows // 2, WAITING)
    seeded = seed(measured.database("sales"), owned, waiting)
    measured.analyse("sales")
    yield from _assignment(measured, waiting)
    yield from _realignment(measured, seeded, owned + waiting)
    ids = "SELECT id::text FROM leads WHERE status = 'new' ORDER BY md5(id::text) LIMIT %s"
    some = cycle(measured.column("sales", ids, 2000))
    yield from measured.compare("create a lead", _new_lead, (_COPY_OF, lambda: (next(some),)), service="sales")
    each = iter(measured.column("sales", ids, measured.once))
    yield from measured.compare(
        "convert a lead", lambda _: Request("POST", f"{LEADS}/{next(each)}/convert", b'{"amount": "100.00"}'),
        (_CONVERT, lambda: (next(each),)), service="sales",
    )  # fmt: skip


def _assignment(measured: Measured, waiting: int) -> Iterator[table.Line]:
    """All that wait, a thousand in a request, by one round of reps."""
    yield measured.bare_at_once("assign leads", "sales", _GIVE, {})
    began, given = time.perf_counter(), 0
    while given < waiting and (found := measured.admin.post("/sales/leads/assign", {"limit": PAGE})["data"]):
        given += len(found)
    yield table.Line("assign leads", f"{PAGE:,} at a time", per_second=given / (time.perf_counter() - began))


def _realignment(measured: Measured, seeded: Seeded, total: int) -> Iterator[table.Line]:
    """Every lead of a territory goes to other reps: planned, then carried out."""
    takers = [str(rep) for rep in seeded.takers]
    moved: dict[str, object] = {"takers": seeded.takers, "territory": seeded.territory}
    yield measured.bare_at_once("re-alignment", "sales", _MOVE, moved)
    changes = [{"territory_id": str(seeded.territory), "set": {"member_ids": takers}}]
    draft = measured.admin.post("/sales/realignments", {"name": "Bench", "records": ["leads"], "changes": changes})
    for step in ("plan", "run"):
        began = time.perf_counter()
        yield measured.job(f"re-alignment: {step}", f"/sales/realignments/{draft['id']}/{step}", total)
    measured.settle()
    heard = total / (time.perf_counter() - began)
    yield table.Line("re-alignment: run", f"until all have heard of {total:,}", per_second=heard)


def _new_lead(_: int) -> Request:
    number = next(_numbers)
    lead = {"name": f"New {number}", "email": f"new{number}@bench.example", "country": "CN"}
    return Request("POST", LEADS, json.dumps(lead).encode())
