"""Pages for people who have no login, such as those behind a link: in Chinese or English, without a script, and nothing
is loaded from elsewhere.

    _PAGE = page_template('''{% block body %}<p>{{ words.intro }}</p>{% endblock %}''')

    rendered(_PAGE, language(), _WORDS, intro=...)

A template fills the blocks `body` and `style`; `words` are those of the language, of which `title` is the heading.
Where a `message` is given it stands instead of the body.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Response, request
from jinja2 import DictLoader, Environment, Template

from chassis.errors import Gone, NotFound, Refusal

LANGUAGES = ("en", "zh")
FORMS = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data")
Words = Mapping[str, Mapping[str, Any]]
T = TypeVar("T")

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "Vary": "Accept, Accept-Language",
}
_BASE = """\
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
h2 { font-size: 1.125rem; margin: 2rem 0 .5rem }
button { font: inherit; padding: .5rem 1rem; border: 1px solid #0b5394; border-radius: .25rem; background: #fff;
  color: #0b5394; cursor: pointer; white-space: nowrap }
button.all { background: #0b5394; color: #fff; width: 100% }
button:focus-visible, input:focus-visible, textarea:focus-visible, a:focus-visible, summary:focus-visible {
  outline: 3px solid #f2a900; outline-offset: 2px }
.done { padding: .75rem 1rem; background: #e6f4ea; border-left: .25rem solid #137333 }
.quiet { color: #595f69 }
{% block style %}{% endblock %}
</style>
</head>
<body>
<main>
<h1>{{ words.title }}</h1>
{% if message %}
<p>{{ message }}</p>
{% else %}
{% block body %}{% endblock %}
{% endif %}
</main>
</body>
</html>
"""
_PAGES = Environment(
    loader=DictLoader({"page": _BASE}), autoescape=True, trim_blocks=True, lstrip_blocks=True
)  # fmt: skip


def page_template(blocks: str) -> Template:
    """The template of a page, of its blocks."""
    return _PAGES.from_string('{% extends "page" %}\n' + blocks)


def language() -> str:
    """The language that the reader's browser asks for; English where it knows neither."""
    return request.accept_languages.best_match(LANGUAGES, "en")


def wants_page() -> bool:
    """Whether a browser asks; programs get JSON."""
    return request.accept_mimetypes.best_match(("application/json", "text/html")) == "text/html"


def rendered(template: Template, language: str, words: Words, status: int = 200, **context: Any) -> Response:
    """A page in `language`."""
    html = template.render(language=language, words=words[language], **context)
    return Response(html, status, content_type="text/html; charset=utf-8", headers=_HEADERS)


def no_page(template: Template, words: Words, refusal: Refusal) -> Response:
    """The page of a link that does not work: it tells nothing but that, by the words `unknown` or `expired`."""
    said = {NotFound: "unknown", Gone: "expired"}[type(refusal)]
    spoken = language()
    return rendered(template, spoken, words, refusal.status, message=words[spoken][said])


def answered(work: Callable[[], T], page: Callable[[T], Response], template: Template, words: Words) -> Response | T:
    """What `work` found, for programs; for browsers as its `page`, or as the one of a link that does not work."""
    if not wants_page():
        return work()
    try:
        return page(work())
    except (NotFound, Gone) as refusal:
        return no_page(template, words, refusal)
