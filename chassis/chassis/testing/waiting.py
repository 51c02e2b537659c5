"""Waiting for a condition, and doing several things at the same instant. No sleeps in tests."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def eventually(condition: Callable[[], T], *, within: float = 10.0, every: float = 0.02) -> T:
    """The first true result of `condition`; AssertionError when there is none within so many seconds."""
    deadline = time.monotonic() + within
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"not so within {within} s: last result {result!r}")
        time.sleep(every)


def at_once(*calls: Callable[[], T]) -> list[T]:
    """The results of `calls`, all let go at the same instant on threads of their own, in their order."""
    gate = threading.Barrier(len(calls))

    def run(call: Callable[[], T]) -> T:
        gate.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))
