"""The machine's rules of buying: cart, prices, code, the button, the payment page and the way back.

Knows what shoppers, their banks and the shop's prices do; refuses to know what is right.
"""

import re

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from storefront.catalogue import actions as catalogue
from storefront.catalogue.adjusting import Said
from storefront.catalogue.models import Cause
from tests.builders.cart import put_in, submit_order, token
from tests.builders.catalogue import product_facts, variant_facts
from tests.builders.refunds import INES
from tests.proof.acting import ANY, NEWEST, Acting, there_are
from tests.proof.shop import CARDS, CODE, GOODS, Visitor

CHOICES = ("pay", "decline", "secure", "passed", "failed", "cancel")
HOW = ("leaves", "pays", "pays and comes back", "pays and comes back", "pays later", "pays another amount")
DAY = 24 * 60 * 60


class Buying(Acting):
    """From the shelf to the payment."""

    @rule(who=ANY, what=ANY, pieces=st.integers(1, 3))
    def put_into_the_cart(self, who: int, what: int, pieces: int) -> None:
        visitor, variant = self._who(who), self.shop.variants[what % len(self.shop.variants)]
        self.ask(lambda: put_in(visitor.client, variant, pieces))

    @rule(who=ANY)
    def type_the_code(self, who: int) -> None:
        self._type(who, CODE)

    @rule(who=ANY, card=st.integers(0, len(CARDS) - 1))
    def type_a_gift_card(self, who: int, card: int) -> None:
        self._type(who, self.shop.cards[card])

    def _type(self, who: int, code: str) -> None:
        client = self._who(who).client
        page = self.ask(lambda: client.get("/cart"))
        if page is not None and 'name="csrf_token"' in page.text:
            typed = {"code": code, "csrf_token": token(page)}
            self.ask(lambda: client.post("/cart/code", data=typed))

    @rule(who=ANY)
    def look_at_the_review(self, who: int) -> None:
        visitor = self._who(who)
        page = self.ask(lambda: visitor.client.get("/checkout/review"))
        if page is not None and page.status_code == 303 and page.headers["Location"].endswith("/checkout"):
            # The draft became an order: they come in anew.
            self.survive(lambda: self.shop.type_address(visitor))
            page = self.ask(lambda: visitor.client.get("/checkout/review"))
        visitor.shown = page if page is not None and 'name="total"' in page.text else None

    @rule(who=ANY, clicks=st.sampled_from((1, 1, 1, 2, 3)))
    def press_order_and_pay(self, who: int, clicks: int) -> None:
        visitor = self._who(who)
        if visitor.shown is None:
            self.look_at_the_review(who)
        if (shown := visitor.shown) is not None:
            by_credit = re.search(r'name="credit" value="(\d+)"', shown.text)
            split = {"credit": by_credit[1]} if by_credit else {}
            for _click in range(clicks):
                self.ask(lambda: submit_order(visitor.client, shown, **split))

    @rule(who=ANY, what=ANY, pieces=st.integers(1, 3), how=st.sampled_from(HOW))
    def buy(self, who: int, what: int, pieces: int, how: str) -> None:
        """The usual ways in one step, so that examples come far."""
        self.put_into_the_cart(who, what, pieces)
        self.look_at_the_review(who)
        self.press_order_and_pay(who, 1)
        if how == "pays another amount":
            self.pay_another_amount(NEWEST, 100)
        elif how == "pays later":
            self.pay_later(NEWEST, "succeeded", 20)
        elif how != "leaves":
            self.choose_at_the_payment_page(NEWEST, "pay")
        if how == "pays and comes back":
            self.come_back(NEWEST, "success_url", who)

    @precondition(there_are("pages"))
    @rule(number=ANY, choice=st.sampled_from(CHOICES))
    def choose_at_the_payment_page(self, number: int, choice: str) -> None:
        if page := self.page(number):
            sandbox = self.shop.sandbox
            answer = sandbox.page.post(
                f"/pay/{page.session_id}",
                base_url=sandbox.url,
                headers={"Origin": sandbox.url},
                data={"choice": choice},
            )
            assert answer.status_code < 500, answer.text

    @precondition(there_are("pages"))
    @rule(number=ANY, outcome=st.sampled_from(("succeeded", "failed")), days=st.sampled_from((1, 3, 20)))
    def pay_later(self, number: int, outcome: str, days: int) -> None:
        if page := self.page(number):
            self.shop.steer("pay", session=page.session_id, later=outcome, after=days * DAY)

    @precondition(there_are("pages"))
    @rule(number=ANY, minor=st.sampled_from((100, 2000, 9900)))
    def pay_another_amount(self, number: int, minor: int) -> None:
        if page := self.page(number):
            self.shop.steer("pay", session=page.session_id, amount=minor)

    @precondition(there_are("pages"))
    @rule(number=ANY, way=st.sampled_from(("success_url", "cancel_url")), who=ANY)
    def come_back(self, number: int, way: str, who: int) -> None:
        page, visitor = self.page(number), self._who(who)
        if page:
            path = re.sub(r"^https?://[^/]+", "", page.params[way])
            self.ask(lambda: visitor.client.get(path))

    @rule(what=ANY, percent=st.sampled_from((50, 90, 110, 100)))
    def reprice(self, what: int, percent: int) -> None:
        slug, (price, pieces) = list(GOODS.items())[what % len(GOODS)]

        def save() -> None:
            variant = variant_facts(price_minor=price * percent // 100, on_hand=pieces)
            catalogue.save_product(product_facts(slug, variant, title=slug.title()))

        self.do(save)

    @rule(what=ANY, pieces=st.integers(1, 3), cause=st.sampled_from((Cause.RECEIVED, Cause.DAMAGED)))
    def stock_moves(self, what: int, pieces: int, cause: Cause) -> None:
        variant = self.shop.variants[what % len(self.shop.variants)]
        self.do(lambda: catalogue.move_stock(variant, pieces, cause=cause, said=Said(), by=INES))

    def _who(self, number: int) -> Visitor:
        return self.visitors[number % len(self.visitors)]
