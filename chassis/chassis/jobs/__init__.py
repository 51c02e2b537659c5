"""Jobs: long work with progress that survives a restart.

    @job("contacts.import")
    def run_import(run: JobRun) -> None: ...

    job = start_job(session, "contacts.import", params={...}, file=stream)

The job is a row, written in the transaction of the request that asks for it. The `jobs` process of the service picks it
up; an advisory lock on its connection says that somebody works on it, so that when a process dies another goes on at
once with the state of the last finished step. `chassis.jobs.turns` carries out two steps at once.
"""

from chassis.jobs.model import Job
from chassis.jobs.run import JobCancelled, JobRun, job
from chassis.jobs.schema import JobOut
from chassis.jobs.start import start_job

__all__ = ["Job", "JobCancelled", "JobOut", "JobRun", "job", "start_job"]
