"""Contacts: import, read, lists to page 1,000, search, duplicates, bulk edit, create, update, export."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import cycle
from typing import Any
from urllib.parse import quote

import requests as http
import table
from import_alone import import_alone
from measured import Measured, Statement
from requests_per_second import Request
from sqlalchemy import delete
from sqlalchemy.orm import Session

from chassis.db import Database
from contacts.base import SERVICE
from contacts.candidates.actions import sweep
from contacts.candidates.model import SweepMark
from launcher.demo.client import until

PEOPLE = "/api/v1/contacts/people"
_LISTED = "SELECT * FROM people WHERE country = 'CN' {after} ORDER BY created_at DESC, id DESC LIMIT 51"
_SEARCH = """
    SELECT * FROM people WHERE id = ANY (ARRAY (SELECT person_id FROM people_grams WHERE search_grams @> %s))
    ORDER BY created_at DESC, id DESC LIMIT 51
"""
_ALL_FOUND = "SELECT NOT EXISTS (SELECT FROM people_without_grams)"
_SURNAMES, _GIVEN = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂"
_FIRST = ("Anna", "Ben", "Carla", "David", "Eva", "Felix", "Greta", "Hans", "Ines", "Jan", "Karin", "Lars", "Maria")
_LAST = ("Schmidt", "Weber", "Fischer", "Wagner", "Becker", "Smith", "Johnson", "Brown", "Miller", "Davis", "Rossi")
_CITIES = ("深圳", "上海", "北京", "广州", "杭州", "成都", "武汉", "南京", "苏州", "青岛")
PAGE = 1000  # how deep a list is read
SWEPT = 10  # seconds for which duplicates are looked for
COPIED = 100_000  # how many people are copied, for comparison
COLLEAGUES = 5  # how many people of a list share a company


def figures(measured: Measured, rows: int) -> Iterator[table.Line]:
    """Every row, measured one after the other, over `rows` people."""
    yield from _import(measured, rows)
    began = time.perf_counter()
    measured.settle()
    yield table.Line("import people", "handled by all", note=f"{time.perf_counter() - began:,.0f} s after its end")
    until(lambda: measured.column("contacts", _ALL_FOUND)[0], "all people to be found", within=3600)
    yield table.Line("import people", "found by all words", note=f"{time.perf_counter() - began:,.0f} s after its end")
    measured.analyse("contacts")
    ids = cycle(measured.column("contacts", "SELECT id::text FROM people ORDER BY md5(id::text) LIMIT 2000"))
    by_id = "SELECT * FROM people WHERE id = %s", lambda: (next(ids),)
    yield from measured.compare("read a person", lambda _: Request("GET", f"{PEOPLE}/{next(ids)}"), by_id)
    yield from _lists(measured, rows)
    yield from _searches(measured)
    yield _duplicates(measured)
    yield _bulk_edit(measured)
    yield from measured.compare("create a person", lambda i: _new_person(measured, i))
    yield from measured.compare("update a person", _updates(measured), gateway=False)
    yield _export(measured, rows)


def _import(measured: Measured, rows: int) -> Iterator[table.Line]:
    """A list of people by the job alone, then over the platform; the memory of the process that imports it, and the
    bare COPY of what came of it."""
    compared, content = min(rows, COPIED), people_csv(rows)
    yield import_alone(content, rows)
    file = {"file": ("people.csv", content, "text/csv")}
    before, _ = measured.memory("contacts-jobs")
    yield measured.job("import people", "/contacts/imports", rows, ">= 20,000 rows/s", files=file)
    _, peak = measured.memory("contacts-jobs")
    yield table.Line("import people", "memory of the process", note=f"{before:,.0f} MB before, {peak:,.0f} MB at most")
    seconds = measured.copied("contacts", ("people", "contact_points"), compared)
    yield table.Line("import people", f"bare COPY, {compared:,}", per_second=compared / seconds)


def people_csv(rows: int) -> bytes:
    """A list of so many different people, Chinese and Western, with e-mail, mobile, company and place; five of them
    work at one company."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["姓名", "手机", "电子邮件", "公司名称", "国家", "城市"])
    companies = max(rows // COLLEAGUES, 1)
    for i in range(rows):
        k = i % companies
        company = f"{_CITIES[k % 10]}华信{k}科技有限公司"
        writer.writerow([_name(i), f"138{i:08d}", f"w{i}@example.cn", company, "CN" if i % 5 else "DE", _CITIES[i % 7]])
    return text.getvalue().encode()


def _name(i: int) -> str:
    if i % 10 < 6:
        return _SURNAMES[i * 7 % 20] + _GIVEN[i * 11 % 22] + (_GIVEN[i * 13 // 10 % 22] if i % 3 else "")
    return f"{_FIRST[i * 7 % 13]} {_LAST[i * 5 // 13 % 11]}"


def _lists(measured: Measured, rows: int) -> Iterator[table.Line]:
    """A list with filter and sort, on its first page and on a deep one: the same cost, by keyset."""
    path, nothing = f"{PEOPLE}?limit=50&country=CN&sort=-created_at", tuple
    first: Statement = _LISTED.format(after=""), nothing
    yield from measured.compare("list 50, page 1", lambda _: Request("GET", path), first)
    pages = min(PAGE, rows * 4 // 5 // 50 - 1)
    cursor, row = measured.behind("contacts", path, pages)
    last = row["created_at"], row["id"]
    deep: Statement = _LISTED.format(after="AND (created_at, id) < (%s, %s)"), lambda: last
    name = f"list 50, page {pages + 1:,}"
    yield from measured.compare(name, lambda _: Request("GET", f"{path}&cursor={cursor}"), deep, gateway=False)


def _searches(measured: Measured) -> list[table.Line]:
    """What people type: a Chinese name, a Western one, part of a number, an address, a company, two words."""
    typical = {
        "王伟": ["王伟"], "anna schmidt": ["ann", "nna", "sch", "chm", "hmi", "mid", "idt"], "13800012": ["380", "012"],
        "w1234@example.cn": ["w12", "234"], "华信123科技": ["华信", "123", "科技"], "weber 深圳": ["web", "深圳"],
    }  # fmt: skip
    asked, bare = cycle(typical), cycle(typical.values())
    sql: Statement = _SEARCH, lambda: (next(bare),)
    return measured.one_by_one(
        "search people", lambda _: Request("GET", f"{PEOPLE}?limit=50&q={quote(next(asked))}"), sql, "p99 <= 50 ms"
    )


def _duplicates(measured: Measured) -> table.Line:
    """The sweep for duplicates from the first record on, pass after pass in one transaction, which is not committed."""
    with Session(Database(SERVICE, measured.environment["CONTACTS_DATABASE_URL"]).engine) as session:
        session.execute(delete(SweepMark))
        began, done = time.perf_counter(), 0
        while time.perf_counter() < began + SWEPT and (found := sweep(session, datetime.now(UTC))):
            done += found
        return table.Line("find duplicates", f"sweep, {done:,}", per_second=done / (time.perf_counter() - began))


def _bulk_edit(measured: Measured) -> table.Line:
    """Another value for the foreigners in one city, a thirty-fifth of all: an edit is about 100,000 at most."""
    (count,) = measured.column("contacts", "SELECT count(*) FROM people WHERE city = %s AND country = 'DE'", _CITIES[0])
    body = {"filter": {"city": _CITIES[0], "country": "DE"}, "set": {"job_title": "Head of Benches"}}
    return measured.job("change many people", "/contacts/people/bulk-edits", count, json=body)


def _updates(measured: Measured) -> Any:
    """Changes of as many different people as there are calls, each with its ETag."""
    sql = "SELECT id::text || ' ' || version FROM people ORDER BY md5(id::text || 'u') LIMIT %s"
    rows = cycle(measured.column("contacts", sql, measured.requests + 100))

    def ask(_: int) -> Request:
        person_id, version = next(rows).split()
        changes = {"job_title": f"Buyer {measured.dice.random()}"}
        return Request("PATCH", f"{PEOPLE}/{person_id}", json.dumps(changes).encode(), version)

    return ask


def _new_person(measured: Measured, i: int) -> Request:
    person = {"name": f"Bench {i}", "emails": [{"value": f"bench{i}.{measured.dice.random()}@example.com"}]}
    return Request("POST", PEOPLE, json.dumps(person).encode())


def _export(measured: Measured, rows: int) -> table.Line:
    """All people as CSV, through the gateway: rows per second until the last byte is here."""
    began, lines = time.perf_counter(), 0
    headers = {"Authorization": f"Bearer {measured.token}"}
    with http.get(f"{measured.url}{PEOPLE}/export?format=csv", headers=headers, stream=True, timeout=600) as answer:
        answer.raise_for_status()
        for block in answer.iter_content(1024 * 1024):
            lines += block.count(b"\n")
    return table.Line("export people", f"CSV, {rows:,} rows", per_second=lines / (time.perf_counter() - began))
