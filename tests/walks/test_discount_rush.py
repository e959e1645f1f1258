"""A hundred shoppers with one code that holds three times, over HTTP: three have it, the others are told.

The control run, against a server without the guard, lets more have it.
"""

import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from flask import Flask

from storefront.reports.prove import prove
from tests.builders.catalogue import a_variant
from tests.builders.discounts import a_discount, the_discount, uses
from tests.servers.processes import ShopProcesses
from tests.servers.shopper import Shopper
from tests.walks.test_rush import OpenShop, at_once

SHOPPERS, LIMIT = 100, 3

Crowd = tuple[list[Shopper], list[dict[str, str]], int]


def with_the_code(shop: ShopProcesses, app: Flask, *, shoppers: int) -> Crowd:
    """Shoppers who stand before “Order and pay” with the code in their carts, their forms, and the discount."""
    with app.app_context():
        discount_id, variant_id = a_discount(total_limit=LIMIT), a_variant(on_hand=None).id
    crowd = [Shopper(shop.origin) for _ in range(shoppers)]

    def prepare(shopper: Shopper) -> dict[str, str]:
        shopper.fill(variant_id)
        shopper.take_code("SPRING10")
        return shopper.review()

    with ThreadPoolExecutor(8) as pool:
        return crowd, list(pool.map(prepare, crowd)), discount_id


def test_a_code_for_three_is_had_by_three_of_a_hundred(open_shop: OpenShop) -> None:
    shop, app = open_shop()
    crowd, forms, discount_id = with_the_code(shop, app, shoppers=SHOPPERS)
    assert len({form["total"] for form in forms}) == 1

    answers = at_once(crowd, forms)

    assert Counter(answer.status_code for answer in answers) == {303: LIMIT, 422: SHOPPERS - LIMIT}
    told = [answer.text for answer in answers if answer.status_code == 422]
    assert all("is not valid, or no longer" in text or "cannot be had any more" in text for text in told)
    with app.app_context():
        assert (len(uses(discount_id)), the_discount(discount_id).uses) == (LIMIT, LIMIT)
        assert prove() == []


def test_without_the_guard_more_would_have_it(open_shop: OpenShop) -> None:
    shop, app = open_shop(server=[sys.executable, "-m", "tests.servers.unguarded"])
    crowd, forms, _discount_id = with_the_code(shop, app, shoppers=12)

    answers = at_once(crowd, forms)

    assert sum(answer.status_code == 303 for answer in answers) > LIMIT
    with app.app_context():
        assert any("orders hold it, its limit is 3" in difference for difference in prove())
