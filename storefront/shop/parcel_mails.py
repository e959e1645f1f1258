"""What our mails about parcels, links to pay and cancelled orders say.

Knows how they are put into words; refuses to send. Each is rendered from ids, so that it says what is true.
"""

from flask_babel import gettext as _

from storefront.mail.models import OutgoingMail
from storefront.mail.rendering import Letter, renders
from storefront.orders.models import Fulfilment
from storefront.shop.frame import Link
from storefront.shop.letters import letter, link_to, notice, record_of
from storefront.shop.order_page import arrival_text, whereto
from storefront.shop.order_words import why_cancelled
from storefront.shop.parcels import parcel
from storefront.web.text import moment_text, money_text


@renders("shipment")
def shipment(mail: OutgoingMail) -> Letter:
    """To the shopper, once for each parcel: what is in it, and where it can be followed."""
    record = record_of(mail)
    order = record.order
    number = order.number
    is_part = order.fulfilment == Fulfilment.PARTLY or len(record.shipments) > 1
    title = (
        _("A part of your order %(number)s is on its way", number=number)
        if is_part
        else _("Your order %(number)s is on its way", number=number)
    )
    arrival = arrival_text(order.delivery_from_on, order.delivery_to_on)
    return letter(
        "mail/shipment",
        title=title,
        preheader=_("What is in the parcel, and where you can follow it."),
        parcel=parcel(record, mail.facts["shipment_id"]),
        arrival=_("It should be with you %(days)s.", days=arrival) if arrival else None,
        rest=_("The rest follows.") if order.fulfilment == Fulfilment.PARTLY else None,
        delivery_address=whereto(order),
        number=number,
        order_url=link_to(record),
        demo=order.is_demo,
    )


@renders("order_cancelled")
def order_cancelled(mail: OutgoingMail) -> Letter:
    """To the shopper, whose order staff have cancelled."""
    record = record_of(mail)
    order = record.order
    money = (
        _("What you have paid, %(amount)s, goes back the way it came.", amount=money_text(order.total))
        if order.captured_minor
        else _("Nothing has been charged.")
    )
    if order.credit_minor and not order.captured_minor:
        money += " " + _("What your gift card or credit was to pay is on it again.")
    paragraphs = [
        _("We have cancelled your order %(number)s. Nothing will be sent.", number=order.number),
        *filter(None, [why_cancelled(order.cancel_code)]),
        money,
        _("If this surprises you, please answer this mail."),
    ]
    title = _("Your order %(number)s is cancelled", number=order.number)
    return notice(title, paragraphs, record=record, link=Link(_("See your order"), link_to(record)))


@renders("payment_link")
def payment_link(mail: OutgoingMail) -> Letter:
    """To the customer of an order that staff made: what it comes to, until when, and where it is paid."""
    record = record_of(mail)
    order = record.order
    goods = ", ".join(f"{line.quantity} × {line.title}" for line in record.lines)
    paragraphs = [
        _("As you asked, we have made an order for you: %(goods)s.", goods=goods),
        _("It comes to %(amount)s, shipping and tax included.", amount=money_text(order.total)),
        _("The goods are held for you until %(until)s.", until=moment_text(order.hold_until, "short")),
        _("The link opens your order, with a button that leads to the payment page. Keep it to yourself."),
    ]
    title = _("Your order %(number)s waits for its payment", number=order.number)
    return notice(title, paragraphs, record=record, link=Link(_("See and pay your order"), link_to(record)))
