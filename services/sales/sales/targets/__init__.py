"""What reps, teams and the company are to sell, and what they did."""
