"""How a submission is read: who posts it, what it is worth as the same one, where it came from."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

_COMPANY = ("company_name", "company", "organisation", "organization")
_UTM = ("source", "medium", "campaign")


@dataclass(frozen=True)
class Sender:
    """Who a submission says it is from; None where it does not say."""

    name: str
    email: str | None
    phone: str | None
    company_name: str | None
    country: str | None
    postcode: str | None
    message: str | None
    product: str | None = None
    language: str | None = None


def sender(fields: list[dict[str, Any]], values: dict[str, Any]) -> Sender:
    """Read the sender out of `values` by the types of the form's `fields`, and by name where a type says too
    little.

    The first answer of a type counts. Without a name the e-mail or the phone stands for it. `product` and `language`
    are answers to fields of type choice with that name: what people write freely may name somebody.
    """
    of_type: dict[str, str] = {}
    chosen: dict[str, str] = {}
    for field in fields:
        answer = values.get(field["name"])
        if answer:
            of_type.setdefault(field["type"], answer)
            if field["type"] == "choice":
                chosen[field["name"].lower()] = answer
    email, phone = of_type.get("email"), of_type.get("phone")
    return Sender(
        name=_name(values) or email or phone or "",
        email=email,
        phone=phone,
        company_name=next((values[name] for name in _COMPANY if values.get(name)), None),
        country=of_type.get("country"),
        postcode=of_type.get("postcode"),
        message=of_type.get("textarea"),
        product=chosen.get("product"),
        language=chosen.get("language"),
    )


def utm(posted: dict[str, str]) -> dict[str, str]:
    """The campaign parameters among what was posted, without their prefix: `{source, medium, campaign}`."""
    return {name: posted[f"utm_{name}"] for name in _UTM if posted.get(f"utm_{name}")}


def digest(form_key: str, values: dict[str, Any], consent: bool) -> str:
    """The same for the same normalised content posted to the same form, whatever the order of its fields."""
    content = json.dumps([form_key, consent, values], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def ip_hash(address: str, secret: bytes) -> str:
    """What stands for a sender's address: equal for the same address on the same day, and no way back from
    it.
    """
    return hmac.new(secret, address.encode(), hashlib.sha256).hexdigest()


def _name(values: dict[str, Any]) -> str:
    whole = values.get("name") or values.get("full_name")
    if whole:
        return str(whole)
    return " ".join(values[part] for part in ("first_name", "last_name") if values.get(part))
