"""Headers, paths and limits, as rules."""

from __future__ import annotations

from uuid import UUID

import pytest

from gateway.edge import rate
from gateway.edge.headers import client_address, passes_as, towards_client, towards_service
from gateway.edge.paths import TARGET, is_public, recordable, service_of, subject_of
from gateway.edge.rate import RateLimiter, caller_key, parse_limit

ID = "01a20340-7017-777a-9fbc-1b54d5a0eb83"


class TestHeaders:
    @pytest.mark.parametrize("key", ["HTTP_ACCEPT", "HTTP_AUTHORIZATION", "HTTP_IF_MATCH", "HTTP_IDEMPOTENCY_KEY"])
    def test_what_the_client_says_passes(self, key):
        assert passes_as(key) == key[5:].replace("_", "-").lower()

    @pytest.mark.parametrize(
        "key",
        ["HTTP_X_USER_ID", "HTTP_X_FORWARDED_FOR", "HTTP_CONNECTION", "HTTP_TE", "HTTP_REMOTE_USER", "HTTP_FORWARDED",
         "HTTP_X_AUTHENTICATED_USERID", "wsgi.input", "REMOTE_ADDR"],
    )  # fmt: skip
    def test_what_claims_an_identity_or_belongs_to_the_hop_does_not(self, key):
        assert passes_as(key) is None

    def test_a_request_towards_a_service(self):
        environ = {
            "REQUEST_METHOD": "PUT",
            "wsgi.url_scheme": "https",
            "HTTP_HOST": "crm.example",
            "HTTP_ACCEPT": "*/*",
        }
        environ |= {"HTTP_CONNECTION": "x-private", "HTTP_X_PRIVATE": "1", "CONTENT_TYPE": "text/plain"}
        head = towards_service(environ, "/p?q", "sales:8000", "10.0.0.1", "00-a-b-01", "content-length: 3\r\n")
        assert head == (
            b"PUT /p?q HTTP/1.1\r\nhost: sales:8000\r\naccept: */*\r\ncontent-type: text/plain\r\n"
            b"x-forwarded-for: 10.0.0.1\r\nx-forwarded-proto: https\r\nx-forwarded-host: crm.example\r\n"
            b"traceparent: 00-a-b-01\r\ncontent-length: 3\r\n\r\n"
        )

    def test_an_answer_towards_the_client(self):
        fields = [
            ("Date", "now"),
            ("ETag", '"1"'),
            ("Connection", "x-a, close"),
            ("X-A", "1"),
            ("Set-Cookie", "a"),
        ]
        assert towards_client([*fields, ("Set-Cookie", "b")]) == [
            ("ETag", '"1"'),
            ("Set-Cookie", "a"),
            ("Set-Cookie", "b"),
        ]

    @pytest.mark.parametrize(
        ("proxies", "forwarded", "address"),
        [
            (0, "6.6.6.6", "10.0.0.9"),
            (1, "6.6.6.6, 7.7.7.7", "7.7.7.7"),
            (2, "6.6.6.6, 7.7.7.7", "6.6.6.6"),
            (2, "7.7.7.7", "7.7.7.7"),
            (1, "", "10.0.0.9"),
        ],
    )
    def test_only_what_trusted_proxies_wrote_is_believed(self, proxies, forwarded, address):
        assert client_address({"REMOTE_ADDR": "10.0.0.9", "HTTP_X_FORWARDED_FOR": forwarded}, proxies) == address


class TestPaths:
    @pytest.mark.parametrize(
        ("path", "service"),
        [
            ("/api/v1/sales/deals", "sales"),
            ("/api/v1/sales", "sales"),
            ("/api/v1/", ""),
            ("/api/v2/sales", ""),
            ("/", ""),
        ],
    )
    def test_the_service(self, path, service):
        assert service_of(path) == service

    @pytest.mark.parametrize(
        ("path", "subject"),
        [
            (f"/api/v1/sales/deals/{ID}/win", ("sales", "deals", UUID(ID), "win")),
            ("/api/v1/sales/deals", ("sales", "deals", None, None)),
            ("/api/v1/contacts/people/merge", ("contacts", "people", None, "merge")),
            (f"/api/v1/users/{ID}", ("gateway", "users", UUID(ID), None)),
            ("/api/v1/auth/login", ("gateway", "auth", None, "login")),
            (
                "/api/v1/marketing/public/forms/contact/submissions",
                ("marketing", "forms", None, "submissions"),
            ),
            ("/", ("gateway", None, None, None)),
        ],
    )
    def test_what_a_request_is_about(self, path, subject):
        assert subject_of(path) == subject

    def test_a_secret_in_a_public_link_is_not_kept(self):
        token = "c2VjcmV0LXNlY3JldC1zZWNyZXQ"
        path = f"/api/v1/service-desk/public/surveys/{token}"
        assert is_public(path)
        assert recordable(path) == "/api/v1/service-desk/public/surveys/c2Vjcm…"
        assert not is_public("/api/v1/sales/deals/public")

    def test_what_is_kept_can_be_stored(self):
        assert recordable("/api/v1/sales/\x00" + "王".encode().decode("latin-1")) == "/api/v1/sales/\ufffd王"
        assert len(recordable("/" + "x" * 9000)) == 500

    @pytest.mark.parametrize("target", ["/a b", "/a\r\nX: y", "/a#b", "a", "", "/\x00"])
    def test_what_is_no_target(self, target):
        assert TARGET.fullmatch(target) is None


class TestRate:
    def test_a_window_begins_with_the_first_and_ends(self, monkeypatch):
        now = [1000.0]
        monkeypatch.setattr(rate.time, "time", lambda: now[0])
        limiter = RateLimiter({"user": parse_limit("2/minute")})
        verdicts = [limiter.hit("user", "lin") for _ in range(3)]
        assert [(v.allowed, v.remaining) for v in verdicts] == [(True, 1), (True, 0), (False, 0)]
        assert verdicts[2].reset == 60
        now[0] += 59.5
        assert limiter.hit("user", "lin").reset == 1
        now[0] += 0.6
        assert limiter.hit("user", "lin").allowed

    def test_what_is_over_is_forgotten(self, monkeypatch):
        now = [1000.0]
        monkeypatch.setattr(rate.time, "time", lambda: now[0])
        limiter = RateLimiter({"user": parse_limit("2/minute")})
        for number in range(1000):
            limiter.hit("user", str(number))
        now[0] += 61
        limiter.hit("user", "one more")
        assert len(limiter._storage.expirations) == len(limiter._storage.storage) == 1

    def test_a_bucket_without_a_rule_and_one_that_is_off(self):
        limiter = RateLimiter({"user": parse_limit("off"), "login": parse_limit("")})
        assert limiter.hit("user", "lin") is None
        assert limiter.hit("login", "lin") is None
        assert limiter.hit("other", "lin") is None

    def test_a_storage_that_is_down_stops_nobody(self):
        limiter = RateLimiter({"user": parse_limit("1/minute")})
        limiter._storage.incr = None
        assert limiter.hit("user", "lin") is None

    @pytest.mark.parametrize(
        ("address", "key"),
        [
            ("10.0.0.1", "10.0.0.1"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("::ffff:10.0.0.1", "10.0.0.1"),
            ("nonsense", "unknown"),
        ],
    )
    def test_strangers_are_told_apart_as_networks_are_given_out(self, address, key):
        assert caller_key(address) == key
