"""The process `python -m chassis worker <service>`."""

from chassis import bus
from chassis.service import Service


def run(service: Service) -> None:
    """Hear the service's events and keep its clocks until SIGTERM or SIGINT."""
    bus.run(bus.find_worker(service))
