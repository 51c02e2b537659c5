"""What Prometheus is told of the log and the projections."""

from prometheus_client import Gauge, Histogram

LAG = Histogram(
    "quintet_event_lag_seconds",
    "From the moment an event happened to the moment it was put down.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600, 3600),
)
MISSING = Gauge("quintet_events_missing", "Positions of a source that are overdue.", ["source"])
WAITING = Gauge("quintet_events_waiting", "Events that were put down and have no place in the log yet.")
BEHIND = Gauge("quintet_projection_behind_events", "Events in the log that the live figures do not hold yet.")
