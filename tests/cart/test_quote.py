"""The one pricing path: live prices, shipping by the policy, tax, and what cannot be ordered."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from storefront.cart import lines
from storefront.cart.quote import Quote
from storefront.database import transaction
from storefront.money import Money
from storefront.policies.document import default_document
from storefront.policies.parts import Zone
from tests.builders.cart import a_cart, a_policy
from tests.builders.catalogue import a_variant
from tests.counting import Counting
from tests.policies.documents import a_document, a_method, a_zone

EXPRESS = a_method(
    code="express", name="Express", price_minor=1290, free_from_minor=None, days_min=1, days_max=1
)


def _euros(minor: int) -> Money:
    return Money(minor, "EUR")


def test_a_quote_adds_up_to_the_last_cent(inside: Flask) -> None:
    a_policy(a_document(a_zone("DE")))
    tea, cup = a_variant(price_minor=1333, on_hand=9).id, a_variant(price_minor=999, on_hand=9).id

    quote = Quote.of(a_cart((tea, 3), (cup, 1)), country="DE")

    assert quote.goods == _euros(3 * 1333 + 999)
    assert quote.shipping == _euros(490)
    assert quote.total == quote.goods + quote.shipping == quote.net + quote.tax
    assert quote.tax == quote.lines[0].tax + quote.lines[1].tax + quote.shipping_tax
    assert [line.total for line in quote.lines] == [_euros(3999), _euros(999)]
    assert quote.is_orderable


@pytest.mark.parametrize(("price_minor", "shipping_minor"), [(4999, 490), (5000, 0), (5001, 0)])
def test_shipping_is_free_from_the_threshold_on(inside: Flask, price_minor: int, shipping_minor: int) -> None:
    a_policy(a_document(a_zone("DE")))
    variant = a_variant(price_minor=price_minor).id

    quote = Quote.of(a_cart((variant, 1)), country="DE")

    assert quote.shipping == _euros(shipping_minor)
    assert (quote.progress is None) == (shipping_minor == 0)


def test_the_chosen_way_to_ship_is_the_one_that_costs(inside: Flask) -> None:
    a_policy(a_document(a_zone("DE", methods=(a_method(), EXPRESS))))
    variant = a_variant(price_minor=2400).id

    usual = Quote.of(a_cart((variant, 1)), country="DE")
    express = Quote.of(a_cart((variant, 1)), country="DE", shipping_code="express")

    assert (usual.shipping, express.shipping) == (_euros(490), _euros(1290))
    assert [option.code for option in express.options] == ["standard", "express"]


def test_a_way_to_ship_that_is_not_offered_cannot_be_ordered(inside: Flask) -> None:
    a_policy(a_document(a_zone("DE")))
    variant = a_variant().id

    quote = Quote.of(a_cart((variant, 1)), country="DE", shipping_code="drone")

    assert not quote.is_orderable
    assert quote.problems == ["This way to ship is no longer offered. Please choose another."]


def test_a_country_that_is_not_served_cannot_be_ordered_to(inside: Flask) -> None:
    a_policy(a_document(a_zone("DE")))
    variant = a_variant().id

    quote = Quote.of(a_cart((variant, 1)), country="JP")

    assert not quote.is_orderable
    assert quote.problems == ["We do not ship to Japan."]


def test_without_a_country_it_goes_where_it_most_likely_goes(inside: Flask) -> None:
    a_policy(a_document(a_zone("AT", "FR")))
    variant = a_variant().id
    cart = a_cart((variant, 1))

    told, untold = Quote.of(replace(cart, country="FR")), Quote.of(cart)

    assert (told.country, untold.country) == ("FR", "AT")


def test_what_needs_no_shipping_pays_none_and_goes_anywhere(inside: Flask) -> None:
    a_policy(a_document(a_zone("DE")))
    letter = a_variant(requires_shipping=False).id

    quote = Quote.of(a_cart((letter, 1)), country="JP")

    assert quote.is_orderable
    assert not quote.shipping
    assert quote.chosen is not None
    assert quote.chosen.code == "none"


@pytest.mark.parametrize(("price_minor", "fits"), [(0, True), (1, False), (49, False), (50, True)])
def test_a_total_below_what_can_be_charged_is_refused_in_words(
    inside: Flask, price_minor: int, fits: bool
) -> None:
    a_policy()
    variant = a_variant(price_minor=price_minor).id

    quote = Quote.of(a_cart((variant, 1)), country="DE")

    assert quote.is_orderable is fits
    assert fits or quote.unpayable == "The smallest sum that can be paid by card is €0.50."
    assert not quote.problems


@pytest.mark.parametrize(("price_minor", "fits"), [(99_999_999, True), (100_000_000, False)])
def test_a_total_above_what_can_be_charged_is_refused_in_words(
    inside: Flask, price_minor: int, fits: bool
) -> None:
    a_policy()
    variant = a_variant(price_minor=price_minor).id

    quote = Quote.of(a_cart((variant, 1)), country="DE")

    assert quote.is_orderable is fits
    assert fits or quote.unpayable == "The largest sum that can be paid at once is €999,999.99."


@pytest.mark.parametrize(
    ("currency", "price_minor", "total_minor"),
    [("JPY", 2400, 7200), ("KWD", 1234, 3690), ("KWD", 1235, 3720)],
)
def test_currencies_with_no_and_three_decimals_can_be_charged(
    make_app: Callable[..., Flask], currency: str, price_minor: int, total_minor: int
) -> None:
    app: Flask = make_app(currency=currency)
    with app.app_context():
        a_policy(default_document(currency))
        variant = a_variant(price_minor=price_minor).id

        quote = Quote.of(a_cart((variant, 3)), country="DE")

    assert quote.total == Money(total_minor, currency)
    assert quote.lines[0].unit * 3 == quote.lines[0].total


def test_a_line_beyond_the_shelf_is_a_problem_of_its_own(inside: Flask) -> None:
    a_policy()
    few, enough = a_variant(on_hand=2).id, a_variant(on_hand=2).id

    quote = Quote.of(a_cart((few, 3), (enough, 2)), country="DE")

    assert [line.problem for line in quote.lines] == ["You asked for 3; only 2 are left.", None]
    assert not quote.is_orderable


def test_a_variant_that_never_was_is_a_line_that_can_be_taken_out(inside: Flask) -> None:
    a_policy()

    quote = Quote.of(a_cart((424242, 1)), country="DE")

    assert quote.lines[0].is_gone
    assert not quote.total
    assert not quote.is_orderable


def test_pieces_held_for_this_cart_are_there_for_it(inside: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    a_policy()
    variant = a_variant(on_hand=1).id
    held = {"mine": {variant: 2}}
    monkeypatch.setattr(lines, "_holds", [lambda cart_id: held.get(cart_id, {})])

    mine = Quote.of(a_cart((variant, 3), id="mine"), country="DE")
    other = Quote.of(a_cart((variant, 3), id="other"), country="DE")

    assert mine.is_orderable
    assert not other.is_orderable


def test_a_quote_asks_two_things_and_writes_nothing(inside: Flask, count_queries: Counting) -> None:
    a_policy()
    cart = a_cart(*((a_variant().id, 1) for _each in range(10)))

    with count_queries() as counted:
        Quote.of(cart, country="DE")

    assert len(counted.statements) == 2, str(counted)


def test_a_quote_is_the_same_inside_a_transaction(inside: Flask) -> None:
    a_policy()
    variant = a_variant().id
    outside = Quote.of(a_cart((variant, 2)), country="DE")

    with transaction():
        locked = Quote.of(a_cart((variant, 2)), country="DE", for_update=True)

    assert locked == outside


def test_an_empty_cart_cannot_be_ordered(inside: Flask) -> None:
    a_policy(a_document(Zone("Everywhere", ("*",), (a_method(),))))

    assert not Quote.of(a_cart(), country="DE").is_orderable
