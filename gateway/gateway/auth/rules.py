"""Passwords and lock-outs, as rules."""

from __future__ import annotations

from chassis.errors import Invalid

LONGEST = 256
_COMMON = frozenset(
    """password passw0rd 1234567890 0123456789 9876543210 qwertyuiop 1q2w3e4r5t administrator letmein123 welcome123
    iloveyou123 changeme123 password123 password1234 password1! p@ssw0rd123 qwerty12345 11111111111 a1b2c3d4e5
    quintet123 woaini1314 5201314520 123456789a a123456789 aa123456789 zxcvbnm123 asdfghjkl1""".split()
)


def check_password(password: str, *, shortest: int, email: str = "", name: str = "", field: str = "password") -> None:
    """Refuse (422) a password that is easily guessed: length before variety (NIST SP 800-63B, section 3.1.1.2)."""
    folded = password.casefold()
    if len(password) < shortest:
        raise Invalid(field, "too_short", f"A password has at least {shortest} characters.")
    if len(password) > LONGEST:
        raise Invalid(field, "too_long", f"A password has at most {LONGEST} characters.")
    if folded in _COMMON or len(set(folded)) < 4:
        raise Invalid(field, "too_common", "This password is among the first that anybody would try.")
    known = [email.casefold(), email.partition("@")[0].casefold(), name.casefold().replace(" ", "")]
    if any(len(part) >= 4 and part in folded.replace(" ", "") for part in known):
        raise Invalid(field, "personal", "A password does not hold the name or e-mail address of its user.")


def lock_seconds(failures: int, *, free: int, longest: int) -> int:
    """How long an account is locked after so many failures in a row: not at first, then 1, 2, 4 ... seconds."""
    if failures < free:
        return 0
    return min(longest, 2 ** min(failures - free, 30))
