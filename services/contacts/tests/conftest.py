"""What the tests of contacts begin with: people, colleagues, forms and files, made the way they come about."""

from __future__ import annotations

import csv
import io
import os
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from psycopg.errors import DeadlockDetected

import contacts.worker  # noqa: F401 - eventlet must first be imported by the main thread, not by one of a test
from chassis import clock as the_clock
from chassis.db.database import Database, may_retry
from chassis.ids import uuid7
from chassis.service import Service
from chassis.storage import choosing
from chassis.testing.client import ApiClient
from chassis.testing.events import Deliver
from chassis.testing.fixtures import *  # noqa: F403
from contacts.base import SERVICE
from contacts.files import sweeping
from contacts.files.settings import settings

# Keys that encrypt what tests hold sensitive; those of a platform come from its secrets.
os.environ.setdefault("CONTACTS_ENCRYPTION_KEYS", f"test:{b64encode(bytes(32)).decode()}")
os.environ.setdefault("CONTACTS_INDEX_KEY", b64encode(bytes(range(32))).decode())

Json = dict[str, Any]


@pytest.fixture(scope="session")
def service() -> Service:
    return SERVICE


@pytest.fixture
def person(api: ApiClient) -> Callable[..., Json]:
    """Makes a person over the API: `person(name="Li Na", email="li@example.com")`."""

    def make(**data: Any) -> Json:
        response = api.post("/people", json={"name": "Li Na"} | data)
        assert response.status_code == 201, response.text
        return response.json

    return make


@pytest.fixture
def colleague(deliver: Deliver) -> Callable[..., UUID]:
    """Makes a user known, as the gateway tells of one; its id."""

    def make(
        name: str = "Ren", *, team_id: UUID | None = None, id: UUID | None = None, time_zone: str | None = None,
        locale: str | None = None,
    ) -> UUID:  # fmt: skip
        user_id = id or uuid7()
        data = {
            "user_id": str(user_id), "roles": ["sales_rep"], "active": True, "region": None, "partner_id": None,
            "team_id": str(team_id) if team_id else None, "time_zone": time_zone, "locale": locale,
        }  # fmt: skip
        personal = {"name": name, "email": f"{name.lower()}@quintet.example"}
        deliver("gateway", "user.created", data, personal=personal, subject=f"users/{user_id}")
        return user_id

    return make


@pytest.fixture
def form() -> Callable[..., tuple[Json, Json]]:
    """The data of a `form.submitted` and what is personal in it: `form(email="...")` changes an answer."""

    def make(**changes: Any) -> tuple[Json, Json]:
        data = {
            "submission_id": str(uuid7()), "form_id": str(uuid7()), "form_key": "whitepaper",
            "campaign_id": str(uuid7()), "person_id": str(uuid7()), "source": "web_form",
            "consent": {"given": True, "purpose": "marketing", "text": "Yes, write to me.", "at": None},
            "utm": {"source": "baidu"}, "country": "CN", "postcode": "518000", "company_name": "深圳示例有限公司",
        }  # fmt: skip
        personal = {
            "name": "王小明", "email": "ming@example.cn", "phone": "138-0013-8000", "message": "How much are 200?",
            "fields": {},
        }  # fmt: skip
        data |= {name: value for name, value in changes.items() if name not in personal}
        personal |= {name: value for name, value in changes.items() if name in personal}
        return data, personal

    return make


@pytest.fixture
def upload(api: ApiClient) -> Callable[..., Any]:
    """Posts a file to /imports: `upload("name,email\\n...", mode="create")`; the response."""

    def post(content: str | bytes, _as: Any = "default", **fields: Any) -> Any:
        raw = content.encode() if isinstance(content, str) else content
        return api.post("/imports", data=fields | {"file": (io.BytesIO(raw), "list.csv")}, as_=_as)

    return post


@pytest.fixture
def imported(upload: Any, run_jobs: Callable[[], int], api: ApiClient) -> Callable[..., Json]:
    """Imports a file to the end; the job."""

    def run(content: str | bytes, **fields: Any) -> Json:
        response = upload(content, **fields)
        assert response.status_code == 202, response.text
        run_jobs()
        job = api.get(f"/jobs/{response.json['id']}").json
        assert job["status"] == "done", job
        return job

    return run


@pytest.fixture
def taken(api: ApiClient, run_jobs: Callable[[], int]) -> Callable[..., tuple[Json, list[dict[str, str]]]]:
    """Takes a calendar over: `taken("BEGIN:VEVENT...")`; what became of its events, and the lines of the errors."""

    def run(text: str, as_: Any = "default", **said: Any) -> tuple[Json, list[dict[str, str]]]:
        whole = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{text}END:VCALENDAR\n".replace("\n", "\r\n").encode()
        file = {"file": (io.BytesIO(whole), "calendar.ics")}
        response = api.post("/calendar/import", data=said | file, as_=as_)
        assert response.status_code == 202, response.text
        run_jobs()
        job = api.get(f"/jobs/{response.json['id']}", as_=as_).json
        assert job["status"] == "done", job
        errors = csv.DictReader(io.StringIO(api.get(f"/jobs/{job['id']}/errors", as_=as_).text.lstrip("\ufeff")))
        return job["result"], list(errors)

    return run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the content of files lies, for one test; one has a megabyte at most."""
    kept = choosing._storage, choosing.is_set_up, settings
    monkeypatch.setenv("QUINTET_FILES_FOLDER", str(tmp_path))
    monkeypatch.setenv("CONTACTS_FILES_MAX_MB", "1")
    for one in kept:
        one.cache_clear()
    yield tmp_path / "contacts"
    for one in kept:
        one.cache_clear()


@pytest.fixture
def sweep(folder: Path, database: Database) -> Callable[..., None]:
    """Every part of the storage has its turn to be swept; what lies there is old, or `fresh`."""

    def rounds(*, fresh: bool = False) -> None:
        for path in () if fresh else folder.glob("??/*"):
            os.utime(path, (0, 0))
        for turn in range(256):
            now = the_clock.now() - timedelta(seconds=turn * sweeping.EVERY)
            database.run(lambda session, now=now: sweeping.sweep_unused(session, now))

    return rounds


@pytest.fixture
def deadlocks(monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """The deadlocks that PostgreSQL has broken: whose transaction that ended ran again, unseen by the caller."""
    seen: list[BaseException] = []

    def asked(error: Any, **how: Any) -> bool:
        seen.extend([error.orig] if isinstance(error.orig, DeadlockDetected) else [])
        return may_retry(error, **how)

    monkeypatch.setattr("chassis.db.database.may_retry", asked)
    return seen


@pytest.fixture
def admin(user: Any) -> Any:
    return user(scopes="contacts:read contacts:write gateway:admin", roles=("admin",))


@pytest.fixture
def field(api: ApiClient, admin: Any) -> Callable[..., Json]:
    """Defines a field of people: `field("budget", "money", currency="EUR")`."""

    def define(key: str, type_: str = "text", **data: Any) -> Json:
        body = {"entity": "people", "key": key, "type": type_, "label": {"en": key.title(), "zh": "字段"}} | data
        response = api.post("/custom-fields", json=body, as_=admin)
        assert response.status_code == 201, response.text
        return response.json

    return define
