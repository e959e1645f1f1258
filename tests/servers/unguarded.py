"""`python -m tests.servers.unguarded --port N`: the shop without the guards of stock, refunds, returns, discounts and
credit.

For control runs only: what is on hand is believed as it was first seen, nothing is locked, and the UPDATE that takes
pieces asks for nothing; what refunds have reserved is not counted. A race test that does not fail against this server
tests nothing.
"""

import argparse
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from werkzeug.serving import make_server

from storefront import create_app
from storefront.cart import offered, payer, quote
from storefront.catalogue import stock
from storefront.catalogue.models import Variant
from storefront.credit import steps as credit
from storefront.credit.models import CreditAccount
from storefront.database import require_transaction, session
from storefront.money import Money
from storefront.orders import money_back, tenders
from storefront.pricing import steps
from storefront.pricing.models import Discount
from storefront.refunds import granting, queries, returnable, taking_back

_first_seen: dict[int, Any] = {}


def remove_the_guard() -> None:
    """Replace the guard by what a shop without one does: look, then write."""
    look = vars(quote)["cart_goods"]

    def look_once(variant_ids: Iterable[int]) -> Mapping[int, Any]:
        found = look(list(variant_ids))
        for variant_id, goods in found.items():
            _first_seen.setdefault(variant_id, goods.on_hand)
        return {
            variant_id: replace(goods, on_hand=_first_seen[variant_id]) for variant_id, goods in found.items()
        }

    def take_what_may_not_be_there(variant_id: int, pieces: int) -> int:
        left = _first_seen[variant_id] - pieces
        session().execute(sa.update(Variant).where(Variant.id == variant_id).values(on_hand=left))
        return int(left)

    vars(quote).update(cart_goods=look_once, _lock=lambda _variant_ids: None)
    stock.take_pieces = take_what_may_not_be_there


def forget_what_is_reserved() -> None:
    """Let each refund see all that was captured, as if it were the first."""
    vars(money_back).update(counts=lambda _amount, _order: False)
    vars(queries).update(left_of_payment=tenders.captured_by)


def believe_that_a_discount_is_left() -> None:
    """Count a discount's uses as a shop without the guard does: as they were first seen, and one more."""
    first_seen: dict[int, int] = {}

    def count_what_may_be_gone(discount_id: int, *, version: int | None) -> steps.Limit:
        current = require_transaction()
        row = current.get_one(Discount, discount_id, populate_existing=True)
        seen = first_seen.setdefault(discount_id, row.uses)
        current.execute(sa.update(Discount).where(Discount.id == discount_id).values(uses=seen + 1))
        return steps.Limit(row.person_limit)

    vars(offered).update(_spent=lambda *_args, **_said: set())
    vars(steps).update(count_up=count_what_may_be_gone)


def believe_that_credit_is_left() -> None:
    """Take from an account what was on it when it was first seen, whatever was taken since."""
    first_seen: dict[str, int] = {}
    look = vars(payer)["funds"]

    def look_once(sought: Any) -> tuple[Any, ...]:
        found = look(sought)
        for each in found:
            first_seen.setdefault(each.account_id, each.balance.minor)
        return tuple(
            replace(each, balance=Money(first_seen[each.account_id], each.balance.currency)) for each in found
        )

    def take_what_may_be_spent(account_id: str, amount: Money, why: Any) -> bool:
        left = first_seen[account_id] - amount.minor
        account = sa.update(CreditAccount).where(CreditAccount.id == account_id)
        require_transaction().execute(account.values(balance_minor=left))
        vars(credit)["_enter"](account_id, -amount, why)
        return True

    vars(payer).update(funds=look_once)
    vars(credit).update(take_out=take_what_may_be_spent)


def forget_what_is_asked_back() -> None:
    """Let each return see all that was bought, as if it were the first."""
    look = vars(returnable)["_counts"]

    def see_none(order_id: int) -> list[Any]:
        return [SimpleNamespace(id=row.id, asked_back=0) for row in look(order_id)]

    vars(returnable).update(_counts=see_none)
    vars(granting).update(
        claim_back=lambda _order_id, _line_id, *, pieces: True,
        ask_no_more=lambda _order_id, _line_id, *, pieces: None,
    )


def forget_what_was_taken_back() -> None:
    """Let each who takes a return back find it as it was first seen."""
    first_seen: dict[int, Any] = {}
    look = vars(taking_back)["_of"]

    def see_it_as_it_was(order_id: int, return_id: int) -> Any:
        request = look(order_id, return_id)
        request.state = first_seen.setdefault(return_id, request.state)
        return request

    vars(taking_back).update(_of=see_it_as_it_was)


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    remove_the_guard()
    forget_what_is_reserved()
    believe_that_a_discount_is_left()
    believe_that_credit_is_left()
    forget_what_is_asked_back()
    forget_what_was_taken_back()
    make_server("127.0.0.1", parser.parse_args().port, create_app(), threaded=True).serve_forever()


if __name__ == "__main__":
    main()
