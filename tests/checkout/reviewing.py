"""The way to the review and beyond, as tests take it.

Knows pages and forms; refuses to judge what they answer.
"""

import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from storefront.catalogue.models import Variant
from storefront.database import session
from storefront.orders.models import Order
from tests.builders.cart import (
    put_in,
    submit_details,
)
from tests.client import ShopClient
from tests.servers.stripe import StripeStandIn


def reviewed(client: ShopClient, variant: Variant | int, quantity: int = 1) -> TestResponse:
    """The review of a cart with one kind of goods, the address typed."""
    put_in(client, variant, quantity)
    submit_details(client)
    return client.get("/checkout/review")


def all_orders(app: Flask) -> list[Order]:
    """Every order, the oldest first."""
    with app.app_context():
        return list(session().scalars(sa.select(Order).order_by(Order.id)))


def pay_on_page(sandbox: StripeStandIn, url: str) -> str:
    """Pay on the payment page; where it then leads, as a path of the shop."""
    answer = sandbox.page.post(url, data={"choice": "pay"})
    return answer.location.removeprefix("http://localhost")
