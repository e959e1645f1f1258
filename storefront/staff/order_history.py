"""What happened to an order, in words, from the record of who did what.

Knows a sentence for each verb; refuses to read the record.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from storefront.audit import AuditDetail, AuditEntry
from storefront.checkout.addresses import address_lines
from storefront.checkout.cancelled import REASONS
from storefront.orders.carriers import CARRIERS, carrier_name
from storefront.refunds.words import GROUNDS, RETURN_REASONS
from storefront.web.text import moment_text


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened, as `_timeline.html` prints it."""

    title: str
    text: str
    at: str
    who: str
    done: bool = True
    url: str = ""
    url_text: str = ""


_TOLD_WHY = frozenset({"order.cancelled", "return.asked", "return.approved", "return.declined"})


def moments(
    entries: Sequence[tuple[AuditEntry, Sequence[AuditDetail]]], *, people: Mapping[str, str]
) -> list[Moment]:
    """The entries in words, in the order they come."""
    return [
        Moment(
            title=title_of(entry.verb),
            text=_text(entry, details),
            at=moment_text(entry.at, "short"),
            who=actor_name(entry.actor_kind, entry.actor_id, people),
        )
        for entry, details in entries
    ]


def actor_name(kind: str, number: str | None, people: Mapping[str, str]) -> str:
    """Who it was: a person by name while they are known, else what they were."""
    if number is not None and number in people:
        return people[number]
    names = {
        "staff": _("staff, no longer known"),
        "customer": _("the customer"),
        "system": _("by itself"),
    }
    return names.get(kind, kind)


def title_of(verb: str) -> str:
    """What a verb of the record says; the verb itself where nobody has found words for it."""
    words = {
        "order.placed": _("Placed"),
        "order.paid": _("Paid"),
        "order.processing": _("Payment under way"),
        "order.cancelled": _("Cancelled"),
        "order.shipped": _("Parcel sent"),
        "order.delivered": _("Parcel arrived"),
        "order.tracking_corrected": _("Tracking put right"),
        "order.noted": _("Note kept"),
        "order.note_erased": _("Note erased"),
        "order.contact_changed": _("Contact changed"),
        "order.delivery_changed": _("Delivery address changed"),
        "order.disputed": _("Dispute"),
        "order.payment_link": _("Link to pay opened"),
        "order.attached": _("Added to the customer’s account"),
        "order.mail_resent": _("Mail sent again"),
        "payment.review": _("Payment put aside for review"),
        "payment.accepted": _("Payment accepted"),
        "payment.returned": _("Payment given back"),
        "refund.requested": _("Refund asked for"),
        "refund.approved": _("Refund approved"),
        "refund.declined": _("Refund declined"),
        "refund.settled": _("Money given back"),
        "refund.failed": _("Refund failed"),
        "refund.set_aside": _("Failed refund seen to"),
        "refund.accepted": _("Accepted what was given back at Stripe and not owed"),
        "refund.regained": _("Taken out of credit: what was given back at Stripe and not owed"),
        "return.asked": _("Return asked for"),
        "return.approved": _("Return approved"),
        "return.declined": _("Return declined"),
        "return.received": _("Returned goods recorded"),
        "return.refunded": _("Money of a return sent back"),
        "return.ended": _("Return ended without money"),
        "return.taken_back": _("Return taken back by the shopper"),
        "withdrawal.received": _("Withdrawal received"),
        "withdrawal.matched": _("Withdrawal matched with this order"),
        "withdrawal.accepted": _("Withdrawal accepted"),
        "withdrawal.refused": _("Withdrawal refused"),
    }
    return words.get(verb, verb)


def _text(entry: AuditEntry, details: Sequence[AuditDetail]) -> str:
    said = [_change(each) for each in details]
    # Why an order was cancelled, or a return decided so, stands before what was noted of it.
    if entry.code and not entry.code.isdecimal() and (not said or entry.verb in _TOLD_WHY):
        said = [code_text(entry.code), *said]
    return "; ".join(each for each in said if each)


def code_text(code: str) -> str:
    """A reason of the record in words; the code itself where it has none."""
    words = {
        "expired": _("not paid in time"),
        "changed": _("the cart was changed"),
        "payment_failed": _("the payment failed"),
        "payment_returned": _("the payment was given back"),
        "not_opened": _("the payment page could not be opened"),
        "staff": _("by staff"),
        "cancelled": _("the order was cancelled"),
        "late_payment": _("paid too late"),
        "paid_twice": _("paid twice"),
        "overpaid": _("paid too much"),
        "requested_by_customer": _("the customer asked"),
    }
    if known := REASONS.get(code) or GROUNDS.get(code) or RETURN_REASONS.get(code):
        return str(known)
    return words.get(code, code.replace("_", " "))


def _change(detail: AuditDetail) -> str:
    before, after = (_worded(detail.name, value) for value in (detail.before, detail.after))
    if before and after:
        return _("%(before)s → %(after)s", before=before, after=after)
    return after or before


def _worded(name: str, value: str | None) -> str:
    if value is None:
        return ""
    reader = _READERS.get(name)
    return reader(value) if reader else value


def _pieces(value: str) -> str:
    return _("pieces: %(number)s", number=value)


def _carrier(value: str) -> str:
    return carrier_name(value) if value in {each.code for each in CARRIERS} else value


def _address(value: str) -> str:
    try:
        kept: Any = json.loads(value)
    except ValueError:
        return value
    return ", ".join(address_lines(kept)) if isinstance(kept, dict) else value


_READERS: Mapping[str, Callable[[str], str]] = {"pieces": _pieces, "carrier": _carrier, "delivery": _address}
