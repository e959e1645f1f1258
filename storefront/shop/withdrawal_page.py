"""A statement of withdrawal in words: what was declared, by whom, about what, and when it came.

Knows words; refuses to judge it.
"""

from collections.abc import Iterable
from datetime import datetime

from babel.dates import format_datetime
from flask_babel import gettext as _

from storefront.config import settings
from storefront.refunds.withdrawal_records import WithdrawalRecord
from storefront.refunds.withdrawals import Withdrawal, WithdrawalState
from storefront.refunds.withdrawing import Statement
from storefront.web.text import day_text, page_locale

Rows = tuple[tuple[str, str], ...]


def declaration() -> str:
    """The sentence that is declared."""
    return _("I withdraw from the contract named here.")


def rows_of(statement: Statement) -> Rows:
    """The statement before it is sent, as names and values."""
    rows = [
        (_("Statement"), declaration()),
        (_("Name"), statement.name),
        (_("Order"), statement.number),
        (_("E-mail address"), statement.email),
        (_("Goods"), statement.text or _("the whole order")),
    ]
    return tuple(rows)


def rows_of_statement(statement: Withdrawal) -> Rows:
    """The statement as it was received, with the exact time."""
    typed = Statement(statement.name, statement.number, statement.email, statement.text, statement.form_key)
    return (*rows_of(typed), (_("Received"), exact_time(statement.received_at)))


def exact_time(at: datetime) -> str:
    """An instant to the second, with its zone."""
    return format_datetime(at, "long", tzinfo=settings().timezone, locale=page_locale())


def withdrawals_printed(records: Iterable[WithdrawalRecord]) -> list[str]:
    """What the page of an order says of each statement about it: when it came, and how it was decided."""
    return [_said_of(each.statement) for each in records]


def _said_of(statement: Withdrawal) -> str:
    day = day_text(statement.received_at)
    if statement.state == WithdrawalState.ACCEPTED:
        return _("We received your withdrawal on %(day)s and accepted it.", day=day)
    if statement.state == WithdrawalState.REFUSED:
        return _("We received your withdrawal on %(day)s and wrote to you why we did not accept it.", day=day)
    return _("We received your withdrawal on %(day)s. We answer it by e-mail.", day=day)
