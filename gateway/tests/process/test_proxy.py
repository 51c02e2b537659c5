from __future__ import annotations

import gzip
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from chassis.testing import eventually


@pytest.fixture
def call(gateway, token):
    """A request to the sales service through the gateway."""

    def send(method, path, **options):
        headers = {"Authorization": f"Bearer {token}"} | options.pop("headers", {})
        url = f"{gateway.url}/api/v1/sales{path}"
        return requests.request(method, url, headers=headers, timeout=20, **options)

    return send


def answer(body=b"{}", head=b"", status=b"200 OK"):
    return b"HTTP/1.1 %b\r\nContent-Length: %d\r\n%b\r\n" % (status, len(body), head) + body


def test_path_query_and_body_arrive_as_they_were_sent(call, sales):
    response = call("POST", "/deals/a%2Fb%20c/%E7%8E%8B?q=%20x&y=1+2&empty", data=b'{"name": "\xe7\x8e\x8b"}')
    assert response.status_code == 200
    assert response.content == b'{"name": "\xe7\x8e\x8b"}'
    assert sales.head()[""] == "POST /api/v1/sales/deals/a%2Fb%20c/%E7%8E%8B?q=%20x&y=1+2&empty HTTP/1.1"


def test_status_fields_and_body_come_back_as_they_were_answered(call, sales):
    body = gzip.compress(b'{"id": 1}')
    fields = b'ETag: "7"\r\nContent-Encoding: gzip\r\nContent-Type: application/json\r\nLocation: /api/v1/x\r\n'
    sales.on(
        "/api/v1/sales/deals",
        answer(body, fields + b"Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n", b"201 Created"),
    )
    response = call("POST", "/deals", json={})
    assert (response.status_code, response.reason, response.json()) == (201, "Created", {"id": 1})
    assert (response.headers["ETag"], response.headers["Location"]) == ('"7"', "/api/v1/x")
    assert sorted(response.raw.headers.getlist("Set-Cookie")) == ["a=1", "b=2"]


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_every_method_goes_through(call, sales, method):
    assert call(method, "/deals").status_code == 200
    assert sales.head()[""] == f"{method} /api/v1/sales/deals HTTP/1.1"


def test_answers_without_a_body(call, sales):
    sales.on("/api/v1/sales/none", b"HTTP/1.1 204 No Content\r\n\r\n")
    sales.on("/api/v1/sales/same", b'HTTP/1.1 304 Not Modified\r\nETag: "7"\r\n\r\n')
    sales.on("/api/v1/sales/head", b"HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n")
    assert (call("DELETE", "/none").status_code, call("GET", "/same").status_code) == (204, 304)
    head = call("HEAD", "/head")
    assert (head.status_code, head.headers["Content-Length"], head.content) == (200, "1234", b"")
    assert call("GET", "/deals").status_code == 200


class TestHeaderFields:
    def test_what_claims_an_identity_does_not_pass(self, call, sales, token):
        claims = [
            "X-User-Id",
            "X-User",
            "X-Actor",
            "X-Auth-Request-User",
            "X-Remote-User",
            "Remote-User",
            "X-Roles",
        ]
        claims += [
            "X-Team-Id",
            "X-Partner",
            "X-Scopes",
            "X-Reach",
            "X-Real-IP",
            "X-Original-URL",
            "X-Rewrite-URL",
        ]
        claims += [
            "Forwarded",
            "X-Client-Id",
            "X-Quintet-Actor",
            "X-HTTP-Method-Override",
            "X-Forwarded-User",
        ]
        call("GET", "/deals", headers=dict.fromkeys(claims, "root"))
        arrived = sales.head()
        assert [name for name in claims if name.lower() in arrived] == []
        assert "root" not in arrived.values()
        assert arrived["authorization"] == f"Bearer {token}"

    def test_forwarding_fields_are_written_anew(self, call, sales, gateway):
        spoofed = {"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil"}
        call("GET", "/deals", headers=spoofed | {"X-Forwarded-Port": "1", "X-Forwarded-Prefix": "/x"})
        arrived = sales.head()
        assert arrived["x-forwarded-for"] == "127.0.0.1"
        assert arrived["x-forwarded-proto"] == "http"
        assert arrived["x-forwarded-host"] == f"127.0.0.1:{gateway.port}"
        assert not {"x-forwarded-port", "x-forwarded-prefix"} & set(arrived)
        assert arrived["host"] == sales.url.removeprefix("http://")

    def test_names_with_an_underscore_are_no_back_door(self, gateway, sales, token):
        with socket.create_connection(("127.0.0.1", gateway.port)) as sock:
            sock.sendall(
                f"GET /api/v1/sales/deals HTTP/1.1\r\nHost: x\r\nX_User_Id: root\r\nConnection: close\r\n"
                f"Authorization: Bearer {token}\r\n\r\n".encode()
            )
            sock.recv(65536)
        assert all("root" not in request.decode("latin-1") for request in sales.requests)

    def test_hop_by_hop_fields_stay_on_their_hop(self, call, sales):
        sent = {
            "Connection": "close, X-Hop",
            "X-Hop": "1",
            "Keep-Alive": "5",
            "TE": "trailers",
            "Upgrade": "h2c",
        }
        fields = b"Connection: X-Back\r\nX-Back: 1\r\nKeep-Alive: 5\r\nProxy-Authenticate: Basic\r\nX-Stays: 1\r\n"
        sales.on("/api/v1/sales/hop", answer(head=fields))
        response = call("GET", "/hop", headers=sent | {"Proxy-Authorization": "Basic x", "X-Stays": "1"})
        arrived = sales.head()
        assert not {"connection", "x-hop", "keep-alive", "te", "upgrade", "proxy-authorization"} & set(arrived)
        assert arrived["x-stays"] == "1"
        assert not {"X-Back", "Keep-Alive", "Proxy-Authenticate"} & set(response.headers)
        assert response.headers["X-Stays"] == "1"

    def test_the_trace_goes_on_and_a_broken_one_begins_anew(self, call, sales):
        trace = "0af7651916cd43dd8448eb211c80319c"
        call("GET", "/deals", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01", "tracestate": "a=b"})
        assert sales.head()["traceparent"].split("-")[1] == trace
        assert sales.head()["tracestate"] == "a=b"
        call("GET", "/deals", headers={"traceparent": "nonsense"})
        assert len(sales.head()["traceparent"].split("-")[1]) == 32


class TestToken:
    def test_one_that_is_not_valid_ends_at_the_gateway(self, call, sales):
        response = call("GET", "/deals", headers={"Authorization": "Bearer forged"})
        assert (response.status_code, response.json()["code"]) == (401, "token_invalid")
        assert response.headers["Content-Type"] == "application/problem+json"
        assert sales.requests == []

    def test_without_one_the_service_decides(self, gateway, sales):
        sales.on("/api/v1/sales/deals", answer(b'{"code":"unauthenticated"}', status=b"401 Unauthorized"))
        assert requests.get(f"{gateway.url}/api/v1/sales/deals", timeout=5).json() == {"code": "unauthenticated"}

    def test_one_that_expired_ends_at_the_gateway(self, call, sales, new_token):
        response = call("GET", "/deals", headers={"Authorization": f"Bearer {new_token(ttl=-5)}"})
        assert (response.status_code, response.json()["code"]) == (401, "token_expired")
        assert sales.requests == []


class TestBodies:
    def test_one_above_the_cap_is_refused_before_the_service_hears_of_it(self, call, sales):
        response = call("POST", "/imports", data=b"x" * 300_001)
        assert (response.status_code, response.json()["code"]) == (413, "too_large")
        assert response.json()["max_bytes"] == 300_000
        assert sales.requests == []

    def test_a_chunked_one_above_the_cap_never_arrives_whole(self, call, sales):
        response = call("POST", "/imports", data=iter([b"x" * 50_000] * 7))
        assert (response.status_code, response.json()["code"]) == (413, "too_large")
        assert sales.requests == []

    @pytest.mark.parametrize("size", [0, 1, 65_536, 65_537, 300_000])
    def test_any_size_below_it_arrives(self, call, sales, size):
        body = bytes(i % 251 for i in range(size))
        assert call("POST", "/imports", data=body).content == body

    def test_a_chunked_one_arrives(self, call, sales):
        response = call("POST", "/imports", data=iter([b"a" * 70_000, b"b", b"c" * 100]))
        assert response.content == b"a" * 70_000 + b"b" + b"c" * 100
        assert "content-length" not in sales.head()

    def test_one_that_does_not_come_to_its_end_is_given_up(self, gateway, sales, token):
        with socket.create_connection(("127.0.0.1", gateway.port)) as sock:
            sock.settimeout(10)
            sock.sendall(
                f"POST /api/v1/sales/imports HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
                "Content-Length: 100\r\n\r\nonly this".encode()
            )
            assert sock.recv(65536).startswith(b"HTTP/1.1 408 ")
        assert sales.requests == []

    def test_a_long_answer_comes_as_it_is_made(self, call, sales):
        go_on = threading.Event()

        def slowly(sock, _):
            sock.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
            go_on.wait(5)
            sock.sendall(b"4;ext=1\r\nlast\r\n0\r\nTrailer: x\r\n\r\n")
            return True

        sales.on("/api/v1/sales/feed", slowly)
        response = call("GET", "/feed", stream=True)
        pieces = response.iter_content(chunk_size=None)
        assert next(pieces) == b"first"
        go_on.set()
        assert next(pieces) == b"last"
        assert list(pieces) == []

    def test_a_large_answer_arrives_whole(self, call, sales):
        body = b"0123456789" * 500_000
        sales.on("/api/v1/sales/export", answer(body))
        assert call("GET", "/export").content == body

    def test_one_without_length_ends_with_the_connection(self, call, sales):
        def until_closed(sock, _):
            sock.sendall(b"HTTP/1.0 200 OK\r\n\r\nall there is")
            return False

        sales.on("/api/v1/sales/old", until_closed)
        assert call("GET", "/old").content == b"all there is"

    def test_a_service_may_answer_before_it_has_read_everything(self, call, sales):
        def early(sock, _):
            sock.sendall(answer(b'{"code":"nope"}', b"Connection: close\r\n", b"403 Forbidden"))
            time.sleep(0.2)
            return False

        sales.on("/api/v1/sales/imports", early)
        response = call("POST", "/imports", data=b"x" * 290_000)
        assert (response.status_code, response.json()["code"]) == (403, "nope")


class TestTrouble:
    def test_a_service_that_is_down_is_a_503_and_the_others_go_on(self, gateway, token, sales):
        headers = {"Authorization": f"Bearer {token}"}
        down = requests.get(f"{gateway.url}/api/v1/reporting/events", headers=headers, timeout=5)
        assert (down.status_code, down.json()["service"]) == (503, "reporting")
        assert down.headers["Content-Type"] == "application/problem+json"
        assert int(down.headers["Retry-After"]) > 0
        assert requests.get(f"{gateway.url}/api/v1/sales/deals", headers=headers, timeout=5).status_code == 200

    def test_one_that_does_not_answer_in_time_is_a_504(self, call, sales):
        hold = threading.Event()
        sales.on("/api/v1/sales/slow", lambda *_: hold.wait(5) and False)
        response = call("GET", "/slow")
        hold.set()
        assert (response.status_code, response.json()["code"]) == (504, "upstream_timeout")

    @pytest.mark.parametrize(
        "nonsense",
        [
            b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
            b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nbroke off",
            b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000,
        ],
    )
    def test_an_answer_that_makes_no_sense_is_a_502(self, call, sales, nonsense):
        sales.on("/api/v1/sales/odd", lambda sock, _: sock.sendall(nonsense) and False)
        response = call("GET", "/odd")
        assert (response.status_code, response.json()["code"]) == (502, "bad_gateway")
        assert call("GET", "/deals").status_code == 200

    def test_a_long_answer_that_breaks_off_does_not_look_whole(self, call, sales):
        def broken(sock, _):
            sock.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
            return False

        sales.on("/api/v1/sales/broken", broken)
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            _ = call("GET", "/broken").content

    def test_a_slow_service_takes_no_more_than_its_share(self, call, sales, gateway, token):
        """Four may wait for it (GATEWAY_UPSTREAM_CONCURRENT); the fifth is told at once."""
        hold = threading.Event()
        sales.on("/api/v1/sales/slow", lambda sock, _: hold.wait(5) and (sock.sendall(answer()) or True))
        with ThreadPoolExecutor(8) as pool:
            waiting = [pool.submit(call, "GET", "/slow") for _ in range(8)]
            eventually(lambda: sum(f.done() for f in waiting) == 4)
            hold.set()
            statuses = sorted(f.result().status_code for f in waiting)
        assert statuses == [200] * 4 + [503] * 4
        assert call("GET", "/deals").status_code == 200

    def test_requests_that_failed_do_not_use_up_the_share(self, call, sales):
        sales.on("/api/v1/sales/odd", lambda sock, _: sock.sendall(b"nonsense\r\n\r\n") and False)
        for _ in range(10):
            assert call("GET", "/odd").status_code == 502
            assert call("POST", "/imports", data=iter([b"x" * 200_000] * 2)).status_code == 413
        assert call("GET", "/deals").status_code == 200


class TestKeptConnections:
    def test_they_are_used_again(self, call, sales):
        call("GET", "/deals")
        before = sales.connections
        for _ in range(5):
            call("GET", "/deals")
        assert sales.connections == before

    def test_a_read_is_repeated_once_on_a_connection_that_had_died(self, call, sales):
        self.dies_on_next_request(call, sales)
        assert call("GET", "/deals").status_code == 200

    def test_a_write_is_not_for_it_may_have_been_done(self, call, sales):
        self.dies_on_next_request(call, sales)
        response = call("POST", "/deals", json={})
        assert (response.status_code, response.json()["code"]) == (502, "bad_gateway")

    def test_a_write_with_an_idempotency_key_is(self, call, sales):
        self.dies_on_next_request(call, sales)
        assert call("POST", "/deals", json={}, headers={"Idempotency-Key": "k1"}).status_code == 200

    def dies_on_next_request(self, call, sales):
        """Leave one kept connection whose other side takes a request and closes without a word."""
        call("GET", "/deals")
        died = threading.Event()

        def die_once(sock, head):
            if not died.is_set():
                died.set()
                return False
            sock.sendall(answer())
            return True

        sales.on("/api/v1/sales/deals", die_once)


def test_a_path_of_no_service_is_the_gateways_own_404(gateway, token):
    headers = {"Authorization": f"Bearer {token}"}
    for path in ("/api/v1/kitchen/sink", "/api/v1/salesx/deals", "/api/v2/sales/deals", "/nothing"):
        response = requests.get(gateway.url + path, headers=headers, timeout=5)
        assert response.status_code == 404, path
        assert response.headers["Content-Type"] == "application/problem+json"


def test_a_request_smuggled_into_another_is_refused(gateway, sales, token):
    """Two lengths, or a length and chunks: gunicorn refuses it, or the service gets one request and no more."""
    for framing in (
        "Content-Length: 4\r\nTransfer-Encoding: chunked",
        "Content-Length: 4\r\nContent-Length: 5",
    ):
        with socket.create_connection(("127.0.0.1", gateway.port)) as sock:
            sock.settimeout(5)
            sock.sendall(
                f"POST /api/v1/sales/deals HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n{framing}\r\n\r\n"
                "0\r\n\r\nGET /api/v1/sales/admin HTTP/1.1\r\nHost: x\r\n\r\n".encode()
            )
            sock.recv(65536)
    assert not any(b"/admin" in request for request in sales.requests)
