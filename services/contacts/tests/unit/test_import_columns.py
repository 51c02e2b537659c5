"""Columns of plain cells, read at once, are what they are when each cell is read alone."""

from __future__ import annotations

from collections.abc import Callable

import orjson
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.company_names import LEGAL_CJK, PREFIX_CJK, company_key
from chassis.db.bulk import copy_line
from chassis.db.grams import normalise
from contacts.imports import page as pages
from contacts.imports.page import Page
from contacts.imports.texts import company_keys, copied, copy_block, filled, hole, json_texts, normalised, single_spaced
from contacts.points.normal import NotNormal, normal_email, normal_phone
from contacts.settings import settings

EMAILS = ["", "a@example.cn", "B.C+d@Example.DE", "a..b@example.cn", "a.@example.cn", ".a@example.cn", "a@b",
          "ü@example.cn", "\u212a@example.cn", "a@example.cn\nb@example.cn", "a@example.cn;b@example.cn",
          "x" * 64 + "@example.cn", "x" * 65 + "@example.cn", "x@" + "y" * 260 + ".cn"]  # fmt: skip
PHONES = ["", "13800138000", "138 0013-8000", "+86 (138) 00138000", "008613800138000", "12345", "138.0013.8000",
          "1380013800１", "+49 30 901820", "13800138000/13900139000", "13800138000\n1"]  # fmt: skip
_TEXTS = st.lists(
    st.one_of(st.none(), st.text(st.sampled_from('aB1２.-/() \t\n\r\\"\0\x1b\x7fé王豈ＡΣßİ'), max_size=8))
)


def read_at_once(monkeypatch: pytest.MonkeyPatch, cells: list[str], kind: str) -> dict[str, str]:
    """What a column makes of its plain cells, where those that are not are left."""

    def refuse(cell: str) -> list[pages.Point]:
        raise pages.RowError(kind, "not_plain", cell)

    monkeypatch.setattr(pages, f"{kind}s_of", refuse)
    page = Page([[cell] for cell in cells], 1)
    points = getattr(page, f"{kind}s")(0).points
    assert page.odd.to_list() == [
        bool(cell) and value is None for cell, value in zip(cells, points["value"], strict=True)
    ]
    return {cell: value for cell, value in zip(cells, points["value"], strict=True) if value}


def test_plain_emails_are_what_each_is_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read_at_once(monkeypatch, EMAILS, "email")
    assert found == {cell: normal_email(cell) for cell in found}
    assert list(found) == ["a@example.cn", "B.C+d@Example.DE", "x" * 64 + "@example.cn"]


@pytest.mark.parametrize("region", ["CN", "DE"])
def test_plain_mobiles_are_what_each_is_alone(monkeypatch: pytest.MonkeyPatch, region: str) -> None:
    monkeypatch.setenv("CONTACTS_REGION", region)
    settings.cache_clear()
    try:
        found = read_at_once(monkeypatch, PHONES, "phone")
        assert {cell: (value, "mobile") for cell, value in found.items()} == {
            cell: normal_phone(cell) for cell in found
        }
        assert list(found) == (PHONES[1:5] if region == "CN" else PHONES[3:5])
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def test_a_digit_of_another_script_is_read_by_the_library() -> None:
    assert normal_phone("1380013800１") == ("+8613800138001", "mobile")
    with pytest.raises(NotNormal):
        normal_email("a..b@example.cn")


@pytest.mark.parametrize(
    ("at_once", "alone"),
    [
        (normalised, normalise),
        (copied, lambda text: copy_line((text,))),
        (json_texts, lambda text: orjson.dumps(text).decode()),
        (single_spaced, lambda text: " ".join(text.split())),
        (company_keys, lambda text: company_key(text) or None),
    ],
    ids=["normalised", "copied", "json", "single_spaced", "company_keys"],
)
@given(texts=_TEXTS)
def test_a_column_is_what_each_text_is(
    at_once: Callable[[pl.DataFrame], pl.DataFrame], alone: Callable[[str], str], texts: list[str | None]
) -> None:
    if at_once is single_spaced:
        texts = [None if text is None else text.strip() for text in texts]
    made = at_once(
        pl.DataFrame({"plain": ["a"] * len(texts), "any": texts}, schema=dict.fromkeys(("plain", "any"), pl.String))
    )
    assert made["any"].to_list() == [None if text is None else alone(text) for text in texts]
    assert made["plain"].to_list() == [alone("a")] * len(texts)


@given(
    names=st.lists(
        st.lists(
            st.sampled_from([*LEGAL_CJK, *PREFIX_CJK, "分", "Acme", "Ltd", "华信", "7", " ", "（株）"]), max_size=4
        )
    )
)
def test_companies_are_matched_at_once_as_each_is(names: list[list[str]]) -> None:
    texts = ["".join(parts) for parts in names]
    made = company_keys(pl.DataFrame({"name": texts}, schema={"name": pl.String}))["name"].to_list()
    assert made == [company_key(text) or None for text in texts]


def test_a_template_is_filled_row_by_row() -> None:
    template = {"id": hole("id"), "tags": [hole("tags")], "state": hole("state"), "no": 1}
    rows = pl.DataFrame({"id": ['"1"', '"2"'], "tags": ['"a","b"', ""]})
    made = rows.select(filled(template, {"id": pl.col("id"), "tags": pl.col("tags"), "state": "null"}))
    assert made.to_series().to_list() == [
        '{"id":"1","tags":["a","b"],"state":null,"no":1}',
        '{"id":"2","tags":[],"state":null,"no":1}',
    ]


def test_a_block_has_a_line_for_each_row() -> None:
    rows = pl.DataFrame({"a": ["x", None, ""], "n": [1, 2, 3], "t": [True, False, True]})
    assert copy_block(rows) == b"x\t1\ttrue\n\\N\t2\tfalse\n\t3\ttrue\n"
    assert copy_block(rows.select("a")) == b"x\n\\N\n\n"
    odd = pl.DataFrame({"a": ["x\ty\\"], "b": ["x\ty\\"], "n": [1]})
    assert copy_block(odd, ["b"]) == b"x\\ty\\\\\tx\ty\\\t1\n"
