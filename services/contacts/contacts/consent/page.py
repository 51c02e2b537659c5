"""The page behind a link, in Chinese or English: no script, no name, nothing loaded from elsewhere."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from jinja2 import Environment

from chassis.errors import Gone, NotFound, Refusal
from contacts.consent.rules import LANGUAGES, named

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "Vary": "Accept, Accept-Language",
}
_WORDS = {
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
_PAGE = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string("""\
<!doctype html>
<html lang="{{ 'zh-Hans' if language == 'zh' else 'en' }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ words.title }}</title>
<style>
body { font: 1.0625rem/1.6 system-ui, sans-serif; margin: 0; color: #1a1a1a; background: #f4f5f7 }
main { max-width: 34rem; margin: 3rem auto; padding: 2rem; background: #fff; border-radius: .5rem }
h1 { font-size: 1.5rem; margin: 0 0 1rem }
ul { list-style: none; padding: 0; margin: 1.5rem 0 }
li { display: flex; gap: 1rem; justify-content: space-between; align-items: center; padding: .75rem 0;
  border-top: 1px solid #d9dce1 }
button { font: inherit; padding: .5rem 1rem; border: 1px solid #0b5394; border-radius: .25rem; background: #fff;
  color: #0b5394; cursor: pointer; white-space: nowrap }
button.all { background: #0b5394; color: #fff; width: 100% }
button:focus-visible { outline: 3px solid #f2a900; outline-offset: 2px }
.done { padding: .75rem 1rem; background: #e6f4ea; border-left: .25rem solid #137333 }
.quiet { color: #595f69 }
</style>
</head>
<body>
<main>
<h1>{{ words.title }}</h1>
{% if message %}
<p>{{ message }}</p>
{% else %}
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
{% endif %}
</main>
</body>
</html>
""")


def language() -> str:
    """The language that the reader's browser asks for; English where it knows neither."""
    return request.accept_languages.best_match(LANGUAGES, "en")


def wants_page() -> bool:
    """Whether a browser asks; programs get JSON."""
    return request.accept_mimetypes.best_match(("application/json", "text/html")) == "text/html"


def page(shown: dict[str, Any]) -> Response:
    """The page of a link."""
    withdrawn = [named(purpose, shown["language"]) for purpose in shown["withdrawn"]]
    return _rendered(200, shown["language"], purposes=shown["purposes"], withdrawn=withdrawn)


def no_page(refusal: Refusal) -> Response:
    """The page of a link that does not work: it tells nothing but that."""
    said = {NotFound: "unknown", Gone: "expired"}[type(refusal)]
    return _rendered(refusal.status, language(), message=_WORDS[language()][said])


def _rendered(status: int, language: str, **context: Any) -> Response:
    html = _PAGE.render(language=language, words=_WORDS[language], **context)
    return Response(html, status, content_type="text/html; charset=utf-8", headers=_HEADERS)
