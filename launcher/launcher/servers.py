"""The servers under the platform: the embedded ones where the settings name none."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import psycopg

from launcher.errors import Refusal
from launcher.files import kept_secret
from launcher.home import Home
from launcher.postgres import EmbeddedPostgres
from launcher.rabbitmq import PrivateBroker, answers
from launcher.settings import Settings, prefix, services

Say = Callable[[str], None]


class Servers:
    """PostgreSQL and RabbitMQ as the settings want them: ours are started and kept alive, others' only used."""

    def __init__(self, settings: Settings, home: Home, say: Say) -> None:
        self._settings, self._home, self._say = settings, home, say
        self._stopping = threading.Event()
        self._broker_is_starting = False
        self._keepers: list[threading.Thread] = []
        missing = [name for name in ["gateway", *services()] if name not in settings.database_urls]
        self._embedded_databases = missing
        self.postgres = EmbeddedPostgres(home.folder / "postgres") if missing else None
        self.broker = None if settings.amqp_url else PrivateBroker(home.folder / "rabbitmq")

    def start_postgres(self) -> dict[str, str]:
        """Returns the environment that names every database; each of ours has a role and a password of its own."""
        urls = dict(self._settings.database_urls)
        if self.postgres:
            self.postgres.start()
            self._keep(self.postgres, "PostgreSQL")
            with ThreadPoolExecutor() as pool:
                made = pool.map(self._database, self._embedded_databases)
                urls |= dict(zip(self._embedded_databases, made, strict=True))
        return {f"{prefix(name)}_DATABASE_URL": url for name, url in urls.items()}

    def _database(self, service: str) -> str:
        assert self.postgres is not None
        password = kept_secret(self._home.secret(f"{service}-database"))
        return self.postgres.make_database(service.replace("-", "_"), password)

    def amqp_url(self) -> str:
        """The broker's URL, known before the broker is up."""
        if self.broker is None:
            return self._settings.amqp_url or ""
        self.broker.prepare()
        return self.broker.url()

    def check(self) -> None:
        """Refusal when a server that the settings name does not answer: said before anything is started."""
        for service, url in self._settings.database_urls.items():
            try:
                psycopg.connect(url, connect_timeout=5).close()
            except psycopg.Error as error:
                variable = f"{prefix(service)}_DATABASE_URL"
                raise Refusal(f"{variable} does not lead to a database: {' '.join(str(error).split())}") from error
        if self._settings.amqp_url:
            broker = urlsplit(self._settings.amqp_url)
            host, port = (
                broker.hostname or "127.0.0.1",
                broker.port or (5671 if broker.scheme == "amqps" else 5672),
            )
            if broker.scheme == "amqp" and not answers(host, port):
                raise Refusal(f"no RabbitMQ answers at {host}:{port}: correct AMQP_URL, or unset it for a private one")

    def start_broker(self) -> None:
        if self.broker:
            self._broker_is_starting = True
            self.broker.start()
            self._broker_is_starting = False
            self._keep(self.broker, "RabbitMQ")

    def _keep(self, server: EmbeddedPostgres | PrivateBroker, name: str) -> None:
        keeper = threading.Thread(target=self._keep_alive, args=(server, name), daemon=True)
        self._keepers.append(keeper)
        keeper.start()

    def _keep_alive(self, server: EmbeddedPostgres | PrivateBroker, name: str) -> None:
        """A server that dies is started again at the same address; its clients reconnect by themselves."""
        while not self._stopping.wait(0.25):
            if server.alive():
                continue
            self._say(f"{name} ended unexpectedly: starting it again")
            try:
                server.start()
                self._say(f"{name} is back")
            except Refusal as refusal:
                self._say(str(refusal))
                self._stopping.wait(5)

    def give_up_starting(self) -> None:
        """Ends the broker when nobody shall wait for its start any more; `stop()` comes after."""
        if self.broker and self._broker_is_starting and self.broker.process:
            self.broker.process.kill()

    def stop(self) -> None:
        self._stopping.set()
        for keeper in self._keepers:
            keeper.join()
        with ThreadPoolExecutor() as pool:
            for server in (self.broker, self.postgres):
                if server:
                    pool.submit(server.stop)
