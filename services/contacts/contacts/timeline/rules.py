"""How what other services tell reads on a customer's timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chassis.languages import in_language

LONGEST = 300  # characters of a line
TITLES: dict[str, dict[str, str]] = {
    type_: {"en": english, "zh": chinese}
    for type_, english, chinese in (
        ("lead.created", "Became a lead ({source})", "成为线索（{source}）"),
        ("lead.assigned", "Lead assigned", "线索已分配"),
        ("lead.reclaimed", "Lead put into a public pool", "线索已退回公海"),
        ("lead.converted", "Lead converted into a deal", "线索已转为商机"),
        ("lead.lost", "Lead lost: {reason}", "线索已丢失：{reason}"),
        ("lead.dormant", "Lead fell silent", "线索已沉寂"),
        ("deal.created", "Deal opened: {name}, {amount} {currency}", "新建商机：{name}，{amount} {currency}"),
        ("deal.stage_changed", "Deal {name} moved to {stage}", "商机 {name} 进入阶段 {stage}"),
        ("deal.won", "Deal won: {name}, {amount} {currency}", "赢得商机：{name}，{amount} {currency}"),
        ("deal.lost", "Deal lost: {name} ({reason})", "丢失商机：{name}（{reason}）"),
        ("order.placed", "Order {number}: {total} {currency}", "订单 {number}：{total} {currency}"),
        ("order.cancelled", "Order {number} cancelled", "订单 {number} 已取消"),
        ("ticket.created", "Ticket {number}: {subject}", "工单 {number}：{subject}"),
        ("ticket.escalated", "Ticket {number} escalated", "工单 {number} 已升级"),
        ("ticket.resolved", "Ticket {number} resolved", "工单 {number} 已解决"),
        ("ticket.reopened", "Ticket {number} reopened", "工单 {number} 已重新打开"),
        ("ticket.closed", "Ticket {number} closed", "工单 {number} 已关闭"),
        ("survey.answered", "Rated our service {score} of 5", "服务评分：{score}（满分 5）"),
    )
}
KEPT = (
    "lead_id", "deal_id", "order_id", "ticket_id", "survey_id", "campaign_id", "owner_id", "assignee_id", "amount",
    "total", "currency", "stage", "state", "priority", "number", "score", "reason", "status", "source", "name",
    "subject",
)  # fmt: skip


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "-"


def title(type_: str, data: Mapping[str, Any], language: str = "en") -> str:
    """The line for an event; a field that it does not carry reads `-`."""
    known = {name: value for name, value in data.items() if value is not None}
    return TITLES[type_][language].format_map(_Blank(known))[:LONGEST]


def read_as(type_: str, written: str, data: Mapping[str, Any], locale: str | None) -> str:
    """The line that was written, in the language of who reads in that locale: as far as the platform wrote it, and kept
    all that it says."""
    if type_ not in TITLES or title(type_, data) != written:
        return written
    return in_language({language: title(type_, data, language) for language in TITLES[type_]}, locale, written)


def kept(data: Mapping[str, Any]) -> dict[str, Any]:
    """What of an event's data the entry keeps: ids to link to and the figures of its line."""
    return {name: data[name] for name in KEPT if data.get(name) is not None}
