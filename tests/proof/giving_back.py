"""The machine's rules of what comes after buying: cancelled, sent, refunded, sent back, disputed, reviewed.

Knows what staff, shoppers and banks do; refuses to know what is right.
"""

import secrets
from dataclasses import replace

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from storefront import clock
from storefront.checkout.actions import Placed
from storefront.checkout.cancelling import cancel_order
from storefront.checkout.giving_up import cancel_unpaid
from storefront.checkout.payment_review import accept_payment, return_payment
from storefront.config import settings
from storefront.database import release, session
from storefront.orders import actions as orders
from storefront.orders.parcels import Shipment
from storefront.orders.refund import Refund, RefundState
from storefront.orders.tenders import Way
from storefront.payments.models import AttemptState, PaymentAttempt
from storefront.refunds import judging
from storefront.refunds.asking import Sent, preview_return, request_exception
from storefront.refunds.deciding import approve_refund, decline_refund, retry_refund, set_refund_aside
from storefront.refunds.excess import accept_excess, take_excess_back
from storefront.refunds.records import not_owed
from storefront.refunds.returns import ReturnLine, ReturnRequest
from tests.builders.refunds import INES, OMAR, ask_back, everything, line_ids, some_money, some_pieces
from tests.builders.returns import MARA, asked
from tests.builders.shipments import a_key, a_shipment
from tests.proof.acting import ANY, Acting, there_are

WHY = "because"


class GivingBack(Acting):
    """From the payment to the end of the order."""

    @precondition(there_are("orders"))
    @rule(number=ANY, by_staff=st.booleans())
    def cancel(self, number: int, by_staff: bool) -> None:
        if order_id := self.order(number):
            if by_staff:
                self.do(lambda: cancel_order(order_id, by=INES))
            else:
                self.do(lambda: cancel_unpaid(order_id, code="changed"))

    @precondition(there_are("paid"))
    @rule(number=ANY, pieces=st.sampled_from((1, None)))
    def ship(self, number: int, pieces: int | None) -> None:
        if order_id := self.order(number):
            self.do(lambda: a_shipment(order_id, pieces=pieces))

    @precondition(there_are("paid"))
    @rule(number=ANY)
    def ship_rest(self, number: int) -> None:
        if order_id := self.order(number):
            parcel = {"carrier": "dhl", "tracking_number": "00340434161094"}
            self.do(lambda: orders.ship_rest(order_id, **parcel, key=a_key(), by=INES))

    @precondition(there_are("parcels"))
    @rule(number=ANY)
    def deliver(self, number: int) -> None:
        if shipment := self.one_of(sa.select(Shipment.id).order_by(Shipment.id), number):
            self.do(lambda: orders.deliver(shipment, on=clock.today(settings().timezone), by=INES))

    @precondition(there_are("paid"))
    @rule(
        number=ANY,
        what=st.sampled_from(("all", "a piece", "money")),
        way=st.sampled_from((Way.AS_PAID, Way.AS_PAID, Way.CREDIT)),
        restock=st.booleans(),
        clicks=st.integers(1, 2),
    )
    def refund(self, number: int, what: str, way: Way, restock: bool, clicks: int) -> None:
        if order_id := self.order(number):
            placed, form = Placed(order_id, ""), secrets.token_hex(16)

            def ask() -> None:
                if what == "all":
                    wanted = everything(placed, restock=restock)
                elif what == "a piece":
                    wanted = some_pieces(placed, 1, restock=restock)
                    release()
                else:
                    wanted = some_money(500)
                for _click in range(clicks):
                    ask_back(placed, replace(wanted, way=way), form_key=form)

            self.do(ask)

    @precondition(there_are("refunds"))
    @rule(number=ANY, verdict=st.sampled_from(("approve", "decline")))
    def decide_about_a_refund(self, number: int, verdict: str) -> None:
        if refund_id := self._refund(number, RefundState.REQUESTED):
            if verdict == "approve":
                self.do(lambda: approve_refund(refund_id, by=OMAR))
            else:
                self.do(lambda: decline_refund(refund_id, why=WHY, by=OMAR))

    @precondition(there_are("failed"))
    @rule(number=ANY, again=st.booleans())
    def see_to_a_failed_refund(self, number: int, again: bool) -> None:
        if refund_id := self._refund(number, RefundState.FAILED):
            if again:
                self.do(lambda: retry_refund(refund_id, by=INES))
            else:
                self.do(lambda: set_refund_aside(refund_id, why=WHY, by=INES))

    @precondition(there_are("payments"))
    @rule(number=ANY, minor=st.sampled_from((100, 500, None)))
    def refund_at_stripe(self, number: int, minor: int | None) -> None:
        """In its dashboard, where the shop learns of it afterwards."""
        if intent := self.at_stripe("payment_intents", number):
            words = {} if minor is None else {"amount": minor}
            if made := self.shop.steer("refund", payment_intent=intent["id"], **words):
                self.made_at_stripe.add(made["id"])

    @precondition(there_are("refunds"))
    @rule(number=ANY, take=st.booleans())
    def see_to_what_was_not_owed(self, number: int, take: bool) -> None:
        if refund_id := self.one_of(not_owed().order_by(Refund.id), number):
            see = take_excess_back if take else accept_excess
            self.do(lambda: see(refund_id, why=WHY, by=INES))

    @precondition(there_are("paid"))
    @rule(status=st.sampled_from(("pending", "failed", "canceled")))
    def let_the_next_refund_be(self, status: str) -> None:
        self.shop.steer("refunds", status=status)

    @precondition(there_are("refunds"))
    @rule(number=ANY, status=st.sampled_from(("succeeded", "failed")))
    def bank_says_of_a_refund(self, number: int, status: str) -> None:
        """A pending one arrives; one that had arrived comes back."""
        if refund := self.at_stripe("refunds", number):
            self.shop.steer("refund-status", refund=refund["id"], status=status)

    @precondition(there_are("payments"))
    @rule(number=ANY, inquiry=st.booleans(), whole=st.booleans())
    def dispute(self, number: int, inquiry: bool, whole: bool = False) -> None:
        """Of what is left of a payment, or of all of it, whatever went back."""
        if intent := self.at_stripe("payment_intents", number):
            amount = {"amount": intent["amount_received"]} if whole else {}
            self.shop.steer("dispute", payment_intent=intent["id"], inquiry=inquiry, **amount)

    @precondition(there_are("disputes"))
    @rule(number=ANY, status=st.sampled_from(("won", "lost", "lost in part", "warning_closed", "escalates")))
    def bank_decides_a_dispute(self, number: int, status: str) -> None:
        if dispute := self.at_stripe("disputes", number):
            if status == "escalates":
                self.shop.steer("escalate-dispute", dispute=dispute["id"])
            elif status == "lost in part":
                self.shop.steer("close-dispute", dispute=dispute["id"], status="lost", reinstated=1)
            else:
                self.shop.steer("close-dispute", dispute=dispute["id"], status=status)

    @precondition(there_are("paid"))
    @rule(number=ANY, pieces=st.integers(1, 2), to_credit=st.booleans())
    def ask_to_send_back(self, number: int, pieces: int, to_credit: bool) -> None:
        if order_id := self.order(number):

            def send() -> None:
                wanted = replace(asked(order_id, pieces), to_credit=to_credit)
                _of, weighed = preview_return(order_id, wanted)
                request_exception(
                    order_id, Sent(wanted, weighed.amount.minor, secrets.token_hex(16)), by=MARA
                )

            self.do(send)

    @precondition(there_are("returns"))
    @rule(number=ANY, verdict=st.sampled_from(("approve", "without goods", "decline", "end")))
    def decide_about_a_return(self, number: int, verdict: str) -> None:
        if return_id := self._return(number):
            decide = {
                "approve": judging.approve_return,
                "without goods": judging.approve_without_goods,
                "decline": judging.decline_return,
                "end": judging.end_return,
            }[verdict]
            self.do(lambda: decide(return_id, why=WHY, by=INES))

    @precondition(there_are("returns"))
    @rule(number=ANY, restock=st.booleans())
    def goods_come_back(self, number: int, restock: bool) -> None:
        if return_id := self._return(number):

            def receive() -> None:
                lines = (
                    session().scalars(sa.select(ReturnLine).where(ReturnLine.request_id == return_id)).all()
                )
                came = {
                    each.order_line_id: judging.Came(each.quantity, each.quantity if restock else 0)
                    for each in lines
                }
                release()
                judging.receive_goods(return_id, came, by=INES)

            self.do(receive)

    @precondition(there_are("returns"))
    @rule(number=ANY)
    def pay_a_return_back(self, number: int) -> None:
        if return_id := self._return(number):

            def pay() -> None:
                reckoned, _second = judging.preview_return_refund(return_id)
                release()
                judging.refund_return(return_id, amount=reckoned.amount, by=INES)

            self.do(pay)

    @precondition(there_are("reviews"))
    @rule(number=ANY, accept=st.booleans())
    def decide_about_a_payment(self, number: int, accept: bool) -> None:
        waiting = sa.select(PaymentAttempt.id).where(PaymentAttempt.state == AttemptState.REVIEW)
        if attempt_id := self.one_of(waiting.order_by(PaymentAttempt.order_id), number):
            decide = accept_payment if accept else return_payment
            self.do(lambda: decide(attempt_id, why=WHY, by=INES))

    def lines_of(self, order_id: int) -> list[int]:
        """The ids of an order's lines."""
        with self.shop.app.app_context():
            return line_ids(Placed(order_id, ""))

    def _refund(self, number: int, state: RefundState) -> str | None:
        those = sa.select(Refund.id).where(Refund.state == state)
        found: str | None = self.one_of(those.order_by(Refund.order_id, Refund.created_at, Refund.id), number)
        return found

    def _return(self, number: int) -> int | None:
        found: int | None = self.one_of(sa.select(ReturnRequest.id).order_by(ReturnRequest.id), number)
        return found
