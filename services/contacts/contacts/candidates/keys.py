"""By which keys records that may be one are brought together. Pure: what is found is scored afterwards.

A key joins pieces of a name (n-grams) with something else that both have: a company, a place, a shared number. A key
that more than a few bear says nothing (`finding.BLOCK`), so that a common name costs no more than a rare one; it is
then the longer keys that find. Keys are hashed to 64 bits: a collision only costs a comparison.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b

from chassis.company_names import company_key
from contacts.candidates.records import CompanyRecord, PersonRecord
from contacts.points.rules import name_key

_WORD = re.compile(r"\w+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
_COMPANY_PREFIX = 4


def hashed(keys: Iterable[str]) -> set[int]:
    """The keys as signed 64-bit numbers."""
    return {int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), signed=True) for key in keys}


def keys_of_person(person: PersonRecord) -> set[str]:
    """The whole name, whatever the order of its words; the name and its pieces with the beginning of the company's
    name; the name with the place; its pieces with a number that several share."""
    words = words_of(person.name)
    names = {name_key(person.name), "".join(sorted(words))} - {""}
    pieces = {piece for word in words for piece in _pieces(word)}
    company = company_key(person.company_name)[:_COMPANY_PREFIX] if person.company_name else ""
    keys = {f"n|{name}" for name in names}
    if company:
        keys |= {f"c|{company}|{piece}" for piece in names | pieces}
    for place in (person.city, person.postcode):
        if place:
            keys |= {f"l|{place.casefold()}|{name}" for name in names}
    for value in person.shared:
        keys |= {f"s|{value}|{piece}" for piece in names | pieces}
    return keys


def keys_of_company(company: CompanyRecord) -> set[str]:
    """The matched name; its beginning; its words or bigrams, alone and with the place; phone; the domain without its
    last label (acme.com, acme.cn)."""
    pieces = {piece for word in words_of(company.name) for piece in _pieces(word, 5)}
    keys = {f"n|{company.name_key}", f"b|{company.name_key[:5]}"} | {f"w|{piece}" for piece in pieces}
    if company.city:
        keys |= {f"l|{company.city.casefold()}|{piece}" for piece in pieces}
    if company.phone:
        keys.add(f"p|{company.phone}")
    if company.domain:
        keys.add(f"d|{company.label}")
    return keys


@lru_cache(maxsize=20_000)  # one is compared with many
def words_of(name: str) -> tuple[str, ...]:
    """The words of a name, without case and width."""
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", name).casefold()))


def _pieces(word: str, length: int = 2) -> list[str]:
    """Bigrams of Chinese, Japanese and Korean; of other scripts the beginning."""
    if not _CJK.search(word):
        return [word[:length]]
    return [word[i : i + 2] for i in range(max(1, len(word) - 1))]
