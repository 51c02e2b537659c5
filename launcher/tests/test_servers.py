"""The servers of our own, started for real."""

from __future__ import annotations

import os

import psycopg


def test_the_test_command_gives_a_database() -> None:
    with psycopg.connect(os.environ["QUINTET_TEST_DATABASE_URL"]) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
