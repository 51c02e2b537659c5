"""Search over names, e-mails and phones with core PostgreSQL alone.

A row keeps its searchable text, normalised, and the set of its n-grams under a GIN index: trigrams for alphabetic
scripts, bigrams for Chinese, Japanese and Korean with the single characters of words no longer than names are, and the
first one and two letters of each word. Each is paid for when the row is written: none is kept that no query asks for.
A query narrows by n-grams first and is then held against the text itself, so that the answer is exact. The rarest few
of a word's n-grams narrow as far as all of them do: to read the long lists of common ones costs ten times as much.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import prod
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, event, inspect
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, object_session

_SEPARATED_DIGITS = re.compile(r"(?<=\d)[-().\s/]+(?=\d)")
_ENOUGH = 4
_SHORT = 4
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")


class Searchable:
    """A row that `q=` finds. `__search__` names the attributes that make up its text; None is passed over."""

    __search__: tuple[str, ...] = ()

    search_text: Mapped[str] = mapped_column(Text, default="", deferred=True, sort_order=95)
    search_grams: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, deferred=True, sort_order=96)

    def search_terms(self) -> Iterable[str | None]:
        """What the row is found by. Override where it takes more than attributes, and name in `__search__` the
        attributes and relationships that it is made from."""
        return (getattr(self, name) for name in self.__search__)


def normalise(text: str) -> str:
    """Full width to half, case folded, white space single, digit groups joined (`138-0013 8000` -> `13800138000`)."""
    return _normal(text.lower()) if text.isascii() else _normal_other(text)


@lru_cache(maxsize=20_000)  # names of people and companies come again and again in a list of them
def _normal_other(text: str) -> str:
    return _normal(unicodedata.normalize("NFKC", text).casefold())


def _normal(folded: str) -> str:
    single = " ".join(folded.split())
    return single if single.isalnum() else _SEPARATED_DIGITS.sub("", single)


def search_values(terms: Iterable[str | None]) -> tuple[str, list[str]]:
    """The `search_text` and `search_grams` of a row that is found by `terms`."""
    text = "\n".join(dict.fromkeys([normalise(term) for term in terms if term]))
    grams: list[str] = []
    for word in text.split():
        grams += _ascii_grams(word) if word.isascii() else _other_grams(word)
    return text, list(dict.fromkeys(grams))


def matches(model: type[Searchable], query: str, frequencies: Mapping[str, float] | None = None) -> ColumnElement[bool]:
    """The WHERE clause for rows whose text holds every word of `query`. `frequencies`: how common n-grams are, where
    that is known (`gram_frequencies`).

    A word of one or two alphabetic characters matches at the beginning of a word only, a single Chinese one besides in
    words of up to four characters.
    """
    clauses: list[ColumnElement[bool]] = []
    columns: Any = model
    for word in normalise(query).split():
        clauses.append(columns.search_grams.contains(_rarest(_grams_to_find(word), frequencies)))
        if len(word) > 2:
            clauses.append(columns.search_text.contains(word, autoescape=True))
    return and_(*clauses)


def share(query: str, frequencies: Mapping[str, float]) -> float:
    """About which share of the rows (0 to 1) hold every word of `query`, as if words came independently of each other;
    0 where one is too rare to be in `frequencies`."""
    words = normalise(query).split()
    return prod(min(frequencies.get(gram, 0.0) for gram in _grams_to_find(word)) for word in words)


def _ascii_grams(word: str) -> list[str]:
    local, at, domain = word.rpartition("@")
    if not at:
        return ["^" + word[:1], "^" + word[:2], *_trigrams(word)]
    before = [word[i : i + 3] for i in range(len(local))]
    return ["^" + word[:1], "^" + word[:2], *before, *_domain_grams(at + domain)]


def _trigrams(word: str) -> list[str]:
    return [word[i : i + 3] for i in range(len(word) - 2)]


@lru_cache(maxsize=20_000)  # a list's addresses are at few domains
def _domain_grams(domain: str) -> tuple[str, ...]:
    return tuple(_trigrams(domain))


@lru_cache(maxsize=20_000)
def _other_grams(word: str) -> frozenset[str]:
    singles = _CJK.findall(word) if len(word) <= _SHORT else _CJK.findall(word[:1])
    return frozenset(["^" + word[:1], "^" + word[:2], *singles, *_inner_grams(word)])


def _inner_grams(word: str) -> list[str]:
    """The bigrams that hold a Chinese, Japanese or Korean character, and the trigrams that hold none."""
    if word.isascii():
        return _trigrams(word)
    ideographic = [_CJK.match(letter) is not None for letter in word]
    pairs = [word[i : i + 2] for i in range(len(word) - 1) if ideographic[i] or ideographic[i + 1]]
    return pairs + [word[i : i + 3] for i in range(len(word) - 2) if not any(ideographic[i : i + 3])]


def _grams_to_find(word: str) -> list[str]:
    if len(word) > 2:
        return sorted(set(_inner_grams(word)))
    return [word] if _CJK.search(word) else ["^" + word]


def _rarest(grams: list[str], frequencies: Mapping[str, float] | None) -> list[str]:
    if not frequencies or len(grams) <= _ENOUGH:
        return grams
    return sorted(grams, key=lambda gram: frequencies.get(gram, 0.0))[:_ENOUGH]


@event.listens_for(Searchable, "before_insert", propagate=True)
def _fill_search(_mapper: Any, _connection: Any, row: Searchable) -> None:
    row.search_text, row.search_grams = search_values(row.search_terms())


@event.listens_for(Searchable, "before_update", propagate=True)
def _keep_search(mapper: Any, connection: Any, row: Searchable) -> None:
    """Only where what the row is found by may have changed: any other write should leave the GIN index alone."""
    attributes = inspect(row).attrs
    if row.__search__:
        changed = any(name not in attributes or attributes[name].history.has_changes() for name in row.__search__)
    else:
        session = object_session(row)  # a row that was given the values it had must not become an UPDATE by this
        changed = session is None or session.is_modified(row, include_collections=False)
    if changed:
        _fill_search(mapper, connection, row)
