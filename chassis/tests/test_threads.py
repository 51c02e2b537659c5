"""A thread that has answered stays with its connection for a moment, and never keeps others waiting for long."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import TConn

from chassis.process.threads import Worker
from chassis.testing import eventually

ASKED = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n"


class Server:
    """A worker of four threads that wait for `patience` seconds, without gunicorn's main thread."""

    def __init__(self, patience, threads=4):
        config = Config()
        config.set("threads", threads)
        self.worker = Worker(0, 0, [], None, 30, config, Logger(config))
        self.worker.patience = patience
        self.worker.wsgi = self._app
        self.answered_by = []
        self.pool = ThreadPoolExecutor(threads)

    def _app(self, environ, start_response):
        self.answered_by.append(threading.get_ident())
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    def connect(self):
        """A client's socket, and what serving its connection will come to."""
        client, served = socket.socketpair()
        client.settimeout(20)
        connection = TConn(self.worker.cfg, served, ("127.0.0.1", 1), ("127.0.0.1", 2))
        client.sendall(ASKED)
        return client, self.pool.submit(self.worker.handle, connection)


def answer(client):
    received = b""
    while not received.endswith(b"\r\n\r\nok"):
        more = client.recv(4096)
        assert more, received
        received += more
    return received.split(b"\r\n")[0]


@pytest.fixture
def serving():
    servers = []

    def serve(**options):
        servers.append(Server(**options))
        return servers[-1]

    yield serve
    for server in servers:
        server.pool.shutdown()


def test_who_asks_again_at_once_is_answered_by_the_same_thread(serving):
    server = serving(patience=20)
    client, served = server.connect()
    for _ in range(3):
        assert answer(client) == b"HTTP/1.1 200 OK"
        client.sendall(ASKED)
    answer(client)
    client.close()
    assert served.result(20) is False
    assert len(server.answered_by) == 4
    assert len(set(server.answered_by)) == 1


def test_who_does_not_is_given_back_and_kept(serving):
    server = serving(patience=0)
    client, served = server.connect()
    assert served.result(20) is True
    assert answer(client) == b"HTTP/1.1 200 OK"


def test_half_of_the_threads_wait_for_nobody(serving):
    server = serving(patience=20)
    waited_for = [server.connect() for _ in range(2)]
    for client, _ in waited_for:
        answer(client)
    eventually(lambda: not server.worker._may_wait)
    given_back = [server.connect() for _ in range(5)]
    assert [served.result(20) for _, served in given_back] == [True] * 5
    assert not any(served.done() for _, served in waited_for)
    for client, _ in waited_for:
        client.close()


def test_a_single_thread_waits_for_nobody(serving):
    _, served = serving(patience=20, threads=1).connect()
    assert served.result(20) is True


def test_a_worker_that_ends_waits_for_nobody(serving):
    server = serving(patience=20)
    server.worker.alive = False
    _, served = server.connect()
    assert served.result(20) is False  # "Connection: close"


def test_a_request_that_was_read_with_the_one_before_is_not_waited_for(serving):
    server = serving(patience=20)
    client, served_socket = socket.socketpair()
    client.settimeout(20)
    connection = TConn(server.worker.cfg, served_socket, ("127.0.0.1", 1), ("127.0.0.1", 2))
    client.sendall(ASKED + ASKED)
    assert server.pool.submit(server.worker.handle, connection).result(20) is True
    assert len(server.answered_by) == 1
