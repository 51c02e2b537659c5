"""The job that encrypts everything with the current key, batch by batch: what is left to do, a query finds."""

from __future__ import annotations

from typing import Any

from chassis.jobs import JobRun, job
from contacts.sensitive.actions import rotate

KIND = "contacts.rotate-keys"


@job(KIND)
def rotate_keys(run: JobRun) -> dict[str, Any]:
    """Until nothing is under an older key; the older one may go from the settings then."""
    while True:
        with run.step() as session:
            done = rotate(session)
            run.state["values"] = run.state.get("values", 0) + done
            run.progress(done=run.state["values"])
        if not done:
            return {"values": run.state["values"]}
