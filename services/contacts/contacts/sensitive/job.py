"""The job that encrypts everything with the current key, batch by batch: what is left to do, a query finds."""

from __future__ import annotations

from typing import Any

from chassis.jobs import JobRun, job
from contacts.privacy.rewrapping import rewrap
from contacts.sensitive.actions import rotate

KIND = "contacts.rotate-keys"
STEP = 500


@job(KIND, needs_nothing=True)
def rotate_keys(run: JobRun) -> dict[str, Any]:
    """Values, and the keys of exports, until nothing is under an older key, which may go then."""
    while True:
        with run.step() as session:
            done = {"values": rotate(session, STEP), "exports": rewrap(session, STEP)}
            run.state.update({name: run.state.get(name, 0) + count for name, count in done.items()})
            run.progress(done=sum(run.state.values()))
        if not any(done.values()):
            return dict(run.state)
