"""API clients: machines that come in with client credentials (RFC 6749)."""
