"""Passing a request on to the service that it is for, and the answer back, streaming both ways."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from chassis.errors import BadRequest, Refusal, TooLarge, Unavailable
from gateway.edge.body import Caps, ClientGone, Outgoing, TooLong, incoming, outgoing
from gateway.edge.call import Call
from gateway.edge.headers import towards_client, towards_service
from gateway.edge.paths import TARGET
from gateway.edge.problem import BadGateway, GatewayTimeout, RequestTimeout
from gateway.edge.upstream import Saturated, Upstream
from gateway.edge.wire import CHUNK, Connection, Garbled, Head, Stale, TimedOut, UpstreamError

REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS"})


def forward(call: Call, upstream: Upstream, caps: Caps) -> Iterable[bytes]:
    """Ask `upstream` what `call` asks, and answer what it answers. Refusal where that cannot be done."""
    length = body_length(call.environ)
    if length is not None and length > caps.max_bytes:
        raise too_large(caps.max_bytes)
    try:
        upstream.enter()
    except Saturated:
        raise Unavailable(f"Too many requests wait for {upstream.name}.", retry_after=1) from None
    try:
        connection, head = exchange(call, upstream, length, caps)
        return answer(call, upstream, connection, head)
    except BaseException as error:
        upstream.leave()
        raise refusal_for(error, upstream.name, caps.max_bytes) from error


def exchange(call: Call, upstream: Upstream, length: int | None, caps: Caps) -> tuple[Connection, Head]:
    """Send the request and read the head of the answer. The connection is the caller's, who must give it back."""
    pieces = incoming(call.environ["wsgi.input"], length, caps)
    if length is None:
        return stream(
            call, upstream, "transfer-encoding: chunked\r\n", (chunk(piece) for piece in pieces), b"0\r\n\r\n"
        )
    framing = f"content-length: {length}\r\n" if length or "CONTENT_LENGTH" in call.environ else ""
    if length > CHUNK:
        return stream(call, upstream, framing, pieces, b"")
    return ask(call, upstream, request_head(call, upstream, framing) + b"".join(pieces))


def ask(call: Call, upstream: Upstream, request: bytes) -> tuple[Connection, Head]:
    """Send a request that is held whole, once more if the kept connection was stale and a repeat does no harm."""
    method: str = call.environ["REQUEST_METHOD"]
    connection = upstream.connection()
    try:
        connection.send(request)
        return connection, connection.read_head(method)
    except Stale:
        connection.close()
        if not connection.used or not (method in REPEATABLE or "HTTP_IDEMPOTENCY_KEY" in call.environ):
            raise
    except BaseException:
        connection.close()
        raise
    connection = upstream.new_connection()
    try:
        connection.send(request)
        return connection, connection.read_head(method)
    except BaseException:
        connection.close()
        raise


def stream(
    call: Call, upstream: Upstream, framing: str, pieces: Iterator[bytes], end: bytes
) -> tuple[Connection, Head]:
    """Send a request piece by piece. A service may answer before it has read all: then the rest is not sent."""
    connection = upstream.connection()
    try:
        whole = send_pieces(connection, request_head(call, upstream, framing), pieces, end)
        head = connection.read_head(call.environ["REQUEST_METHOD"])
    except BaseException:
        connection.close()
        raise
    head.keep = head.keep and whole
    return connection, head


def send_pieces(connection: Connection, head: bytes, pieces: Iterator[bytes], end: bytes) -> bool:
    """Whether all of the request was sent."""
    try:
        connection.send(head)
        for piece in pieces:
            if connection.is_readable():
                return False
            connection.send(piece)
        connection.send(end)
    except Stale:  # it stopped listening; its answer may have come before
        return False
    return True


def answer(call: Call, upstream: Upstream, connection: Connection, head: Head) -> Iterable[bytes]:
    """The answer on its way to the client: a short one at once, a long one as it comes."""

    def finish(whole: bool) -> None:
        upstream.leave()
        if whole and head.keep:
            upstream.give_back(connection)
        else:
            connection.close()

    pieces = outgoing(connection, head)
    try:
        short = b"".join(pieces) if is_short(head) else None
        call.respond(head.status_line, towards_client(head.headers))
    except BaseException:
        connection.close()
        raise
    if short is None:
        return Outgoing(pieces, finish)
    finish(True)
    return (short,)


def is_short(head: Head) -> bool:
    """Whether the answer is so short that it is read whole before any of it goes on."""
    return head.framing == "none" or (head.framing == "length" and head.length <= CHUNK)


def request_head(call: Call, upstream: Upstream, framing: str) -> bytes:
    """The head of the request as the service shall see it."""
    target = target_of(call.environ)
    return towards_service(call.environ, target, upstream.authority, call.address, call.traceparent, framing)


def target_of(environ: dict[str, Any]) -> str:
    """Path and query exactly as the client wrote them."""
    target: str = environ["RAW_URI"]
    if not target.startswith("/"):
        target = "/" + target.partition("://")[2].partition("/")[2]
    if not TARGET.fullmatch(target):
        raise BadRequest("path", "not_a_path", "The request's target has characters that a URL cannot have.")
    return target


def body_length(environ: dict[str, Any]) -> int | None:
    """The length of the request's body in bytes; None where it is chunked and only its end will tell."""
    if "HTTP_TRANSFER_ENCODING" in environ:
        return None
    declared = environ.get("CONTENT_LENGTH") or "0"
    if not (declared.isascii() and declared.isdigit()):
        raise BadRequest("Content-Length", "not_a_number", "Content-Length must be a number.")
    return int(declared)


def chunk(piece: bytes) -> bytes:
    """`piece` as a chunk of a chunked body."""
    return b"%x\r\n%b\r\n" % (len(piece), piece)


def too_large(max_body: int) -> Refusal:
    """The refusal of a body above the cap."""
    refusal = TooLarge("too_large", f"A request body may have at most {max_body} bytes.")
    refusal.extra = {"max_bytes": max_body}
    return refusal


def refusal_for(error: BaseException, service: str, max_body: int) -> BaseException:
    """What the client is told of `error`; the error itself where it is none of the proxy's."""
    refusal: Refusal
    match error:
        case TooLong():
            return too_large(max_body)
        case ClientGone():
            return RequestTimeout("request_timeout", "The request's body did not come to its end.")
        case TimedOut():
            refusal = GatewayTimeout("upstream_timeout", f"{service} did not answer in time.")
        case Garbled() | Stale():
            refusal = BadGateway("bad_gateway", f"{service} broke off. Whether it did what was asked is not known.")
        case UpstreamError():
            refusal = Unavailable(f"{service} cannot be reached at this moment.")
        case _:
            return error
    refusal.extra = {"service": service}
    return refusal
