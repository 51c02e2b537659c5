from __future__ import annotations

import socket

import pytest

from gateway.edge.body import Caps, ClientGone, TooLong, incoming, outgoing
from gateway.edge.upstream import Limits, Saturated, Upstream
from gateway.edge.wire import Connection, Garbled, Stale, TimedOut, Unreachable, parse_head


@pytest.fixture
def talk():
    """A connection, and the socket of the service at its other end."""
    listener = socket.create_server(("127.0.0.1", 0))
    host, port = listener.getsockname()
    connection = Connection(host, port, connect_timeout=1, timeout=0.2)
    service, _ = listener.accept()
    yield connection, service
    service.close()
    connection.close()
    listener.close()


def test_a_head_is_read_with_its_fields_in_order():
    head = parse_head(b"HTTP/1.1 201 Created\r\nSet-Cookie: a=1\r\nset-cookie:b=2 \r\nContent-Length: 5", "POST")
    assert (head.status, head.status_line) == (201, "201 Created")
    assert head.headers == [("Set-Cookie", "a=1"), ("set-cookie", "b=2"), ("Content-Length", "5")]
    assert (head.framing, head.length, head.keep) == ("length", 5, True)


@pytest.mark.parametrize(
    ("fields", "method", "status", "framing", "keep"),
    [
        (b"Content-Length: 5", "HEAD", 200, "none", True),
        (b"Content-Length: 5", "GET", 304, "none", True),
        (b"", "DELETE", 204, "none", True),
        (b"Transfer-Encoding: chunked", "GET", 200, "chunked", True),
        (b"", "GET", 200, "close", False),
        (b"Content-Length: 0", "GET", 200, "length", True),
        (b"Content-Length: 0\r\nConnection: close", "GET", 200, "length", False),
    ],
)
def test_how_a_body_ends_and_whether_the_connection_stays(fields, method, status, framing, keep):
    head = parse_head(b"HTTP/1.1 %d OK\r\n%b" % (status, fields) if fields else b"HTTP/1.1 %d OK" % status, method)
    assert (head.framing, head.keep) == (framing, keep)


@pytest.mark.parametrize(
    "data",
    [
        b"ICY 200 OK",
        b"HTTP/2 200 OK",
        b"HTTP/1.1 20 OK",
        b"HTTP/1.1 ok",
        b"HTTP/1.1 200 OK\r\nno colon",
        b"HTTP/1.1 200 OK\r\n folded: yes",
        b"HTTP/1.1 200 OK\r\nName : value",
        b"HTTP/1.1 200 OK\r\n: value",
        b"HTTP/1.1 200 OK\r\nX Y: value",
        b"HTTP/1.1 200 OK\r\nX: a\x00b",
        b"HTTP/1.1 200 OK\r\nX: a\nSet-Cookie: b",
        b"HTTP/1.1 200 O\rK",
        b"HTTP/1.1 200 OK\r\nContent-Length: +5",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5, 5",
        b"HTTP/1.1 200 OK\r\nContent-Length: \xb2",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5",
    ],
)
def test_what_is_malformed_or_ambiguous_is_refused(data):
    with pytest.raises(Garbled):
        parse_head(data, "GET")


def test_interim_answers_are_passed_over(talk):
    connection, service = talk
    service.sendall(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")
    service.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    head = connection.read_head("GET")
    assert (head.status, b"".join(outgoing(connection, head))) == (200, b"ok")


@pytest.mark.parametrize(
    "data",
    [
        b"5\r\nhello\r\n0\r\n\r\n",
        b"2\r\nhe\r\n3;name=value\r\nllo\r\n0\r\nTrailer: x\r\nAnother: y\r\n\r\n",
        b"05\r\nhello\r\n000\r\n\r\n",
    ],
)
def test_chunks_are_put_together(talk, data):
    connection, service = talk
    service.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + data + b"next")
    head = connection.read_head("GET")
    assert b"".join(outgoing(connection, head)) == b"hello"
    assert connection.read() == b"next"


@pytest.mark.parametrize("data", [b"zz\r\n", b"-1\r\n", b"\r\n", b"0x5\r\nhello\r\n", b"2\r\nhello\r\n", b"1_0\r\n"])
def test_chunks_that_make_no_sense_are_refused(talk, data):
    connection, service = talk
    service.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + data)
    head = connection.read_head("GET")
    service.close()
    with pytest.raises(Garbled):
        b"".join(outgoing(connection, head))


def test_an_answer_is_the_same_in_whatever_pieces_it_comes(talk, monkeypatch):
    connection, _ = talk
    whole = iter(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
    monkeypatch.setattr(Connection, "_receive", lambda *_, **__: bytes([next(whole)]))
    head = connection.read_head("GET")
    assert b"".join(outgoing(connection, head)) == b"abcde"


def test_silence_is_a_timeout_and_a_closed_connection_is_stale_or_broken(talk):
    connection, service = talk
    with pytest.raises(TimedOut):
        connection.read_head("GET")
    service.sendall(b"HTTP/1.1 200 OK\r\nContent-Le")
    service.close()
    with pytest.raises(Garbled):
        connection.read_head("GET")


def test_a_connection_that_closes_without_a_word_is_stale(talk):
    connection, service = talk
    assert connection.is_readable() is False
    service.close()
    assert connection.is_readable() is True
    with pytest.raises(Stale):
        connection.read_head("GET")


def test_where_nobody_listens_nothing_is_reached():
    with pytest.raises(Unreachable):
        Connection("127.0.0.1", 1, connect_timeout=1, timeout=1)


class TestPool:
    def test_what_died_meanwhile_is_not_given_out(self):
        listener = socket.create_server(("127.0.0.1", 0))
        upstream = Upstream("sales", f"http://127.0.0.1:{listener.getsockname()[1]}")
        first = upstream.connection()
        service, _ = listener.accept()
        upstream.give_back(first)
        assert upstream.connection() is first
        upstream.give_back(first)
        service.close()
        assert upstream.connection() is not first
        listener.close()

    def test_it_lets_in_as_many_as_it_may(self):
        upstream = Upstream("sales", "http://sales:8000", Limits(concurrent=2))
        upstream.enter()
        upstream.enter()
        with pytest.raises(Saturated):
            upstream.enter()
        upstream.leave()
        upstream.enter()

    @pytest.mark.parametrize("url", ["https://sales", "sales:8000", "http://", "ftp://sales"])
    def test_an_address_is_plain_http(self, url):
        with pytest.raises(ValueError, match="http://host:port"):
            Upstream("sales", url)


class Stream:
    """A request's body that comes in pieces and may break off."""

    def __init__(self, *pieces):
        self._pieces = list(pieces)

    def read(self, size):
        if not self._pieces:
            return b""
        piece = self._pieces.pop(0)
        if isinstance(piece, Exception):
            raise piece
        return piece[:size]


class TestIncoming:
    caps = Caps(max_bytes=10, seconds=1)

    def test_with_and_without_a_length(self):
        assert list(incoming(Stream(b"abc", b"de"), 5, self.caps)) == [b"abc", b"de"]
        assert list(incoming(Stream(b"abc", b"de"), None, self.caps)) == [b"abc", b"de"]
        assert list(incoming(Stream(b"12345", b"67890"), None, self.caps)) == [b"12345", b"67890"]

    def test_too_much(self):
        with pytest.raises(TooLong):
            list(incoming(Stream(b"12345", b"67890", b"x"), None, self.caps))

    @pytest.mark.parametrize("pieces", [(b"abc",), (b"abc", OSError("chunk")), (ValueError("chunk"),)])
    def test_too_little(self, pieces):
        with pytest.raises(ClientGone):
            list(incoming(Stream(*pieces), 5, self.caps))
