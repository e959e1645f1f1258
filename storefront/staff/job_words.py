"""Jobs and mails in words: what each was for, and where that is shown.

Knows the names that rooms gave them; refuses to know how they are done. A name without words here is shown as it is.
"""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from storefront.mail.models import OutgoingMail

JOBS: Mapping[str, Any] = {
    "mail.send": _l("Send a mail"),
    "mail.try_again": _l("Look for mails that were not sent"),
    "refund.send": _l("Send a refund to Stripe"),
    "checkout.expire": _l("Give goods back that nobody paid for"),
    "checkout.forget_drafts": _l("Forget checkouts that were left"),
    "cart.forget_spent": _l("Forget carts that became orders"),
    "reconcile": _l("Compare payments with Stripe"),
    "reports.prove": _l("Prove the books"),
    "reports.prove_nightly": _l("Prove the books every night"),
    "webhooks.handle": _l("Take in an event from Stripe"),
    "webhooks.forget": _l("Forget old events from Stripe"),
    "pictures.sizes": _l("Make the sizes of a picture"),
    "pictures.forget": _l("Remove a picture's files"),
    "jobs.tidy": _l("Remove jobs that are done"),
    "accounts.answer": _l("Answer somebody who signs up or asks for a link"),
    "privacy.answer": _l("Answer somebody who asks what is known of them"),
}

MAILS: Mapping[str, Any] = {
    "order_confirmation": _l("Order confirmation"),
    "payment_under_way": _l("Payment under way"),
    "payment_failed": _l("Payment failed"),
    "late_payment_refunded": _l("Late payment refunded"),
    "payment_link": _l("Payment link"),
    "payment_returned": _l("Payment given back"),
    "refund_paid": _l("Refund"),
    "gift_card_refund": _l("Gift card for a refund"),
    "return_asked": _l("Return asked for"),
    "return_approved": _l("Return approved"),
    "return_declined": _l("Return declined"),
    "return_received": _l("Return arrived"),
    "return_ended": _l("Return ended"),
    "return_taken_back": _l("Return taken back"),
    "shipment": _l("Parcel sent"),
    "withdrawal_received": _l("Withdrawal received"),
    "withdrawal_staff": _l("Withdrawal (to staff)"),
    "withdrawal_refused": _l("Withdrawal refused"),
    "order_cancelled": _l("Order cancelled"),
    "gift_cards": _l("Codes of gift cards"),
    "gift_card_given": _l("Code of a gift card from staff"),
    "privacy_copy": _l("Copy of what is known"),
    "privacy_erase": _l("Request to be erased"),
    "account_sign_up": _l("Sign-up"),
    "account_exists": _l("Sign-up with an account that stands"),
    "account_link": _l("Sign-in link"),
    "account_reset": _l("New password"),
    "account_change_old": _l("Change of address, to the old one"),
    "account_change_new": _l("Change of address, to the new one"),
    "account_invitation": _l("Invitation to work here"),
    "account_changed": _l("Account changed"),
    "comment_received": _l("Comment received"),
    "comment_published": _l("Comment published"),
    "comment_reply": _l("Reply to a comment"),
    "low_stock": _l("Low stock (to staff)"),
    "payment_review": _l("Payment to review (to staff)"),
    "late_payment_staff": _l("Late payment (to staff)"),
    "refund_failed_staff": _l("Refund failed (to staff)"),
    "dispute_opened_staff": _l("Dispute opened (to staff)"),
    "dispute_closed_staff": _l("Dispute closed (to staff)"),
}


def job_title(name: str) -> str:
    """What a job of that name is for."""
    return str(JOBS.get(name, name))


def mail_title(kind: str) -> str:
    """What a mail of that kind is."""
    return str(MAILS.get(kind, kind.replace("_", " ")))


def job_about(args: Mapping[str, Any], mails: Mapping[int, OutgoingMail]) -> str:
    """Whom or what a job is about: a mail's kind and recipient, else the ids it was given."""
    mail = mails.get(args.get("mail", 0))
    if mail is not None:
        return _("%(mail)s to %(recipient)s", mail=mail_title(mail.kind), recipient=mail.recipient)
    return ", ".join(f"{name} {value}" for name, value in args.items())


def last_line(text: str | None) -> str:
    """The last line of an error that says anything: what went wrong in the end."""
    lines = [line.strip() for line in (text or "").splitlines() if line.strip()]
    return lines[-1] if lines else ""
