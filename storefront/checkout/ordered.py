"""What a pressed “Order and pay” says, and whether an order that stands already is what it would make.

Knows carts, drafts and attempts; refuses to write.
"""

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import clock
from storefront.cart.contents import Cart
from storefront.checkout.drafts import DraftFacts
from storefront.checkout.models import CheckoutDraft
from storefront.credit.queries import spent_by
from storefront.database import session
from storefront.errors import Refused
from storefront.orders.amending import fingerprint
from storefront.orders.discounts import typed_code
from storefront.orders.models import Order, OrderState
from storefront.orders.steps import quantities
from storefront.payments.models import PaymentAttempt


class OtherThanShown(Refused):
    """Another window changed what is ordered, or to whom it goes, since the review was shown."""


# Stripe refuses sessions that would close sooner than this; a minute is for the call itself.
SHORTEST_SESSION = timedelta(minutes=31)


@dataclass(frozen=True, slots=True)
class Ordered:
    """What “Order and pay” said; `shown_total_minor` is what the review showed, in minor units, and
    `shown_credit_minor` what of it credit was to pay. `customer_id` is whose store credit may be used, and `seen`
    what `as_shown` said of the rest of the review, "" where nobody knows."""

    cart: Cart
    shipping_code: str
    shown_total_minor: int
    shown_credit_minor: int = 0
    customer_id: int | None = None
    seen: str = ""


def as_shown(draft: CheckoutDraft | DraftFacts, cart: Cart) -> str:
    """What a review showed besides its sums, in a few signs: another window may change goods and addresses for which
    the total is the same."""
    billing = draft.billing and dict(draft.billing)
    return fingerprint([draft.email, dict(draft.delivery), billing, sorted(pieces_of(cart).items())])


def require_as_shown(draft: CheckoutDraft | DraftFacts, form: Ordered) -> None:
    """Raises OtherThanShown where the draft and the cart are not what the review showed."""
    if form.seen not in {"", as_shown(draft, form.cart)}:
        raise OtherThanShown(
            _("Your cart or your address was changed in another window. Please check both before you order.")
        )


def is_the_same(order: Order, draft_id: str, form: Ordered) -> bool:
    """Whether the form would make the order that stands already, with a payment page that is still open."""
    draft = session().get(CheckoutDraft, draft_id)
    if order.state != OrderState.AWAITING_PAYMENT:
        return True
    return (
        draft is not None
        and order.cart_id == form.cart.id
        and order.total_minor == form.shown_total_minor
        and order.credit_minor == form.shown_credit_minor
        and typed_code(order) in {"", form.cart.code}
        and form.shipping_code in {"", order.shipping_code}
        and (order.email, order.delivery) == (draft.email, draft.delivery)
        and order.billing == (draft.billing or draft.delivery)
        and quantities(order.id) == pieces_of(form.cart)
        and _is_paid_alike(order, form)
        and _is_payable(newest_attempt(order.id))
    )


def _is_paid_alike(order: Order, form: Ordered) -> bool:
    """Whether the gift cards and the store credit that the order holds are those of the form."""
    held = spent_by([order.id]) if order.credit_minor else ()
    is_theirs = form.customer_id is not None and form.customer_id == order.customer_id
    spends = is_theirs and not form.cart.saves_credit
    return all(each.account_id in form.cart.cards if each.is_card else spends for each in held)


def pieces_of(cart: Cart) -> dict[int, int]:
    """Pieces by variant id: what its order's lines amount to."""
    wanted: dict[int, int] = {}
    for line in cart.lines:
        wanted[line.variant_id] = wanted.get(line.variant_id, 0) + line.quantity
    return wanted


def _is_payable(attempt: PaymentAttempt) -> bool:
    now = clock.now()
    if attempt.session_id is None:
        return attempt.amount_minor == 0 or now + SHORTEST_SESSION <= attempt.expires_at
    return now < attempt.expires_at


def newest_attempt(order_id: int) -> PaymentAttempt:
    """The attempt that is to pay an order, as it now stands."""
    newest = sa.select(PaymentAttempt).where(PaymentAttempt.order_id == order_id)
    ordered = newest.order_by(PaymentAttempt.created_at.desc(), PaymentAttempt.id).limit(1)
    return session().scalars(ordered, execution_options={"populate_existing": True}).one()
