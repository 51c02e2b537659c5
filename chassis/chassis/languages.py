"""What the platform writes, in the language of who reads it."""

from __future__ import annotations

from collections.abc import Mapping


def in_language(words: Mapping[str, str], locale: str | None, usual: str) -> str:
    """Of a text by language (`{"en": ..., "zh": ...}`) the one of somebody's locale (BCP 47: of `zh-Hant-TW` it is
    `zh`); `usual` where they named none, or there is none in their language."""
    return words.get((locale or "").partition("-")[0]) or usual
