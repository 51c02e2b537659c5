"""What colleagues spend for deals and campaigns, and who approves it."""
