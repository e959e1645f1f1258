"""Policy documents for tests: builders that show only the fact that matters, and strategies for the rest.

Knows what a sensible document looks like; refuses to know what should follow from it.
"""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from storefront.money import Money
from storefront.policies.document import PolicyDocument, default_document
from storefront.policies.parts import Basis, Condition, MoneyBack, Payer, ShippingMethod, Start, Zone
from storefront.policies.rules import BasketFacts, LineFacts
from storefront.policies.statutory import EU, ExemptGoods, Exemption, Withdrawal

PLACES = ("AT", "CH", "DE", "FR", "GB", "US")


def a_method(**facts: Any) -> ShippingMethod:
    """Standard shipping at 4.90, free from 50.00 after discounts."""
    usual = ShippingMethod(
        code="standard",
        name="Standard",
        price_minor=490,
        free_from_minor=5000,
        basis=Basis.AFTER_DISCOUNTS,
        days_min=2,
        days_max=4,
    )
    return replace(usual, **facts)


def a_zone(*countries: str, methods: tuple[ShippingMethod, ...] = (), name: str = "Home") -> Zone:
    """A zone of these countries, Germany if none are named, with the usual method."""
    return Zone(name=name, countries=countries or ("DE",), methods=methods or (a_method(),))


def a_document(*zones: Zone, not_served: tuple[str, ...] = (), **promise: Any) -> PolicyDocument:
    """The default in euros, with these zones and these facts of the money-back promise instead."""
    default = default_document("EUR")
    return replace(
        default,
        zones=zones or default.zones,
        not_served=not_served,
        money_back=replace(default.money_back, **promise),
    )


def a_basket(minor: int, *, discounted: int | None = None, currency: str = "EUR") -> BasketFacts:
    """One line of `minor`, of which `discounted` is left after discounts."""
    after = minor if discounted is None else discounted
    return BasketFacts(currency, (LineFacts(Money(minor, currency), Money(after, currency)),))


def methods(currency: str) -> st.SearchStrategy[tuple[ShippingMethod, ...]]:
    """One to three methods, free ones and such as are never free among them."""
    step = 10 if currency == "KWD" else 1
    amounts = st.one_of(st.just(0), st.integers(0, 2000).map(lambda minor: minor * step))
    method = st.builds(
        ShippingMethod,
        code=st.just(""),
        name=st.just("By post"),
        price_minor=amounts,
        free_from_minor=st.one_of(st.none(), st.just(0), st.integers(0, 9000)),
        basis=st.sampled_from(Basis),
        days_min=st.integers(0, 3),
        days_max=st.integers(3, 9),
    )
    several = st.lists(method, min_size=1, max_size=3)
    return several.map(lambda each: tuple(replace(one, code=f"m{place}") for place, one in enumerate(each)))


@st.composite
def documents(draw: st.DrawFn) -> PolicyDocument:
    """Any sensible document: up to three zones, some countries refused, any money-back promise."""
    currency = draw(st.sampled_from(("JPY", "EUR", "KWD")))
    places = draw(st.permutations(PLACES))
    cut, end = draw(st.integers(0, 3)), draw(st.integers(3, 6))
    named = [part for part in (places[:cut], places[cut:3]) if part]
    groups = [tuple(group) for group in named] + draw(st.sampled_from(([], [("*",)], [("*",)])))
    groups = draw(st.sampled_from((groups, groups[-1:])))
    zones = tuple(Zone("Zone", group, draw(methods(currency))) for group in groups)
    promise = st.builds(
        MoneyBack,
        window_days=st.integers(0, 100),
        starts=st.sampled_from(Start),
        conditions=st.lists(st.sampled_from(Condition), unique=True).map(tuple),
        return_postage=st.sampled_from(Payer),
        goods_first=st.booleans(),
        excluded_products=st.sampled_from(((), ("gift-card",))),
        excluded_collections=st.sampled_from(((), ("sale",))),
        automatic_up_to_minor=st.integers(0, 10_000),
        restocking_percent=st.integers(0, 100),
    )
    right = st.builds(
        Withdrawal,
        countries=st.sampled_from((EU, (), ("DE", "CH"))),
        days=st.integers(14, 100),
        exempt=st.sampled_from(((), (ExemptGoods(Exemption.PERISHABLE, ("kit",), ("fresh",)),))),
        holidays=st.sampled_from(((), ("12-25", "2026-04-06"))),
        is_confirmed=st.booleans(),
    )
    refused = tuple(places[end:]) if draw(st.booleans()) else ()
    document = PolicyDocument(currency, zones, refused, draw(promise))
    return replace(document, withdrawal=draw(right))


@st.composite
def baskets(draw: st.DrawFn, currency: str) -> BasketFacts:
    """Up to four lines, discounted by anything from nothing to everything."""
    sizes = draw(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 100)), max_size=4))
    lines = (LineFacts(Money(minor, currency), Money(minor * kept // 100, currency)) for minor, kept in sizes)
    return BasketFacts(currency, tuple(lines))
