"""Which rows of a step are about people of whom nobody has heard: they need not be matched one after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Sequence
from itertools import chain

from contacts.imports.block import Block
from contacts.imports.drafts import Draft


def newcomers(block: Block, drafts: Sequence[Draft], held: Container[str]) -> list[bool]:
    """Of each person of `block`, whether they share no contact point with anybody: neither with who has one of the keys
    that are `held`, nor with another row of the step. So it is all the same to them what becomes of the others, and in
    which order; and where two rows share a key both are among those others."""
    counts = Counter(chain(block.keys(), *(set(draft.keys) for draft in drafts)))
    taken = {key for key, count in counts.items() if count > 1 or key in held}
    if not taken:
        return [True] * len(block)
    own = zip(*(one.keys for one in block.reached), strict=True)
    return [taken.isdisjoint(keys) for keys in own]
