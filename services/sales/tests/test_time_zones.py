"""Days of who works where: what is due today, how many leads a day, what was spent until today."""

from __future__ import annotations

from datetime import UTC, datetime

from chassis.ids import uuid7
from sales.approvals.people import is_away


def test_what_is_due_today_is_due_on_the_callers_day(api, user, clock, rep, new_lead) -> None:
    clock.set(datetime(2026, 3, 26, 22, 30, tzinfo=UTC))  # the 27th in Shanghai, the 26th in Berlin
    ann, li = rep("Ann", time_zone="Europe/Berlin"), rep("Li", time_zone="Asia/Shanghai")
    new_lead(name="Mine", owner_id=str(ann))  # its first step is due in three days: on the 30th in Berlin, 00:30

    def due(who) -> int:
        return len(api.get("/follow-ups?due=today", as_=user(reach="all", id=who)).json["data"])

    clock.set(datetime(2026, 3, 29, 15, 59, tzinfo=UTC))
    assert (due(ann), due(li)) == (0, 0), "23:59 in Shanghai; Berlin has changed to summer time"
    clock.set(datetime(2026, 3, 29, 16, tzinfo=UTC))
    assert (due(ann), due(li)) == (0, 1), "the 30th in Shanghai, the 29th in Berlin"
    clock.set(datetime(2026, 3, 29, 22, tzinfo=UTC))
    assert (due(ann), due(li), due(uuid7())) == (1, 1, 1)


def test_a_day_of_leads_is_one_of_the_reps(api, clock, rep, new_lead) -> None:
    clock.set(datetime(2026, 3, 8, 4, 30, tzinfo=UTC))  # Saturday, 23:30 in New York; summer time begins on Sunday
    ann, bo = rep("Ann", time_zone="America/New_York"), rep("Bo")
    for who in (ann, bo):
        path = f"/reps/{who}/availability"
        assert api.put(path, json={"max_per_day": 1}, if_match=0).status_code == 200
    owners = [new_lead()["owner_id"] for _ in range(3)]
    assert owners == [str(ann), str(bo), None]
    clock.set(datetime(2026, 3, 8, 5, tzinfo=UTC))
    assert [new_lead()["owner_id"] for _ in range(2)] == [str(ann), None], "a new day in New York, none in UTC"
    clock.set(datetime(2026, 3, 9, 3, 59, tzinfo=UTC))
    assert [new_lead()["owner_id"] for _ in range(2)] == [str(bo), None], "Sunday has 23 hours there"
    clock.set(datetime(2026, 3, 9, 4, tzinfo=UTC))
    assert new_lead()["owner_id"] == str(ann)


def test_an_absence_is_of_days_where_the_rep_is(api, clock, rep, new_lead) -> None:
    clock.set(datetime(2026, 3, 27, 15, 59, tzinfo=UTC))
    li = rep("Li", time_zone="Asia/Shanghai")
    away = {"absences": [{"from": "2026-03-28", "until": "2026-03-28"}]}
    assert api.put(f"/reps/{li}/availability", json=away, if_match=0).status_code == 200
    assert new_lead()["owner_id"] == str(li)
    clock.set(datetime(2026, 3, 27, 16, tzinfo=UTC))
    assert new_lead()["owner_id"] is None
    clock.set(datetime(2026, 3, 28, 16, tzinfo=UTC))
    assert new_lead()["owner_id"] == str(li)


def test_who_decides_is_away_on_days_of_their_own(clock) -> None:
    one_day = [{"from": "2026-03-05", "until": "2026-03-05"}]
    for day, here, there in ((5, True, False), (6, False, True)):
        clock.set(datetime(2026, 3, day, 2, tzinfo=UTC))
        assert (is_away(one_day, None), is_away(one_day, "America/New_York")) == (here, there)


def test_money_is_spent_until_today_where_one_is(api, user, clock, rep) -> None:
    clock.set(datetime(2026, 3, 26, 22, 30, tzinfo=UTC))
    travel = api.post("/expense-categories", json={"name": "Travel"}).json["id"]
    line = {"spent_on": "2026-03-27", "category_id": travel, "description": "Taxi", "amount": "50.00"}

    def report(zone: str | None) -> int:
        who = user(reach="own", roles=("sales_rep",), id=rep("Li", time_zone=zone))
        return int(api.post("/expense-reports", json={"title": "T", "lines": [line]}, as_=who).status_code)

    assert [report(zone) for zone in ("Asia/Shanghai", "Europe/Berlin", None)] == [201, 422, 422]


def test_the_zone_of_a_user_is_told_and_an_older_word_changes_nothing(api, rep, deliver) -> None:
    li = rep("Li", time_zone="Asia/Shanghai")
    assert api.get(f"/reps/{li}").json["time_zone"] == "Asia/Shanghai"
    data = {"user_id": str(li), "roles": ["sales_rep"], "active": True, "region": None, "partner_id": None}
    personal = {"name": "Li", "email": "li@quintet.example"}
    deliver("gateway", "user.updated", data | {"team_id": None}, personal=personal, subject=f"users/{li}", sequence=7)
    assert api.get(f"/reps/{li}").json["time_zone"] is None, "an event of before knows of none"
