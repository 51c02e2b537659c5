"""Teams, which a team-wide reach goes by."""
