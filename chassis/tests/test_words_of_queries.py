"""What rows and queries are compared by: without accents, and numbers as they are dialled."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.db.grams import normalise, words_of


@pytest.mark.parametrize(
    ("text", "found_as"),
    [
        ("Jürgen Großmann", "jurgen grossmann"),
        ("Łukasz Żak", "lukasz zak"),
        ("İsmail Yıldız", "ismail yildiz"),
        ("Nguyễn Văn Anh", "nguyen van anh"),
        ("e\u0301clair", "eclair"),
        ("Ærø Þór", "aero thor"),
        ("Ёлкин", "елкин"),
        ("ΣΟΦΟΚΛΉΣ", "σοφοκλησ"),
        ("がぱ ガ 한국어 王小明", "がぱ ガ 한국어 王小明"),  # a voiced kana is another letter
    ],
)
def test_accents_do_not_count(text: str, found_as: str) -> None:
    assert normalise(text) == found_as


@given(st.text())
def test_what_is_in_normal_form_is_so_again(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("0171 64784392", ["17164784392"]),
        ("0049 171 64784392", ["4917164784392"]),
        ("+49 (0)171 64784392", ["+4917164784392"]),
        ("021-67053586", ["2167053586"]),
        ("138 0013 8000", ["13800138000"]),
        ("anna 0171", ["anna", "0171"]),
        ("007", ["007"]),
        ("0001234", ["0001234"]),
    ],
)
def test_a_number_is_looked_for_as_it_is_dialled(query: str, words: list[str]) -> None:
    assert words_of(query) == words
