import pytest

from chassis.events.ledger import Ledger
from chassis.events.outbox import write_pending

DAY = 24 * 3600.0


@pytest.fixture
def ledger(house):
    with Ledger(house.shop.url, "shop") as ledger:
        assert ledger.acquire()
        yield ledger


def test_positions_are_dense_and_follow_the_order_of_writing(house, ledger):
    ids = [str(event.id) for event in house.emit(7)]
    with house.shop.session() as session:
        house._emit(session, "thing.made", {})
        write_pending(session)
        session.rollback()  # takes a number from the sequence with it
    ids += [str(event.id) for event in house.emit(3)]
    rows = ledger.claim(4) + ledger.claim(100)
    assert [row.position for row in rows] == list(range(1, 11))
    assert [row.event_id for row in rows] == ids
    assert ledger.claim(100) == []


def test_only_one_has_the_lock(house, ledger):
    with Ledger(house.shop.url, "shop") as other:
        assert not other.acquire()
        ledger._db.close()
        assert other.acquire()


def test_what_was_not_confirmed_is_found_again_under_its_position(house, ledger):
    house.emit(5)
    ledger.claim(3)
    ledger.published = 2
    ledger.claim(2)
    ledger._db.close()
    with Ledger(house.shop.url, "shop") as other:
        assert other.acquire()
        assert other.published == 2
        assert [row.position for row in other.unconfirmed(other.published, 100)] == [3, 4, 5]
        assert other.claim(100) == []


def test_a_commit_is_heard_and_the_backlog_told(house, ledger):
    assert not ledger.wait(0.01)
    assert ledger.backlog().events == 0
    house.emit(3)
    assert ledger.wait(5)
    ledger.claim(2)
    assert ledger.backlog().events == 3
    ledger.published = 2
    ledger.save()
    assert (ledger.backlog().events, ledger.backlog().oldest < 60) == (1, True)


def test_only_old_and_published_events_are_pruned(house, ledger):
    house.emit(6)
    ledger.claim(4)
    ledger.published = 2
    ledger.save()
    assert ledger.prune(DAY, DAY) == 0
    with house.shop.transaction() as session:
        session.connection().exec_driver_sql("UPDATE outbox SET created_at = created_at - interval '2 days'")
    assert ledger.prune(DAY, DAY) == 2
    assert house._column("shop", "SELECT position FROM outbox ORDER BY id") == [3, 4, None, None]
