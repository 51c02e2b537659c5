"""`python -m chassis api|worker|relay|jobs|migrate <service>`: every process of a service is started here.

`python -m chassis topology <service> ...` declares the inboxes of services before the first relay publishes.
`python -m chassis job <service> <kind>` starts a job and follows it: `job contacts rotate-keys`.
`python -m chassis dead list|show|replay <service> [id]` handles the events that ended as dead letters.
"""

from __future__ import annotations

import argparse
import gc
import sys
import warnings

from chassis.logs import configure_logs
from chassis.service import Service, find_service
from chassis.settings import SettingsError, service_settings


def main() -> int:
    """Run one process; 2 where the settings or the service's name are wrong."""
    # Starting makes objects by the hundred thousand and drops few: a quarter of its time went into looking for those.
    gc.set_threshold(20_000, 20, 20)
    if sys.argv[1:2] == ["worker"]:
        # Before anything else is imported: nameko's threads are eventlet's, and so must be every lock and socket.
        warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
        import eventlet

        eventlet.monkey_patch()
    if sys.argv[1:2] == ["dead"]:
        from chassis.events.dead import main as dead

        return dead(sys.argv[2:])
    if sys.argv[1:2] == ["topology"]:
        from chassis.process import topology

        topology.run(find_service(name) for name in sys.argv[2:])
        return 0
    parser = argparse.ArgumentParser(prog="python -m chassis", description=__doc__)
    parser.add_argument("process", choices=("api", "worker", "relay", "jobs", "migrate", "job"))
    parser.add_argument("words", nargs="+", metavar="service")
    arguments = parser.parse_args()
    try:
        service = find_service(arguments.words[0])
        configure_logs(f"{service.name}-{arguments.process}")
        if arguments.process == "job":
            from chassis.jobs import command

            return command.run(service, " ".join(arguments.words[1:]))
        run(arguments.process, service)
    except (SettingsError, LookupError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def run(process: str, service: Service) -> None:
    """Run `process` of `service` until it ends. Imported here, so that each loads only what it needs."""
    if process == "api":
        from chassis.process import api

        api.run(service, getattr(service.part("app", "create_app"), "server_options", None))
    elif process == "worker":
        from chassis.process import worker

        worker.run(service)
    elif process == "relay":
        from chassis.process import relay

        relay.run(service)
    elif process == "jobs":
        from chassis.process import jobs

        jobs.run(service)
    else:
        from chassis.db.migrate import upgrade

        upgrade(service, service_settings(service).database_url)


if __name__ == "__main__":
    sys.exit(main())
