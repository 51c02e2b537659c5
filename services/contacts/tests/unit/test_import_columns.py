"""Columns of plain cells, read at once, are what they are when each cell is read alone."""

from __future__ import annotations

import pytest

from contacts.points.normal import NotNormal, normal_email, normal_phone, plain_emails, plain_mobiles
from contacts.settings import settings

EMAILS = ["", "a@example.cn", "B.C+d@Example.DE", "a..b@example.cn", "a.@example.cn", ".a@example.cn", "a@b",
          "ü@example.cn", "\u212a@example.cn", "a@example.cn\nb@example.cn", "a@example.cn;b@example.cn",
          "x" * 65 + "@example.cn"]  # fmt: skip
PHONES = ["", "13800138000", "138 0013-8000", "+86 (138) 00138000", "008613800138000", "12345", "138.0013.8000",
          "13800138000\n", "1380013800１", "+49 30 901820", "13800138000/13900139000"]  # fmt: skip


@pytest.mark.parametrize("cells", [EMAILS, EMAILS[1:3], EMAILS[3:5], EMAILS[:9], [], ["", ""], ["a@example.cn", ""]])
def test_plain_emails_are_what_each_is_alone(cells: list[str]) -> None:
    for cell, value in zip(cells, plain_emails(cells), strict=True):
        if value:
            assert value == normal_email(cell)
    plain = [cell for cell, value in zip(cells, plain_emails(cells), strict=True) if value]
    assert plain == [cell for cell in cells if cell in ("a@example.cn", "B.C+d@Example.DE", "\u212a@example.cn")]


@pytest.mark.parametrize("region", ["CN", "DE"])
@pytest.mark.parametrize("cells", [PHONES, PHONES[:7], PHONES[1:2], [], [""]])
def test_plain_mobiles_are_what_each_is_alone(monkeypatch: pytest.MonkeyPatch, region: str, cells: list[str]) -> None:
    monkeypatch.setenv("CONTACTS_REGION", region)
    settings.cache_clear()
    try:
        found = dict(zip(cells, plain_mobiles(cells), strict=True))
        for cell, value in found.items():
            if value:
                assert normal_phone(cell) == (value, "mobile")
        mobiles = PHONES[1:5] if region == "CN" else PHONES[3:5]
        assert [cell for cell, value in found.items() if value] == [cell for cell in mobiles if cell in cells]
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def test_a_digit_of_another_script_is_read_by_the_library() -> None:
    assert normal_phone("1380013800１") == ("+8613800138001", "mobile")
    with pytest.raises(NotNormal):
        normal_email("a..b@example.cn")
