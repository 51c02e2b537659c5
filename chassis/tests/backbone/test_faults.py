"""The backbone against what goes wrong in real life: nothing lost, nothing applied twice, nothing in a hot loop."""

import http.client
import json
import signal
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import amqp
import pytest
from house import eventually

from chassis import clock
from chassis.events.topology import connected
from launcher.processes import free_ports

pytestmark = pytest.mark.fault


RELAY, WORKER = ("relay", "shop"), ("worker", "depot")


def answer(port, path):
    """The status with which the process's health door answers; None where it does not."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


def goes_on(house):
    """Wait until more events take effect."""
    seen = len(house.applied())
    eventually(lambda: len(house.applied()) > seen + 50)


def publish(house, body, routing_key="thing.made", headers=None):
    with connected(house.amqp_url) as channel:
        kind = "application/cloudevents+json"
        message = amqp.Message(body, content_type=kind, delivery_mode=2, application_headers=headers or {})
        channel.basic_publish_confirm(message, exchange="shop.outbox", routing_key=routing_key, mandatory=True)


def test_relay_killed_between_publish_and_mark(house):
    house.declare()
    house.emit(50)
    crashing = house.start("relay", "shop", "crash_between_publish_and_mark")
    assert crashing.wait(60) == -signal.SIGKILL
    assert house.waiting("depot.inbox") == 50
    house.run()
    house.emit(5)
    house.all_applied_once()
    assert house.stream(105) == [*range(1, 51), *range(1, 51), *range(51, 56)], "sent again, under the same positions"


def test_relay_killed_between_numbering_and_publishing(house):
    house.declare()
    house.emit(50)
    crashing = house.start("relay", "shop", "crash_between_number_and_publish")
    assert crashing.wait(60) == -signal.SIGKILL
    assert house.waiting("depot.inbox") == 0
    house.run()
    house.emit(5)
    house.all_applied_once()
    assert house.stream(55) == list(range(1, 56))


def test_worker_killed_between_commit_and_ack(house):
    house.declare()
    house.start("relay", "shop")
    house.emit(30)
    eventually(lambda: house.waiting("depot.inbox") == 30)
    crashing = house.start("worker", "depot", "crash_between_commit_and_ack")
    assert crashing.wait(60) == -signal.SIGKILL
    committed = len(house.applied())
    assert 1 <= committed <= 20, "one batch, of what had been delivered by then, took effect unacknowledged"
    eventually(lambda: house.waiting("depot.inbox") == 30)
    house.start("worker", "depot")
    house.all_applied_once()
    eventually(lambda: house.waiting("depot.inbox") == 0)


def test_broker_restarted_and_then_killed_under_load(house):
    relay, worker = house.run()
    with house.load(per_second=200):
        goes_on(house)
        house.servers.broker.restart()
        goes_on(house)
        house.servers.broker.kill()
        before = len(house.sent())
        eventually(lambda: len(house.sent()) > before + 50)  # the shop works without a broker
        house.servers.broker.start()
        goes_on(house)
    house.all_applied_once()
    assert (relay.poll(), worker.poll()) == (None, None), "both came back by themselves"


def test_database_restarted_and_then_killed_under_load(house):
    relay, worker = house.run()
    with house.load(per_second=200):
        goes_on(house)
        house.servers.postgres.stop()
        house.servers.postgres.start()
        goes_on(house)
        house.servers.postgres.kill()
        house.servers.postgres.start()
        goes_on(house)
    house.all_applied_once()
    assert (relay.poll(), worker.poll()) == (None, None), "both came back by themselves"


def test_same_event_twice(house):
    house.run()
    (event,) = house.emit()
    house.all_applied_once()
    again = replace(event, position=1).to_json()
    for _ in range(3):
        publish(house, again)
    (last,) = house.emit()
    house.all_applied_once()
    assert house.calls(event) == 1
    assert house.calls(last) == 1


def test_events_out_of_order(house):
    house.declare()
    (event,) = house.emit(type_="thing.painted")
    newer = replace(event, sequence=7, data=event.data | {"colour": "blue"}, position=1)
    older = replace(event, id=house.emit(type_="thing.painted")[0].id, sequence=6, position=2)
    for one in (newer, older):
        publish(house, one.to_json(), "thing.painted")
    house.start("worker", "depot")
    house.all_applied_once()
    assert house._column("depot", "SELECT colour || ' ' || sequence FROM copies") == ["blue 7"]


def test_handler_that_fails_twice_and_then_works_and_one_that_asks_for_later(house):
    house.run()
    (failing,), (waiting,) = house.emit(fail="twice"), house.emit(fail="later")
    house.all_applied_once()
    assert (house.calls(failing), house.calls(waiting)) in ((3, 2), (4, 3)), "4 and 3 where both shared a batch first"


def test_handler_that_always_fails(house):
    house.run()
    (event,) = house.emit(fail="always")
    eventually(lambda: house.calls(event) == 1)
    (fine,) = house.emit()
    (letter,) = eventually(lambda: house.letters().list())
    assert house.calls(event) == 3, "once, and once after each of the two delays"
    assert house.applied() == [str(fine.id)], "it held up nobody"

    (listed,) = house.dead("list", "depot")
    assert listed["id"] == str(event.id)
    assert (listed["type"], listed["kind"], listed["attempts"]) == ("thing.made", "fault", 3)
    assert listed["why"].startswith("KeyError at worker.py:")
    assert "Ann" not in json.dumps(listed)
    (shown,) = house.dead("show", "depot", str(event.id))
    assert shown["event"]["data"] == {"thing_id": event.data["thing_id"], "colour": "red", "fail": "always"}
    (whole,) = house.dead("show", "depot", str(event.id), "--personal")
    assert whole["event"]["data"]["personal"] == {"name": "Ann"}
    assert house.letters().list() == [letter], "looking takes nothing away"

    assert house.dead("replay", "depot") == [{"replayed": 1}]
    eventually(lambda: house.calls(event) == 6)
    eventually(lambda: house.letters().list())
    (house.folder / "mended").touch()
    assert house.dead("replay", "depot", str(event.id)) == [{"replayed": 1}]
    house.all_applied_once()
    assert house.calls(event) == 7


UNDECODABLE = {
    b'{"specversion": "1.0", ': "Malformed: The body is not JSON: ",
    b"\xff\xfe\x00": "Malformed: The body is not JSON",
    b"[1, 2]": "Malformed: The event is not a JSON object.",
    b'{"specversion": "1.0", "type": "thing.made"}': "Malformed: id is missing.",
}


def test_undecodable_bodies(house):
    house.run()
    for body in UNDECODABLE:
        publish(house, body)
    publish(house, b"no gzip", headers={"compression": "application/x-gzip"})
    (fine,) = house.emit()
    letters = eventually(lambda: len(found := house.letters().list()) == 5 and found)
    for letter, why in zip(letters, [*UNDECODABLE.values(), "Malformed: The body is not what its"], strict=True):
        assert letter.why.startswith(why)
        assert (letter.kind, letter.attempts) == ("malformed", 1)
    eventually(lambda: house.applied() == [str(fine.id)])
    shown = house.dead("show", "depot")
    assert ["body" in letter for letter in shown] == [False] * 5, "nobody can say what in it names a person"
    assert house.dead("replay", "depot") == [{"replayed": 5}]
    seen = {letter.failed for letter in letters}
    again = eventually(lambda: len(found := house.letters().list()) == 5 and found)
    assert [letter.attempts for letter in again] == [1] * 5
    assert not seen & {letter.failed for letter in again}


def test_event_of_an_unknown_version(house):
    house.run()
    (event,) = house.emit()
    house.all_applied_once()
    future = json.loads(replace(event, version=3).to_json()) | {"type": "thing.made"}
    future["id"] = future["id"].replace(future["id"][-4:], "ffff")
    publish(house, json.dumps(future))
    (listed,) = eventually(lambda: house.dead("list", "depot"))
    assert (listed["kind"], listed["attempts"]) == ("malformed", 1)
    assert listed["why"] == "Malformed: thing.made version 3 is not known here."
    assert house.applied() == [str(event.id)]


def test_handler_that_calls_the_event_nonsense(house):
    house.run()
    (event,) = house.emit(fail="nonsense")
    (letter,) = eventually(lambda: house.letters().list())
    assert (letter.kind, letter.why) == ("malformed", "Malformed: a thing that cannot be")
    assert house.calls(event) == 1


def test_unroutable_event_is_parked_and_finds_its_listener_later(house):
    house.start("relay", "shop")
    house.emit(3)
    letters = house.letters("unrouted")
    eventually(lambda: len(letters.list()) == 3)
    assert {letter.kind for letter in letters.list()} == {"unrouted"}
    assert house.dead("replay", "unrouted") == [{"replayed": 3}]
    assert len(letters.list()) == 3, "still nobody listens: it comes back instead of getting lost"
    house.declare()
    house.start("worker", "depot")
    assert house.dead("replay", "unrouted") == [{"replayed": 3}]
    house.all_applied_once()
    assert letters.list() == []
    assert house.stream(3) == [1, 2, 3]


def test_topology_deleted_under_the_relay(house):
    house.run()
    house.emit(10)
    house.all_applied_once()
    with connected(house.amqp_url) as channel:
        channel.exchange_delete("shop.outbox")
    house.emit(10)
    house.all_applied_once()


def test_two_relays_at_once(house):
    house.declare()
    first, second = house.start("relay", "shop"), house.start("relay", "shop")
    house.start("worker", "depot")
    with house.load(per_second=200):
        eventually(lambda: len(house.applied()) > 100)
        sent = len(house.sent())
        assert house.stream(sent)[:sent] == list(range(1, sent + 1)), "only one of them sends"
        first.kill()
        first.wait()
        seen = len(house.applied())
        eventually(lambda: len(house.applied()) > seen + 50)
        third = house.start("relay", "shop")
        assert house.stop(second) == 0
        seen = len(house.applied())
        eventually(lambda: len(house.applied()) > seen + 50)
    house.all_applied_once()
    assert third.poll() is None


def test_broker_that_takes_no_copies_makes_no_hot_loop(house):
    house.declare()
    house.start("relay", "shop")
    worker = house.start("worker", "depot", "refuse_copies")
    (event,) = house.emit(fail="always")
    eventually(lambda: house.puts() >= 3)
    assert house.calls(event) == 1, "the copy is tried again, not the handler"
    assert house.stop(worker) == 0, "it can be stopped meanwhile"
    assert house.puts() <= 6
    eventually(lambda: house.waiting("depot.inbox") == 1)
    (house.folder / "mended").touch()
    house.start("worker", "depot")
    house.all_applied_once()


def test_message_that_kills_its_worker_each_time_is_parked(house):
    house.declare()
    (event,) = house.emit()
    publish(house, replace(event, position=1).to_json())
    with connected(house.amqp_url) as channel:
        for _ in range(21):
            message = eventually(lambda: channel.basic_get("depot.inbox"))
            channel.basic_reject(message.delivery_tag, requeue=True)
    (listed,) = eventually(lambda: house.dead("list", "depot"))
    assert (listed["id"], listed["kind"]) == (str(event.id), "delivery_limit")
    assert house.dead("replay", "depot") == [{"replayed": 1}]
    house.start("worker", "depot")
    house.all_applied_once()


def test_started_before_broker_and_database(house):
    house.declare()
    house.emit(3)
    ports = free_ports(2)
    house.environment |= {
        f"{name}_HEALTH_BIND": f"127.0.0.1:{port}" for name, port in zip(("SHOP", "DEPOT"), ports, strict=True)
    }
    house.servers.broker.stop()
    house.servers.postgres.stop()
    relay, worker = house.start(*RELAY), house.start(*WORKER)
    for port in ports:
        eventually(lambda port=port: answer(port, "/livez") == 200)
        assert answer(port, "/readyz") == 503
    assert house.stop(worker) == 0, "one that never reached the broker can be stopped, too"
    worker = house.start(*WORKER)
    house.servers.all_up()
    house.all_applied_once()
    for port in ports:
        eventually(lambda port=port: answer(port, "/readyz") == 200)
    assert (relay.poll(), worker.poll()) == (None, None)


def test_timers_follow_a_clock_that_is_set(house):
    clock_file = house.folder / "clock"
    house.environment["QUINTET_CLOCK_FILE"] = str(clock_file)
    house.start(*WORKER)

    def rung():
        return house.calls_file.read_text().split().count("daily") if house.calls_file.exists() else 0

    eventually(lambda: rung() == 1)
    clock.write_offset(clock_file, timedelta(days=2))
    eventually(lambda: rung() == 2)
    clock.write_offset(clock_file, timedelta(days=-2))
    day = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()
    eventually(lambda: house.calls_file.read_text().count(f"tick {day}") > 10)  # both timers have seen it
    clock.write_offset(clock_file, timedelta(days=-0.5))
    eventually(lambda: rung() == 3)


def test_worker_stopped_under_load_loses_nothing(house):
    _, worker = house.run()
    with house.load(per_second=200):
        eventually(lambda: len(house.applied()) > 50)
        assert house.stop(worker) == 0
        house.start("worker", "depot")
        seen = len(house.applied())
        eventually(lambda: len(house.applied()) > seen + 50)
    house.all_applied_once()
    lines = house.calls_file.read_text().splitlines()
    doubles = [line for line, count in Counter(lines).items() if count > 1 and not line.startswith(("tick", "daily"))]
    assert doubles == [], "what was at hand was finished and acknowledged"
