"""What cells mean: what somebody is to the enterprise, what an address is for, which number was typed."""

from __future__ import annotations

import re

from contacts.addresses.rules import ADDRESS_KINDS
from contacts.imports.targets import plain
from contacts.people.rules import ROLES, merged_roles

_SCIENTIFIC = re.compile(r"(\d)\.(\d+)E\+?(\d+)", re.IGNORECASE)
_UNROUNDED = 7  # digits behind the point; spreadsheets show at most five of a number they have rounded
_SPLIT = re.compile(r"[;,；，、|/\n]+")
_ROLES = {
    "customer": ("client", "buyer", "客户", "顾客", "成交客户"),
    "prospect": ("lead", "potential customer", "潜在客户", "意向客户", "潜客"),
    "partner": ("reseller", "合作伙伴", "伙伴", "渠道伙伴"),
    "agent": ("broker", "代理", "代理商", "经销商"),
    "competitor": ("rival", "竞争对手", "竞争者", "竞品"),
    "supplier": ("vendor", "供应商", "供货商"),
}
_KINDS = {
    "office": ("work", "business", "办公", "公司", "办公地址", "公司地址"),
    "home": ("private", "住宅", "家庭", "家庭地址"),
    "billing": ("invoice", "账单", "开票", "账单地址", "开票地址"),
    "shipping": ("delivery", "收货", "送货", "收货地址"),
    "registered": ("legal", "注册", "注册地址"),
    "warehouse": ("仓库", "仓库地址"),
    "other": ("其他", "其它"),
}


class NoSuchWord(ValueError):
    """A word of a `field` that stands for nothing here."""

    def __init__(self, field: str, word: str, choices: tuple[str, ...]) -> None:
        super().__init__(f"{word.strip()!r} is none of: {', '.join(choices)}.")
        self.field = field


def roles_in(cell: str) -> list[str]:
    """The roles that a cell names in English or Chinese, each once. NoSuchWord for what is none."""
    words = [word for word in _SPLIT.split(cell) if word.strip()]
    if wrong := next((word for word in words if plain(word) not in _ROLE_OF), None):
        raise NoSuchWord("roles", wrong, ROLES)
    return merged_roles([_ROLE_OF[plain(word)] for word in words], [])


def address_kind_in(cell: str) -> str | None:
    """What an address is for, by the word in a cell; None for a blank one. NoSuchWord for what is none."""
    if cell.strip() and plain(cell) not in _KIND_OF:
        raise NoSuchWord("address_kind", cell, ADDRESS_KINDS)
    return _KIND_OF.get(plain(cell))


def as_typed(number: str) -> str:
    """Undo what spreadsheets make of a phone number: `1.3800138001E+10`, `13800138001.0`, `'13800138001`. One that was
    rounded (`1.38E+10`) is left as it is, and refused: it would be somebody else's."""
    text = number.strip().lstrip("'").removesuffix(".0")
    match = _SCIENTIFIC.fullmatch(text)
    if match and _UNROUNDED <= len(match[2]) <= int(match[3]):
        return match[1] + match[2].ljust(int(match[3]), "0")
    return text


def _by_word(choices: tuple[str, ...], others: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {plain(word): choice for choice in choices for word in (choice, *others[choice])}


_ROLE_OF, _KIND_OF = _by_word(ROLES, _ROLES), _by_word(ADDRESS_KINDS, _KINDS)
