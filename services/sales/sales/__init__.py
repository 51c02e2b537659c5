"""Sales: leads and who gets them, follow-ups, pipelines, deals, orders."""
