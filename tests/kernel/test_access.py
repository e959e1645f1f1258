"""Every route says who may call it."""

from collections.abc import Callable

import pytest
from flask import Flask

from storefront.web import open_to, require_declarations
from storefront.web.access import AUDIENCES


def test_every_route_says_who_may_call_it(app: Flask) -> None:
    said = {
        rule.endpoint: getattr(app.view_functions[rule.endpoint], "open_to", None)
        for rule in app.url_map.iter_rules()
    }

    assert {endpoint: audience for endpoint, audience in said.items() if audience not in AUDIENCES} == {}


def test_a_route_that_says_nothing_stops_the_start(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    app.add_url_rule("/forgotten", endpoint="forgotten", view_func=lambda: "")

    with pytest.raises(RuntimeError, match="forgotten"):
        require_declarations(app)


def test_nobody_is_let_in_under_a_name_that_does_not_exist() -> None:
    with pytest.raises(ValueError, match="everybody"):
        open_to("everybody")
