"""The life of a ticket as a table: every act in every state."""

import pytest

from chassis.errors import Conflict, Invalid
from service_desk.agents.rules import in_turn, least_busy
from service_desk.sla.model import BusinessCalendar
from service_desk.tickets.rules import MOVES, STATES, move, next_level, number_of

#             new         open        pending     resolved    closed
TABLE = """
assign        open        open        pending     resolved    closed!
note          new         open        pending     resolved    closed
answer        open        open        pending     resolved    closed!
hear          new         open        open        open        closed!
pend          pending     pending     already_pending!  already_resolved!  closed!
resolve       resolved    resolved    resolved    already_resolved!  closed!
reopen        not_resolved!  not_resolved!  open  open        closed!
complain      not_resolved!  not_resolved!  not_resolved!  open  open
close         not_resolved!  not_resolved!  not_resolved!  closed  already_closed!
escalate      new         open        pending     already_resolved!  closed!
change        new         open        pending     resolved    closed!
"""
CASES = [
    (words[0], state, outcome)
    for words in (line.split() for line in TABLE.strip().splitlines())
    for state, outcome in zip(STATES, words[1:], strict=True)
]


@pytest.mark.parametrize(("act", "state", "outcome"), CASES)
def test_every_act_in_every_state(act, state, outcome):
    if outcome.endswith("!"):
        with pytest.raises(Conflict) as refusal:
            move(act, state)
        assert refusal.value.code == outcome.removesuffix("!")
        assert refusal.value.extra == {"state": state}
    else:
        assert move(act, state) == outcome


def test_the_table_is_complete():
    assert {act for act, _, _ in CASES} == set(MOVES)


def test_levels_end_at_three():
    assert [next_level(n) for n in range(3)] == [1, 2, 3]
    with pytest.raises(Conflict):
        next_level(3)


def test_numbers_sort_as_text():
    assert [number_of(n) for n in (7, 1042, 1234567)] == ["T-000007", "T-001042", "T-1234567"]


def test_turns_go_round_and_the_least_busy_is_taken():
    agents = ["a", "b", "c"]
    assert [in_turn(agents, n) for n in range(5)] == ["a", "b", "c", "a", "b"]
    assert in_turn([], 3) is None
    assert least_busy(agents, {"a": 2, "b": 1, "c": 5}, 0) == "b"
    assert [least_busy(agents, {"a": 1}, n) for n in range(3)] == ["b", "c", "b"]
    assert least_busy([], {}, 0) is None


def test_special_days_that_make_no_sense_are_refused():
    week = {"zone": "UTC", "hours": {"mon": [["09:00", "18:00"]]}, "holidays": [], "workdays": []}
    days = {"holidays": [{"date": "1 May"}]}, {"workdays": [{"date": "2026-05-02", "hours": "all day"}]}
    for wrong, field in zip(days, ("holidays.0.date", "workdays.0.hours"), strict=True):
        with pytest.raises(Invalid) as refusal:
            BusinessCalendar(**week | wrong).as_hours()
        assert refusal.value.errors[0].field == field
