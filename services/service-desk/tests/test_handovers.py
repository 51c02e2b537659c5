"""What the desk gives to others when all that is a colleague's passes on."""

from __future__ import annotations

from typing import Any

from chassis.ids import uuid7


def test_tickets_that_are_not_closed_move_once(
    api: Any, agents: Any, ticket: Any, deliver: Any, tick: Any, outbox: Any
) -> None:
    gone, ann = agents("Gone", "Ann")
    open_, closed = (ticket(assignee_id=str(gone)) for _ in range(2))
    for act in ("resolve", "close"):
        assert api.post(f"/tickets/{closed['id']}/{act}", json={}).status_code == 200
    data = {
        "hand_over_id": str(uuid7()), "from_user_id": str(gone), "to_user_ids": [str(ann)], "by_team": {},
        "include": ["service-desk"], "moved": {}, "requested_by": None,
    }  # fmt: skip
    deliver.again(deliver("contacts", "handover.requested", data))
    for _ in range(3):
        tick("move_handed_over")
    shown = [api.get(f"/tickets/{one['id']}").json["assignee_id"] for one in (open_, closed)]
    assert shown == [str(ann), str(gone)]
    assert outbox.one("handover.moved").data["moved"] == {"tickets": 1}
    assert outbox.events("ticket.assigned")[-1].data["assignee_id"] == str(ann)
