"""Social networks and membership schemes: the normal form of a handle and of a number.

A handle is compared without case and without what surrounds it: `@Li_Na`, `https://x.com/Li_Na/` and `li_na` are one. A
network whose accounts are phone numbers (WhatsApp) keeps E.164.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from contacts.points.normal import NotNormal, normal_phone
from contacts.points.rules import Point


@dataclass(frozen=True, slots=True)
class Network:
    """`hosts` under which a profile stands, the parts of the path `before` the handle, and the `form` of a handle."""

    hosts: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    form: str = r"[^\s/?#@:]{1,100}"


NETWORKS: dict[str, Network] = {
    # A WeChat ID: 6 to 20, beginning with a letter or, for the ids that WeChat gives itself (wxid_...), longer.
    "wechat": Network(form=r"[a-z][a-z0-9_-]{4,39}"),
    "whatsapp": Network(("wa.me", "api.whatsapp.com")),
    "linkedin": Network(("linkedin.com",), ("in", "pub", "company")),
    "x": Network(("x.com", "twitter.com"), (), r"[a-z0-9_]{1,15}"),
    "weibo": Network(("weibo.com", "weibo.cn"), ("u", "n"), r"[\w-]{1,30}"),
    "facebook": Network(("facebook.com", "fb.com")),
    "instagram": Network(("instagram.com",), (), r"[a-z0-9_.]{1,30}"),
    "telegram": Network(("t.me", "telegram.me"), (), r"[a-z][a-z0-9_]{3,31}"),
    "line": Network(("line.me",), ("ti", "p")),
    "qq": Network(form=r"[1-9]\d{4,10}"),
    "douyin": Network(("douyin.com",), ("user",)),
    "tiktok": Network(("tiktok.com",), (), r"[a-z0-9_.]{1,24}"),
    "xiaohongshu": Network(("xiaohongshu.com",), ("user", "profile")),
    "dingtalk": Network(),
    "youtube": Network(("youtube.com",), ("c", "user", "channel")),
    "github": Network(("github.com",), (), r"[a-z0-9-]{1,39}"),
}
_ALIASES = {
    "twitter": "x",
    "weixin": "wechat",
    "微信": "wechat",
    "微博": "weibo",
    "抖音": "douyin",
    "小红书": "xiaohongshu",
}
_URL = re.compile(r"(?:https?://)?(?:www\.|m\.|[a-z]{2}\.)?(?P<host>[a-z0-9-]+(?:\.[a-z0-9-]+)+)/(?P<path>.+)")
_SCHEME = re.compile(r"[a-z][a-z0-9_]{0,29}")
_NUMBER = re.compile(r"[^\s:]{1,64}")


def handle_point(network: str, typed: str) -> Point:
    """The point for an account of a social network. NotNormal for an unknown network or what is no handle of it."""
    name = unicodedata.normalize("NFKC", network).strip().casefold()
    name = _ALIASES.get(name, name)
    if name not in NETWORKS:
        raise NotNormal("unknown_network", f"Must be one of: {', '.join(NETWORKS)}.")
    bare = _phone(typed) if name == "whatsapp" else _bare(name, typed)
    return Point("handle", f"{name}:{bare}", typed, name)


def membership_point(scheme: str, typed: str) -> Point:
    """The point for a number that is unique within its scheme (`shop_card`, `erp`): without spaces and case. NotNormal
    for what is neither."""
    name = scheme.strip().lower()
    if not _SCHEME.fullmatch(name):
        raise NotNormal("invalid_scheme", "A scheme is made of lower-case letters, digits and underscores.")
    number = "".join(unicodedata.normalize("NFKC", typed).split()).upper()
    if not _NUMBER.fullmatch(number):
        raise NotNormal("invalid_number", "A number has 1 to 64 characters and no colon.")
    return Point("membership", f"{name}:{number}", typed, name)


def _bare(name: str, typed: str) -> str:
    network = NETWORKS[name]
    text = unicodedata.normalize("NFKC", typed).strip().casefold()
    url = _URL.fullmatch(text)
    if url and url["host"] in network.hosts:
        parts = [part for part in re.split(r"[?#]", url["path"])[0].split("/") if part]
        while len(parts) > 1 and parts[0] in network.before:
            parts.pop(0)
        text = parts[0] if parts else ""
    text = text.removeprefix("@")
    if not re.fullmatch(network.form, text):
        raise NotNormal("invalid_handle", f"{typed!r} is no account of {name}.")
    return text


def _phone(typed: str) -> str:
    digits = re.sub(r"^(?:https?://)?(?:wa\.me|api\.whatsapp\.com/send\?phone=)/?", "", typed.strip())
    international = digits if digits.startswith(("+", "00")) or digits == typed.strip() else f"+{digits}"
    return normal_phone(international)[0]
