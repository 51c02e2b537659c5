"""Tickets over the API."""

from chassis.ids import uuid7


def test_a_ticket_is_opened(api, clock, outbox, ticket):
    opened = ticket(body="Since this morning.", priority="high", channel="phone")
    assert opened["number"] == "T-000001"
    assert opened["state"] == "new"
    assert opened["first_response_due"] == "2026-03-02T10:00:00Z"
