"""What is done to many texts at once is what is done to each."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chassis.db.bulk import copy_column, copy_line
from chassis.db.grams import normalise, normalise_all

_TEXTS = st.text(st.sampled_from("aB1２.-/() \t\n\r\\\0é王ＡΣ"), max_size=8)
_ASCII = st.one_of(st.text(st.sampled_from("aB1.-()")), st.text(st.sampled_from("aB1.-() \t\0")))


@given(st.one_of(st.lists(_TEXTS), st.lists(_ASCII)))
def test_normalise_all_is_normalise_of_each(terms: list[str]) -> None:
    assert normalise_all(terms) == [normalise(term) for term in terms]


@given(st.lists(st.one_of(st.none(), _TEXTS)))
def test_a_column_is_escaped_as_each_value_is(values: list[str | None]) -> None:
    assert copy_column(values) == [copy_line((value,)) for value in values]
