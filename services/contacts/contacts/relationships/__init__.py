"""Who is what to whom: reporting lines, work in further companies, and other relationships."""
