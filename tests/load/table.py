"""The table that `./quintet bench` prints."""

from __future__ import annotations

from dataclasses import dataclass

from requests_per_second import Figures


@dataclass(frozen=True)
class Line:
    """One row: what was done, how, what it took, and what it should take."""

    what: str
    how: str
    figures: Figures | None = None
    budget: str = ""
    per_second: float | None = None
    note: str = ""


HEADING = f"{'what':<22}{'how':<22}{'p50':>9}{'p99':>9}{'per s':>10}{'cpu':>8}  budget"


def row(line: Line) -> str:
    """A line as text; times in milliseconds."""
    figures = line.figures
    p50 = f"{figures.p50:.2f}" if figures else ""
    p99 = f"{figures.p99:.2f}" if figures else ""
    rate = line.per_second or (figures.per_second if figures else None)
    cpu = f"{figures.cpu_ms:.2f}" if figures and figures.cpu_ms is not None else ""
    failed = f"  {figures.failed} FAILED" if figures and figures.failed else ""
    per_second = f"{rate:,.0f}" if rate else ""
    return f"{line.what:<22}{line.how:<22}{p50:>9}{p99:>9}{per_second:>10}{cpu:>8}  {line.budget}{failed}{line.note}"
