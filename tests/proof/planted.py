"""Bugs that shops have had: each takes one guard away, from outside, and never by a setting.

Knows which guard, which few steps of the machine come by it, and which invariant has to speak.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from storefront import jobs, states
from storefront.catalogue import stock
from storefront.catalogue.models import Variant
from storefront.checkout import giving_up, settlement
from storefront.credit import steps as credit_steps
from storefront.credit.models import CreditAccount
from storefront.database import require_transaction
from storefront.mail import outbox
from storefront.mail.models import OutgoingMail
from storefront.orders import disputes, money_back, placing, tenders
from storefront.orders import steps as order_steps
from storefront.orders.tenders import Way
from storefront.payments import gateway
from storefront.payments.steps import keep_event
from storefront.pricing import steps as pricing_steps
from storefront.pricing.models import Discount
from storefront.refunds import actions as refund_actions
from storefront.refunds import deciding, granting, queries, returnable
from storefront.refunds import steps as refund_steps
from storefront.refunds.models import RefundLine
from storefront.webhooks import actions as reconciling
from storefront.webhooks import events
from tests.proof.machine import Machine
from tests.proof.power import Point
from tests.proof.running import ALL

Patch = pytest.MonkeyPatch
Play = Callable[[Machine], None]

DAY = 24 * 60
KIT, CUP = 0, 1


@dataclass(frozen=True, slots=True)
class Bug:
    """`plant` takes the guard away; `play` are the steps that come by it; `breaks` the invariant, or prove's word."""

    plant: Callable[[Patch], None]
    play: Play
    breaks: str


BUGS: dict[str, Bug] = {}


def _bug(breaks: str, *, play: Play) -> Callable[[Callable[[Patch], None]], Callable[[Patch], None]]:
    def keep(plant: Callable[[Patch], None]) -> Callable[[Patch], None]:
        BUGS[plant.__name__] = Bug(plant, play, breaks)
        return plant

    return keep


def _hear(machine: Machine, *, copies: int = 1) -> None:
    """All that Stripe has to tell arrives, so often, and is worked off."""
    machine.letters_arrive(copies, 0, 0)
    machine.worker_works()


def _buy(machine: Machine, what: int = KIT, *, who: int = 0, pieces: int = 1) -> None:
    """Paid, and heard of."""
    machine.buy(who, what, pieces, "pays")
    _hear(machine)


def _pay_a_cent(machine: Machine) -> None:
    machine.buy(0, KIT, 1, "leaves")
    machine.pay_another_amount(0, 100)
    _hear(machine)


@_bug("I4", play=_pay_a_cent)
def settle_without_looking_at_the_amount(patch: Patch) -> None:
    patch.setattr(settlement, "_mismatch", lambda *_args, **_said: None)


def _hear_twice(machine: Machine) -> None:
    machine.buy(0, KIT, 1, "pays")
    _hear(machine, copies=2)


@_bug("I10", play=_hear_twice)
def an_event_is_not_known_by_its_id(patch: Patch) -> None:
    def enqueue_whatever_is_there(name: str, args: Mapping[str, Any], **said: Any) -> bool:
        return jobs.enqueue(name, args, **(said | {"key": None}))

    patch.setattr(events, "keep_event", lambda event: keep_event(event) or True)
    patch.setattr(events, "jobs", SimpleNamespace(enqueue=enqueue_whatever_is_there, ending=jobs.ending))


def _dispute_heard_twice(machine: Machine) -> None:
    _buy(machine)
    machine.dispute(0, False)
    _hear(machine)


@_bug("I1", play=_dispute_heard_twice)
def the_ledger_takes_the_same_entry_twice(patch: Patch) -> None:
    enter = order_steps.enter

    def enter_anew(*args: Any, stripe_id: str, **said: Any) -> bool:
        return enter(*args, stripe_id=f"{stripe_id}#{secrets.token_hex(4)}", **said)

    patch.setattr(disputes, "enter", enter_anew)


def _refund_all_twice(machine: Machine) -> None:
    _buy(machine, CUP)
    for _time in range(4):
        machine.refund(0, "money", Way.AS_PAID, False, 1)


@_bug("I3", play=_refund_all_twice)
def the_sum_of_refunds_is_not_looked_at(patch: Patch) -> None:
    patch.setattr(money_back, "counts", lambda _amount, _order: False)
    patch.setattr(queries, "left_of_payment", tenders.captured_by)


def _late_money_for_sold_goods(machine: Machine) -> None:
    """The last cups are held by a payment that takes longer than the hold, sold to somebody else, and then paid."""
    machine.buy(0, CUP, 2, "leaves")
    machine.pay_later(0, "succeeded", 20)
    _hear(machine)
    machine.time_passes(15 * DAY)
    machine.worker_works()
    machine.buy(1, CUP, 2, "pays")
    _hear(machine)
    machine.time_passes(5 * DAY + 1)
    _hear(machine)


@_bug("I2", play=_late_money_for_sold_goods)
def stock_is_taken_where_none_is(patch: Patch) -> None:
    def take_what_may_not_be_there(variant_id: int, pieces: int) -> int:
        left = sa.case((Variant.on_hand > pieces, Variant.on_hand - pieces), else_=0)
        require_transaction().execute(sa.update(Variant).where(Variant.id == variant_id).values(on_hand=left))
        return 1

    patch.setattr(stock, "take_pieces", take_what_may_not_be_there)


def _leave_it(machine: Machine) -> None:
    machine.buy(0, CUP, 1, "leaves")
    machine.time_passes(DAY)
    machine.worker_works()


@_bug("I9", play=_leave_it)
def a_hold_never_ends(patch: Patch) -> None:
    patch.setattr(giving_up, "cancel_unpaid", lambda *_args, **_said: True)


def _cancel_with_a_code(machine: Machine) -> None:
    machine.put_into_the_cart(0, KIT, 1)
    machine.type_the_code(0)
    machine.press_order_and_pay(0, 1)
    machine.cancel(0, True)


@_bug("I6", play=_cancel_with_a_code)
def a_cancelled_order_keeps_its_discount(patch: Patch) -> None:
    patch.setattr(order_steps, "give_uses_back", lambda _order_id: None)


@_bug("I5", play=_buy)
def the_confirmation_is_owed_twice(patch: Patch) -> None:
    owe = outbox.owe

    def owe_without_looking(kind: str, **said: Any) -> bool:
        new = owe(kind, **said)
        # What another path to the same mail would write, were there no UNIQUE key.
        again = sa.insert(OutgoingMail).from_select(
            ["kind", "subject", "recipient", "facts", "state", "created_at"],
            sa.select(
                *(OutgoingMail.kind, sa.literal(said["subject"]), OutgoingMail.recipient, OutgoingMail.facts),
                *(OutgoingMail.state, OutgoingMail.created_at),
            ).where(OutgoingMail.kind == kind, OutgoingMail.subject == said["subject"]),
        )
        current = require_transaction()
        current.execute(sa.text("DROP INDEX IF EXISTS uq_outgoing_mail_once"))
        current.execute(again)
        return new

    patch.setattr(order_steps, "mail", SimpleNamespace(owe=owe_without_looking))


def _cancel_an_open_page(machine: Machine) -> None:
    machine.buy(0, KIT, 1, "leaves")
    machine.cancel(0, True)


@_bug("I9", play=_cancel_an_open_page)
def cancelling_does_not_ask_stripe(patch: Patch) -> None:
    def believe_it_is_closed(attempt_id: str) -> str | None:
        session_id: str | None = settlement.attempt_known(attempt_id).session_id
        return session_id

    patch.setattr(giving_up, "close_page", believe_it_is_closed)


@_bug("I4", play=_late_money_for_sold_goods)
def a_late_payment_is_kept(patch: Patch) -> None:
    patch.setattr(settlement, "give_all_back", lambda *_args, **_said: None)


def _refund_whose_answer_is_lost(machine: Machine) -> None:
    _buy(machine)
    machine.refund(0, "money", Way.AS_PAID, False, 1)
    machine.power_will_fail(Point.AFTER_CALL, 0)
    machine.worker_works()
    machine.time_passes(5)
    machine.worker_works()


@_bug("I1", play=_refund_whose_answer_is_lost)
def each_try_of_a_refund_has_a_key_of_its_own(patch: Patch) -> None:
    send = gateway.send_refund

    def send_under_another_key(*, key: str, **said: Any) -> Any:
        return send(key=f"{key}-{secrets.token_hex(4)}", **said)

    patch.setattr(gateway, "send_refund", send_under_another_key)


def _try_again_what_failed(machine: Machine) -> None:
    _buy(machine, CUP)
    machine.let_the_next_refund_be("failed")
    machine.refund(0, "all", Way.AS_PAID, True, 1)
    machine.worker_works()
    machine.see_to_a_failed_refund(0, True)


@_bug("I2", play=_try_again_what_failed)
def a_refund_tried_again_restocks_again(patch: Patch) -> None:
    copy = refund_steps.copy_parts

    def copy_all(refund: Any, *, to: Any) -> None:
        copy(refund, to=to)
        before = sa.select(RefundLine.restocked).where(
            RefundLine.refund_id == refund.id, RefundLine.quantity == refund_line.c.quantity
        )
        require_transaction().execute(
            sa.update(refund_line)
            .where(refund_line.c.refund_id == to.id)
            .values(restocked=before.scalar_subquery())
        )

    patch.setattr(deciding, "copy_parts", copy_all)


refund_line: Any = RefundLine.__table__


def _fail_after_the_end(machine: Machine) -> None:
    machine.buy(0, KIT, 1, "leaves")
    machine.pay_later(0, "failed", 20)
    _hear(machine)
    machine.time_passes(15 * DAY)
    machine.worker_works()
    machine.time_passes(5 * DAY + 1)
    _hear(machine)


@_bug("I8", play=_fail_after_the_end)
def any_state_may_follow_any(patch: Patch) -> None:
    def advance(row: Any, to: Any) -> None:
        row.state = to

    patch.setattr(states, "may", lambda _row, _to: True)
    patch.setattr(states, "advance", advance)


@_bug("I7", play=_buy)
def a_line_is_not_what_its_order_adds_up(patch: Patch) -> None:
    row = placing._line

    def row_a_cent_dearer(*args: Any) -> dict[str, Any]:
        said = row(*args)
        more = said["quantity"]
        return (
            said
            | {name: said[name] + more for name in ("net_minor", "total_minor")}
            | {"unit_minor": said["unit_minor"] + 1}
        )

    patch.setattr(placing, "_line", row_a_cent_dearer)


def _refund_in_the_dashboard(machine: Machine) -> None:
    _buy(machine)
    machine.refund_at_stripe(0, 100)
    _hear(machine)


@_bug("I1", play=_refund_in_the_dashboard)
def a_refund_made_at_stripe_is_taken_in_twice(patch: Patch) -> None:
    record = refund_actions.record_outcome

    def record_as_if_new(found: Any) -> bool:
        if found.refund_id is None:
            found = replace(found, id=f"{found.id}#{secrets.token_hex(4)}")
        return record(found)

    for room in (refund_actions, events, reconciling):
        patch.setattr(room, "record_outcome", record_as_if_new)


def _dispute_and_reconcile(machine: Machine) -> None:
    _dispute_heard_twice(machine)
    machine.end()


@_bug("Stripe moved", play=_dispute_and_reconcile)
def disputes_are_ignored(patch: Patch) -> None:
    for room in (events, reconciling):
        patch.setattr(room, "look_at_dispute", lambda _dispute_id: False)
    patch.setattr(reconciling, "record_dispute", lambda _found: False)


@_bug("I9", play=_cancel_an_open_page)
def a_closed_page_can_still_be_paid(patch: Patch) -> None:
    patch.setattr(gateway, "expire_session", gateway.session_by_id)


def _ask_back_twice(machine: Machine) -> None:
    _buy(machine, CUP)
    machine.ask_to_send_back(0, 1, False)
    machine.ask_to_send_back(0, 1, False)


@_bug("I3", play=_ask_back_twice)
def pieces_are_asked_back_twice(patch: Patch) -> None:
    look = returnable._counts

    def see_none(order_id: int) -> list[Any]:
        return [SimpleNamespace(id=row.id, asked_back=0) for row in look(order_id)]

    patch.setattr(returnable, "_counts", see_none)
    patch.setattr(granting, "claim_back", lambda _order_id, _line_id, *, pieces: True)


def _code_until_it_is_over(machine: Machine) -> None:
    for who in (0, 1):
        machine.put_into_the_cart(who, KIT, 1)
        machine.type_the_code(who)
        machine.look_at_the_review(who)
    machine.press_order_and_pay(0, 1)
    machine.choose_at_the_payment_page(0, "pay")
    _hear(machine)
    machine.put_into_the_cart(0, CUP, 1)
    machine.type_the_code(0)
    machine.look_at_the_review(0)
    machine.press_order_and_pay(1, 1)
    machine.press_order_and_pay(0, 1)


@_bug("I6", play=_code_until_it_is_over)
def a_discount_has_no_limit(patch: Patch) -> None:
    def count_up_without_limit(discount_id: int, *, version: int | None) -> pricing_steps.Limit:
        row = require_transaction().get_one(Discount, discount_id, populate_existing=True)
        return pricing_steps.Limit(row.person_limit)

    patch.setattr(pricing_steps, "count_up", count_up_without_limit)


def _late_money_for_a_spent_card(machine: Machine) -> None:
    """A card is held by a payment that takes longer than the hold, spent by somebody else, and then wanted again."""
    machine.put_into_the_cart(0, KIT, 1)
    machine.type_a_gift_card(0, 0)
    machine.press_order_and_pay(0, 1)
    machine.pay_later(0, "succeeded", 20)
    _hear(machine)
    machine.time_passes(15 * DAY)
    machine.worker_works()
    machine.put_into_the_cart(1, KIT, 1)
    machine.type_a_gift_card(1, 0)
    machine.press_order_and_pay(1, 1)
    machine.choose_at_the_payment_page(-1, "pay")
    _hear(machine)
    machine.time_passes(5 * DAY + 1)
    _hear(machine)


@_bug("I1", play=_late_money_for_a_spent_card)
def credit_is_taken_where_none_is(patch: Patch) -> None:
    def take_what_may_not_be_there(account_id: str, amount: Any, why: Any) -> bool:
        left = CreditAccount.balance_minor - amount.minor
        at_least_none = sa.case((left > 0, left), else_=0)
        mine = sa.update(CreditAccount).where(CreditAccount.id == account_id)
        require_transaction().execute(mine.values(balance_minor=at_least_none))
        return credit_steps._enter(account_id, -amount, why) or True

    patch.setattr(credit_steps, "take_out", take_what_may_not_be_there)


def _nobody_tells(machine: Machine) -> None:
    machine.buy(0, KIT, 1, "pays")
    machine.letters_arrive(1, 0, ALL)
    machine.end()


@_bug("Stripe took", play=_nobody_tells)
def the_reconciler_skips_what_nobody_told(patch: Patch) -> None:
    for name in ("_undelivered", "_waiting_payments"):
        patch.setattr(reconciling, name, lambda *_since: [])


def found(machine: Machine, bug: Bug) -> str:
    """What the machine says, playing the bug's few steps; nothing where it finds all right."""
    try:
        bug.play(machine)
        machine.the_books_are_right()
    except AssertionError as difference:
        return str(difference)
    return ""
