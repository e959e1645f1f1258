"""Why money goes back and why it did not arrive, in the shop's words.

Knows codes and their sentences; refuses to decide anything.
"""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

# What people may choose, in this order.
REASONS = {
    "changed_mind": _l("Changed their mind"),
    "damaged": _l("Damaged"),
    "wrong_item": _l("Wrong item"),
    "not_as_described": _l("Not as described"),
    "late": _l("Late"),
    "not_arrived": _l("Did not arrive"),
    "goodwill": _l("Goodwill"),
    "other": _l("Other"),
}

# What shoppers may choose, in this order, in their own words.
RETURN_REASONS = {
    "changed_mind": _l("I changed my mind"),
    "damaged": _l("It arrived damaged"),
    "wrong_item": _l("It is not what I ordered"),
    "not_as_described": _l("It is not as described"),
    "late": _l("It is too late for me"),
    "other": _l("Another reason"),
}
# Why a return stands that came from a withdrawal: nobody chooses it, and no reason is asked for.
WITHDRAWAL = "withdrawal"
# Something is wrong with the goods: the shop pays for sending them back and keeps nothing of their price.
# Directive (EU) 2019/771, Art. 14.
FAULTS = frozenset({"damaged", "wrong_item", "not_as_described"})

# By which rule something was decided about a return.
GROUNDS = {
    "within_limit": _l("covered, and within the policy’s limit"),
    "above_limit": _l("covered, but above the policy’s limit"),
    "not_covered": _l("not covered by the policy"),
    "by_staff": _l("as the policy says"),
    "withdrawal": _l("withdrawn in time"),
    "override": _l("against the policy"),
    "order_cancelled": _l("the order was cancelled"),
    "taken_back": _l("taken back by the shopper"),
}

# What is written by itself.
_OTHERS = {
    "late_payment": _l("Paid when the goods were gone"),
    "paid_twice": _l("Paid twice"),
    "overpaid": _l("Paid too much"),
    "payment_returned": _l("Payment not accepted"),
    "made_at_stripe": _l("Made at Stripe"),
    "requested_by_customer": _l("Asked for by the customer"),
    WITHDRAWAL: _l("Withdrawal from the contract"),
    "cancelled": _l("Order cancelled"),
}


def return_reason_words(code: str) -> str:
    """Why a shopper sends something back, in their own words."""
    words = RETURN_REASONS.get(code)
    return reason_words(code) if words is None else str(words)


def reason_words(code: str) -> str:
    """Why it goes back."""
    words = REASONS.get(code) or _OTHERS.get(code)
    return code.replace("_", " ") if words is None else str(words)


def failure_words(code: str | None) -> str:
    """Why it did not arrive: https://docs.stripe.com/api/refunds/object#refund_object-failure_reason"""
    said = {
        "lost_or_stolen_card": _("The card was reported lost or stolen."),
        "expired_or_canceled_card": _("The card has expired or was cancelled."),
        "charge_for_pending_refund_disputed": _("The customer disputed the payment meanwhile."),
        "insufficient_funds": _("There was not enough money in the Stripe account."),
        "declined": _("The bank refused it."),
        "merchant_request": _("It was cancelled at Stripe."),
        "canceled": _("It was cancelled at Stripe."),
        "refused": _("Stripe refused it: the payment may be disputed, or already given back."),
    }
    return said.get(code or "", _("The bank gave no reason."))
