"""The page on which a customer sees how far an order is, in Chinese or English."""

from __future__ import annotations

from typing import Any

from flask import Response

from chassis.http.pages import language, page_template, rendered

WORDS = {
    "en": {
        "title": "Your order", "unknown": "This page does not exist.", "expired": "This link has expired.",
        "item": "Item", "ordered": "Ordered", "shipped": "Sent", "shipments": "Shipments",
        "none": "Nothing has left yet.",
        "expected": "Expected on", "placed_on": "Ordered on", "at": "UTC",
        "states": {
            "placed": "Ordered", "part_shipped": "Partly sent", "shipped": "On its way", "delivered": "Delivered",
            "cancelled": "Cancelled",
        },
        "steps": {
            "sent": "Sent", "in_transit": "On its way", "out_for_delivery": "Out for delivery", "delayed": "Delayed",
            "failed": "Could not be delivered", "returned": "Going back to us", "delivered": "Delivered",
        },
    },
    "zh": {
        "title": "您的订单", "unknown": "该页面不存在。", "expired": "该链接已过期。", "item": "品名",
        "ordered": "订购数量", "shipped": "已发数量", "shipments": "物流信息", "none": "尚未发货。",
        "expected": "预计送达", "placed_on": "下单日期", "at": "UTC",
        "states": {
            "placed": "已下单", "part_shipped": "部分发货", "shipped": "运输中", "delivered": "已送达",
            "cancelled": "已取消",
        },
        "steps": {
            "sent": "已发货", "in_transit": "运输中", "out_for_delivery": "派送中", "delayed": "延误",
            "failed": "派送失败", "returned": "退回中", "delivered": "已送达",
        },
    },
}  # fmt: skip
PAGE = page_template("""\
{% block style %}
table { width: 100%; border-collapse: collapse; margin: 1.5rem 0 }
th, td { padding: .5rem 0; border-top: 1px solid #d9dce1; text-align: left; vertical-align: top }
thead th { border-top: 0; font-weight: 600 }
.number { text-align: right; white-space: nowrap; padding-left: 1rem }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem }
ol { margin: 0; padding-left: 1.25rem }
{% endblock %}
{% block body %}
<p class="done" role="status">{{ order.number }}: {{ words.states[order.status] }}</p>
<p class="quiet">{{ words.placed_on }} {{ order.placed_at.date() }}</p>
<table>
<thead><tr><th scope="col">{{ words.item }}</th><th scope="col" class="number">{{ words.ordered }}</th>
<th scope="col" class="number">{{ words.shipped }}</th></tr></thead>
<tbody>
{% for line in order.lines %}
<tr><td>{{ line.description }}</td><td class="number">{{ plain(line.quantity) }}</td>
<td class="number">{{ plain(line.shipped) }}</td></tr>
{% endfor %}
</tbody>
</table>
<h2>{{ words.shipments }}</h2>
{% for shipment in order.shipments %}
<h3>{{ shipment.carrier or '' }} {{ shipment.reference }}</h3>
{% if shipment.expected_on and shipment.status != 'delivered' %}
<p>{{ words.expected }} {{ shipment.expected_on }}</p>
{% endif %}
<ol>
{% for step in shipment.steps %}
<li>{{ words.steps[step.status] }} <span class="quiet">{{ step.at.strftime('%Y-%m-%d %H:%M') }} {{ words.at }}</span>
{% if step.note %}<br>{{ step.note }}{% endif %}</li>
{% endfor %}
</ol>
{% else %}
<p>{{ words.none }}</p>
{% endfor %}
{% endblock %}
""")


def page(order: dict[str, Any]) -> Response:
    """The page of an order, given as TrackedOrder."""
    return rendered(PAGE, language(), WORDS, order=order, plain=_plain)


def _plain(quantity: Any) -> str:
    return f"{quantity.normalize():f}"
