"""What may be done to many orders at once: each by the same action as from its own page, each for itself.

Knows the acts, what each asks and says; refuses to decide: what its room refuses is told, the others are done.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from storefront.checkout.cancelled import REASONS, Cancelled
from storefront.checkout.giving_up import cancel_unpaid_saying
from storefront.database import release
from storefront.errors import Refused
from storefront.orders import actions
from storefront.orders.carriers import tidy_number
from storefront.orders.models import OrderState
from storefront.orders.rows import OrderRow
from storefront.orders.steps import Actor


@dataclass(frozen=True, slots=True)
class Done:
    """What became of the orders: how many were done, and (number, why) of those that were not."""

    count: int
    refused: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What was typed for all of them: a carrier, tracking numbers by order number, and why they are cancelled."""

    carrier: str = ""
    tracking: Mapping[int, str] = field(default_factory=dict)
    reason: str = ""


NOTHING_SAID = Said()


@dataclass(frozen=True, slots=True)
class Act:
    """Something to do to one order, under `code`; `fits` tells for which orders of a list it can be meant."""

    code: str
    button: LazyString
    title: LazyString
    fits: Callable[[OrderRow], bool]
    do: Callable[[OrderRow, str, Said, Actor], None]
    lead: Callable[[int], str]
    done: Callable[[int], str]
    asks_parcel: bool = False
    asks_reason: bool = False
    is_bad: bool = False


def _ship(row: OrderRow, key: str, said: Said, by: Actor) -> None:
    """All that is left to send, in one parcel; the action sees what came between, a refund or another parcel."""
    number = said.tracking.get(row.number, "")
    actions.ship_rest(row.id, carrier=said.carrier, tracking_number=number, key=key, by=by)


def _cancel(row: OrderRow, _key: str, said: Said, by: Actor) -> None:
    """Only while nobody has paid: what is paid meanwhile stays, and is told."""
    if not cancel_unpaid_saying(row.id, Cancelled(said.reason), by=by):
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
        asks_parcel=True,
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
        asks_reason=True,
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


def problems(act: Act, said: Said) -> dict[str, str]:
    """What is wrong with what was typed, by the field's id: then nothing is done to any order."""
    wrong = {}
    if act.asks_reason and said.reason not in REASONS:
        wrong["reason"] = _("Please say why.")
    if act.asks_parcel:
        for number, text in said.tracking.items():
            try:
                tidy_number(text)
            except Refused as refusal:
                wrong[f"tracking_{number}"] = refusal.message
    return wrong


def do_all(act: Act, rows: Sequence[OrderRow], *, form_key: str, said: Said, by: Actor) -> Done:
    """Do it to each order in its own transaction; the same form sent again does nothing twice."""
    count, refused = 0, []
    for row in rows:
        try:
            act.do(row, _key_of(form_key, row.id), said, by)
            count += 1
        except Refused as refusal:
            release()
            refused.append((row.number, refusal.message))
    return Done(count, tuple(refused))


def _key_of(form_key: str, order_id: int) -> str:
    """The form's key for one of its orders."""
    return f"bulk_{hashlib.sha256(f'{form_key}:{order_id}'.encode()).hexdigest()[:32]}"
