"""How often one caller may come: fixed windows, counted by the `limits` package.

Counters live in this process unless GATEWAY_RATE_STORAGE names a Redis that all gateways share.
"""

from __future__ import annotations

import ipaddress
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, Storage, storage_from_string

log = logging.getLogger("gateway.rate")
SWEEP_EVERY = 30.0


class Memory(MemoryStorage):
    """Counters in this process. The packaged one walks all keys every 10 ms; this one does so twice a minute."""

    STORAGE_SCHEME = ["memory"]

    def __init__(self) -> None:
        super().__init__()
        self._sweep_at = time.time() + SWEEP_EVERY

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count `amount` more under `key`; its window of `expiry` seconds begins with the first."""
        now = time.time()
        if now >= self._sweep_at:
            self._sweep(now)
        if self.expirations.get(key, 0.0) <= now:
            self.storage[key], self.expirations[key] = amount, now + expiry
            return amount
        self.storage[key] = count = self.storage[key] + amount
        return count

    def _sweep(self, now: float) -> None:
        self._sweep_at = now + SWEEP_EVERY
        for key in [key for key, end in self.expirations.items() if end <= now]:
            del self.expirations[key], self.storage[key]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a limit says of one request. `reset` is in seconds from now."""

    limit: int
    remaining: int
    reset: int
    allowed: bool

    def headers(self) -> list[tuple[str, str]]:
        """RateLimit fields (draft-ietf-httpapi-ratelimit-headers-06), with Retry-After where it is refused."""
        fields = [
            ("RateLimit-Limit", str(self.limit)),
            ("RateLimit-Remaining", str(self.remaining)),
            ("RateLimit-Reset", str(self.reset)),
        ]
        return fields if self.allowed else [*fields, ("Retry-After", str(self.reset))]


class RateLimiter:
    """Limits by bucket (`user`, `client`, `anonymous`, `login`, `public`); a bucket without one is not limited."""

    def __init__(self, rules: Mapping[str, RateLimitItem | None], storage: str = "memory://") -> None:
        self._rules = rules
        self._storage = Memory() if storage.startswith("memory:") else cast(Storage, storage_from_string(storage))

    def hit(self, bucket: str, caller: str, own_limit: str | None = None) -> Verdict | None:
        """Count a request of `caller`; None where nothing limits it.

        `own_limit` (`100/second`, `off`) stands in for the bucket's rule: an API client may have its own.
        Where a shared storage is down the request passes: a limit is no reason to stop.
        """
        rule = parse_limit(own_limit) if own_limit else self._rules.get(bucket)
        if rule is None:
            return None
        key, window = f"{bucket}/{caller}", rule.get_expiry()
        try:
            count = self._storage.incr(key, window, 1)
            ends = self._storage.get_expiry(key)
        except Exception:
            log.exception("the storage of rate limits is down; letting requests pass")
            return None
        reset = max(1, min(window, int(ends - time.time()) + 1))
        return Verdict(rule.amount, max(0, rule.amount - count), reset, count <= rule.amount)


@lru_cache(maxsize=256)
def parse_limit(text: str) -> RateLimitItem | None:
    """`600/minute` as a rule, `off` (or nothing) as None. ValueError for anything else."""
    if text.strip().lower() in ("", "off"):
        return None
    return parse(text)


@lru_cache(maxsize=4096)
def caller_key(address: str) -> str:
    """The key of an anonymous caller: its address, for IPv6 its /64, which is what one subscriber gets."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if ip.version == 4:
        return address
    mapped = ip.ipv4_mapped
    return str(mapped) if mapped else str(ipaddress.ip_network((ip, 64), strict=False).network_address)
