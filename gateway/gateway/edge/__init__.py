"""The edge: every request passes here, before Flask. Routing, limits, the audit trail; lean, since all pay for it."""
