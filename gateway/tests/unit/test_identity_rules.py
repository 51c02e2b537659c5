"""Roles, passwords, keys, as rules."""

from __future__ import annotations

import stat

import pytest

from chassis.errors import Invalid, Unauthorized
from gateway.auth.rules import check_password, lock_seconds
from gateway.roles.built_in import BUILT_IN
from gateway.roles.rules import (
    ADMIN,
    SCOPES,
    SERVICES,
    check_reach,
    check_scopes,
    combined_reach,
    combined_scopes,
)
from gateway.settings import PORTS
from gateway.tokens.keys import FolderKeys, NoKeys, new_key


class TestReach:
    def test_of_several_roles_the_widest_counts_for_each_service(self):
        rep = {"default": "own", "contacts": "all"}
        manager = {"default": "team", "reporting": "all"}
        assert combined_reach([rep, manager]) == {"default": "team", "contacts": "all", "reporting": "all"}

    def test_a_partner_with_another_role_reaches_as_far_as_that(self):
        assert combined_reach([{"default": "partner"}, {"default": "own"}]) == {"default": "own"}
        assert combined_reach([{"default": "partner"}]) == {"default": "partner"}

    def test_no_role_at_all_reaches_ones_own(self):
        assert combined_reach([]) == {"default": "own"}

    def test_a_default_is_added(self):
        assert check_reach({"sales": "team"}) == {"default": "own", "sales": "team"}


class TestScopes:
    def test_of_several_roles_all_count(self):
        assert combined_scopes([["sales:read"], ["sales:read", "contacts:read"]]) == [
            "contacts:read",
            "sales:read",
        ]

    def test_there_are_some_for_every_service_that_requests_are_passed_to(self):
        assert tuple(PORTS) == SERVICES

    def test_every_unknown_one_is_named(self):
        with pytest.raises(Invalid) as refused:
            check_scopes(["sales:read", "sales:fly", "moon:read"])
        assert [e.field for e in refused.value.errors] == ["scopes.1", "scopes.2"]

    def test_the_built_in_roles_hold_what_exists_and_only_one_administers(self):
        assert all(set(role.scopes) <= SCOPES for role in BUILT_IN)
        assert [role.key for role in BUILT_IN if ADMIN in role.scopes] == ["admin"]
        assert {role.key: role.reach["default"] for role in BUILT_IN if role.reach["default"] != "all"} == {
            "sales_rep": "own",
            "sales_manager": "team",
            "partner": "partner",
        }


class TestPasswords:
    @pytest.mark.parametrize("password", ["correct horse battery", "王小明的秘密密码很长啊", "x7#kQ!9zPw"])
    def test_good_ones(self, password):
        check_password(password, shortest=10, email="lin@example.com", name="Lin Yue")

    @pytest.mark.parametrize(
        ("password", "code"),
        [
            ("short", "too_short"),
            ("x" * 257, "too_long"),
            ("Password1234", "too_common"),
            ("ababababababab", "too_common"),
            ("lin.yue99-2026", "personal"),
            ("my LinYue pass", "personal"),
        ],
    )
    def test_bad_ones(self, password, code):
        with pytest.raises(Invalid) as refused:
            check_password(password, shortest=10, email="lin.yue99@example.com", name="Lin Yue")
        assert refused.value.errors[0].code == code

    def test_locks_grow_to_a_limit(self):
        waits = [lock_seconds(n, free=5, longest=900) for n in (0, 4, 5, 6, 9, 14, 15, 10_000)]
        assert waits == [0, 0, 1, 2, 16, 512, 900, 900]


class TestKeys:
    def test_the_newest_signs_and_all_verify(self, tmp_path):
        new_key(tmp_path)
        keys = FolderKeys(tmp_path)
        first = keys.signing()
        new_key(tmp_path)
        assert [k["kid"] for k in keys.jwks()["keys"]] == [first.kid, keys.signing().kid]
        assert keys.signing().kid != first.kid
        assert keys.key(first.kid) is not None

    def test_an_unknown_one_is_refused(self, tmp_path):
        new_key(tmp_path)
        with pytest.raises(Unauthorized):
            FolderKeys(tmp_path).key("unknown")

    def test_a_key_is_for_its_owner_alone(self, tmp_path):
        path = new_key(tmp_path / "keys")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700

    def test_an_empty_folder_and_one_with_rubbish_say_what_to_do(self, tmp_path):
        with pytest.raises(NoKeys, match="keys new"):
            FolderKeys(tmp_path)
        (tmp_path / "a.pem").write_text("rubbish")
        with pytest.raises(NoKeys, match=r"a\.pem"):
            FolderKeys(tmp_path)
