"""One change to many people or companies: looked at before, done as a job, taken back afterwards."""
