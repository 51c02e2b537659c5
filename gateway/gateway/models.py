"""Every table of the gateway, for the migrations: importing a model is what makes it known."""

from gateway.audit.model import AuditEntry
from gateway.auth.model import LoginAttempts, LoginSession, RefreshToken, Revocation
from gateway.clients.model import ApiClient
from gateway.partners.model import Partner
from gateway.roles.model import Role
from gateway.teams.model import Team
from gateway.users.model import User

__all__ = [
    "ApiClient",
    "AuditEntry",
    "LoginAttempts",
    "LoginSession",
    "Partner",
    "RefreshToken",
    "Revocation",
    "Role",
    "Team",
    "User",
]
