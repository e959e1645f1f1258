"""Parts of pages that are rendered once for the same content, and shared by all pages that show it.

Knows that such a part is made of its values and the language alone; refuses to know what is in it. Nothing is ever
out of date, because the content itself is the key: other values are another part.
"""

from collections.abc import Hashable
from functools import lru_cache
from typing import Any

from flask import Flask, current_app
from flask_babel import get_locale
from markupsafe import Markup
from werkzeug.local import LocalProxy

# A card is about 1 KB: at most some megabytes in each process.
_MOST = 4096


def init_app(app: Flask) -> None:
    """Give templates `part(…)`."""
    app.jinja_env.globals["part"] = part


def part(template: str, macro: str = "", *values: Hashable, **words: Hashable) -> Markup:
    """What a macro of `template` renders from these values, or, without a macro, the whole template from `words`.

    It may print its values, addresses and texts, and nothing else of the request: no `g`, `request`, `session`.
    Raises TypeError on values that can change.
    """
    said = tuple((name, _itself(value)) for name, value in words.items())
    return _rendered(str(get_locale()), template, macro, tuple(map(_itself, values)), said)


def _itself(value: Any) -> Any:
    return value._get_current_object() if isinstance(value, LocalProxy) else value


@lru_cache(maxsize=_MOST)
def _rendered(
    _locale: str, template: str, macro: str, values: tuple[Any, ...], words: tuple[tuple[str, Any], ...]
) -> Markup:
    found = current_app.jinja_env.get_template(template)
    if not macro:
        return Markup(found.render(dict(words)))
    return Markup(getattr(found.module, macro)(*values, **dict(words)))
