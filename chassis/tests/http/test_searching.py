"""A search answers the same by its index and by the list's order, whatever PostgreSQL thinks of its n-grams."""

import random

import pytest

from chassis.db import frequencies, search
from chassis.http import searching


@pytest.fixture(params=[0, 3000], ids=["many", "few"])
def planned(request, monkeypatch):
    monkeypatch.setattr(searching, "FEW", request.param)


@pytest.fixture
def teas(api):
    for number, title in enumerate(("green tea", "black tea", "coffee", "white tea", "teapot"), start=1):
        assert api.post("/notes", json={"title": title, "price": f"{number}.00"}).status_code == 201


def pages(api, query):
    found, cursor = [], ""
    while cursor is not None:
        page = api.get(f"/notes?limit=2&{query}" + (f"&cursor={cursor}" if cursor else "")).json
        found += [note["title"] for note in page["data"]]
        cursor = page["next_cursor"]
    return found


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=tea&sort=-price", ["teapot", "white tea", "black tea", "green tea"]),
        ("q=tea&sort=price&price__gte=2", ["black tea", "white tea", "teapot"]),
        ("q=tea", ["teapot", "white tea", "black tea", "green tea"]),
        ("q=cocoa&sort=price", []),
    ],
)
def test_few_and_many_are_found_in_the_same_order(api, teas, planned, query, expected):
    assert pages(api, query) == expected


def test_a_word_is_looked_up_by_its_rarest_grams(session):
    common = {"exa": 0.9, "xam": 0.9, "amp": 0.9, "mpl": 0.4, "ple": 0.5}
    assert search._rarest(["amp", "exa", "mpl", "ple", "qqq", "xam"], common) == ["qqq", "mpl", "ple", "amp"]
    assert search._rarest(["amp", "exa", "mpl", "ple", "xam"], {}) == ["amp", "exa", "mpl", "ple", "xam"]


@pytest.mark.parametrize(
    ("text", "grams"),
    [
        ("王伟", ["^王", "^王伟", "王", "伟", "王伟"]),
        ("华信3D科技公司", ["^华", "^华信", "华", "华信", "信3", "d科", "科技", "技公", "公司"]),
        ("w1@b.cn", ["^w", "^w1", "w1@", "1@b", "@b.", "b.c", ".cn"]),
    ],
)
def test_a_row_has_the_grams_that_a_query_asks_and_no_others(text, grams):
    assert sorted(search.search_values([text])[1]) == sorted(grams)


def test_whatever_stands_in_a_word_is_found():
    dice = random.Random(4)
    for _ in range(5000):
        word = "".join(dice.choice("ab1@王伟") for _ in range(dice.randrange(2, 9)))
        start = dice.randrange(len(word) - 1)
        part = word[start : dice.randrange(start + 2, len(word) + 1)]
        if len(part) > 2 or not part.isascii():
            assert set(search._grams_to_find(part)) <= set(search.search_values([word])[1]), (word, part)


def test_what_is_common_comes_from_the_statistics(api, teas, database, session, monkeypatch):
    from notebook.model import Note

    monkeypatch.setattr(frequencies, "_known", {})
    with database.engine.begin() as connection:
        connection.exec_driver_sql(f"ANALYZE {Note.__tablename__}")
    found = frequencies.gram_frequencies(session, Note)
    assert found["tea"] == pytest.approx(0.8)
    assert found["off"] == pytest.approx(0.2)
