"""Follow-ups planned for a lead, and the silence that puts it to sleep."""
