"""What of a total credit pays: the parts and the rest add up to it, and the rest can be charged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront import money
from storefront.credit.models import CreditKind
from storefront.credit.tender import Funds, Tender, shares
from storefront.money import Money
from storefront.payments.units import minimum_charge, to_units


def a_card(number: int, minor: int, currency: str = "EUR", *, closed: bool = False) -> Funds:
    return Funds(f"crd_{number}", CreditKind.GIFT_CARD, "3TRA", Money(minor, currency), closed)


def split(total: int, unpayable: int, *balances: int, currency: str = "EUR") -> Tender:
    funds = [a_card(number, minor, currency) for number, minor in enumerate(balances)]
    return shares(Money(total, currency), Money(unpayable, currency), funds, least=minimum_charge(currency))


@pytest.mark.parametrize(
    ("currency", "total", "unpayable", "balances", "parts", "rest"),
    [
        ("EUR", 2400, 0, (), [], 2400),
        ("EUR", 2400, 0, (0,), [], 2400),
        ("EUR", 2400, 0, (2000,), [2000], 400),
        ("EUR", 2400, 0, (2400,), [2400], 0),
        ("EUR", 2400, 0, (9900,), [2400], 0),
        ("EUR", 2400, 0, (1000, 500), [1000, 500], 900),
        ("EUR", 2400, 0, (1000, 9000), [1000, 1400], 0),
        ("EUR", 2400, 0, (9000, 1000), [2400], 0),
        # Stripe charges 50 cents at the least: edge - 1, edge, edge + 1.
        ("EUR", 2400, 0, (2351,), [2350], 50),
        ("EUR", 2400, 0, (2350,), [2350], 50),
        ("EUR", 2400, 0, (2349,), [2349], 51),
        ("EUR", 2400, 0, (2399,), [2350], 50),
        ("EUR", 50, 0, (49,), [], 50),
        ("EUR", 49, 0, (49,), [49], 0),
        ("EUR", 49, 0, (48,), [], 49),
        ("EUR", 0, 0, (900,), [], 0),
        # Gift cards are not bought with credit.
        ("EUR", 7400, 5000, (9900,), [2400], 5000),
        ("EUR", 5000, 5000, (9900,), [], 5000),
        ("EUR", 5010, 5000, (9900,), [10], 5000),
        ("JPY", 2400, 0, (2351,), [2350], 50),
        ("JPY", 2400, 0, (2400,), [2400], 0),
        # Three decimals are charged in steps of ten.
        ("KWD", 2400, 0, (1995,), [1990], 410),
        ("KWD", 2400, 0, (2395,), [2390], 10),
        ("KWD", 2400, 0, (5, 5), [5, 5], 2390),
        ("KWD", 2400, 0, (5, 3), [], 2400),
    ],
)
def test_credit_pays_first_and_leaves_what_can_be_charged(
    currency: str, total: int, unpayable: int, balances: tuple[int, ...], parts: list[int], rest: int
) -> None:
    tender = split(total, unpayable, *balances, currency=currency)

    assert [part.amount.minor for part in tender.parts] == parts
    assert tender.rest == Money(rest, currency)


def test_what_is_closed_or_of_another_currency_pays_nothing() -> None:
    funds = [a_card(1, 900, closed=True), a_card(2, 900, "USD"), a_card(3, 900)]

    tender = shares(Money(2400, "EUR"), Money(0, "EUR"), funds, least=Money(50, "EUR"))

    assert [part.account_id for part in tender.parts] == ["crd_3"]
    assert [tender.paid_by(f"crd_{number}").minor for number in (1, 2, 3)] == [0, 0, 900]
    assert tender.funds == tuple(funds)


@given(
    currency=st.sampled_from(("JPY", "EUR", "KWD", "HUF")),
    steps=st.integers(0, 30_000),
    gift_cards=st.integers(0, 10_000),
    balances=st.lists(st.integers(0, 40_000), max_size=6),
)
def test_parts_and_rest_add_up_and_nothing_is_taken_that_is_not_there(
    currency: str, steps: int, gift_cards: int, balances: list[int]
) -> None:
    step = 10 if currency == "KWD" else 1
    total, unpayable = steps * step, min(gift_cards, steps) * step

    tender = split(total, unpayable, *balances, currency=currency)

    least = minimum_charge(currency).minor
    assert tender.paid + tender.rest == Money(total, currency)
    assert tender.paid == money.total((part.amount for part in tender.parts), currency)
    assert tender.rest.minor in {0, total} or tender.rest.minor >= max(least, unpayable)
    assert to_units(tender.rest) >= 0
    held = {f"crd_{number}": minor for number, minor in enumerate(balances)}
    assert all(0 < part.amount.minor <= held[part.account_id] for part in tender.parts)
    assert len({part.account_id for part in tender.parts}) == len(tender.parts)
    # No less than could be: one unit of credit more, and the rest could not be charged, or it is all there is.
    most = min(total - unpayable, sum(balances))
    assert (
        tender.paid.minor == most
        or tender.rest.minor < max(least, unpayable) + step
        or _is_rounded(tender, most, step)
    )


def _is_rounded(tender: Tender, most: int, step: int) -> bool:
    return 0 < most - tender.paid.minor < step
