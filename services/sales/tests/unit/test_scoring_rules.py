"""How likely a deal is to be won, by what became of others; how well that does."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Invalid
from sales.scoring import evaluation, lead_facts, rules
from sales.scoring.deal_facts import FACTORS, SAID, Known, facts_of
from sales.scoring.evaluation import Case
from sales.scoring.rules import NONE, TOTAL, Count
from sales.scoring.wording import words_of

KNOWN = Known(
    stages=("a", "b", "a"), pipeline="p", source=" Trade Fair ", country="CN", industry=None, amount=Decimal("9999.99"),
    category=None, team="t", days=31.5, pushes=1, priority="normal", talked=False,
)  # fmt: skip
OUTCOMES = st.lists(
    st.tuples(
        st.booleans(),
        st.dictionaries(st.sampled_from(FACTORS), st.lists(st.sampled_from("xyz"), min_size=1, max_size=3)),
    ),
    max_size=40,
)


def test_a_closed_deal_counts_for_all_that_it_reached() -> None:
    assert facts_of(KNOWN, reached=True) == {
        "pipeline": ["p"], "source": ["trade fair"], "country": ["CN"], "team": ["t"], "priority": ["normal"],
        "amount": ["1000"], "stage": ["a", "b"], "age": ["0", "7", "30"], "pushes": ["0", "1"],
    }  # fmt: skip


def test_an_open_deal_shows_the_furthest_only_and_nothing_of_what_is_unknown() -> None:
    shown = facts_of(KNOWN._replace(stages=("b",), pushes=None, amount=Decimal(0), talked=True), reached=False)
    assert (shown["stage"], shown["age"], shown["talk"]) == (["b"], ["30"], ["yes"])
    assert not {"pushes", "amount"} & set(shown)


def test_a_lead_shows_what_was_found_out_and_reached() -> None:
    known = lead_facts.Known(
        source=" Web ", campaign="c", country=None, industry="Lighting", employees=49,
        levels={"need": "yes", "budget": "unknown", "authority": "no"}, filled=60, forms=2, talked=True, response=5.5,
        days=8.0, recycled=0,
    )  # fmt: skip
    single = {
        "source": ["web"], "campaign": ["c"], "industry": ["lighting"], "employees": ["10"], "need": ["yes"],
        "authority": ["no"], "filled": ["40"], "talk": ["yes"], "response": ["4"],
    }  # fmt: skip
    assert lead_facts.facts_of(known, reached=False) == single | {"age": ["7"], "forms": ["2"], "recycled": ["0"]}
    reached = {"age": ["0", "1", "7"], "forms": ["0", "1", "2"], "recycled": ["0"]}
    assert lead_facts.facts_of(known, reached=True) == single | reached
    assert set(lead_facts.FACTORS) == set(lead_facts.SAID.factors)


def test_a_factor_moves_the_chance_by_what_became_of_others() -> None:
    counts = {TOTAL: Count(49, 49), ("source", "fair"): Count(15, 5), ("country", "CN"): Count(5, 15)}
    facts = {"source": ["fair"]}
    found = rules.estimate(facts, counts, FACTORS)
    # (15 + 5 * 0.5) / (20 + 5) = 0.7
    assert found.base_rate == 0.5
    assert found.probability == pytest.approx(0.7)
    assert [(one.factor, one.closed) for one in found.factors] == [("source", Count(15, 5))]
    assert found.factors[0].log_odds == pytest.approx(math.log(0.7 / 0.3))
    both = rules.estimate(facts | {"country": ["CN"]}, counts, FACTORS)
    assert both.probability == pytest.approx(0.5)
    assert rules.estimate(facts, counts, ["country"]).probability == pytest.approx(0.5)
    said = words_of(SAID, found.factors[0], "fair", found.base_rate)
    assert said == "Source: fair. 15 of 20 such deals were won (75.0 %), of all 50.0 %: raises the chance."


@given(OUTCOMES, st.dictionaries(st.sampled_from(FACTORS), st.just(["x"])))
def test_log_odds_add_up_and_what_was_never_seen_changes_nothing(outcomes, facts) -> None:
    found = rules.estimate(facts, rules.tally(outcomes), FACTORS)
    assert 0 < found.probability < 1
    added = rules.log_odds(found.base_rate) + sum(one.log_odds for one in found.factors)
    assert rules.log_odds(found.probability) == pytest.approx(added, abs=1e-6)
    assert all(one.log_odds == pytest.approx(0) for one in found.factors if one.closed == NONE)


@given(OUTCOMES, st.integers(min_value=0, max_value=40))
def test_frequencies_of_two_parts_add_up_to_those_of_the_whole(outcomes, place) -> None:
    one, other, whole = rules.tally(outcomes[:place]), rules.tally(outcomes[place:]), rules.tally(outcomes)
    for key, count in whole.items():
        first, second = one.get(key, NONE), other.get(key, NONE)
        assert count == (first.won + second.won, first.lost + second.lost)


def test_measures_of_known_guesses() -> None:
    guesses, ends = [0.9, 0.4, 0.4, 0.1], [True, True, False, False]
    assert evaluation.auc(guesses, ends) == pytest.approx(3.5 / 4)
    assert evaluation.auc([0.5] * 4, ends) == pytest.approx(0.5)
    assert evaluation.auc([0.1, 0.9], [True, False]) == 0
    assert evaluation.brier(guesses, ends) == pytest.approx((0.01 + 0.36 + 0.16 + 0.01) / 4)
    expected = -(math.log(0.9) + math.log(0.4) + math.log(0.6) + math.log(0.9)) / 4
    assert evaluation.log_loss(guesses, ends) == pytest.approx(expected)
    tenths = evaluation.calibration(guesses, ends)
    assert [(one["from_"], one["cases"], one["won_share"]) for one in tenths] == [
        (0.1, 1, 0),
        (0.4, 2, 0.5),
        (0.9, 1, 1),
    ]
    assert evaluation.calibration([1.0], [True])[0]["to"] == 1


def test_a_back_test_learns_from_the_older_and_asks_about_the_newer() -> None:
    good, bad = {"source": ["fair"]}, {"source": ["cold"]}
    cases = [Case(True, good, good), Case(False, bad, bad)] * 50
    found = evaluation.back_test(cases, FACTORS, SAID)
    assert (found["learnt_from"], found["asked_about"], found["base_rate"], found["auc"]) == (70, 30, 0.5, 1)
    assert found["brier"] < 0.01 < found["brier_of_base_rate"] == 0.25
    assert found["log_loss"] < found["log_loss_of_base_rate"] == pytest.approx(math.log(2))
    halfway = evaluation.back_test([case._replace(halfway={}) for case in cases], FACTORS, SAID)
    assert (halfway["auc"], halfway["brier"]) == (0.5, 0.25)


@pytest.mark.parametrize(
    ("cases", "why"),
    [
        ([], "Not enough history: 0 deals won and 0 lost, 10 of each are needed."),
        ([Case(True, {}, {})] * 100, "Not enough history: 70 deals won and 0 lost, 10 of each are needed."),
        (
            [Case(True, {}, {}), Case(False, {}, {})] * 35 + [Case(True, {}, {})] * 30,
            "Not enough history: of the newer deals 30 were won and 0 lost.",
        ),
    ],
)
def test_too_little_history_is_said_and_no_figure_given(cases, why) -> None:
    found = evaluation.back_test(cases, FACTORS, SAID)
    assert (found["enough"], found["why"], found["auc"]) == (False, why, None)


def test_the_middle_and_the_choice() -> None:
    assert rules.middle(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC)).day == 2
    with pytest.raises(Invalid):
        rules.check_factors(["stage", "source", "stage"])
