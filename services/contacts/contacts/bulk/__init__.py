"""One change to many people: looked at before, done as a job, taken back afterwards."""
