"""A shop in one process with its sandbox beside it, put back to its beginning for each example.

Knows what stands on its shelves and who comes to buy; refuses to know what they do.
"""

import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import connect
from typing import Any

import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from storefront import web
from storefront.catalogue.models import Variant
from storefront.checkout import drafts
from storefront.database import release, session
from tests.builders.cart import a_policy
from tests.builders.catalogue import a_gift_card_product, a_product, variant_facts
from tests.builders.credit import a_gift_card
from tests.builders.discounts import a_discount
from tests.builders.orders import LEIPZIG
from tests.client import ShopClient, browser
from tests.databases import dispose
from tests.policies.documents import a_document, a_method, a_zone
from tests.servers.stripe import StripeStandIn

# By slug: price of a piece in minor units, and pieces on hand; one of them is never counted.
GOODS: dict[str, tuple[int, int | None]] = {"kit": (2400, 4), "cup": (990, 2), "card": (350, None)}
# A gift card of so much can be bought.
GIFT = 2500
# What stands on the gift cards that are about.
CARDS = (2000, 20_000)
CODE, MOST_USES = "SPRING10", 2
# What one person alone may give back, and what is given back without anybody.
ALONE_UP_TO, AUTOMATIC_UP_TO = 3000, 2000
SETTINGS = {"refund_alone_up_to": f"{ALONE_UP_TO // 100}.00", "delayed_payments": "yes"}

Letter = tuple[bytes, dict[str, str]]


@dataclass(slots=True)
class Visitor:
    """Somebody with a browser; `shown` is the review page that they look at."""

    client: ShopClient
    email: str
    shown: TestResponse | None = None


class ProofShop:
    """The shop; `bag` holds what Stripe has written to it and nobody has carried yet.

    `file` is SQLite's database, which is copied; elsewhere `anew` makes an empty one, which is furnished again.
    """

    def __init__(
        self, app: Flask, sandbox: StripeStandIn, *, anew: Callable[[], object], file: Path | None
    ) -> None:
        self.app, self.sandbox = app, sandbox
        self.bag: list[Letter] = []
        self._anew, self._file = anew, file
        self._begun = file.with_name("begun.db") if file else None
        sandbox.sandbox._courier._post = self._take  # type: ignore[assignment]
        self._furnish()

    def begin(self) -> None:
        """As on the first morning: the same goods, no order, nothing at Stripe."""
        if self._file and self._begun:
            # Past the connections that are open: they find another database in the same file.
            with closing(connect(self._begun)) as begun, closing(connect(self._file)) as now:
                begun.backup(now)
        else:
            dispose(self.app)
            self._anew()
            self._furnish()
        self.bag.clear()
        self.sandbox.forget()

    def _furnish(self) -> None:
        with self.app.app_context():
            method = a_method(price_minor=490, free_from_minor=None)
            a_policy(a_document(a_zone(methods=(method,)), automatic_up_to_minor=AUTOMATIC_UP_TO))
            for slug, (price, pieces) in GOODS.items():
                a_product(slug, variant_facts(price_minor=price, on_hand=pieces), title=slug.title())
            a_gift_card_product(GIFT, slug="gift")
            self.cards = [a_gift_card(minor).code for minor in CARDS]
            a_discount(CODE, percent=10, total_limit=MOST_USES)
            self.variants = list(session().scalars(sa.select(Variant.id).order_by(Variant.id)))
        if self._file and self._begun:
            dispose(self.app)
            shutil.copyfile(self._file, self._begun)

    def visitor(self, number: int) -> Visitor:
        """Somebody who has typed an address, and has put nothing into the cart."""
        visitor = Visitor(browser(self.app), f"visitor{number}@example.org")
        self.type_address(visitor)
        return visitor

    def type_address(self, visitor: Visitor) -> None:
        """Give the visitor a draft of their own, as the checkout's first page does."""
        with self.app.app_context():
            draft_id = drafts.keep_details(None, email=visitor.email, delivery=dict(LEIPZIG), billing=None)
            release()
        with self.app.test_request_context():
            visitor.client.set_cookie("draft", web.sign("draft", draft_id))

    def collect(self) -> list[Letter]:
        """All that Stripe has to tell by now."""
        self.sandbox.deliver(force=True)
        return self.bag

    def _take(self, _url: str, body: bytes, headers: dict[str, str]) -> int:
        self.bag.append((body, headers))
        return 204

    def carry(self, letter: Letter) -> TestResponse:
        """Let one letter arrive; the answer."""
        body, headers = letter
        client = browser(self.app)
        client.come_from(None)
        return client.post("/webhooks/stripe", data=body, headers=headers)

    def steer(self, verb: str, **words: Any) -> Any:
        """Let Stripe, a bank or its dashboard do something; None where it cannot be done as things stand."""
        answer = self.sandbox.ask_control(verb, **words)
        assert answer.status_code < 500, answer.text
        return answer.json if answer.status_code == 200 else None
