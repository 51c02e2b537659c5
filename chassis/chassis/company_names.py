"""When two spellings name one company, or one web domain. Standard library only: rules may use it."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_LEGAL_WORDS = frozenset(
    "inc incorporated corp corporation co company ltd limited llc llp lp plc gmbh mbh ag kg kgaa ohg ug eg ev sa sas"
    " sasu sarl srl spa sl bv nv oy oyj ab as asa aps pty pte bhd sdn kk ooo zao pao sro kft zrt doo jsc cv".split()
)
_DOTTED = re.compile(r"\b(?:[a-z]\.){2,}[a-z]?\b|\b[a-z]/[a-z]\b")
# Longest first: 股份有限公司 must go before 有限公司.
LEGAL_CJK = (
    "股份有限公司", "有限责任公司", "有限責任公司", "股份公司", "有限公司", "株式会社", "有限会社", "合同会社", "公司",
    "주식회사", "유한회사",
)  # fmt: skip
PREFIX_CJK = ("株式会社", "有限会社", "合同会社", "주식회사", "유한회사")
_ABBREVIATED_CJK = re.compile(r"[(](?:株|有|주)[)]")


@lru_cache(maxsize=20_000)
def company_key(name: str) -> str:
    """What a company's name is matched by: without legal form, case, width, spaces and punctuation.

    `Acme Corp.`, `ACME, Inc` and `acme` agree, as do `华为技术有限公司` and `华为技术（有限公司）`. A place in brackets
    stays (`飞利浦（中国）` is not `飞利浦（新加坡）`), a branch (分公司) stays a branch, a group (集团) is not its
    daughter. A name that is nothing but a legal form is its own key; an empty one has the key "".
    """
    words = _words(name)
    joined = "".join(_without_legal_words(words))
    return _without_legal_cjk(joined) or joined or "".join(words)


def company_words(name: str) -> list[str]:
    """The words by which a search finds spellings of a company's name: those that its key is made of, without `and`."""
    core = _without_legal_words(_words(name))
    if not "".join(core).isascii():
        return [key] if (key := company_key(name)) else []
    return [word for word in core if word != "and"]


def _words(name: str) -> list[str]:
    text = unicodedata.normalize("NFKC", name).casefold()
    if text.isalnum():  # as most Chinese names are: one word, with nothing to look for in it
        return [text]
    text = _ABBREVIATED_CJK.sub(" ", text)
    return _WORD.findall(_DOTTED.sub(lambda short: re.sub(r"[./]", "", short[0]), text).replace("&", " and "))


def _without_legal_words(words: list[str]) -> list[str]:
    """Trailing legal forms go, with the `and` of `GmbH & Co. KG`; the first word always stays."""
    kept = list(words)
    while len(kept) > 1 and (kept[-1] in _LEGAL_WORDS or (kept[-1] == "and" and len(kept) < len(words))):
        kept.pop()
    return kept


def _without_legal_cjk(text: str) -> str:
    for form in PREFIX_CJK if text.startswith(PREFIX_CJK) else ():
        text = text.removeprefix(form)
    if text.endswith("分公司") or not text.endswith(LEGAL_CJK):
        return text
    for form in LEGAL_CJK:
        if text.endswith(form):
            return text.removesuffix(form)
    return text


def domain_key(domain: str) -> str:
    """A web domain without scheme, `www.`, path and case: `https://www.Acme.com/de` is `acme.com`."""
    host = re.sub(r"^[a-z][a-z0-9+.-]*://", "", domain.strip().lower())
    return re.split(r"[/?#:]", host, maxsplit=1)[0].removeprefix("www.").rstrip(".")
