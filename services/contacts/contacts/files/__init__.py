"""Files that are attached to records: their versions, their content, links to it."""
