"""Addresses of pages, built once: the same endpoint with the same words has the same path.

Knows `url_for` and routes; refuses to change what they answer.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from flask import Flask
from flask.globals import _cv_request
from werkzeug.routing import Rule

from storefront.web.assets import asset

_MOST = 4096


def init_app(app: Flask) -> None:
    """Let `url_for`, in Python and in templates, remember the paths it built: 2 µs instead of 20 to 70."""
    app.url_rule_class = _Route
    build = app.url_for

    @lru_cache(maxsize=_MOST)
    def built(endpoint: str, values: tuple[tuple[str, str], ...], _digest: str) -> str:
        words: dict[str, Any] = dict(values)
        return build(endpoint, **words)

    def url_for(endpoint: str, **values: Any) -> str:
        # Flask hands its options on even where nobody gave them.
        values = {name: value for name, value in values.items() if value is not None}
        if not _is_plain(endpoint, values):
            return build(endpoint, **values)
        found = asset(values["filename"]) if endpoint == "static" else None
        return built(endpoint, tuple(values.items()), found.digest if found else "")

    app.url_for = url_for  # type: ignore[method-assign]


def _is_plain(endpoint: str, values: dict[str, Any]) -> bool:
    """Whether nothing but the endpoint and its words decides: no other host, prefix, page or option."""
    here = _cv_request.get(None)
    if here is None or here.url_adapter is None or here.url_adapter.script_name != "/" or endpoint[:1] == ".":
        return False
    return all(type(value) is str and name[:1] != "_" for name, value in values.items())


class _Route(Rule):
    """A route that learns to write its address when that is first wanted: learnt by all at once, it was 95 ms of each
    start."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        learn = super()._compile_builder
        learnt: list[Callable[..., tuple[str, str]]] = []

        def build(rule: Rule, **values: Any) -> tuple[str, str]:
            if not learnt:
                learnt.append(learn(append_unknown))
            return learnt[0](rule, **values)

        return build
