"""A refund as a row and as a page of the staff: its state in a word, who did what, and what can be done.

Knows words and addresses; refuses to read anything but the names of people.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _

from storefront.accounts.models import Customer
from storefront.database import session
from storefront.money import Money
from storefront.orders.refund import RESERVED, RefundState
from storefront.orders.tenders import Way
from storefront.refunds.destinations import destinations
from storefront.refunds.excess import sentences
from storefront.refunds.models import NoteKind
from storefront.refunds.records import PartShown, RefundRecord
from storefront.refunds.steps import way_again
from storefront.refunds.words import failure_words, reason_words
from storefront.web.text import moment_text


@dataclass(frozen=True, slots=True)
class Said:
    """Something said of a refund: by what name, the text, and where more of it stands."""

    title: str
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class RefundShown:
    """A refund as templates print it; `kind` colours its tag: "", "good", "bad", "marker"."""

    id: str
    url: str
    number: int
    order_url: str
    amount: Money
    state: str
    kind: str
    reason: str
    parts: tuple[PartShown, ...]
    shipping: Money | None
    facts: tuple[Said, ...]
    failure: str | None
    warning: str | None
    not_owed: tuple[str, ...]
    is_requested: bool
    can_retry: bool
    can_be_credit: bool
    requested_by: str
    at: str


def shown(records: Iterable[RefundRecord]) -> tuple[RefundShown, ...]:
    """Refunds as they are printed; one query for the names of people."""
    rows = tuple(records)
    people = _people({who for each in rows for who in (each.refund.requested_by, each.refund.decided_by)})
    return tuple(_shown(each, people) for each in rows)


def _people(ids: set[str | None]) -> dict[str, str]:
    known = [int(who) for who in ids if who is not None and who.isascii() and who.isdigit()]
    rows = session().execute(
        sa.select(Customer.id, Customer.name, Customer.email).where(Customer.id.in_(known))
    )
    return {str(row.id): row.name or row.email for row in rows}


def _shown(record: RefundRecord, people: dict[str, str]) -> RefundShown:
    refund = record.refund
    state, kind = _state(record)
    return RefundShown(
        id=refund.id,
        url=url_for("staff.refund", refund_id=refund.id),
        number=record.number,
        order_url=url_for("staff.order", number=record.number),
        amount=refund.amount,
        state=state,
        kind=kind,
        reason=reason_words(refund.reason),
        parts=record.parts,
        shipping=record.shipping if record.shipping else None,
        facts=tuple(_facts(record, people)),
        failure=failure_words(refund.failure_code) if refund.state == RefundState.FAILED else None,
        warning=_("It was sent more than a day ago and Stripe still has not said that it arrived.")
        if record.has_waited
        else None,
        not_owed=tuple(sentences(refund)) if refund.state in RESERVED else (),
        is_requested=refund.state == RefundState.REQUESTED,
        can_retry=record.is_open_failure,
        can_be_credit=record.is_open_failure and way_again(refund) is not Way.STRIPE,
        requested_by=refund.requested_by or "",
        at=moment_text(refund.created_at),
    )


def _state(record: RefundRecord) -> tuple[str, str]:
    if record.refund.state == RefundState.FAILED and record.refund.set_aside_at is not None:
        return _("Given back another way"), ""
    if record.retried_by is not None:
        return _("Failed, tried again"), ""
    return {
        RefundState.REQUESTED: (_("Waits for approval"), "marker"),
        RefundState.APPROVED: (_("About to be sent"), ""),
        RefundState.SENT: (_("Sent"), ""),
        RefundState.SETTLED: (_("Paid back"), "good"),
        RefundState.FAILED: (_("Failed"), "bad"),
        RefundState.DECLINED: (_("Declined"), ""),
    }[record.refund.state]


def _facts(record: RefundRecord, people: dict[str, str]) -> Iterable[Said]:
    refund = record.refund
    if refund.source == "stripe":
        yield Said(_("Made"), _("at Stripe, %(at)s", at=moment_text(refund.created_at)))
    elif refund.requested_by is None:
        yield Said(_("Made"), _("by itself, %(at)s", at=moment_text(refund.created_at)))
    else:
        yield Said(_("Asked for"), _by(people, refund.requested_by, moment_text(refund.created_at)))
    if refund.decided_by not in {None, refund.requested_by} and refund.decided_by is not None:
        title = _("Declined") if refund.state == RefundState.DECLINED else _("Approved")
        yield Said(title, _by(people, refund.decided_by, ""))
    if refund.credit_minor and refund.state not in {RefundState.FAILED, RefundState.DECLINED}:
        title = _("Went") if refund.state == RefundState.SETTLED else _("Goes")
        yield Said(title, ", ".join(each.said for each in destinations(refund)))
    if refund.split_of is not None:
        before = url_for("staff.refund", refund_id=refund.split_of)
        yield Said(_("Credit of"), _("a refund that the bank sent back"), before)
    if refund.sent_at is not None:
        yield Said(_("Sent"), moment_text(refund.sent_at))
    if refund.ended_at is not None and refund.state in {RefundState.SETTLED, RefundState.FAILED}:
        title = _("Paid back") if refund.state == RefundState.SETTLED else _("Failed")
        yield Said(title, moment_text(refund.ended_at))
    if record.credit_note is not None:
        paper = url_for("staff.document", number=record.number, document_id=record.credit_note.id)
        yield Said(_("Credit note"), record.credit_note.number, paper)
    titles = {
        NoteKind.NOTE: _("Note"),
        NoteKind.DECLINED: _("Why declined"),
        NoteKind.SET_ASIDE: _("Seen to"),
    }
    yield from (Said(titles[NoteKind(note.kind)], note.text) for note in record.notes)


def _by(people: dict[str, str], who: str, at: str) -> str:
    name = people.get(who, _("somebody who has left"))
    return _("by %(name)s, %(at)s", name=name, at=at) if at else _("by %(name)s", name=name)
