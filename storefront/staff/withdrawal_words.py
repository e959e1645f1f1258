"""Withdrawals as staff read them: in time or not, until when money is due, and what was decided.

Knows words and addresses; refuses to decide anything.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from storefront.policies import words
from storefront.policies.withdrawal import WithdrawalDecision
from storefront.refunds.returnable import Returnable
from storefront.refunds.withdrawal_records import Tray, WithdrawalRecord
from storefront.refunds.withdrawals import WithdrawalState
from storefront.shop.withdrawal_page import Rows, rows_of_statement
from storefront.staff.order_history import actor_name
from storefront.web.text import day_text, moment_text


@dataclass(frozen=True, slots=True)
class WithdrawalRow:
    """A row of the list; `due` says until when its money has to be back, "" where nothing is owed any more."""

    reference: str
    url: str
    name: str
    order: str
    order_url: str
    received: str
    state: str
    kind: str
    due: str
    is_late: bool


def row(record: WithdrawalRecord) -> WithdrawalRow:
    """A statement in short."""
    statement = record.statement
    state, kind = _state(record)
    number = record.order_number
    return WithdrawalRow(
        reference=statement.reference,
        url=url_for("staff.withdrawal", withdrawal_id=statement.id),
        name=statement.name or _("Erased"),
        order=str(number)
        if number is not None
        else _("matches no order (“%(typed)s”)", typed=statement.number),
        order_url=url_for("staff.order", number=number) if number is not None else "",
        received=moment_text(statement.received_at, "short"),
        state=state,
        kind=kind,
        due=due_text(record) if record.is_due else "",
        is_late=record.is_due and record.days_left < 0,
    )


@dataclass(frozen=True, slots=True)
class Notice:
    """What the page of an order says of a statement about it that nobody has decided about."""

    text: str
    url: str
    reference: str


def notices_of_order(records: Iterable[WithdrawalRecord]) -> tuple[Notice, ...]:
    """One for each that is still to be decided."""
    return tuple(
        Notice(
            _(
                "The customer withdrew from this order on %(day)s. Decide about it before you send anything.",
                day=day_text(each.statement.received_at, "medium"),
            ),
            url_for("staff.withdrawal", withdrawal_id=each.statement.id),
            each.statement.reference,
        )
        for each in records
        if each.statement.state == WithdrawalState.OPEN
    )


def tray_words(tray: Tray) -> str:
    """What a tray is called."""
    return {
        Tray.OPEN: _("To decide"),
        Tray.DUE: _("Money owed"),
        Tray.DONE: _("Done"),
        Tray.ALL: _("All"),
    }[tray]


def due_text(record: WithdrawalRecord) -> str:
    """Until when the money has to be back, and how long that still is."""
    day, left = day_text(record.due_on, "medium"), record.days_left
    if left < 0:
        return ngettext(
            "Money was due %(day)s, %(num)d day ago",
            "Money was due %(day)s, %(num)d days ago",
            -left,
            day=day,
        )
    if not left:
        return _("Money is due today")
    return ngettext(
        "Money is due %(day)s, in %(num)d day", "Money is due %(day)s, in %(num)d days", left, day=day
    )


def _state(record: WithdrawalRecord) -> tuple[str, str]:
    if record.statement.state == WithdrawalState.OPEN:
        return _("To decide"), "marker"
    if record.statement.state == WithdrawalState.REFUSED:
        return _("Refused"), "bad"
    if record.has_failed:
        return _("Accepted, not paid back"), "bad"
    if record.is_paid:
        return _("Accepted, settled"), "good"
    return _("Accepted"), "good"


@dataclass(frozen=True, slots=True)
class LineShown:
    """A line of its order: how many pieces may still go back, and what law and policy say of it."""

    id: int
    title: str
    left: int
    said: str
    exemption: str


def lines(of: Returnable, judged: Mapping[int, WithdrawalDecision]) -> tuple[LineShown, ...]:
    """The lines of its order."""
    return tuple(
        LineShown(
            id=each.line.id,
            title=f"{each.line.title}, {each.line.variant_title}"
            if each.line.variant_title
            else each.line.title,
            left=each.left,
            said=judged[each.line.id].explanation,
            exemption=words.exemption(claimed) if (claimed := judged[each.line.id].exemption) else "",
        )
        for each in of.lines
    )


@dataclass(frozen=True, slots=True)
class WithdrawalShown:
    """All that `templates/staff/withdrawal.html` prints of a statement."""

    row: WithdrawalRow
    id: int
    is_open: bool
    is_matched: bool
    rows: Rows
    return_url: str
    return_number: str
    decided: str
    told: str
    remark: str


def shown(record: WithdrawalRecord, *, people: Mapping[str, str]) -> WithdrawalShown:
    """The statement as staff read it."""
    statement, decided = record.statement, ""
    if statement.decided_at is not None:
        decided = _(
            "%(at)s, %(who)s",
            at=moment_text(statement.decided_at, "short"),
            who=actor_name(statement.actor_kind or "", statement.actor_id, people),
        )
    return WithdrawalShown(
        row=row(record),
        id=statement.id,
        is_open=statement.state == WithdrawalState.OPEN,
        is_matched=statement.order_id is not None,
        rows=rows_of_statement(statement),
        return_url=url_for("staff.one_return", return_id=record.back.id) if record.back else "",
        return_number=record.back.number if record.back else "",
        decided=decided,
        told=statement.told or "",
        remark=statement.remark or "",
    )
