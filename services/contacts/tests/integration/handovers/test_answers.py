"""A hand-over is done when every service has said what it moved."""

from __future__ import annotations

from typing import Any


def answer(deliver: Any, made: Any, service: str, **moved: int) -> Any:
    data = {"hand_over_id": made["id"], "from_user_id": made["from_user_id"], "moved": moved}
    return deliver(service, "handover.moved", data, subject=f"hand-overs/{made['id']}")


def standing(api: Any, made: Any) -> tuple[Any, ...]:
    seen = api.get(f"/hand-overs/{made['id']}").json
    said = {one["service"]: (one["state"], one["moved"], one["asked_at"]) for one in seen["services"]}
    return seen["state"], seen["ended_at"], said


def test_it_is_done_when_every_service_has_said_what_it_moved(
    api: Any, world: Any, deliver: Any, run_jobs: Any, clock: Any, outbox: Any
) -> None:
    made = world.hand_over().json
    asked = made["services"][0]["asked_at"]
    clock.advance(minutes=5)
    deliver.again(answer(deliver, made, "sales", leads=2))
    answer(deliver, made, "sales", leads=9)  # the first answer counts
    open_ = {"sales": ("answered", {"leads": 2}, asked), "service-desk": ("outstanding", {}, asked)}
    assert standing(api, made) == ("running", None, open_)
    run_jobs()
    assert standing(api, made) == ("waiting", None, open_)
    assert [one["id"] for one in api.get("/hand-overs?state=waiting").json["data"]] == [made["id"]]
    assert outbox.events("handover.completed") == []
    clock.advance(minutes=5)
    deliver.again(answer(deliver, made, "service-desk", tickets=4))
    state, ended, said = standing(api, made)
    assert (state, said["service-desk"][:2]) == ("done", ("answered", {"tickets": 4}))
    assert (ended is not None, api.get(f"/hand-overs/{made['id']}").json["outstanding"]) == (True, [])
    completed = outbox.one("handover.completed").data
    assert completed["elsewhere"] == {"sales": {"leads": 2}, "service-desk": {"tickets": 4}}


def test_where_all_have_answered_before_it_is_done_with_the_last_of_contacts(
    api: Any, world: Any, deliver: Any, run_jobs: Any, outbox: Any
) -> None:
    made = world.hand_over().json
    for service in ("sales", "service-desk"):
        answer(deliver, made, service)
    alone = world.hand_over(from_user_id=str(world.bo), include=["people"]).json
    assert (outbox.events("handover.completed"), alone["services"]) == ([], [])
    run_jobs()
    assert [standing(api, one)[0] for one in (made, alone)] == ["done", "done"]
    assert len(outbox.events("handover.completed")) == 2


def test_who_has_not_answered_is_asked_again_once_a_day(
    api: Any, world: Any, run_jobs: Any, tick: Any, clock: Any, outbox: Any, deliver: Any
) -> None:
    made = world.hand_over().json
    run_jobs()
    for hours, times in ((23, 1), (1, 2), (23, 2), (1, 3)):
        clock.advance(hours=hours)
        tick("outstanding_hand_overs")
        asked = outbox.events("handover.requested")
        assert len(asked) == times
        assert {event.data["hand_over_id"] for event in asked} == {made["id"]}
    for service in ("sales", "service-desk"):
        answer(deliver, made, service)
    clock.advance(days=2)
    tick("outstanding_hand_overs")
    assert len(outbox.events("handover.requested")) == 3
