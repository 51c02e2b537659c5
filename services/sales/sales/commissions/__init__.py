"""What reps earn by what they win: plans, a ledger, statements."""
