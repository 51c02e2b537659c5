"""What a contact point stands for: which ones name one person, and by which key.

A key is `<kind>:<normal form>`, unique over the whole base: a key belongs to one person, so the same person cannot be
made twice by whatever door. A point that several people share (a switchboard, a family's mailbox) names a person only
together with the name: its key carries it.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal, NamedTuple

Kind = Literal["email", "phone", "handle", "membership"]
LISTS: dict[Kind, str] = {"email": "emails", "phone": "phones", "handle": "handles", "membership": "memberships"}
KINDS = tuple(LISTS)

_DROP = re.compile(r"[\W_]+")


class Point(NamedTuple):
    """One way to reach a person, in normal form (`value`) and as it was `typed`.

    `label` is `work`, `home`, `mobile`, `other`; of a handle it is the network (the value is `wechat:li_na`), of a
    membership the scheme (`shop_card:10023`). `shared` says that the value alone does not name one person.
    """

    kind: Kind
    value: str
    typed: str
    label: str = "other"
    shared: bool = False

    @property
    def bare(self) -> str:
        """The value without the network or scheme that it is of."""
        return bare(self.kind, self.value)

    def key(self, name: str) -> str:
        """What this point is found by, when it belongs to a person of that `name`."""
        return key_of(self.kind, self.value, self.shared, name)


def key_of(kind: Kind, value: str, shared: bool, name: str) -> str:
    """What a point is found by, when it belongs to a person of that `name`."""
    return f"{kind}:{value};name={name_key(name)}" if shared else f"{kind}:{value}"


def bare(kind: str, value: str) -> str:
    """The value of a point without the network or scheme that it is of: `li_na` of `wechat:li_na`."""
    return value.partition(":")[2] if kind in ("handle", "membership") else value


def name_key(name: str) -> str:
    """A person's name without regard to case, width, spaces and punctuation: `ZHANG  Wei` is `zhangwei`."""
    if name.isascii():
        return _DROP.sub("", name).lower()
    return _DROP.sub("", unicodedata.normalize("NFKC", name)).casefold()


def keys_of(points: list[Point], name: str) -> list[str]:
    """The keys of `points`, e-mails before phones: in a contradiction the e-mail says who it is."""
    emails = [point.key(name) for point in points if point.kind == "email"]
    return list(dict.fromkeys(emails + [point.key(name) for point in points if point.kind != "email"]))
