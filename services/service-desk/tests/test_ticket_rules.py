"""The life of a ticket as a table: every act in every state."""

import pytest

from chassis.errors import Conflict
from service_desk.agents.rules import in_turn, least_busy
from service_desk.sla.hours import parse_calendar, parse_spans
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


def test_hours_are_read_as_people_write_them():
    assert parse_spans([["09:00", "12:00"], ["13:30", "24:00"]], "hours.mon") == ((540, 720), (810, 1440))


@pytest.mark.parametrize(
    ("spans", "field", "code"),
    [
        ("09:00-18:00", "h", "not_spans"),
        ([["09:00"]], "h.0", "not_a_span"),
        ([["9:00", "18:00"]], "h.0.0", "not_a_time"),
        ([["09:00", "24:01"]], "h.0.1", "not_a_time"),
        ([["18:00", "09:00"]], "h.0", "not_in_order"),
        ([["09:00", "12:00"], ["11:00", "18:00"]], "h.1", "not_in_order"),
    ],
)
def test_hours_that_make_no_sense_are_refused(spans, field, code):
    with pytest.raises(Exception) as refusal:
        parse_spans(spans, "h")
    assert [(e.field, e.code) for e in refusal.value.errors] == [(field, code)]


@pytest.mark.parametrize(
    ("zone", "hours", "holidays", "code"),
    [
        ("Asia/Peking", {"mon": [["09:00", "18:00"]]}, [], "unknown_zone"),
        ("../etc/passwd", {"mon": [["09:00", "18:00"]]}, [], "unknown_zone"),
        ("Asia/Shanghai", {"monday": [["09:00", "18:00"]]}, [], "unknown_weekday"),
        ("Asia/Shanghai", {"mon": []}, [], "never_open"),
        ("Asia/Shanghai", {"mon": [["09:00", "18:00"]]}, [{"date": "1 May"}], "not_a_date"),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused(zone, hours, holidays, code):
    with pytest.raises(Exception) as refusal:
        parse_calendar(zone, hours, holidays)
    assert refusal.value.errors[0].code == code
