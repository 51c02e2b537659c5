"""Campaigns: plan, budget, expenses, responses, and the revenue that is attributed to them."""
