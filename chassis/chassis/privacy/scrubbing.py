"""Taking out of a text whatever names a person."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import phonenumbers

from chassis.privacy.holdings import ERASED

_DIGITS = re.compile(r"\+?[\d\s().\-/;=ext]{7,}")
_SHORT, _KEPT = 200, 10_000
_APART = r"[\s().\-/]*"
_ALPHABETIC = re.compile(r"[A-Za-z0-9\u00c0-\u024f\u0370-\u04ff]")


class Scrubber:
    """Knows what names a person (names, e-mail addresses, phone numbers in any spelling) and replaces it.

    What tells of many people says the same short texts again and again, so what became of those is kept.
    """

    def __init__(self, identifiers: Iterable[Any]) -> None:
        found = {text.strip() for text in _texts(identifiers)} - {ERASED}
        self.known = sorted((text for text in found if len(text) > 1), key=lambda text: (-len(text), text))
        patterns = [_pattern(text) for text in self.known]
        self._pattern = re.compile("|".join(patterns), re.IGNORECASE) if patterns else None
        self._short = lru_cache(_KEPT)(self._search)

    def text(self, value: str) -> str:
        """`value` without what names the person."""
        return self._search(value) if len(value) > _SHORT else self._short(value)

    def value(self, value: Any) -> Any:
        """The same of a JSON value, in all that it holds."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {key: self.value(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(item) for item in value]
        return value

    def _search(self, value: str) -> str:
        return self._pattern.sub(ERASED, value) if self._pattern else value

    def finds(self, value: str) -> bool:
        """Whether `value` names the person."""
        return bool(self._pattern and self._pattern.search(value))


def _texts(values: Iterable[Any]) -> Iterable[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from _texts(value.values())
        elif isinstance(value, list | tuple | set):
            yield from _texts(value)


def _pattern(text: str) -> str:
    """A number matches however it is grouped and with or without its country; a word only as a whole word, unless it
    is of a script that has no spaces."""
    if _DIGITS.fullmatch(text):
        return _number(text)
    before = r"(?<!\w)" if _ALPHABETIC.match(text[0]) else ""
    after = r"(?!\w)" if _ALPHABETIC.match(text[-1]) else ""
    return before + re.escape(text) + after


def _number(text: str) -> str:
    main = text.partition(";")[0]
    digits = re.sub(r"\D", "", main)
    country = ""
    if main.startswith("+"):
        try:
            parsed = phonenumbers.parse(main)
        except phonenumbers.NumberParseException:
            pass
        else:
            digits = phonenumbers.national_significant_number(parsed)
            country = rf"(?:\+?{parsed.country_code}{_APART})?"
    return rf"(?<!\d){country}0?{_APART.join(digits)}(?!\d)"
