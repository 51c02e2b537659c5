"""`python -m chassis topology <service> ...`: every inbox stands before anything is published.

An event reaches the queues that are bound when it is published. So this runs once before the relays start wherever a
broker or a service is new; a worker that starts declares its own again, which changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from chassis.bus import find_worker
from chassis.bus.worker import topology_of
from chassis.events.topology import connected, declare
from chassis.service import Service
from chassis.settings import BrokerSettings, load_settings


def run(services: Iterable[Service]) -> None:
    """Declare the inbox of each service with its bindings, retries and dead letters. OSError without a broker."""
    settings = load_settings(BrokerSettings)
    with connected(settings.amqp_url) as channel:
        for service in services:
            declare(topology_of(find_worker(service), settings), channel)
