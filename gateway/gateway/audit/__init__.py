"""The audit trail: who changed what through the gateway, when, from where, and how it ended."""
