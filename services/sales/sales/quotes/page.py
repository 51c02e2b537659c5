"""The page on which a customer reads a quote, accepts or declines it, in Chinese or English."""

from __future__ import annotations

from flask import Response

from chassis import clock
from chassis.errors import Conflict
from chassis.http.pages import language, page_template, rendered
from chassis.money import written
from sales.quotes.model import Quote

WORDS = {
    "en": {
        "title": "Quotation", "unknown": "This page does not exist.", "expired": "This link has expired.",
        "item": "Item", "quantity": "Quantity", "price": "Unit price", "total": "Total", "gross": "Subtotal",
        "discount": "Discount", "net": "Net", "tax": "Tax", "terms": "Terms", "valid": "Valid until", "for": "For",
        "revision": "Revision", "document": "As a PDF", "name": "Your name", "accept": "Accept",
        "decline": "Decline this quotation", "reason": "Why", "say_no": "Decline",
        "states": {
            "sent": "We look forward to your answer.", "accepted": "You accepted this quotation. Thank you.",
            "declined": "You declined this quotation.", "over": "This quotation is not valid any more.",
        },
        "refused": "This could not be done: the quotation cannot be decided on any more.",
    },
    "zh": {
        "title": "报价单", "unknown": "该页面不存在。", "expired": "该链接已过期。", "item": "品名", "quantity": "数量",
        "price": "单价", "total": "合计", "gross": "小计", "discount": "折扣", "net": "不含税金额", "tax": "税额",
        "terms": "条款", "valid": "有效期至", "for": "致", "revision": "版本", "document": "下载 PDF",
        "name": "您的姓名", "accept": "接受报价", "decline": "拒绝此报价", "reason": "原因", "say_no": "拒绝",
        "states": {
            "sent": "期待您的答复。", "accepted": "您已接受此报价，谢谢。", "declined": "您已拒绝此报价。",
            "over": "此报价已失效。",
        },
        "refused": "操作未成功：此报价已不能再接受或拒绝。",
    },
}  # fmt: skip
PAGE = page_template("""\
{% block style %}
main { max-width: 44rem }
table { width: 100%; border-collapse: collapse; margin: 1.5rem 0 }
th, td { padding: .5rem 0; border-top: 1px solid #d9dce1; text-align: left; vertical-align: top; font-weight: 400 }
thead th { border-top: 0; font-weight: 600 }
.number { text-align: right; white-space: nowrap; padding-left: 1rem }
.whole td, .whole th { font-weight: 600 }
.terms { white-space: pre-line }
.refused { padding: .75rem 1rem; background: #fce8e6; border-left: .25rem solid #b3261e }
label { display: block; margin: 1rem 0 }
input, textarea { font: inherit; display: block; width: 100%; box-sizing: border-box; padding: .5rem;
  border: 1px solid #767c86; border-radius: .25rem }
details { margin-top: 1.5rem }
summary { cursor: pointer; color: #595f69 }
{% endblock %}
{% block body %}
<p>{{ quote.number }}, {{ words.revision }} {{ quote.revision }}<br>
{% set names = [quote.company_name, quote.contact_name] | select | list %}
{% if names %}{{ words.for }}: {{ names | join(', ') }}<br>{% endif %}
{{ words.valid }}: {{ quote.valid_until }}</p>
{% if refused %}<p class="refused" role="alert">{{ words.refused }}</p>{% endif %}
<p class="done" role="status">{{ words.states[state] }}</p>
<table>
<thead><tr><th scope="col">{{ words.item }}</th><th scope="col" class="number">{{ words.quantity }}</th>
<th scope="col" class="number">{{ words.price }}</th><th scope="col" class="number">{{ words.total }}</th></tr></thead>
<tbody>
{% for line in quote.lines %}
<tr><td>{{ line.description }}</td>
<td class="number">{{ '{:f}'.format(line.quantity.normalize()) }} {{ line.unit }}</td>
<td class="number">{{ written(line.unit_price, quote.currency) }}</td>
<td class="number">{{ written(line.total, quote.currency) }}</td></tr>
{% endfor %}
</tbody>
<tfoot>
{% for name in ('gross', 'discount', 'net', 'tax', 'total') %}
<tr{% if name == 'total' %} class="whole"{% endif %}><th scope="row" colspan="3">{{ words[name] }}</th>
<td class="number">{{ written(quote[name], quote.currency) }} {{ quote.currency }}</td></tr>
{% endfor %}
</tfoot>
</table>
{% if quote.terms %}<h2>{{ words.terms }}</h2><p class="terms">{{ quote.terms }}</p>{% endif %}
<p><a href="{{ path }}/document?language={{ language }}">{{ words.document }}</a></p>
{% if state == 'sent' %}
<form method="post" action="{{ path }}/accept">
<label>{{ words.name }}<input name="name" required maxlength="120" autocomplete="name"></label>
<button class="all">{{ words.accept }}</button>
</form>
<details><summary>{{ words.decline }}</summary>
<form method="post" action="{{ path }}/decline">
<label>{{ words.name }}<input name="name" required maxlength="120" autocomplete="name"></label>
<label>{{ words.reason }}<textarea name="reason" required maxlength="500" rows="3"></textarea></label>
<button>{{ words.say_no }}</button>
</form></details>
{% endif %}
{% endblock %}
""")


def page(quote: Quote, path: str, refusal: Conflict | None = None) -> Response:
    """The page of a quote whose link is at `path`; after an answer that was refused with the `refusal`."""
    over = quote.status == "sent" and quote.valid_until < clock.now().date()
    state = "over" if over else quote.status
    status = refusal.status if refusal else 200
    shown = {"quote": quote, "state": state, "path": path, "refused": refusal is not None, "written": written}
    return rendered(PAGE, language(), WORDS, status, **shown)
