"""Parts of pages that are rendered once for the same content, and addresses that are built once."""

from collections.abc import Iterator

import pytest
from flask import Flask, url_for
from flask_babel import force_locale
from jinja2 import DictLoader

from storefront.money import Money
from storefront.web.parts import once, part
from storefront.web.text import money_text, page_locale, said

LOADER = DictLoader(
    {
        "whole.html": "{{ words.append(1) or name }}",
        "macro.html": "{% macro say(name) %}<b>{{ name }}</b>{% endmacro %}",
        "price.html": "{% macro say(price) %}{{ price|money }}{% endmacro %}",
    }
)


@pytest.fixture(autouse=True)
def _page(app: Flask) -> Iterator[None]:
    app.jinja_env.loader = LOADER
    with app.test_request_context():
        yield


def test_the_same_content_is_rendered_once(app: Flask, engine: str) -> None:
    rendered: list[int] = []
    app.jinja_env.globals["words"] = rendered

    # Parts outlive an app: each engine's turn needs a name of its own.
    parts = [part("whole.html", name=f"once on {engine}") for _ in range(3)]

    assert parts == [f"once on {engine}"] * 3
    assert rendered == [1]


def test_other_content_is_another_part() -> None:
    assert part("macro.html", "say", "Ann") == "<b>Ann</b>"
    assert part("macro.html", "say", "Bob") == "<b>Bob</b>"


def test_a_part_escapes_what_it_prints() -> None:
    assert part("macro.html", "say", "<script>") == "<b>&lt;script&gt;</b>"


def test_another_language_is_another_part() -> None:
    price = Money(123456, "EUR")

    english = part("price.html", "say", price)
    with force_locale("de"):
        german = part("price.html", "say", price)

    assert (english, german) == ("€1,234.56", "1.234,56\N{NO-BREAK SPACE}€")


def test_content_that_can_change_is_refused() -> None:
    with pytest.raises(TypeError):
        part("macro.html", "say", ["a list"])  # type: ignore[arg-type]


def test_the_language_of_a_page_follows_what_is_forced() -> None:
    assert str(page_locale()) == "en"
    with force_locale("de"):
        assert str(page_locale()) == "de"
    assert str(page_locale()) == "en"


def test_values_in_a_text_are_escaped() -> None:
    assert said("%(name)s is here", name="<b>") == "&lt;b&gt; is here"


def test_an_address_is_that_of_its_words_and_options(app: Flask) -> None:
    pairs = [url_for("shop.product", slug=slug) for slug in ("a", "b", "a")]

    assert pairs == ["/products/a", "/products/b", "/products/a"]
    assert url_for("shop.product", slug="a", _external=True) == "http://localhost/products/a"
    assert url_for("shop.product", slug="a", _anchor="choose") == "/products/a#choose"


def test_an_address_below_a_prefix_carries_it(app: Flask) -> None:
    assert url_for("shop.home") == "/"

    with app.test_request_context(base_url="http://localhost/below"):
        assert url_for("shop.home") == "/below/"


def test_what_is_made_of_equal_values_is_made_once_in_each_language() -> None:
    asked: list[Money] = []

    @once()
    def words(price: Money) -> str:
        asked.append(price)
        return money_text(price)

    english = [words(Money(123456, "EUR")) for _ in range(2)]
    with force_locale("de"):
        german = words(Money(123456, "EUR"))
    words(Money(1, "EUR"))

    assert (english, german) == (["€1,234.56"] * 2, "1.234,56\N{NO-BREAK SPACE}€")
    assert [price.minor for price in asked] == [123456, 123456, 1]
