"""Parts of pages that are rendered once for the same content, and shared by all pages that show it.

Knows that such a part is made of its values and the language alone; refuses to know what is in it. Nothing is ever
out of date, because the content itself is the key: other values are another part.
"""

from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from typing import Any, TypeVar

from babel.core import Locale
from flask import Flask, current_app
from jinja2 import Template
from markupsafe import Markup
from werkzeug.local import LocalProxy

from storefront.web.text import page_locale

Made = TypeVar("Made")

# A card is about 1 KB: at most some megabytes in each process.
_MOST = 4096


def init_app(app: Flask) -> None:
    """Give templates `part(…)`, and `|itself` for what stands behind a proxy."""
    app.jinja_env.globals["part"] = part
    app.jinja_env.filters["itself"] = _itself
    app.jinja_env.template_class = _Template


def part(template: str, name: str = "", /, *values: Hashable, **words: Hashable) -> Markup:
    """What the macro `name` of `template` renders from these values, or, without it, the whole template from `words`.

    It may print its values, addresses and texts, and nothing else of the request: no `g`, `request`, `session`.
    Raises TypeError on values that can change.
    """
    said = tuple((word, _itself(value)) for word, value in words.items())
    return _rendered(template, name, tuple(map(_itself, values)), said)


def once(*, most: int = _MOST) -> Callable[[Callable[..., Made]], Callable[..., Made]]:
    """Keep what a function made last of `most` values in each language: what is made of equal ones is made once.

    It may use its values, addresses below the one root of a process, and texts, and nothing else of the request.
    Raises TypeError on values that can change.
    """

    def mark(make: Callable[..., Made]) -> Callable[..., Made]:
        @lru_cache(maxsize=most)
        def made(_locale: Locale, *values: Hashable) -> Made:
            return make(*values)

        @wraps(make)
        def kept(*values: Hashable) -> Made:
            return made(page_locale(), *values)

        return kept

    return mark


def macro(template: str, name: str) -> Callable[..., Markup]:
    """A macro of a template, to be called from Python."""
    found: Callable[..., Markup] = getattr(current_app.jinja_env.get_template(template).module, name)
    return found


def _itself(value: Any) -> Any:
    return value._get_current_object() if isinstance(value, LocalProxy) else value


class _Template(Template):
    """A template whose macros are imported as they stand: 2 µs instead of 25 for each `{% from … import … %}`."""

    def _get_default_module(self, ctx: Any = None) -> Any:
        # Jinja looks for globals of one template that another has not; Flask gives all templates the same.
        return super()._get_default_module()


@once()
def _rendered(
    template: str, name: str, values: tuple[Any, ...], words: tuple[tuple[str, Any], ...]
) -> Markup:
    if not name:
        return Markup(current_app.jinja_env.get_template(template).render(dict(words)))
    return macro(template, name)(*values, **dict(words))
