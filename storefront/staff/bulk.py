"""What may be done to many orders at once: each by the same action as from its own page, each for itself.

Knows the acts, what each asks and says; refuses to decide: what its room refuses is told, the others are done.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from storefront.checkout.settlement import STAFF, cancel_unpaid
from storefront.database import release, session
from storefront.errors import Refused
from storefront.orders import actions
from storefront.orders.models import OrderLine, OrderState
from storefront.orders.rows import OrderRow
from storefront.orders.steps import Actor


@dataclass(frozen=True, slots=True)
class Done:
    """What became of the orders: how many were done, and (number, why) of those that were not."""

    count: int
    refused: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Act:
    """Something to do to one order, under `code`; `fits` tells for which orders of a list it can be meant."""

    code: str
    button: LazyString
    title: LazyString
    fits: Callable[[OrderRow], bool]
    do: Callable[[int, str, str, Actor], None]
    lead: Callable[[int], str]
    done: Callable[[int], str]
    asks_carrier: bool = False
    is_bad: bool = False


def _ship(order_id: int, key: str, carrier: str, by: Actor) -> None:
    """All that is left to send, in one parcel without a tracking number."""
    lines = session().scalars(sa.select(OrderLine).where(OrderLine.order_id == order_id))
    pieces = {line.id: line.to_ship for line in lines if line.to_ship}
    release()
    actions.ship(order_id, pieces=pieces, carrier=carrier, tracking_number="", key=key, by=by)


def _cancel(order_id: int, _key: str, _carrier: str, by: Actor) -> None:
    """Only while nobody has paid: what is paid meanwhile stays, and is told."""
    if not cancel_unpaid(order_id, code=STAFF, by=by):
        raise Refused(_("It is paid, or a payment is under way."))


ACTS = (
    Act(
        "ship",
        _l("Mark as shipped"),
        _l("Mark as shipped"),
        lambda row: row.is_to_pack,
        _ship,
        lambda count: ngettext(
            "All that is left of %(num)d order leaves in one parcel, and the customer is written to.",
            "All that is left of each of %(num)d orders leaves in one parcel, and each customer is written to.",
            count,
        ),
        lambda count: ngettext(
            "%(num)d order is marked as shipped.", "%(num)d orders are marked as shipped.", count
        ),
        asks_carrier=True,
    ),
    Act(
        "cancel",
        _l("Cancel unpaid"),
        _l("Cancel unpaid orders"),
        lambda row: row.state == OrderState.AWAITING_PAYMENT,
        _cancel,
        lambda count: ngettext(
            "The payment page of %(num)d order is closed, and its goods go back to the shelf.",
            "The payment pages of %(num)d orders are closed, and their goods go back to the shelf.",
            count,
        ),
        lambda count: ngettext("%(num)d order is cancelled.", "%(num)d orders are cancelled.", count),
        is_bad=True,
    ),
)
# Not an act: it changes nothing.
SLIPS = "slips"
BY_CODE = {act.code: act for act in ACTS}


@dataclass(frozen=True, slots=True)
class Offered:
    """A button above the list."""

    code: str
    button: str


def acts() -> tuple[Offered, ...]:
    """What may be done with chosen orders; the slips first, which change nothing."""
    slips = Offered(SLIPS, _("Print packing slips"))
    return (slips, *(Offered(act.code, str(act.button)) for act in ACTS))


def do_all(act: Act, rows: Sequence[OrderRow], *, form_key: str, carrier: str, by: Actor) -> Done:
    """Do it to each order in its own transaction; the same form sent again does nothing twice."""
    count, refused = 0, []
    for row in rows:
        try:
            act.do(row.id, _key_of(form_key, row.id), carrier, by)
            count += 1
        except Refused as refusal:
            release()
            refused.append((row.number, refusal.message))
    return Done(count, tuple(refused))


def _key_of(form_key: str, order_id: int) -> str:
    """The form's key for one of its orders."""
    return f"bulk_{hashlib.sha256(f'{form_key}:{order_id}'.encode()).hexdigest()[:32]}"
