"""Tax by country and class, in the prices or on top of them: shown, frozen with the order, given back with it."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.catalogue.models import Product
from storefront.checkout.actions import settle_payment
from storefront.database import db, transaction
from storefront.errors import Refused
from storefront.orders.amending import change_delivery, fingerprint
from storefront.orders.books import Document
from storefront.orders.queries import order_record
from storefront.pricing.rates import set_rate
from storefront.refunds.queries import refundable
from storefront.reports.prove import prove
from storefront.shop.papers import taxes_of
from tests.builders.cart import a_cart, a_policy, words
from tests.builders.catalogue import a_variant
from tests.builders.discounts import BY, a_discount
from tests.builders.orders import LEIPZIG
from tests.builders.payments import Shopper, a_draft, open_page, order, pay, place, quoted
from tests.builders.refunds import ask_back, everything
from tests.checkout.reviewing import reviewed
from tests.client import ShopClient
from tests.policies.documents import a_document, a_method, a_zone
from tests.servers.stripe import StripeStandIn


def reduced_too() -> Shopper:
    """Somebody with a cup for 10.00 at 19 % and tea for 10.00 at 7 %, sent for 4.90."""
    a_policy(a_document(a_zone("DE", "AT", methods=(a_method(price_minor=490, free_from_minor=None),))))
    set_rate("DE", "", "standard", 1900, by=BY)
    set_rate("DE", "", "reduced", 700, by=BY)
    cup, tea = a_variant(price_minor=1000, on_hand=9), a_variant(price_minor=1000, on_hand=9)
    with transaction() as current:
        current.execute(sa.update(Product).where(Product.id == tea.product_id).values(tax_class="reduced"))
    return Shopper(a_draft(), a_cart((cup.id, 1), (tea.id, 1)))


def settled(sandbox: StripeStandIn, shopper: Shopper) -> int:
    placed = place(shopper)
    open_page(placed)
    pay(sandbox, placed)
    settle_payment(placed.attempt_id)
    return placed.order_id


def test_each_line_is_taxed_at_the_rate_of_its_class(inside: Flask) -> None:
    quote = quoted(reduced_too())

    assert [(line.tax_basis_points, line.tax.minor) for line in quote.lines] == [(1900, 160), (700, 65)]
    assert [(rate, each.tax.minor) for rate, each in quote.taxes] == [(700, 65), (1900, 160 + 78)]
    assert (quote.total.minor, quote.tax.minor) == (2490, 303)


@pytest.fixture
def net(make_app: Callable[..., Flask], sandbox: StripeStandIn) -> Flask:
    """A shop whose prices are without tax."""
    return make_app(prices_include_tax="no", **sandbox.settings)


def test_tax_comes_on_top_where_prices_are_without_it(net: Flask, sandbox: StripeStandIn) -> None:
    with net.app_context():
        a_discount("", percent=10)
        shopper = reduced_too()
        quote = quoted(shopper)
        order_id = settled(sandbox, shopper)

        kept = order_record(order_id).order
        assert (quote.goods.minor, quote.discount.minor, quote.shipping.minor) == (2000, 200, 583)
        assert quote.total.minor == 900 + 171 + 900 + 63 + 583 == kept.total_minor
        assert (kept.tax_included, kept.shipping_tax_basis_points, kept.tax_minor) == (
            False,
            1900,
            171 + 63 + 93,
        )
        assert [(row.rate, row.tax.minor) for row in taxes_of(order_record(order_id))] == [
            ("7%", 63),
            ("19%", 264),
        ]
        assert prove() == []


def test_a_refund_of_all_goes_back_with_its_tax(net: Flask, sandbox: StripeStandIn) -> None:
    with net.app_context():
        placed = place(reduced_too())
        open_page(placed)
        pay(sandbox, placed)
        settle_payment(placed.attempt_id)

        ask_back(placed, everything(placed))

        assert order(placed).refunded_minor == order(placed).captured_minor == order(placed).total_minor
        assert refundable(placed.order_id).left.minor == 0
        assert prove() == []


def test_the_review_shows_the_tax_that_comes_on_top(net: Flask) -> None:
    with net.app_context():
        a_policy()
        kit = a_variant(price_minor=1000)

    said = words(reviewed(ShopClient(net), kit))

    assert "Goods €10.00 Shipping to Germany free Tax 19% €1.90 Total €11.90" in said


def test_goods_that_would_be_taxed_otherwise_elsewhere_stay_where_they_go(inside: Flask) -> None:
    shopper = reduced_too()
    set_rate("AT", "", "standard", 2000, by=BY)
    placed = place(shopper)
    vienna = {**LEIPZIG, "country": "AT", "postal_code": "1010", "city": "Wien"}

    with pytest.raises(Refused, match="would have cost something else"):
        change_delivery(placed.order_id, delivery=vienna, seen=fingerprint(dict(LEIPZIG)), by=BY)


def test_the_database_holds_that_an_order_adds_up_with_its_tax(net: Flask) -> None:
    with net.app_context():
        placed = place(reduced_too())

        for table, amount in (("orders", "total_minor"), ("order_line", "total_minor")):
            column = db.metadata.tables[table]
            with pytest.raises(sa.exc.IntegrityError), transaction() as current:
                current.execute(sa.update(column).values({amount: column.c[amount] - column.c.tax_minor}))
        assert order(placed).total_minor > order(placed).net_minor


def test_an_invoice_is_as_it_was_when_rates_change(inside: Flask, sandbox: StripeStandIn) -> None:
    order_id = settled(sandbox, reduced_too())
    before = taxes_of(order_record(order_id))

    set_rate("DE", "", "reduced", 900, by=BY)

    assert taxes_of(order_record(order_id)) == before
    assert [row.rate for row in before] == ["7%", "19%"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Document)) == 1


@pytest.mark.parametrize(
    ("now_here", "now_there", "may_move"),
    [(1900, 1900, True), (1900, 2000, False), (2000, 1900, True), (2000, 2000, False)],
)
def test_an_order_moves_only_where_its_goods_are_taxed_as_they_were_sold(
    inside: Flask, now_here: int, now_there: int, may_move: bool
) -> None:
    set_rate("DE", "", "standard", 1900, by=BY)
    placed = place(reduced_too())
    for country, rate in (("DE", now_here), ("AT", now_there)):
        set_rate(country, "", "standard", rate, by=BY)
    set_rate("AT", "", "reduced", 700, by=BY)
    vienna = {**LEIPZIG, "country": "AT", "postal_code": "1010", "city": "Wien"}

    def move() -> None:
        change_delivery(placed.order_id, delivery=vienna, seen=fingerprint(dict(LEIPZIG)), by=BY)

    if may_move:
        move()
    else:
        with pytest.raises(Refused, match="would have cost something else"):
            move()


def test_a_rate_changed_since_moves_no_order_within_its_country(inside: Flask) -> None:
    set_rate("DE", "", "standard", 1900, by=BY)
    placed = place(reduced_too())
    set_rate("DE", "", "standard", 2100, by=BY)
    halle = {**LEIPZIG, "country_area": "Sachsen-Anhalt", "postal_code": "06108", "city": "Halle"}

    change_delivery(placed.order_id, delivery=halle, seen=fingerprint(dict(LEIPZIG)), by=BY)

    assert order(placed).delivery["city"] == "Halle"
