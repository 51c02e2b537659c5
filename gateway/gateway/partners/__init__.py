"""Partner companies, whose users see only what is theirs."""
