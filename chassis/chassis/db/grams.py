"""Text as it is searched for, and the n-grams of it that an index holds.

Trigrams for alphabetic scripts, bigrams for Chinese, Japanese and Korean with the single characters of words no longer
than names are, and the first one and two letters of each word. Each is paid for when the row is written: none is kept
that no query asks for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

# Behind a base letter in decomposed text. Those of kana and Hangul stand elsewhere: they are no accents.
_ACCENTS = re.compile(r"[\u0300-\u036f]+")
_WHOLE = {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
_WHOLE_LETTERS = re.compile(f"[{''.join(_WHOLE)}]")
_TRUNK = re.compile(r"(?:00|0)(?=[1-9]\d{3})\d+")
_SEPARATED_DIGITS = re.compile(r"(?<=\d)[-().\s/]+(?=\d)")
SHORT = 4  # characters of the longest word of which each single Chinese character is found
_RANGES = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_CJK = re.compile(f"[{_RANGES}]")
_PAIRS = re.compile(f"(?=([{_RANGES}].|.[{_RANGES}]))")
_OTHER_TRIGRAMS = re.compile(f"(?=([^{_RANGES}]{{3}}))")


def normalise(text: str) -> str:
    """Full width to half, case folded, without accents, white space single, digit groups joined (`138-0013 8000` ->
    `13800138000`)."""
    return _normal(text.lower()) if text.isascii() else _normal_other(text)


@lru_cache(maxsize=20_000)  # names of people and companies come again and again in a list of them
def _normal_other(text: str) -> str:
    return _normal(_without_accents(unicodedata.normalize("NFKC", text).casefold()))


def _without_accents(text: str) -> str:
    """`müller` -> `muller`, `łukasz` -> `lukasz`: who looks for somebody types what their keyboard has."""
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", text))
    if bare != text:
        text = unicodedata.normalize("NFC", bare)
    return _WHOLE_LETTERS.sub(lambda letter: _WHOLE[letter[0]], text)


def _normal(folded: str) -> str:
    single = " ".join(folded.split())
    return single if single.isalnum() else _SEPARATED_DIGITS.sub("", single)


def text_of(terms: Iterable[str | None]) -> str:
    """The text of a row that is found by `terms`: each in normal form on a line of its own. None is passed over."""
    return "\n".join(dict.fromkeys([normalise(term) for term in terms if term]))


def grams_of(text: str) -> list[str]:
    """The n-grams of such a text, each once."""
    grams: list[str] = []
    for word in text.split():
        grams += _ascii_grams(word) if word.isascii() else _other_grams(word)
    return list(dict.fromkeys(grams))


def words_of(query: str) -> list[str]:
    """The words of a query, in normal form. A phone number as it is dialled within its country, or from abroad, is
    looked for without the zeros (`0171 234` as `171234`, `0049 171` as `49171`, `+49 (0)171` as `+49171`): numbers are
    kept as E.164 beside what was typed, and both hold what is left."""
    words = normalise(query.replace("(0)", " ")).split()
    return [word.lstrip("0") if _TRUNK.fullmatch(word) else word for word in words]


def grams_to_find(word: str) -> list[str]:
    """The n-grams that every row has in whose text a word of a query, in normal form, is found."""
    if len(word) > 2:
        return sorted(set(_inner_grams(word)))
    return [word] if is_cjk(word) else ["^" + word]


def is_cjk(word: str) -> bool:
    """Whether a Chinese, Japanese or Korean character stands in it."""
    return _CJK.search(word) is not None


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
    singles = _CJK.findall(word) if len(word) <= SHORT else _CJK.findall(word[:1])
    return frozenset(["^" + word[:1], "^" + word[:2], *singles, *_inner_grams(word)])


def _inner_grams(word: str) -> list[str]:
    """The bigrams that hold a Chinese, Japanese or Korean character, and the trigrams that hold none."""
    if word.isascii():
        return _trigrams(word)
    return _PAIRS.findall(word) + _OTHER_TRIGRAMS.findall(word)
