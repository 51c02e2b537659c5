"""Invitations that come by mail (iMIP, RFC 6047): planned, changed, cancelled, answered."""
