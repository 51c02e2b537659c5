"""Whether mail can arrive at an address at all: the MX records of its domain, where that is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import dns.resolver
from email_validator import EmailUndeliverableError, caching_resolver, validate_email

from chassis.errors import FieldError, Invalid
from contacts.points.rules import Point
from contacts.settings import settings

PATIENCE = 5  # seconds for the answers about one domain


def check_deliverable(points: Sequence[Point]) -> None:
    """Invalid where a domain takes no mail (it does not exist, has neither MX nor address records, or says so: RFC
    7505). A name server that does not answer refuses nobody. Before the first lock: this waits for the network."""
    errors = []
    for place, point in enumerate(point for point in points if point.kind == "email"):
        try:
            validate_email(point.value, check_deliverability=True, dns_resolver=_resolver())
        except EmailUndeliverableError as error:
            errors.append(FieldError(f"emails.{place}", "undeliverable", f"No mail arrives there: {error}"))
    if errors:
        raise Invalid.many(errors)


@lru_cache
def _resolver() -> dns.resolver.Resolver:
    """The name servers of this machine, or the one that `CONTACTS_NAME_SERVER` names; answers are kept for their
    time to live."""
    own = settings().name_server
    resolver = dns.resolver.Resolver(configure=not own)
    if own:
        host, _, port = own.partition(":")
        resolver.nameservers, resolver.port = [host], int(port or 53)
    return caching_resolver(timeout=PATIENCE, dns_resolver=resolver)
