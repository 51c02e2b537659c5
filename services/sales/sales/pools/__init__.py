"""Public pools: what nobody follows up goes back to the team, whose members claim it."""
