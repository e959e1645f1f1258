"""Discounts share themselves among lines to the last minor unit, and combine as the shop says they do."""

from hypothesis import given
from hypothesis import strategies as st

from storefront import money
from storefront.money import Money
from storefront.pricing.lines import LineToPrice, chargeable, price_lines
from storefront.pricing.models import DiscountKind
from storefront.pricing.offers import Offer, Reduced, Why, Worth, code_key, reduce
from storefront.pricing.tax import step_of

CURRENCIES = st.sampled_from(("JPY", "EUR", "KWD"))
PRODUCTS = st.integers(1, 4)
LINES = st.lists(st.tuples(PRODUCTS, st.integers(0, 10**6), st.integers(1, 99)), min_size=1, max_size=12)
SOME = st.one_of(st.none(), st.frozensets(PRODUCTS))


@st.composite
def baskets(draw: st.DrawFn) -> tuple[str, list[tuple[int, LineToPrice]], list[Offer], str]:
    """A currency, lines by product, offers of any kind, and the code that was typed."""
    currency = draw(CURRENCIES)
    lines = [
        (product, LineToPrice(chargeable(Money(minor, currency)), pieces))
        for product, minor, pieces in draw(LINES)
    ]
    offers = []
    for number in range(draw(st.integers(0, 5))):
        kind = draw(st.sampled_from(DiscountKind))
        offers.append(
            Offer(
                id=number + 1,
                version=1,
                code=draw(st.sampled_from((None, f"CODE{number}"))),
                title="Sale",
                kind=kind,
                basis_points=draw(st.integers(1, 10_000)) if kind == DiscountKind.PERCENT else 0,
                amount_minor=draw(st.integers(1, 10**7)) if kind == DiscountKind.AMOUNT else 0,
                minimum=Money(draw(st.sampled_from((0, 0, 50_000))), currency),
                products=draw(SOME),
                is_spent=draw(st.booleans()),
            )
        )
    return currency, lines, offers, draw(st.sampled_from(("", "CODE0", "CODE1", "NOPE")))


def reduced(currency: str, lines: list[tuple[int, LineToPrice]], offers: list[Offer], code: str) -> Reduced:
    return reduce(
        [Worth(product, line.before) for product, line in lines], offers, code=code, currency=currency
    )


@given(baskets())
def test_what_the_lines_bear_is_what_the_discounts_take(
    basket: tuple[str, list[tuple[int, LineToPrice]], list[Offer], str],
) -> None:
    currency, lines, offers, code = basket

    found = reduced(currency, lines, offers, code)

    given_in_all = money.total((each.amount for each in found.given), currency)
    assert money.total(found.of_lines, currency) == given_in_all
    assert all(
        0 <= off.minor <= line.before.minor for off, (_id, line) in zip(found.of_lines, lines, strict=True)
    )
    assert all(off.minor % step_of(currency) == 0 for off in found.of_lines)
    assert sum(each.code is None for each in found.given) <= 1
    assert sum(each.code is not None for each in found.given) <= 1


@given(baskets(), st.integers(0, 10**5), st.integers(0, 10_000))
def test_a_reduced_basket_adds_up_to_its_total(
    basket: tuple[str, list[tuple[int, LineToPrice]], list[Offer], str], shipping: int, rate_bp: int
) -> None:
    currency, lines, offers, code = basket
    off = reduced(currency, lines, offers, code).of_lines
    to_price = [
        LineToPrice(line.unit_price, line.quantity, each)
        for (_id, line), each in zip(lines, off, strict=True)
    ]

    found = price_lines(to_price, shipping=Money(shipping, currency), rate_bp=rate_bp)

    goods = money.total((line.before for line in to_price), currency)
    assert found.total == goods - money.total(off, currency) + found.shipping.total == found.net + found.tax
    assert money.total((line.net for line in found.lines), currency) + found.shipping.net == found.net
    assert all(line.total.minor % step_of(currency) == 0 for line in found.lines)


def an_offer(**said: object) -> Offer:
    facts: dict[str, object] = {
        **{"id": 1, "version": 1, "code": None, "title": "Sale", "kind": DiscountKind.PERCENT},
        **{"basis_points": 1000, "amount_minor": 0, "minimum": Money(0, "EUR")},
    }
    return Offer(**{**facts, **said})  # type: ignore[arg-type]


TEA, CUP = Worth(1, Money(3333, "EUR")), Worth(2, Money(1000, "EUR"))


def taken(*offers: Offer, code: str = "") -> list[tuple[int, int]]:
    found = reduce([TEA, CUP], offers, code=code, currency="EUR")
    return [(each.id, each.amount.minor) for each in found.given]


def test_the_best_automatic_discount_holds_and_the_others_do_not() -> None:
    small, large = an_offer(id=1), an_offer(id=2, basis_points=2000)

    assert taken(small, large) == [(2, 867)]


def test_a_code_takes_off_what_the_automatic_discount_left() -> None:
    code = an_offer(id=2, code="HALF", basis_points=5000)

    assert taken(an_offer(), code, code="HALF") == [(1, 433), (2, 1950)]


def test_an_amount_is_never_more_than_the_goods_that_it_is_for() -> None:
    gift = an_offer(
        kind=DiscountKind.AMOUNT, basis_points=0, amount_minor=5000, products=frozenset({2}), code="GIFT"
    )

    assert taken(gift, code="GIFT") == [(1, 1000)]


def test_free_shipping_stands_beside_a_discount_of_money() -> None:
    free = an_offer(id=3, kind=DiscountKind.SHIPPING, basis_points=0)

    found = reduce([TEA], [an_offer(), free], code="", currency="EUR")

    assert [each.id for each in found.given] == [1]
    assert found.free_shipping == free


def test_the_minimum_is_what_the_goods_that_it_is_for_come_to_before_discounts() -> None:
    at, above = (Money(minor, "EUR") for minor in (1000, 1001))
    just = an_offer(code="CUPS", minimum=at, products=frozenset({2}))

    assert taken(an_offer(id=9), just, code="CUPS") == [(9, 433), (1, 90)]
    found = reduce(
        [TEA, CUP],
        [an_offer(code="CUPS", minimum=above, products=frozenset({2}))],
        code="CUPS",
        currency="EUR",
    )
    assert (found.given, found.why, found.missing) == ((), Why.TOO_LITTLE, Money(1, "EUR"))


def test_a_code_says_why_it_takes_nothing_off() -> None:
    def why(*offers: Offer) -> Why | None:
        return reduce([CUP], offers, code="X", currency="EUR").why

    assert why() == Why.UNKNOWN
    assert why(an_offer(code="X", is_spent=True)) == Why.SPENT
    assert why(an_offer(code="X", products=frozenset({1}))) == Why.NOT_THESE
    assert why(an_offer(id=2, basis_points=10_000), an_offer(code="X")) == Why.NOT_NEEDED


def test_a_code_is_compared_by_its_letters_and_digits() -> None:
    assert {code_key(typed) for typed in ("spring-10", " SPRING 10 ", "Spring10")} == {"SPRING10"}
