"""Texts in the language of who reads them."""

from __future__ import annotations

import pytest

from chassis.languages import in_language


@pytest.mark.parametrize(
    ("locale", "read"),
    [
        ("zh-CN", "你好"),
        ("zh-Hant-TW", "你好"),
        ("en", "Hello"),
        ("en-GB", "Hello"),
        ("de-DE", "-"),
        (None, "-"),
        ("", "-"),
    ],
)
def test_a_text_is_read_in_ones_language(locale: str | None, read: str) -> None:
    assert in_language({"en": "Hello", "zh": "你好"}, locale, "-") == read
