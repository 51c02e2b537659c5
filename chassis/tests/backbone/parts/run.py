"""Runs a process of a test service: `run.py relay|worker <service> [crash point]`.

The crash points stand here and not in the product: each replaces one function with one that kills the process.
"""

import sys

if sys.argv[1] == "worker":
    import eventlet

    eventlet.monkey_patch()

import os
import signal
from pathlib import Path

from chassis.logs import configure_logs
from chassis.service import find_service


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def crash_between_publish_and_mark() -> None:
    """The broker has confirmed; the ledger will never know."""
    from chassis.events.publisher import Publisher

    send = Publisher.send
    Publisher.send = lambda *a, **k: (send(*a, **k), die())


def crash_between_number_and_publish() -> None:
    """The positions are given and durable; nothing was sent."""
    from chassis.events.publisher import Publisher

    Publisher.send = die


def crash_between_commit_and_ack() -> None:
    """The handler's transaction is committed; the broker does not know."""
    from chassis.bus import deliveries

    deliveries._acknowledge = die


def refuse_copies() -> None:
    """The broker takes no copy for the retry and dead queues."""
    from chassis.bus.parking import NotParked, Parking

    def put(*_: object) -> None:
        with Path(os.environ["DEPOT_PUTS"]).open("a") as file:
            file.write("put\n")
        raise NotParked("refused")

    Parking.put = put


service = find_service(sys.argv[2])
configure_logs(f"{service.name}-{sys.argv[1]}")
if sys.argv[3:]:
    globals()[sys.argv[3]]()
if sys.argv[1] == "worker":
    from chassis.process import worker as process
else:
    from chassis.process import relay as process
process.run(service)
