"""What the demo prints."""

from __future__ import annotations

import sys
from collections import Counter
from typing import Any

BOLD, DIM, GREEN, PLAIN = ("\033[1m", "\033[2m", "\033[32m", "\033[0m") if sys.stdout.isatty() else ("",) * 4


def step(number: int, text: str) -> None:
    """The heading of a step."""
    print(f"\n{BOLD}{number}. {text}{PLAIN}")


def fact(text: str) -> None:
    """Something that the step found."""
    print(f"   {text}")


def events(arrived: list[dict[str, Any]], most: int = 12) -> None:
    """The events that a step caused, in the order of the log; many of a kind are counted."""
    kinds = Counter(event["type"] for event in arrived)
    shown = 0
    for event in arrived:
        if kinds[event["type"]] <= 3 and shown < most:
            print(f"   {GREEN}->{PLAIN} {event['type']:<22} {event['source']:<13} {DIM}{event['subject']}{PLAIN}")
            shown += 1
    for kind, count in kinds.items():
        if count > 3:
            print(f"   {GREEN}->{PLAIN} {kind:<22} {count} times")


def dashboard(before: dict[str, Any], after: dict[str, Any]) -> None:
    """The figures of two overviews side by side."""
    print(f"   {'':<28}{'before':>16}{'after':>16}")
    for name, read in FIGURES.items():
        was, now = read(before), read(after)
        mark = f" {GREEN}*{PLAIN}" if was != now else ""
        print(f"   {name:<28}{was:>16}{now:>16}{mark}")


def money(sums: list[dict[str, Any]]) -> str:
    """Sums per currency in one line."""
    return ", ".join(f"{s['amount']} {s['currency']}" for s in sums) or "-"


def _rate(value: float | None) -> str:
    return "-" if value is None else f"{value:.0%}"


FIGURES = {
    "leads": lambda o: str(o["leads"]["created"]),
    "converted": lambda o: str(o["leads"]["converted"]),
    "conversion": lambda o: _rate(o["leads"]["conversion_rate"]),
    "pipeline": lambda o: money(o["pipeline"]["total"]),
    "won": lambda o: money(o["deals"]["won"]),
    "win rate": lambda o: _rate(o["deals"]["win_rate"]),
    "open tickets": lambda o: str(o["tickets"]["open"]),
    "first response in time": lambda o: _rate(o["sla"]["first_response"]["rate"]),
    "satisfied": lambda o: _rate(o["csat"]["satisfied_rate"]),
    "campaigns": lambda o: str(len(o["campaigns"])),
}
