"""Return requests for tests, asked for and decided through the shop's own actions.

Knows what a shopper would send; refuses to write rows of its own.
"""

import secrets
from datetime import date
from typing import Any

from storefront import clock
from storefront.config import settings
from storefront.database import release, session
from storefront.orders import actions
from storefront.orders.models import OrderLine
from storefront.policies.parts import Zone
from storefront.refunds.asking import Sent, preview_return, request_exception, request_return
from storefront.refunds.judging import Came, receive_goods
from storefront.refunds.return_records import ReturnRecord, return_record
from storefront.refunds.returns import ReturnRequest
from storefront.refunds.weighing import Asked
from tests.builders.cart import a_policy
from tests.builders.shipments import BY, a_shipment, line_ids
from tests.policies.documents import a_document

# The shopper, as the record knows a guest.
MARA = ("customer", None)


def sold_under(*zones: Zone, **promise: Any) -> None:
    """Put a policy in force whose guarantee differs in these parts. Opens a transaction."""
    a_policy(a_document(*zones, **promise))


def asked(
    order_id: int, *pieces: int, reason: str = "changed_mind", note: str = "", to_credit: bool = False
) -> Asked:
    """So many pieces of each line."""
    chosen = dict(zip(line_ids(order_id), pieces or (1,), strict=False))
    release()
    return Asked(chosen, reason, note, to_credit=to_credit)


def a_return(
    order_id: int,
    *pieces: int,
    reason: str = "changed_mind",
    note: str = "",
    key: str = "",
    exception: bool = False,
    to_credit: bool = False,
) -> int:
    """Send the form as it was shown; the request's id."""
    wanted = asked(order_id, *pieces, reason=reason, note=note, to_credit=to_credit)
    _of, weighed = preview_return(order_id, wanted)
    sent = Sent(wanted, weighed.amount.minor, key or secrets.token_hex(16))
    return (request_exception if exception else request_return)(order_id, sent, by=MARA)


def all_came(return_id: int, *, restock: bool = True) -> None:
    """Staff record that all of it came back."""
    lines = {each.line.order_line_id: each.line.quantity for each in the_return(return_id).lines}
    release()
    came = {line_id: Came(pieces, pieces if restock else 0) for line_id, pieces in lines.items()}
    receive_goods(return_id, came, by=BY)


def the_return(return_id: int) -> ReturnRecord:
    """The request as it now stands."""
    return return_record(return_id)


def the_state(return_id: int) -> str:
    """How the request stands."""
    state = str(session().get_one(ReturnRequest, return_id, populate_existing=True).state)
    release()
    return state


def asked_back(order_id: int) -> list[int]:
    """Pieces of each line that requests have."""
    found = [
        session().get_one(OrderLine, line_id, populate_existing=True).asked_back
        for line_id in line_ids(order_id)
    ]
    release()
    return found


def delivered(order_id: int, *, on: date | None = None) -> None:
    """All of it was sent, and arrived today or on another day."""
    day = on or clock.today(settings().timezone)
    actions.deliver(a_shipment(order_id), on=day, by=BY)
