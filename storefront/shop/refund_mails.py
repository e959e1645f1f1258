"""What our mails about money back say.

Knows how a refund is put into words; refuses to send. Each is rendered from ids, so that it says what is true.
"""

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront.credit.models import CreditAccount, CreditCause, CreditEntry
from storefront.database import session
from storefront.errors import NotFound
from storefront.mail.models import OutgoingMail
from storefront.mail.rendering import Letter, renders
from storefront.money import Money
from storefront.orders.refund import Refund
from storefront.orders.tenders import captured_by
from storefront.payments.models import PaymentAttempt
from storefront.refunds.destinations import went
from storefront.shop.frame import Link
from storefront.shop.gift_card_mails import CardWritten, codes_letter
from storefront.shop.letters import link_to, notice, record_of
from storefront.web.text import money_text


@renders("refund_paid")
def refund_paid(mail: OutgoingMail) -> Letter:
    """To the shopper, when money has gone back: how much, by which credit note, and when it arrives."""
    record = record_of(mail)
    refund = session().get(Refund, mail.facts["refund_id"])
    if refund is None:
        raise NotFound()
    amount, parts = money_text(refund.amount), went(refund)
    notes = [each.number for each in record.documents if each.refund_id == refund.id]
    paragraphs = [
        _(
            "We have paid %(amount)s of your order %(number)s back, the way it came.",
            amount=amount,
            number=record.order.number,
        )
        if not refund.credit_minor
        else _(
            "We have paid %(amount)s of your order %(number)s back: %(parts)s.",
            amount=amount,
            number=record.order.number,
            parts=", ".join(part.said for part in parts),
        )
    ]
    if refund.by_stripe:
        paragraphs.append(_("Banks take up to ten days to show it. You do not need to do anything."))
    else:
        paragraphs.append(_("You can spend it at once. You do not need to do anything."))
    if refund.reason == "overpaid":
        paragraphs.insert(1, _("More had come than the order came to; this is what was too much."))
    if notes:
        paragraphs.append(_("Credit note: %(number)s.", number=notes[0]))
    title = _("We have paid %(amount)s back to you", amount=amount)
    return notice(title, paragraphs, record=record, link=Link(_("See your order"), link_to(record)))


@renders("gift_card_refund")
def gift_card_refund(mail: OutgoingMail) -> Letter:
    """To a guest whose money went back on a new gift card: its code, which nobody else has."""
    record, code = record_of(mail), mail.facts.get("code")
    account = session().get(CreditAccount, mail.facts["account_id"])
    if account is None or not code:
        raise NotFound()
    entries = sa.select(CreditEntry.amount_minor).where(
        CreditEntry.account_id == account.id, CreditEntry.cause == CreditCause.REFUNDED
    )
    first = session().scalars(entries.order_by(CreditEntry.id).limit(1)).one()
    return codes_letter(
        [CardWritten(code, Money(first, account.currency))],
        lead=_(
            "What we have paid back of your order %(number)s is on this gift card. Keep it: who has the code "
            "spends it.",
            number=record.order.number,
        ),
        link=Link(_("See your order"), link_to(record)),
    )


@renders("payment_returned")
def payment_returned(mail: OutgoingMail) -> Letter:
    """To the shopper, whose payment was not what the order came to and was not accepted."""
    record = record_of(mail)
    attempt = session().get(PaymentAttempt, mail.facts["attempt_id"])
    if attempt is None:
        raise NotFound()
    came, asked = money_text(captured_by(attempt)), money_text(Money(attempt.amount_minor, attempt.currency))
    order = record.order
    paragraphs = [
        _(
            "For order %(number)s, %(came)s came and %(asked)s was asked. A person has looked at it, and we could "
            "not take it as the payment.",
            number=order.number,
            came=came,
            asked=asked,
        )
        if came != asked
        else _(
            "A person has looked at your payment of %(came)s for order %(number)s, and we could not take it as the "
            "payment.",
            number=order.number,
            came=came,
        ),
        _("We refund all of it, the way it came. You do not need to do anything."),
    ]
    if order.cancelled_at is not None:
        paragraphs.append(_("The order is cancelled. If you still want the goods, please order them again."))
    title = _("Your payment goes back to you")
    return notice(title, paragraphs, record=record, link=Link(_("See your order"), link_to(record)))
