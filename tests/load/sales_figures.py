"""Sales: lists and searches among many deals, the board, the study, to create, move and win; and what leads take."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import cycle
from urllib.parse import quote

import lead_figures
import table
from measured import Measured, Statement
from requests_per_second import Request
from seeded_deals import BOARD, seed

DEALS = "/api/v1/sales/deals"
PAGE = 1000  # how deep a list is read
_LISTED = "SELECT * FROM deals WHERE status = 'open' {after} ORDER BY amount DESC, id DESC LIMIT 51"
_SEARCH = "SELECT * FROM deals WHERE search_grams @> %s ORDER BY created_at DESC, id DESC LIMIT 51"
_BOARD = """
    SELECT (SELECT json_agg(c) FROM stages s CROSS JOIN LATERAL (SELECT * FROM deals d WHERE d.stage_id = s.id
            ORDER BY rank, id LIMIT 50) c WHERE s.pipeline_id = %(id)s AND s.kind = 'open'),
        (SELECT json_agg(x) FROM (SELECT stage_id, currency, count(*), sum(amount) FROM deals
            WHERE pipeline_id = %(id)s AND status = 'open' GROUP BY 1, 2) x)"""
_COPY_OF = """
    INSERT INTO deals SELECT (jsonb_populate_record(d, jsonb_build_object('id', gen_random_uuid()))).*
    FROM deals d WHERE id = %s RETURNING id"""
_WIN = "UPDATE deals SET status = 'won', closed_at = now(), version = version + 1 WHERE id = %s RETURNING id"
_STUDY = """
    SELECT lost_reason, count(*), sum(base_amount), percentile_cont(0.5) WITHIN GROUP (ORDER BY closed_at - created_at)
    FROM deals WHERE closed_at >= now() - interval '365 days' GROUP BY 1"""
_STUDY_BY_STAGE = """
    SELECT s.stage, count(*), sum(base_amount), percentile_cont(0.5) WITHIN GROUP (ORDER BY closed_at - created_at)
    FROM deals d LEFT JOIN LATERAL (SELECT stage FROM stage_passages WHERE deal_id = d.id AND kind = 'open'
        ORDER BY entered_at DESC LIMIT 1) s ON true
    WHERE closed_at >= now() - interval '365 days' GROUP BY 1"""
_STUDIES = 10  # each reads all deals that were closed within a year


def figures(measured: Measured, rows: int) -> Iterator[table.Line]:
    """Every row, measured one after the other, over `rows` deals, or as many as are to be won."""
    rows = max(rows, 4 * measured.once)  # three in ten are open
    board = seed(measured.database("sales"), rows)
    measured.analyse("sales")
    yield from _lists(measured, rows)
    yield from _searches(measured)
    shown = Request("GET", f"/api/v1/sales/pipelines/{board}/board?cards=50")
    bare: Statement = _BOARD, lambda: {"id": board}
    yield from measured.compare(f"board of {BOARD:,} deals", lambda _: shown, bare, service="sales", gateway=False)
    for by, sql in (("reason", _STUDY), ("stage", _STUDY_BY_STAGE)):
        study = Request("GET", f"{DEALS}/study?by={by}")
        yield from measured.one_by_one(
            f"study by {by}", lambda _, study=study: study, (sql, tuple), "", "sales", times=_STUDIES
        )
    any_id = "SELECT id::text FROM deals ORDER BY md5(id::text) LIMIT 2000"
    ids = cycle(measured.column("sales", any_id))
    yield from measured.compare("create a deal", _new_deal, (_COPY_OF, lambda: (next(ids),)), service="sales")
    yield from _closing(measured)
    yield from lead_figures.figures(measured, rows)


def _lists(measured: Measured, rows: int) -> Iterator[table.Line]:
    """A list with filter and sort, on its first page and on a deep one: the same cost, by keyset."""
    path = f"{DEALS}?limit=50&status=open&sort=-amount"
    first: Statement = _LISTED.format(after=""), tuple
    yield from measured.compare("list 50, page 1", lambda _: Request("GET", path), first, service="sales")
    pages = min(PAGE, rows * 3 // 10 // 50 - 1)
    cursor, row = measured.behind("sales", path, pages)
    last = row["amount"], row["id"]
    deep: Statement = _LISTED.format(after="AND (amount, id) < (%s, %s)"), lambda: last
    yield from measured.compare(
        f"list 50, page {pages + 1:,}", lambda _: Request("GET", f"{path}&cursor={cursor}"), deep, service="sales",
        gateway=False,
    )  # fmt: skip


def _searches(measured: Measured) -> list[table.Line]:
    """What people type: a company, part of one, a word and a place, a number and what is sold."""
    typical = {
        "华信1234照明": ["华信", "123", "234"], "深圳华信": ["深圳", "圳华", "华信"],
        "sensors 青岛": ["sen", "ens", "nso", "sor", "ors", "青岛"], "street 899": ["str", "tre", "ree", "eet", "899"],
    }  # fmt: skip
    asked, bare = cycle(typical), cycle(typical.values())
    sql: Statement = _SEARCH, lambda: (next(bare),)
    ask = lambda _: Request("GET", f"{DEALS}?limit=50&q={quote(next(asked))}")  # noqa: E731
    return measured.one_by_one("search deals", ask, sql, "p99 <= 50 ms", "sales")


def _closing(measured: Measured) -> Iterator[table.Line]:
    """Every deal is won once."""
    sql = "SELECT id::text FROM deals WHERE status = 'open' ORDER BY md5(id::text || 'w') LIMIT %s"
    ids = iter(measured.column("sales", sql, measured.once))
    yield from measured.compare(
        "win a deal", lambda _: Request("POST", f"{DEALS}/{next(ids)}/win", b"{}"), (_WIN, lambda: (next(ids),)),
        service="sales",
    )  # fmt: skip


def _new_deal(i: int) -> Request:
    deal = {"name": f"Bench {i}", "amount": "100.00", "currency": "CNY"}
    return Request("POST", DEALS, json.dumps(deal).encode())
