"""What a new decision about consent changes, and which purposes the laws name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from chassis.errors import Invalid

_CLOCK_SKEW = timedelta(minutes=5)
LANGUAGES = ("en", "zh")
MERGED = "merge"  # the source of a decision that nobody made: two records became one


@dataclass(frozen=True)
class Purpose:
    """A purpose that we know of: the law that asks for a decision on it alone, and what it is called to people.

    Of one that is `opt_out`, granted means that the person objects.
    """

    code: str
    law: str | None
    en: str
    zh: str
    opt_out: bool = False


# PIPL asks for separate consent in articles 23 (handing on), 25 (publishing), 26 (images in public places), 29
# (sensitive data) and 39 (abroad); CCPA 1798.120 gives a right to forbid that data is sold or shared.
PURPOSES = (
    Purpose("marketing", None, "News and offers", "产品资讯与优惠信息"),
    Purpose("profiling", None, "Personalised content", "个性化推荐"),
    Purpose("third_party_sharing", "pipl", "Handing your data to others", "向第三方提供个人信息"),
    Purpose("public_disclosure", "pipl", "Publishing your data", "公开个人信息"),
    Purpose("image_collection", "pipl", "Use of images from public places", "公共场所图像信息的其他使用"),
    Purpose("sensitive_data", "pipl", "Processing sensitive data", "处理敏感个人信息"),
    Purpose("cross_border_transfer", "pipl", "Sending your data abroad", "向境外提供个人信息"),
    Purpose("do_not_sell", "ccpa", "Do not sell or share my data", "禁止出售或共享我的个人信息", opt_out=True),
)
OPT_OUTS = tuple(purpose.code for purpose in PURPOSES if purpose.opt_out)
_NAMES = {"en": {p.code: p.en for p in PURPOSES}, "zh": {p.code: p.zh for p in PURPOSES}}


def strict(purpose: str) -> bool:
    """The decision (granted or not) that allows less: no, but yes where yes means that the person objects."""
    return purpose in OPT_OUTS


def named(purpose: str, language: str) -> str:
    """What a purpose is called to people; one that an installation made up, by its own words."""
    return _NAMES[language].get(purpose) or purpose.replace("_", " ").capitalize()


def check_time(at: datetime, now: datetime) -> None:
    """Nobody consents in the future. Invalid otherwise (five minutes are allowed for clocks that differ)."""
    if at > now + _CLOCK_SKEW:
        raise Invalid("at", "in_the_future", "Consent cannot be given or withdrawn in the future.")


def check_until(purpose: str, at: datetime, until: datetime | None) -> None:
    """Consent ends after it was given; an objection does not end by itself. Invalid otherwise."""
    if until is not None and until <= at:
        raise Invalid("until", "before_start", "Consent must end after it was given.")
    if until is not None and strict(purpose):
        raise Invalid("until", "not_allowed", f"{purpose} is an objection; it holds until it is taken back.")


def check_wording(purpose: str, valid_from: datetime, of: str, at: datetime) -> None:
    """A registered text asks for one purpose, and has been shown since `valid_from`. Invalid otherwise."""
    if of != purpose:
        raise Invalid("text_id", "another_purpose", f"This text asks for {of}.")
    if at < valid_from:
        raise Invalid("text_id", "not_valid_yet", "This text was not shown yet at that time.")


def holds(purpose: str, at: datetime, granted: bool, latest_at: datetime | None, latest_granted: bool | None) -> bool:
    """Whether a decision made `at` is the one that holds beside the latest known so far. At the same instant the
    stricter wins, a withdrawal or an objection."""
    if latest_at is None or at > latest_at:
        return True
    return at == latest_at and granted == strict(purpose) != latest_granted
