"""Files for people and programs: CSV, XLSX and NDJSON, written piece by piece while they are sent."""
