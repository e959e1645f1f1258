"""What our mails about orders say.

Knows how an order is put into words; refuses to send. Each is rendered from ids, so that it says what is true.
"""

from flask_babel import gettext as _

from storefront import clock
from storefront.mail.letters import letter
from storefront.mail.models import OutgoingMail
from storefront.mail.rendering import Letter, renders
from storefront.orders.models import Order
from storefront.policies.queries import policy_by_id
from storefront.shop import gift_card_mails, parcel_mails, refund_mails, return_mails, withdrawal_mails
from storefront.shop.frame import Link
from storefront.shop.letters import link_to, notice, record_of
from storefront.shop.order_page import printed
from storefront.web.text import day_text, money_text

# Those about parcels, returns and money back are worded in files of their own.
__all__ = [
    "gift_card_mails",
    "order_confirmation",
    "parcel_mails",
    "refund_mails",
    "return_mails",
    "withdrawal_mails",
]


@renders("order_confirmation")
def order_confirmation(mail: OutgoingMail) -> Letter:
    """To the shopper, when the order is paid: everything it was sold under."""
    record = record_of(mail)
    order = record.order
    document = policy_by_id(order.policy_version_id).document
    title = _("Your order %(number)s is paid", number=order.number)
    shown = printed(record, document=document, now=clock.now())
    return letter(
        "mail/order_confirmation",
        title=title,
        preheader=_("Thank you. This is what you ordered, and on which terms."),
        order=shown,
        lead=_("We pack it next. The link opens this order at any time; keep it to yourself."),
        order_url=link_to(record),
        demo=order.is_demo,
    )


@renders("payment_under_way")
def payment_under_way(mail: OutgoingMail) -> Letter:
    """To the shopper, whose payment settles by its own method within days."""
    record = record_of(mail)
    order = record.order
    paragraphs = [
        _(
            "Thank you for order %(number)s over %(amount)s.",
            number=order.number,
            amount=money_text(order.total),
        ),
        _("Your bank takes a few days to confirm the payment. We send your order when it is confirmed."),
        _("Until %(day)s at the latest, the goods are held for you.", day=day_text(order.hold_until)),
        _("You do not need to do anything; please do not pay again."),
    ]
    title = _("We have your order %(number)s; your payment is under way", number=order.number)
    return notice(title, paragraphs, record=record, link=Link(_("See your order"), link_to(record)))


@renders("payment_failed")
def payment_failed(mail: OutgoingMail) -> Letter:
    """To the shopper, whose payment was under way and did not come."""
    record = record_of(mail)
    order = record.order
    refused = order.cancel_code == "payment_failed"
    why = (
        _("Your bank did not carry out the payment of %(amount)s.", amount=money_text(order.by_card))
        if refused
        else _("Your payment of %(amount)s did not reach us in time.", amount=money_text(order.by_card))
    )
    money = (
        _("Nothing has been charged.")
        if refused
        else _("If it still comes, you get your goods if we have them, or else all of your money back.")
    )
    if order.credit_minor:
        money += " " + _("What your gift card or credit was to pay is on it again.")
    paragraphs = [
        why,
        _("So order %(number)s is cancelled, and nothing will be sent.", number=order.number),
        money,
        _("If you still want the goods, please order them again."),
    ]
    title = _("Your payment for order %(number)s did not go through", number=order.number)
    return notice(title, paragraphs, record=record, link=Link(_("See your order"), link_to(record)))


@renders("late_payment_refunded")
def late_payment_refunded(mail: OutgoingMail) -> Letter:
    """To the shopper, whose payment could no longer become an order."""
    record = record_of(mail)
    number = record.order.number
    was_paid_before = record.order.is_paid
    paragraphs = [
        _("Your order %(number)s had been paid before; this was a second payment.", number=number)
        if was_paid_before
        else _too_late(record.order),
        _("We refund it in full, the way it came. You do not need to do anything."),
    ]
    return notice(
        _("Your payment goes back to you"),
        paragraphs,
        record=record,
        link=Link(_("See your order"), link_to(record)),
    )


def _too_late(order: Order) -> str:
    if order.credit_minor:
        return _(
            "Your payment for order %(number)s came too late: the goods, or what your gift card or credit was to "
            "pay, were no longer held for it, and now they are gone.",
            number=order.number,
        )
    return _(
        "Your payment for order %(number)s came too late: the goods were no longer held for you, "
        "and now they are gone.",
        number=order.number,
    )
