"""The servers of our own, started, killed and started again for real."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pika
import psycopg
import pytest

from launcher.postgres import EmbeddedPostgres
from launcher.processes import belonging_to
from launcher.rabbitmq import PrivateBroker


@pytest.fixture(scope="module")
def postgres() -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(Path(os.environ["QUINTET_TEST_FOLDER"]) / "launcher-postgres")
    server.start()
    yield server
    server.stop()
    assert belonging_to(server.home) == []


@pytest.fixture(scope="module")
def broker() -> Iterator[PrivateBroker]:
    server = PrivateBroker(Path(os.environ["QUINTET_TEST_FOLDER"]) / "launcher-rabbitmq")
    server.start()
    yield server
    server.stop()
    assert belonging_to(server.home) == []


@pytest.mark.fault
def test_postgres_comes_back_with_what_was_committed_at_the_same_address(postgres: EmbeddedPostgres) -> None:
    url = postgres.make_database("deals", "it's / secret")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE deals (name text)")
        connection.execute("INSERT INTO deals VALUES ('won')")
    postgres.kill()
    postgres.start()
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT name FROM deals").fetchall() == [("won",)]
    assert postgres.make_database("deals", "another") != url


def test_postgres_keeps_services_apart(postgres: EmbeddedPostgres) -> None:
    sales = postgres.make_database("sales", "secret")
    postgres.make_database("contacts", "other")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(sales, dbname="contacts")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(sales, password="wrong")


@pytest.mark.fault
def test_postgres_orphaned_by_a_killed_launcher_is_taken_over(postgres: EmbeddedPostgres) -> None:
    before = belonging_to(postgres.home)
    heir = EmbeddedPostgres(postgres.home)
    heir.start()
    assert heir.alive()
    assert not postgres.alive()
    assert not set(before) & set(belonging_to(postgres.home))
    heir.stop()
    postgres.start()


@pytest.mark.fault
def test_the_broker_comes_back_with_what_was_confirmed_at_the_same_address(broker: PrivateBroker) -> None:
    url = broker.add_vhost("orders")
    _publish(url, b"won")
    broker.settle()
    broker.kill()
    assert belonging_to(broker.home) == []
    broker.start()
    assert _take(url) == b"won"


def test_a_vhost_can_be_made_and_removed(broker: PrivateBroker) -> None:
    url = broker.add_vhost("one")
    pika.BlockingConnection(pika.URLParameters(url)).close()
    broker.delete_vhost("one")
    with pytest.raises(pika.exceptions.AMQPConnectionError):
        pika.BlockingConnection(pika.URLParameters(url))
    assert stat.S_IMODE((broker.home / "password").stat().st_mode) == 0o600


def _publish(url: str, body: bytes) -> None:
    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    channel.queue_declare("inbox", durable=True, arguments={"x-queue-type": "quorum"})
    channel.confirm_delivery()
    channel.basic_publish("", "inbox", body, mandatory=True)
    connection.close()


def _take(url: str) -> bytes:
    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    for _method, _properties, body in channel.consume("inbox", inactivity_timeout=10, auto_ack=True):
        connection.close()
        return bytes(body or b"")
    raise AssertionError("the consumer was cancelled")
