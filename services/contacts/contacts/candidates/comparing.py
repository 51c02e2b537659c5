"""Measure two records against each other."""

from __future__ import annotations

from rapidfuzz import fuzz

from chassis.company_names import company_key
from contacts.candidates.keys import words_of
from contacts.candidates.records import CompanyRecord, PersonRecord
from contacts.candidates.rules import CompanyLikeness, Judged, Likeness, judge, judge_companies
from contacts.points.rules import name_key

_WEAKEST_WORD = 75.0  # Wei and Lei are two people, Ann and Anne may be one
_UNLIKE = 60.0


def people(one: PersonRecord, other: PersonRecord) -> Judged:
    """How likely the two are one person, and why."""
    companies = [company_key(p.company_name) if p.company_name else "" for p in (one, other)]
    same_company = one.company_id is not None and one.company_id == other.company_id
    return judge(
        Likeness(
            name=names(one.name, other.name),
            company=100.0 if same_company else fuzz.ratio(*companies) if all(companies) else None,
            own_values=(one.own & (other.own | other.shared)) | (one.shared & other.own),
            shared_values=one.shared & other.shared,
            same_place=_same(one.city, other.city) or _same(one.postcode, other.postcode),
            same_partner=one.partner_id == other.partner_id,
        )
    )


def companies(one: CompanyRecord, other: CompanyRecord) -> Judged:
    """How likely the two are one company, and why."""
    words = [set(words_of(company.name)) for company in (one, other)]
    return judge_companies(
        CompanyLikeness(
            name=fuzz.ratio(one.name_key, other.name_key),
            contains=one.name_key in other.name_key or other.name_key in one.name_key or words[0] <= words[1],
            phone=one.phone if one.phone and one.phone == other.phone else None,
            domain=one.label if _same(one.label, other.label) else None,
            same_place=_same(one.city, other.city),
            same_country=one.country is None or other.country is None or one.country == other.country,
            namesake=one.namesake or other.namesake,
            same_partner=one.partner_id == other.partner_id,
        )
    )


def names(one: str, other: str) -> float:
    """From 0 to 100. The same words in another order are the same name, and so is `张 伟` and `张伟`; of similar names
    each word has to be similar to one of the other."""
    keys = name_key(one), name_key(other)
    if keys[0] == keys[1]:
        return 100.0
    fewer, more = sorted((words_of(one), words_of(other)), key=len)
    likeness = max(fuzz.ratio(*keys), fuzz.ratio(" ".join(sorted(fewer)), " ".join(sorted(more))))
    if not fewer or likeness < _UNLIKE:
        return likeness
    weakest = min(max(fuzz.ratio(word, its) for its in more) for word in fewer)
    return likeness if weakest >= _WEAKEST_WORD else min(likeness, _UNLIKE)


def _same(one: str | None, other: str | None) -> bool:
    return bool(one) and bool(other) and str(one).casefold() == str(other).casefold()
