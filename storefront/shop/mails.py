"""What our mails about orders say.

Knows how an order is put into words; refuses to send. Each is rendered from ids, so that it says what is true.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import render_template
from flask_babel import gettext as _

from storefront import clock
from storefront.config import ROOT, settings
from storefront.database import session
from storefront.errors import NotFound
from storefront.mail.models import OutgoingMail
from storefront.mail.rendering import Letter, renders
from storefront.money import Money
from storefront.orders.access import order_link
from storefront.orders.models import Refund
from storefront.orders.queries import OrderRecord, order_record
from storefront.payments.models import PaymentAttempt
from storefront.policies.queries import policy_by_id
from storefront.shop.frame import Link, the_locale
from storefront.shop.order_page import printed
from storefront.web.text import money_text


@dataclass(frozen=True, slots=True)
class Shop:
    """Who writes."""

    name: str
    url: str
    support_email: str
    address_line: str


@renders("order_confirmation")
def order_confirmation(mail: OutgoingMail) -> Letter:
    """To the shopper, when the order is paid: everything it was sold under."""
    record = _record(mail)
    order = record.order
    document = policy_by_id(order.policy_version_id).document
    title = _("Your order %(number)s is paid", number=order.number)
    shown = printed(record, document=document, now=clock.now())
    return _letter(
        "mail/order_confirmation",
        title=title,
        preheader=_("Thank you. This is what you ordered, and on which terms."),
        order=shown,
        lead=_("We pack it next. The link opens this order at any time; keep it to yourself."),
        order_url=_link(record),
        demo=order.is_demo,
    )


@renders("late_payment_refunded")
def late_payment_refunded(mail: OutgoingMail) -> Letter:
    """To the shopper, whose payment could no longer become an order."""
    record = _record(mail)
    number = record.order.number
    was_paid_before = record.order.is_paid
    paragraphs = [
        _("Your order %(number)s had been paid before; this was a second payment.", number=number)
        if was_paid_before
        else _(
            "Your payment for order %(number)s came too late: the goods were no longer held for you, "
            "and now they are gone.",
            number=number,
        ),
        _("We refund it in full, the way it came. You do not need to do anything."),
    ]
    return _notice(
        _("Your payment goes back to you"),
        paragraphs,
        record=record,
        link=Link(_("See your order"), _link(record)),
    )


@renders("payment_review")
def payment_review(mail: OutgoingMail) -> Letter:
    """To staff: a payment arrived that is not what was asked."""
    record, attempt = _record(mail), _attempt(mail)
    asked = Money(attempt.amount_minor, attempt.currency)
    paragraphs = [
        _(
            "What was asked: %(amount)s. What differs: %(what)s.",
            amount=money_text(asked),
            what=_problem(attempt),
        ),
        _("Order and goods are held until a person decides: accept the payment, or refund it in full."),
        _reference(attempt),
    ]
    title = _("Payment of order %(number)s needs a look", number=record.order.number)
    return _notice(title, paragraphs, record=record)


@renders("late_payment_staff")
def late_payment_staff(mail: OutgoingMail) -> Letter:
    """To staff: a payment came when it could no longer be used, and goes back by itself."""
    record, attempt = _record(mail), _attempt(mail)
    paid = Money(attempt.amount_minor, attempt.currency)
    paragraphs = [
        _("%(amount)s came too late or twice, and goes back in full by itself.", amount=money_text(paid)),
        _("The shopper has been written to. Nothing needs to be done."),
        _reference(attempt),
    ]
    title = _("Late payment of order %(number)s is refunded", number=record.order.number)
    return _notice(title, paragraphs, record=record)


@renders("refund_failed_staff")
def refund_failed_staff(mail: OutgoingMail) -> Letter:
    """To staff: money could not be given back."""
    record = _record(mail)
    refund = session().get(Refund, mail.facts["refund_id"])
    if refund is None:
        raise NotFound()
    amount = money_text(Money(refund.amount_minor, refund.currency))
    paragraphs = [
        _(
            "A refund of %(amount)s did not go through: %(code)s.",
            amount=amount,
            code=refund.failure_code or "?",
        ),
        _("The amount is free to be refunded again, or to be given back another way."),
        _("Refund: %(id)s", id=refund.id),
    ]
    title = _("Refund for order %(number)s failed", number=record.order.number)
    return _notice(title, paragraphs, record=record)


def _record(mail: OutgoingMail) -> OrderRecord:
    return order_record(mail.facts["order_id"])


def _attempt(mail: OutgoingMail) -> PaymentAttempt:
    attempt = session().get(PaymentAttempt, mail.facts["attempt_id"])
    if attempt is None:
        raise NotFound()
    return attempt


def _problem(attempt: PaymentAttempt) -> str:
    problems = {
        "amount": _("the amount"),
        "currency": _("the currency"),
        "reference": _("the order it names"),
        "livemode": _("test money where real money was asked, or the reverse"),
    }
    return problems.get(attempt.problem or "", attempt.problem or "?")


def _reference(attempt: PaymentAttempt) -> str:
    return _(
        "At Stripe: %(intent)s. Attempt: %(id)s.", intent=attempt.payment_intent_id or "?", id=attempt.id
    )


def _link(record: OrderRecord) -> str:
    return order_link(record.order.id, origin=settings().origin)


def _notice(title: str, paragraphs: list[str], *, record: OrderRecord, link: Link | None = None) -> Letter:
    return _letter(
        "mail/notice",
        title=title,
        preheader=paragraphs[0],
        paragraphs=paragraphs,
        link=link,
        demo=record.order.is_demo,
    )


def _letter(template: str, *, title: str, **said: Any) -> Letter:
    made = settings()
    shop = Shop(made.shop_name, made.origin, made.support_email, made.address_line)
    locale = the_locale()
    common = {"shop": shop, "lang": str(locale).replace("_", "-"), "dir": locale.text_direction}
    text = render_template(f"{template}.txt", title=title, **common, **said)
    html = render_template(f"{template}.html", title=title, mail_css=_mail_css(), **common, **said)
    return Letter(title, text, html)


@lru_cache(maxsize=1)
def _mail_css() -> str:
    """The sheet of all mails; it is inlined, since no mail program fetches one."""
    return (ROOT / "static" / "css" / "mail.css").read_text(encoding="utf-8")
