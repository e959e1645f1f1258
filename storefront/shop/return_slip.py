"""The slip that lies in the parcel when goods come back, and the address it is sent to.

Knows what stands on the paper; refuses to know how a return is decided.
"""

from flask_babel import gettext as _

from storefront.checkout.addresses import address_lines
from storefront.config import settings
from storefront.orders.models import Order
from storefront.policies.parts import MoneyBack
from storefront.refunds.judging import to_come
from storefront.refunds.return_records import ReturnRecord
from storefront.shop.papers import Paper, PaperRow, order_fact, seller
from storefront.shop.return_words import asks, postage
from storefront.web.text import day_text


def slip(order: Order, record: ReturnRecord, promise: MoneyBack) -> Paper:
    """The slip that comes with the goods: where to, by which number, what is in the parcel."""
    request, awaited = record.request, to_come(record.request)
    notes = [
        _("Put this slip into the parcel: by its number we know whose it is."),
        postage(promise, reason=request.reason),
        *asks(promise, reason=request.reason),
    ]
    return Paper(
        title=_("Return slip %(number)s", number=request.number),
        seller=seller(),
        to=return_address(),
        to_title=_("Send it to"),
        facts=(
            (_("Return"), request.number),
            order_fact(order),
            (_("From"), ", ".join(address_lines(order.delivery)[:1])),
            (_("Asked for on"), day_text(request.asked_at, "long")),
        ),
        rows=tuple(
            PaperRow(
                each.title,
                ", ".join(filter(None, (each.sku, each.variant_title))),
                awaited[each.line.order_line_id],
                None,
                None,
            )
            for each in record.lines
            if awaited.get(each.line.order_line_id)
        ),
        taxes=(),
        total=None,
        notes=tuple(notes),
        is_demo=order.is_demo,
    )


def return_address() -> list[str]:
    """Where goods are sent back to, a line each."""
    made = settings()
    found = [part.strip() for part in (made.return_address or made.address_line).split(",")]
    return [each for each in found if each] or [made.shop_name]
