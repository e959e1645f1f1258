"""A shopper takes a return back: as long as nothing came of it, once, and the pieces are free again."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from storefront.audit import history
from storefront.database import release, transaction
from storefront.errors import NotFound, Refused
from storefront.refunds.judging import approve_without_goods, decline_return, end_return
from storefront.refunds.returns import Ground, ReturnRequest, Verdict
from storefront.refunds.taking_back import can_take_back, is_taken_back, take_back_return
from storefront.refunds.words import WITHDRAWAL
from tests.books import mails
from tests.builders.orders import an_order
from tests.builders.refunds import INES
from tests.builders.returns import (
    MARA,
    a_return,
    all_came,
    asked_back,
    delivered,
    sold_under,
    the_return,
    the_state,
)

pytestmark = pytest.mark.usefixtures("inside")


def an_arrived_order(**promise: object) -> int:
    """A paid order of 3 × 24.00 that has arrived, under a guarantee that differs in these parts."""
    sold_under(**promise)
    order_id = an_order(paid=True, pieces=3)
    delivered(order_id)
    return order_id


def waits(order_id: int) -> int:
    return a_return(order_id, 2)


@pytest.mark.parametrize(
    ("promise", "state"), [({}, "awaiting_goods"), ({"automatic_up_to_minor": 0}, "open")]
)
def test_what_waits_is_taken_back_once_and_its_pieces_are_free(promise: dict[str, int], state: str) -> None:
    order_id = an_arrived_order(**promise)
    return_id = waits(order_id)
    before = the_state(return_id)

    for _again in range(2):
        take_back_return(return_id, order_id=order_id, by=MARA)

    assert (before, the_state(return_id), asked_back(order_id)) == (state, "closed", [0])
    assert [each[0] for each in mails()].count("return_taken_back") == 1
    verbs = [each.verb for each in history(("order", order_id))]
    assert verbs.count("return.taken_back") == 1
    record = the_return(return_id)
    assert is_taken_back(record)
    assert not can_take_back(record)
    assert (record.decisions[-1].verdict, record.decisions[-1].ground) == (Verdict.ENDED, Ground.TAKEN_BACK)
    release()
    assert the_state(a_return(order_id, 3)) in {"open", "awaiting_goods"}


def came(return_id: int) -> None:
    all_came(return_id)


def paid(return_id: int) -> None:
    approve_without_goods(return_id, why="Keep it.", by=INES)


def declined(return_id: int) -> None:
    decline_return(return_id, why="No.", by=INES)


@pytest.mark.parametrize(
    ("promise", "meanwhile"),
    [
        ({}, came),
        ({"automatic_up_to_minor": 0}, paid),
        ({"automatic_up_to_minor": 0}, declined),
        ({"goods_first": False}, lambda _id: None),
    ],
)
def test_what_came_or_is_paid_or_declined_stays(
    promise: dict[str, int], meanwhile: Callable[[int], None]
) -> None:
    order_id = an_arrived_order(**promise)
    return_id = waits(order_id)
    meanwhile(return_id)
    before = (the_state(return_id), asked_back(order_id))

    with pytest.raises(Refused, match="no longer be taken back"):
        take_back_return(return_id, order_id=order_id, by=MARA)

    assert (the_state(return_id), asked_back(order_id)) == before
    assert not can_take_back(the_return(return_id))


def test_what_staff_ended_stays_as_they_said() -> None:
    order_id = an_arrived_order()
    return_id = waits(order_id)
    end_return(return_id, why="It never came.", by=INES)

    take_back_return(return_id, order_id=order_id, by=MARA)

    assert not is_taken_back(the_return(return_id))


def test_a_return_of_another_order_is_not_found() -> None:
    order_id = an_arrived_order()
    return_id = waits(order_id)
    other = an_order(paid=True)

    for wrong in (other, order_id + 1000):
        with pytest.raises(NotFound):
            take_back_return(return_id, order_id=wrong, by=MARA)

    assert the_state(return_id) == "awaiting_goods"


def test_a_withdrawal_from_the_contract_is_not_taken_back_by_one_side() -> None:
    order_id = an_arrived_order()
    return_id = a_return(order_id, 1)
    with transaction() as current:
        current.execute(sa.update(ReturnRequest).values(reason=WITHDRAWAL))

    with pytest.raises(Refused):
        take_back_return(return_id, order_id=order_id, by=MARA)
