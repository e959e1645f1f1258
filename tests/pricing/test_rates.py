"""Which rate of tax holds: the nearest that is set, else the shop's own."""

import pytest
from flask import Flask

from storefront.errors import NotFound, Refused
from storefront.pricing.rates import Rates, all_rates, rates_for, remove_rate, set_rate

BY = ("customer", 1)


def test_the_nearest_rate_holds() -> None:
    known = {("", "standard"): 2000, ("", "reduced"): 700, ("ca", "standard"): 725}
    here, there = Rates(1900, "ca", known), Rates(1900, "", known)

    assert [here.of(each) for each in ("standard", "reduced", "reduced_more", "zero")] == [725, 700, 725, 0]
    assert [there.of(each) for each in ("standard", "reduced", "reduced_more", "zero")] == [
        2000,
        700,
        2000,
        0,
    ]
    assert Rates(1900).of("reduced") == 1900
    assert Rates(1900, "", {("", "zero"): 300}).of("zero") == 300


def test_shipping_is_taxed_by_the_rule_that_is_declared() -> None:
    rates = Rates(1900)

    assert rates.of_shipping("standard", [700]) == 1900
    assert rates.of_shipping("highest", [700, 550]) == 700
    assert rates.of_shipping("highest", []) == 1900


def test_a_rate_that_is_set_again_takes_the_place_of_the_one_before(inside: Flask) -> None:
    set_rate("US", " Ca ", "standard", 725, by=BY)
    set_rate("US", "CA", "standard", 750, by=BY)

    assert rates_for("US", "CA", usual=0).of("standard") == 750
    assert rates_for("US", "NY", usual=0).of("standard") == 0
    (row,) = all_rates()
    remove_rate(row.id, by=BY)
    with pytest.raises(NotFound):
        remove_rate(row.id, by=BY)
    with pytest.raises(Refused):
        set_rate("US", "", "standard", 10_001, by=BY)
