"""The page behind a link, in Chinese or English: no script, no name, nothing loaded from elsewhere."""

from __future__ import annotations

from typing import Any

from flask import Response

from chassis.http.pages import page_template, rendered
from contacts.consent.rules import named

WORDS = {
    "en": {
        "title": "Your consent", "intro": "You can take back your consent here at any time. No login is needed.",
        "withdraw": "Withdraw", "all": "Withdraw all", "is_withdrawn": "Withdrawn", "object": "Object",
        "is_objected": "Objected", "done": "Done:", "none": "There is nothing left to withdraw.",
        "later": "What was done before remains lawful.", "unknown": "This page does not exist.",
        "expired": "This link has expired.",
    },
    "zh": {
        "title": "您的同意设置", "intro": "您可以随时在此撤回同意，无需登录。", "withdraw": "撤回同意",
        "all": "全部撤回", "is_withdrawn": "已撤回", "object": "提出反对",
        "is_objected": "已反对", "done": "已处理：", "none": "没有可撤回的同意。",
        "later": "撤回不影响此前基于同意所进行的处理活动的效力。", "unknown": "该页面不存在。",
        "expired": "该链接已过期。",
    },
}  # fmt: skip
PAGE = page_template("""\
{% block style %}
ul { list-style: none; padding: 0; margin: 1.5rem 0 }
li { display: flex; gap: 1rem; justify-content: space-between; align-items: center; padding: .75rem 0;
  border-top: 1px solid #d9dce1 }
{% endblock %}
{% block body %}
{% if withdrawn %}
<p class="done" role="status">{{ words.done }} {{ withdrawn | join('、' if language == 'zh' else ', ') }}</p>
{% else %}
<p>{{ words.intro }}</p>
{% endif %}
<form method="post">
<ul>
{% for one in purposes %}
<li><span id="p{{ loop.index }}">{{ one.name }}</span>
{% if one.withdrawn %}
<span class="quiet">{{ words.is_objected if one.objection else words.is_withdrawn }}</span>
{% else %}
<button name="purpose" value="{{ one.purpose }}" id="b{{ loop.index }}"
 aria-labelledby="b{{ loop.index }} p{{ loop.index }}">{{ words.object if one.objection else words.withdraw }}</button>
{% endif %}
</li>
{% endfor %}
</ul>
</form>
{% set left = purposes | rejectattr('withdrawn') | list %}
{% if left | length > 1 %}
<form method="post"><button class="all">{{ words.all }}</button></form>
{% elif not left %}
<p>{{ words.none }}</p>
{% endif %}
<p class="quiet">{{ words.later }}</p>
{% endblock %}
""")


def page(shown: dict[str, Any]) -> Response:
    """The page of a link."""
    withdrawn = [named(purpose, shown["language"]) for purpose in shown["withdrawn"]]
    return rendered(PAGE, shown["language"], WORDS, purposes=shown["purposes"], withdrawn=withdrawn)
