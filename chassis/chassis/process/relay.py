"""The process `python -m chassis relay <service>`."""

import signal

from chassis.events.relay import Relay
from chassis.process.health import serve_health
from chassis.service import Service
from chassis.settings import service_settings


def run(service: Service) -> None:
    """Relay the service's events until SIGTERM or SIGINT; finishes the batch at hand."""
    settings = service_settings(service)
    relay = Relay(service, settings.database_url, settings.amqp_url, stream_max_age=settings.stream_max_age)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: relay.stop())
    health = serve_health(settings.health_bind, ready={"relay": lambda: relay.problem})
    relay.run()
    if health:
        health.close()
