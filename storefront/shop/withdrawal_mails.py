"""What our mails about withdrawals say.

Knows how a statement is repeated; refuses to send, and to say whether an order exists.
"""

from flask import url_for
from flask_babel import gettext as _

from storefront.config import settings
from storefront.mail.letters import letter
from storefront.mail.models import OutgoingMail
from storefront.mail.rendering import Letter, renders
from storefront.refunds.withdrawal_records import WithdrawalRecord, withdrawal_record
from storefront.shop.frame import Link
from storefront.shop.withdrawal_page import rows_of_statement
from storefront.web.text import day_text


@renders("withdrawal_received")
def withdrawal_received(mail: OutgoingMail) -> Letter:
    """To whoever withdrew: the statement and the exact time, the same whether or not there is such an order."""
    record = _record(mail)
    said = [
        _("We have received your withdrawal, and repeat it here for your records."),
        *_repeated(record),
        _("Reference: %(reference)s", reference=record.statement.reference),
        _("A person looks at it and writes to you. You need not give a reason."),
    ]
    return _letter(_("We have received your withdrawal"), said)


@renders("withdrawal_staff")
def withdrawal_staff(mail: OutgoingMail) -> Letter:
    """To staff: a withdrawal came in, and until when its money is due."""
    record = _record(mail)
    due = _("If it is in time, the money has to be back by %(day)s.", day=day_text(record.due_on))
    said = [*_repeated(record), due]
    if record.order_number is None:
        said.append(_("Number and address match no order: please find out which one is meant."))
    url = settings().origin + url_for("staff.withdrawal", withdrawal_id=record.statement.id)
    title = _("Withdrawal %(reference)s came in", reference=record.statement.reference)
    return _letter(title, said, Link(_("Decide about it"), url))


@renders("withdrawal_refused")
def withdrawal_refused(mail: OutgoingMail) -> Letter:
    """To whoever withdrew: that it has no effect, and why."""
    record = _record(mail)
    said = [
        _("You declared your withdrawal from order %(number)s.", number=record.statement.number),
        *([record.statement.told] if record.statement.told else []),
        _("If you see it differently, please answer this mail."),
    ]
    return _letter(_("About your withdrawal %(reference)s", reference=record.statement.reference), said)


def _record(mail: OutgoingMail) -> WithdrawalRecord:
    return withdrawal_record(mail.facts["withdrawal_id"])


def _repeated(record: WithdrawalRecord) -> list[str]:
    return [f"{name}: {text}" for name, text in rows_of_statement(record.statement)]


def _letter(title: str, paragraphs: list[str], link: Link | None = None) -> Letter:
    return letter(
        "mail/notice",
        title=title,
        preheader=paragraphs[0],
        paragraphs=paragraphs,
        link=link,
        demo=settings().is_sandbox,
    )
