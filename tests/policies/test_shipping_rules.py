"""What shipping costs, from when it is free, where nothing is sent, and when it arrives."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.money import Money
from storefront.policies.document import PolicyDocument
from storefront.policies.parts import Basis
from storefront.policies.rules import (
    BasketFacts,
    LineFacts,
    delivery_estimate,
    free_shipping_progress,
    served_countries,
    shipping_options,
    weekdays_after,
)
from tests.policies.documents import PLACES, a_basket, a_document, a_method, a_zone, baskets, documents

# A Monday.
MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(("subtotal", "price"), [(0, 490), (4999, 490), (5000, 0), (5001, 0), (10**12, 0)])
def test_shipping_is_free_from_the_threshold_on(subtotal: int, price: int) -> None:
    document = a_document(a_zone("DE"))

    [option] = shipping_options(document, country="DE", facts=a_basket(subtotal))

    assert (option.price, option.free) == (Money(price, "EUR"), price == 0)


@pytest.mark.parametrize(
    ("basis", "discounted", "price"),
    [
        (Basis.BEFORE_DISCOUNTS, 4999, 0),
        (Basis.BEFORE_DISCOUNTS, 0, 0),
        (Basis.AFTER_DISCOUNTS, 4999, 490),
        (Basis.AFTER_DISCOUNTS, 5000, 0),
    ],
)
def test_the_declared_subtotal_is_compared(basis: Basis, discounted: int, price: int) -> None:
    document = a_document(a_zone("DE", methods=(a_method(basis=basis),)))

    [option] = shipping_options(document, country="DE", facts=a_basket(5000, discounted=discounted))

    assert option.price == Money(price, "EUR")


@pytest.mark.parametrize(
    ("price_minor", "free_from_minor", "expected", "reason"),
    [
        (490, None, 490, ""),
        (490, 0, 0, "Free on every order, no minimum"),
        (0, None, 0, "Free on every order, no minimum"),
        (0, 5000, 0, "Free on every order, no minimum"),
        (490, 5000, 490, "Free from €50, counted after discounts"),
        (490, 4950, 490, "Free from €49.50, counted after discounts"),
    ],
)
def test_a_method_is_never_sometimes_or_always_free_and_says_why(
    price_minor: int, free_from_minor: int | None, expected: int, reason: str
) -> None:
    method = a_method(price_minor=price_minor, free_from_minor=free_from_minor)

    [option] = shipping_options(a_document(a_zone(methods=(method,))), country="DE", facts=a_basket(0))

    assert (option.price.minor, option.reason) == (expected, reason)


def test_lines_count_together() -> None:
    lines = tuple(LineFacts(Money(minor, "EUR"), Money(minor, "EUR")) for minor in (2500, 2499, 1))

    [option] = shipping_options(a_document(a_zone()), country="DE", facts=BasketFacts("EUR", lines))

    assert option.free


@given(documents(), st.sampled_from((*PLACES, "BR", "QQ")))
def test_a_country_has_options_exactly_when_it_is_served(document: PolicyDocument, country: str) -> None:
    options = shipping_options(document, country=country, facts=BasketFacts(document.currency))

    assert bool(options) == (country in served_countries(document))


@given(st.data(), documents(), st.sampled_from(PLACES))
def test_what_is_missing_is_exactly_what_makes_shipping_free(
    data: st.DataObject, document: PolicyDocument, country: str
) -> None:
    facts = data.draw(baskets(document.currency))
    progress = free_shipping_progress(document, country=country, facts=facts)

    def is_free_with(extra: Money) -> bool:
        more = BasketFacts(facts.currency, (*facts.lines, LineFacts(extra, extra)))
        return any(each.free for each in shipping_options(document, country=country, facts=more))

    if progress:
        assert is_free_with(progress.missing)
        assert not is_free_with(progress.missing - Money(1, facts.currency))
    else:
        never = not is_free_with(Money(10**9, facts.currency))
        assert never or is_free_with(Money.zero(facts.currency))


def test_progress_names_what_is_missing_and_the_goal() -> None:
    document = a_document(a_zone("DE"))

    progress = free_shipping_progress(document, country="DE", facts=a_basket(4400))

    assert progress == (Money(600, "EUR"), Money(5000, "EUR"))


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, date(2026, 11, 23)),
        (1, date(2026, 11, 24)),
        (4, date(2026, 11, 27)),
        (5, date(2026, 11, 30)),
        (10, date(2026, 12, 7)),
    ],
)
def test_delivery_days_are_weekdays(days: int, expected: date) -> None:
    assert weekdays_after(MONDAY, days) == expected


@pytest.mark.parametrize("count", [0, 1])
@pytest.mark.parametrize(
    ("ordered", "soonest"),
    [
        (date(2026, 11, 28), date(2026, 11, 30)),
        (date(2026, 11, 29), date(2026, 11, 30)),
    ],
)
def test_an_order_on_a_weekend_arrives_on_monday_at_the_soonest(
    ordered: date, soonest: date, count: int
) -> None:
    assert weekdays_after(ordered, count) == soonest


def test_one_weekday_after_friday_is_monday() -> None:
    assert weekdays_after(date(2026, 11, 27), 1) == date(2026, 11, 30)


def test_the_estimate_is_that_of_the_usual_method() -> None:
    express = a_method(code="express", days_min=1, days_max=1)
    document = a_document(a_zone("DE", methods=(a_method(), express)))

    estimate = delivery_estimate(document, country="DE", today=MONDAY)

    assert estimate == (date(2026, 11, 25), date(2026, 11, 27))
    assert delivery_estimate(document, country="AT", today=MONDAY) is None
