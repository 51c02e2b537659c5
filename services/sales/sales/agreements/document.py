"""A contract as a PDF, in Chinese or English, with the fingerprint of what it says and who signed it."""

from __future__ import annotations

from reportlab.platypus import Flowable

from chassis.money import written
from sales.agreements.model import Agreement
from sales.documents import build, heading, section

WORDS = {
    "en": {
        "contract": "Contract", "with": "With", "term": "Term", "open": "until ended", "amount": "Amount",
        "terms": "Terms", "hash": "Fingerprint of this contract (SHA-256)", "signatures": "Signatures",
        "none": "Not signed yet.", "us": "For us", "customer": "For the customer",
        "paper": "on paper", "electronic": "electronically", "seal": "by seal",
    },
    "zh": {
        "contract": "合同", "with": "客户", "term": "合同期限", "open": "至终止为止", "amount": "金额", "terms": "条款",
        "hash": "本合同的指纹（SHA-256）", "signatures": "签署", "none": "尚未签署。", "us": "我方",
        "customer": "客户方", "paper": "书面", "electronic": "电子签名", "seal": "盖章",
    },
}  # fmt: skip


def pdf(agreement: Agreement, language: str) -> bytes:
    """The document, `language` zh or en. The same contract gives the same bytes."""
    words = WORDS[language]
    lasts = agreement.ends_on or words["open"]
    head = [
        f"{words['contract']} {agreement.number}",
        *([f"{words['with']}: {agreement.company_name}"] if agreement.company_name else []),
        f"{words['term']}: {agreement.starts_on} - {lasts}",
        f"{words['amount']}: {written(agreement.amount, agreement.currency)} {agreement.currency}",
    ]
    story: list[Flowable] = [
        *heading(agreement.title, head),
        *section(words["terms"], agreement.terms),
        *section(words["signatures"], _signed(agreement, words)),
        *section(words["hash"], agreement.document_hash),
    ]
    return build(f"{words['contract']} {agreement.number}", story)


def _signed(agreement: Agreement, words: dict[str, str]) -> str:
    lines = [
        f"{words[one.side]}: {one.name}, {one.signed_at:%Y-%m-%d %H:%M} UTC, {words[one.method]}"
        for one in agreement.signatures
    ]
    return "\n".join(lines) or words["none"]
