"""What our mails to staff say: what needs a person, and where.

Knows how trouble is put into words; refuses to send. Each is rendered from ids, so that it says what is true.
"""

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from storefront.catalogue.stock_desk import stock_row
from storefront.config import settings
from storefront.database import session
from storefront.errors import NotFound
from storefront.mail.letters import letter
from storefront.mail.models import OutgoingMail
from storefront.mail.rendering import Letter, renders
from storefront.money import Money
from storefront.orders.refund import Refund, RefundState
from storefront.payments.models import Dispute, DisputeState, PaymentAttempt
from storefront.refunds.words import failure_words
from storefront.shop.frame import Link
from storefront.shop.letters import notice, record_of
from storefront.web.text import day_text, money_text


@renders("payment_review")
def payment_review(mail: OutgoingMail) -> Letter:
    """To staff: a payment arrived that is not what was asked, or that cannot go back where it came from."""
    record, attempt = record_of(mail), _attempt(mail)
    asked = money_text(Money(attempt.amount_minor, attempt.currency))
    said = (
        [
            _("%(amount)s came too late or twice.", amount=asked),
            _(
                "It did not go back by itself, because the order is disputed: see what the bank decides first."
            ),
        ]
        if attempt.problem == "disputed"
        else [
            _("What was asked: %(amount)s. What differs: %(what)s.", amount=asked, what=_problem(attempt)),
            _("Order and goods are held until a person decides: accept the payment, or refund it in full."),
        ]
    )
    title = _("Payment of order %(number)s needs a look", number=record.order.number)
    return notice(title, [*said, _reference(attempt)], record=record)


@renders("late_payment_staff")
def late_payment_staff(mail: OutgoingMail) -> Letter:
    """To staff: a payment came when it could no longer be used, and goes back by itself."""
    record, attempt = record_of(mail), _attempt(mail)
    paid = Money(attempt.amount_minor, attempt.currency)
    paragraphs = [
        _("%(amount)s came too late or twice, and goes back in full by itself.", amount=money_text(paid)),
        _("The shopper has been written to. Nothing needs to be done."),
        _reference(attempt),
    ]
    title = _("Late payment of order %(number)s is refunded", number=record.order.number)
    return notice(title, paragraphs, record=record)


@renders("refund_failed_staff")
def refund_failed_staff(mail: OutgoingMail) -> Letter:
    """To staff: money could not be given back."""
    record = record_of(mail)
    refund = session().get(Refund, mail.facts["refund_id"])
    if refund is None:
        raise NotFound()
    amount = money_text(Money(refund.amount_minor, refund.currency))
    paragraphs = [
        _(
            "A refund of %(amount)s did not go through. %(why)s",
            amount=amount,
            why=failure_words(refund.failure_code),
        ),
        _("The amount is free to be refunded again, or to be given back another way."),
        _("Refund: %(id)s", id=refund.id),
    ]
    title = _("Refund for order %(number)s failed", number=record.order.number)
    return notice(title, paragraphs, record=record)


@renders("dispute_opened_staff")
def dispute_opened_staff(mail: OutgoingMail) -> Letter:
    """To staff: somebody objects to a payment at their bank; until when it can be answered."""
    record, dispute = record_of(mail), _dispute(mail)
    amount = money_text(Money(dispute.amount_minor, dispute.currency))
    is_inquiry = dispute.state == DisputeState.INQUIRY
    what = (
        _("A bank asks about %(amount)s of this order. No money has been taken.", amount=amount)
        if is_inquiry
        else _("A bank disputes %(amount)s of this order and takes the money back.", amount=amount)
    )
    next_step = (
        _("Answer it in Stripe’s dashboard, or refund the order: that ends an inquiry.")
        if is_inquiry
        else _("Answer it in Stripe’s dashboard. Until it is decided, nothing of this order can be refunded.")
    )
    paragraphs = [what, _("Reason: %(reason)s.", reason=_reason(dispute)), next_step]
    if refunded := _arrived(dispute):
        paragraphs.append(_given_back(refunded))
    if dispute.due_at is not None:
        paragraphs.append(_("The bank takes evidence until %(day)s.", day=day_text(dispute.due_at)))
    title = _("Payment of order %(number)s is disputed", number=record.order.number)
    return notice(title, [*paragraphs, _at_stripe(dispute)], record=record)


@renders("dispute_closed_staff")
def dispute_closed_staff(mail: OutgoingMail) -> Letter:
    """To staff: how a dispute ended, and what may be done now."""
    record, dispute = record_of(mail), _dispute(mail)
    amount = money_text(Money(dispute.amount_minor, dispute.currency))
    endings = {
        DisputeState.WON: (
            _("The dispute about %(amount)s was won: the money comes back.", amount=amount),
            _("If this order’s money is owed to the shopper, it can be refunded now.")
            if record.order.cancelled_at
            else _("Nothing needs to be done."),
        ),
        DisputeState.LOST: (_lost(dispute, amount), _("Nothing of this order can be refunded any more.")),
    }
    nothing = (_("The bank’s question about %(amount)s is closed.", amount=amount), _("No money has moved."))
    title = _("Dispute about order %(number)s has ended", number=record.order.number)
    paragraphs = [*endings.get(dispute.state, nothing), _at_stripe(dispute)]
    return notice(title, paragraphs, record=record)


def _arrived(dispute: Dispute) -> Money:
    """What of the disputed payment has gone back where it came from: what is on its way a dispute may yet stop."""
    settled = sa.select(sa.func.sum(Refund.amount_minor - Refund.credit_minor)).where(
        Refund.attempt_id == dispute.attempt_id,
        Refund.currency == dispute.currency,
        Refund.state == RefundState.SETTLED,
    )
    return Money(int(session().scalar(settled) or 0), dispute.currency)


def _given_back(amount: Money) -> str:
    return _(
        "%(amount)s of this order is refunded, and the bank may not know of it. Say so in your answer, with the "
        "refund’s date, or the shopper has it twice.",
        amount=money_text(amount),
    )


def _lost(dispute: Dispute, amount: str) -> str:
    back = Money(dispute.amount_minor - dispute.withdrawn_minor, dispute.currency)
    if not (back and dispute.withdrawn_minor):
        return _("The dispute about %(amount)s was lost: the money stays with the cardholder.", amount=amount)
    return _(
        "The dispute about %(amount)s was lost in part: %(back)s comes back, the rest stays with the cardholder.",
        amount=amount,
        back=money_text(back),
    )


@renders("low_stock")
def low_stock(mail: OutgoingMail) -> Letter:
    """To staff: few pieces of a variant are left, fewer than before its threshold."""
    row = stock_row(mail.facts["variant_id"])
    what = f"{row.title}, {row.choice}" if row.choice else row.title
    left = ngettext("%(num)s piece is left.", "%(num)s pieces are left.", mail.facts["left"])
    now = _("not counted") if row.on_hand is None else row.on_hand
    paragraphs = [left, _("When this was written: %(now)s.", now=now)]
    if row.sku:
        paragraphs.append(_("Article number: %(sku)s", sku=row.sku))
    url = url_for("staff.stock_of", variant_id=row.id, _external=True)
    return letter(
        "mail/notice",
        title=_("“%(good)s” is low", good=what),
        preheader=left,
        paragraphs=paragraphs,
        link=Link(_("See its stock"), url),
        demo=settings().is_sandbox,
    )


@renders("contact")
def contact(mail: OutgoingMail) -> Letter:
    """To support: what somebody wrote by the form, in their own words; an answer goes to them."""
    name, text = mail.facts["name"], mail.facts["text"]
    paragraphs = [each for each in text.split("\n") if each.strip()]
    who = _(
        "From %(name)s, %(email)s. Answer this mail to answer them.", name=name, email=mail.facts["reply_to"]
    )
    reference = _("Reference: %(reference)s", reference=mail.facts["key"][:8].upper())
    return letter(
        "mail/notice",
        title=_("%(name)s writes", name=name),
        preheader=text[:140],
        paragraphs=[*paragraphs, who, reference],
        link=None,
        demo=settings().is_sandbox,
    )


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


def _dispute(mail: OutgoingMail) -> Dispute:
    dispute = session().get(Dispute, mail.facts["dispute_id"])
    if dispute is None:
        raise NotFound()
    return dispute


def _reason(dispute: Dispute) -> str:
    reasons = {
        "credit_not_processed": _("a refund was promised and did not come"),
        "duplicate": _("paid twice"),
        "fraudulent": _("the cardholder did not make this payment"),
        "product_not_received": _("the goods did not arrive"),
        "product_unacceptable": _("the goods are not as described"),
        "unrecognized": _("the cardholder does not recognise the payment"),
    }
    return reasons.get(dispute.reason, dispute.reason)


def _at_stripe(dispute: Dispute) -> str:
    return _("At Stripe: %(id)s.", id=dispute.stripe_id)
