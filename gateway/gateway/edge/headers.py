"""Which header fields pass the gateway, and in which shape.

Towards a service goes what the client said, less what belongs to the connection (RFC 9110, section 7.6.1), less what
claims an identity (services trust the token alone), with the forwarding fields written anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "expect",
        "http2-settings",
    }
)
REWRITTEN = frozenset({"host", "content-length", "content-type", "traceparent", "forwarded", "via"})
IDENTITY = frozenset(
    {"remote-user", "remote-addr", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "true-client-ip"}
)
IDENTITY_PREFIXES = (
    "x-forwarded",
    "x-user",
    "x-actor",
    "x-auth",
    "x-remote",
    "x-client",
    "x-team",
    "x-partner",
    "x-role",
    "x-scope",
    "x-reach",
    "x-tenant",
    "x-consumer",
    "x-credential",
    "x-jwt",
    "x-identity",
    "x-original",
    "x-rewrite",
    "x-quintet",
    "x-http-method",
    "x-method-override",
)
ANSWER_DROPPED = HOP_BY_HOP | {"server", "date"}


@lru_cache(maxsize=1024)  # bounded: clients choose the names
def passes_as(key: str) -> str | None:
    """The field name under which the WSGI variable `key` (`HTTP_ACCEPT`) goes on; None where it does not."""
    if not key.startswith("HTTP_"):
        return None
    name = key[5:].replace("_", "-").lower()
    if name in HOP_BY_HOP or name in REWRITTEN or name in IDENTITY or name.startswith(IDENTITY_PREFIXES):
        return None
    return name


def towards_service(
    environ: dict[str, Any], target: str, authority: str, client: str, traceparent: str, framing: str
) -> bytes:
    """The whole head of the request that goes to the service, up to and with the empty line.

    `framing` is the header line that delimits the body (`content-length: 12\\r\\n`), or empty.
    """
    nominated = connection_options(environ.get("HTTP_CONNECTION", ""))
    lines = [f"{environ['REQUEST_METHOD']} {target} HTTP/1.1\r\nhost: {authority}\r\n"]
    for key, value in environ.items():
        name = passes_as(key)
        if name is not None and name not in nominated:
            lines.append(f"{name}: {value}\r\n")
    if content_type := environ.get("CONTENT_TYPE"):
        lines.append(f"content-type: {content_type}\r\n")
    lines.append(
        f"x-forwarded-for: {client}\r\nx-forwarded-proto: {environ['wsgi.url_scheme']}\r\n"
        f"x-forwarded-host: {environ.get('HTTP_HOST', '')}\r\ntraceparent: {traceparent}\r\n{framing}\r\n"
    )
    return "".join(lines).encode("latin-1")


def connection_options(value: str) -> frozenset[str]:
    """The fields that a Connection header nominates as hop-by-hop."""
    if not value or value == "keep-alive":
        return frozenset()
    return frozenset(option.strip().lower() for option in value.split(","))


def towards_client(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The fields of a service's answer that go on to the client."""
    nominated: frozenset[str] = frozenset()
    kept = []
    for name, value in headers:
        lower = name.lower()
        if lower == "connection":
            nominated |= connection_options(value)
        elif lower not in ANSWER_DROPPED:
            kept.append((name, value))
    return [(n, v) for n, v in kept if n.lower() not in nominated] if nominated - {"close", "keep-alive"} else kept


def client_address(environ: dict[str, Any], trusted_proxies: int) -> str:
    """The client's address: the peer's, or what the outermost of `trusted_proxies` proxies before us saw."""
    peer: str = environ.get("REMOTE_ADDR", "")
    if not trusted_proxies:
        return peer
    hops = [hop.strip() for hop in environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    return hops[-min(trusted_proxies, len(hops))] if hops else peer
