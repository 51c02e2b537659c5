"""A search answers the same by its index and by the list's order, whatever PostgreSQL thinks of its n-grams."""

import random

import pytest
from sqlalchemy import event, select

from chassis.db import frequencies, search
from chassis.db.grams import grams_of, grams_to_find, normalise, words_of
from chassis.http import searching


@pytest.fixture(params=[0.0, 0.6, 1.0], ids=["by index", "in order", "in order, not far enough"])
def planned(request, monkeypatch):
    """How common PostgreSQL takes every word to be: of five notes a page of two then looks at none, all, or three."""
    monkeypatch.setattr(searching, "share", lambda *_: request.param)
    monkeypatch.setattr(searching, "_TIMES", 1)


@pytest.fixture
def statements(database):
    told = []
    listener = lambda *args: told.append(args[2])  # noqa: E731
    event.listen(database.engine, "before_cursor_execute", listener)
    yield told
    event.remove(database.engine, "before_cursor_execute", listener)


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
        ("q=tea&sort=price&price__lte=2", ["green tea", "black tea"]),
        ("q=tea&sort=grade,price", ["green tea", "black tea", "white tea", "teapot"]),
        ("q=tea&sort=-title", ["white tea", "teapot", "green tea", "black tea"]),
        ("q=tea", ["teapot", "white tea", "black tea", "green tea"]),
        ("q=cocoa&sort=price", []),
    ],
)
def test_what_is_common_and_what_is_rare_is_found_in_the_same_order(api, teas, planned, query, expected):
    assert pages(api, query) == expected


def test_a_word_is_looked_up_by_its_rarest_grams(session):
    common = {"exa": 0.9, "xam": 0.9, "amp": 0.9, "mpl": 0.4, "ple": 0.5}
    assert search._rarest(["amp", "exa", "mpl", "ple", "qqq", "xam"], common) == ["qqq", "mpl", "ple", "amp"]
    assert search._rarest(["amp", "exa", "mpl", "ple", "xam"], {}) == ["amp", "exa", "mpl", "ple", "xam"]


def test_a_search_walks_only_where_the_page_is_near(api, teas, statements, monkeypatch):
    asked = {}
    for share in (0.0, 3 / searching.FAR, 13 / searching.FAR):
        monkeypatch.setattr(searching, "share", lambda *_, share=share: share)
        statements.clear()
        assert len(api.get("/notes?q=tea&limit=2").json["data"]) == 2
        asked[share] = [statement for statement in statements if "FROM notes" in statement]
    assert [len(found) for found in asked.values()] == [1, 1, 2]
    monkeypatch.setattr(searching, "share", lambda *_: 1.0)
    monkeypatch.setattr(searching, "_TIMES", 1)
    statements.clear()
    assert len(api.get("/notes?q=tea&limit=1").json["data"]) == 1
    assert len([statement for statement in statements if "FROM notes" in statement]) == 1


def test_how_common_words_are_together():
    common = {"tea": 0.5, "gre": 0.2, "ree": 0.4, "een": 0.3, "^t": 0.6, "王": 0.1}
    assert search.share("tea", common) == 0.5
    assert search.share("Green  tea", common) == pytest.approx(0.1)
    assert search.share("t 王", common) == pytest.approx(0.06)
    assert search.share("tea coffee", common) == 0
    assert search.share("tea", {}) == 0


@pytest.mark.parametrize(
    ("text", "grams"),
    [
        ("王伟", ["^王", "^王伟", "王", "伟", "王伟"]),
        ("华信3D科技公司", ["^华", "^华信", "华", "华信", "信3", "d科", "科技", "技公", "公司"]),
        ("w1@b.cn", ["^w", "^w1", "w1@", "1@b", "@b.", "b.c", ".cn"]),
    ],
)
def test_a_row_has_the_grams_that_a_query_asks_and_no_others(text, grams):
    assert sorted(grams_of(normalise(text))) == sorted(grams)


def test_whatever_stands_in_a_word_is_found():
    dice = random.Random(4)
    for _ in range(5000):
        word = "".join(dice.choice("ab1@王伟") for _ in range(dice.randrange(2, 9)))
        start = dice.randrange(len(word) - 1)
        part = word[start : dice.randrange(start + 2, len(word) + 1)]
        if len(part) > 2 or not part.isascii():
            assert set(grams_to_find(part)) <= set(grams_of(word)), (word, part)


def test_the_text_by_itself_answers_as_the_grams_do(session):
    from notebook.model import Note

    dice = random.Random(7)
    word = lambda most: "".join(dice.choice("aB1@%_.(王伟") for _ in range(dice.randrange(1, most)))  # noqa: E731
    for _ in range(300):
        session.add(Note(title=" ".join(word(7) for _ in range(3)), phone=word(6), price=1))
    session.flush()
    texts = dict(session.execute(select(Note.id, Note.search_text)).all())
    for query in (*(word(4) for _ in range(150)), "王", "伟", "%", "_a", "a b", "王 (", "aB1 @"):
        expected = {
            id_
            for id_, text in texts.items()
            if all(
                {*grams_to_find(part)} <= {*grams_of(text)} and (len(part) <= 2 or part in text)
                for part in words_of(query)
            )
        }
        for asked in (search.reads, search.matches):
            assert set(session.scalars(select(Note.id).where(asked(Note, query)))) == expected, (query, asked)


def test_what_is_common_comes_from_the_statistics(api, teas, database, session, monkeypatch):
    from notebook.model import Note

    monkeypatch.setattr(frequencies, "_known", {})
    with database.engine.begin() as connection:
        connection.exec_driver_sql(f"ANALYZE {Note.__tablename__}")
    found = frequencies.gram_frequencies(session, Note)
    assert found["tea"] == pytest.approx(0.8)
    assert found["off"] == pytest.approx(0.2)
