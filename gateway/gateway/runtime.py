"""What one gateway process holds: its settings, database, keys, and what works in the background."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from flask import current_app, request

from chassis.db import Database
from chassis.http.tokens import TokenVerifier
from gateway.audit.drain import Drain
from gateway.audit.spool import Spool
from gateway.auth.passwords import Passwords
from gateway.auth.revocations import RevokedTokens
from gateway.background import Loop
from gateway.housekeeping import tidy
from gateway.settings import GatewaySettings
from gateway.tokens.keys import FolderKeys


@dataclass
class Runtime:
    """One per application; `here()` finds it from inside a request."""

    settings: GatewaySettings
    database: Database
    keys: FolderKeys
    verifier: TokenVerifier
    passwords: Passwords
    revoked: RevokedTokens
    spool: Spool
    drain: Drain

    def start(self) -> None:
        """Begin what goes on in the background. After a fork, not before."""
        self.loops = [
            Loop("audit", 0.5, self.drain.run_once),
            Loop("audit-orphans", 30.0, self.drain.adopt_orphans),
            Loop("revocations", 1.0, self.revoked.refresh),
            Loop("housekeeping", 600.0, partial(tidy, self.database, self.settings.audit_keep_days)),
        ]

    def stop(self) -> None:
        """End it, and bring what is left of the audit trail to the database if it can be reached."""
        for loop in self.loops:
            loop.stop()
        self.drain.finish()
        self.database.dispose()


def here() -> Runtime:
    """The runtime of the application that answers the current request."""
    runtime: Runtime = current_app.extensions["gateway"]
    return runtime


def client_address() -> str:
    """Where the current request comes from, as the edge found it."""
    return str(request.environ.get("gateway.address") or request.remote_addr or "")
