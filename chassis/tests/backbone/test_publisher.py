import amqp
import pytest
from house import eventually

from chassis.events.publisher import Outgoing, Publisher, PublisherLost
from chassis.events.topology import connected


def batch(*keys, routing_key="here"):
    return [Outgoing(key, routing_key, b"{}", f"message-{key}") for key in keys]


@pytest.fixture
def exchange(house):
    with connected(house.amqp_url) as channel:
        channel.exchange_declare("publisher.test", "topic", durable=True, auto_delete=False)
        channel.queue_declare("publisher.test", durable=True, auto_delete=False)
        channel.queue_purge("publisher.test")
        channel.queue_bind("publisher.test", "publisher.test", "here")
    return "publisher.test"


def test_what_was_routed_and_confirmed_is_sent(house, exchange):
    with Publisher(house.amqp_url, exchange, "text/plain") as publisher:
        assert publisher.send(batch(1, 2, 3)) == []
        assert publisher.send(batch(4)) == []
    assert house.waiting(exchange) == 4


def test_what_cannot_be_routed_is_not_sent(house, exchange):
    with Publisher(house.amqp_url, exchange, "text/plain") as publisher:
        lost = batch(2, routing_key="nowhere")
        assert publisher.send([*batch(1), *lost, *batch(3)]) == lost
        assert publisher.send(batch(4)) == []
    assert house.waiting(exchange) == 3


def test_each_batch_waits_for_its_own_confirms(house, exchange, monkeypatch):
    """The answer to the batch before, which was no smaller, once passed for this one's."""
    with Publisher(house.amqp_url, exchange, "text/plain") as publisher:
        assert publisher.send(batch(1, 2)) == []
        monkeypatch.setattr(publisher, "_confirmed", lambda frame: None)
        monkeypatch.setattr(publisher, "_publish", lambda batch: None)
        with pytest.raises(PublisherLost, match="no confirms within"):
            publisher.send(batch(3), timeout=0.1)


def test_an_exchange_that_is_gone_is_told(house):
    with Publisher(house.amqp_url, "no.such.exchange", "text/plain") as publisher:
        with pytest.raises(PublisherLost, match="NOT_FOUND"):
            publisher.send(batch(1))
        eventually(lambda: publisher.lost)


def test_a_broker_that_is_not_there():
    with pytest.raises(PublisherLost), Publisher("amqp://guest:guest@127.0.0.1:1/", "x", "text/plain"):
        pass


def test_topology_can_be_declared_again_and_leaves_what_stands_otherwise(house, caplog):
    house.declare()
    house.declare()
    assert caplog.records == []
    with connected(house.amqp_url) as channel:
        channel.queue_declare("events", durable=True, auto_delete=False, passive=True)
        with pytest.raises(amqp.exceptions.PreconditionFailed):
            channel.queue_declare("events", durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"})
