"""Returns as staff read them: rows of the queue with what is to be done next, and one with all that was decided.

Knows words and addresses; refuses to decide anything.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from flask import url_for
from flask_babel import gettext as _

from storefront.money import Money
from storefront.refunds.queries import refundable
from storefront.refunds.return_records import Pile, ReturnRecord
from storefront.refunds.returns import ReturnDecision, ReturnNoteKind, ReturnState, Verdict
from storefront.refunds.words import GROUNDS, return_reason_words
from storefront.shop.return_words import pieces_text
from storefront.staff.order_history import actor_name
from storefront.web.text import day_text, moment_text, money_text


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """A row of the queue; `next` is what is to be done, "" where nothing is."""

    number: str
    url: str
    order: int
    order_url: str
    email: str
    goods: str
    reason: str
    state: str
    kind: str
    next: str
    amount: str
    at: str


def row(record: ReturnRecord) -> ReturnRow:
    """A request in short."""
    request = record.request
    state, kind = staff_state(record)
    return ReturnRow(
        number=request.number,
        url=url_for("staff.one_return", return_id=request.id),
        order=record.number,
        order_url=url_for("staff.order", number=record.number),
        email=record.email,
        goods="; ".join(pieces_text(each) for each in record.lines),
        reason=return_reason_words(request.reason),
        state=state,
        kind=kind,
        next=next_words(record),
        amount=money_text(request.amount),
        at=moment_text(request.asked_at, "short"),
    )


def pile_words(pile: Pile) -> str:
    """What a pile is called."""
    return {
        Pile.TO_DO: _("To do"),
        Pile.COMING: _("Goods on their way"),
        Pile.SECOND: _("Wait for a second person"),
        Pile.PAID: _("Paid back"),
        Pile.WITHOUT: _("Declined or ended"),
        Pile.ALL: _("All"),
    }[pile]


def staff_state(record: ReturnRecord) -> tuple[str, str]:
    """How it stands, in a word for a tag, and the tag's kind."""
    request = record.request
    if request.state == ReturnState.CLOSED and request.refund_id is None:
        return _("Ended without money"), ""
    if record.waits_for_second:
        return _("Refund waits for approval"), "marker"
    return {
        ReturnState.OPEN: (_("To decide"), "marker"),
        ReturnState.APPROVED: (_("To pay back"), "marker"),
        ReturnState.AWAITING_GOODS: (_("Goods on their way"), ""),
        ReturnState.RECEIVED: (_("To pay back"), "marker"),
        ReturnState.CLOSED: (_("Paid back"), "good"),
        ReturnState.DECLINED: (_("Declined"), "bad"),
    }[ReturnState(request.state)]


def next_words(record: ReturnRecord) -> str:
    """What is to be done next; "" where nothing is."""
    if record.waits_for_second:
        return _("Approve its refund")
    return {
        ReturnState.OPEN: _("Decide"),
        ReturnState.APPROVED: _("Pay back"),
        ReturnState.AWAITING_GOODS: _("Record the goods"),
        ReturnState.RECEIVED: _("Pay back"),
    }.get(ReturnState(record.request.state), "")


@dataclass(frozen=True, slots=True)
class LineShown:
    """A line of a request; `to_come` of its pieces have to come back, `can_restock` may go on the shelf."""

    id: int
    title: str
    more: str
    asked: int
    counts: int
    received: int
    restocked: int
    cover: str
    to_come: int
    can_restock: int


@dataclass(frozen=True, slots=True)
class DecisionShown:
    """A decision with its rule, policy and facts."""

    title: str
    ground: str
    who: str
    at: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReturnShown:
    """All that `templates/staff/return.html` prints of a request."""

    row: ReturnRow
    id: int
    is_covered: bool
    policy: str
    lines: tuple[LineShown, ...]
    decisions: tuple[DecisionShown, ...]
    to_credit: bool
    notes: tuple[tuple[str, str], ...]
    refund_url: str
    refund_amount: str
    does: str


def shown(record: ReturnRecord, *, to_come: Mapping[int, int], people: Mapping[str, str]) -> ReturnShown:
    """The request as staff read it."""
    request = record.request
    left = {line.id: line for line in refundable(request.order_id).lines}
    return ReturnShown(
        row=row(record),
        id=request.id,
        is_covered=record.is_covered,
        policy=_("Policy %(version)s", version=request.policy_version_id),
        lines=tuple(
            LineShown(
                id=each.line.order_line_id,
                title=each.title,
                more=", ".join(filter(None, (each.sku, each.variant_title))),
                asked=each.line.quantity,
                counts=each.line.accepted,
                received=each.line.received,
                restocked=each.line.restocked,
                cover=cover_said(each.line.rule, each.line.ends_on),
                to_come=to_come.get(each.line.order_line_id, 0),
                can_restock=left[each.line.order_line_id].can_restock,
            )
            for each in record.lines
        ),
        decisions=tuple(_decision(record, each, people) for each in record.decisions),
        to_credit=request.to_credit,
        notes=tuple((_said_by(each.kind), each.text) for each in record.notes),
        refund_url=url_for("staff.refund", refund_id=record.refund.id) if record.refund else "",
        refund_amount=money_text(record.refund.amount) if record.refund else "",
        does=_does(record),
    )


def _does(record: ReturnRecord) -> str:
    """The name of the form that the page offers first."""
    if record.waits_for_second:
        return "second"
    return {
        ReturnState.OPEN: "judge",
        ReturnState.APPROVED: "pay",
        ReturnState.AWAITING_GOODS: "receive",
        ReturnState.RECEIVED: "pay",
    }.get(ReturnState(record.request.state), "")


def _said_by(kind: str) -> str:
    return {
        ReturnNoteKind.SHOPPER: _("The shopper writes"),
        ReturnNoteKind.TOLD: _("What the shopper was told"),
        ReturnNoteKind.STAFF: _("Among staff"),
    }[ReturnNoteKind(kind)]


def cover_said(rule: str, ends_on: date | None) -> str:
    """What the guarantee said of a line when it was decided."""
    day = day_text(ends_on, "medium") if ends_on else ""
    return {
        "not_offered": _("No money-back guarantee"),
        "excluded": _("Excluded from the guarantee"),
        "gift_card": _("Gift cards are not part of the guarantee"),
        "final_sale": _("Final sale: not covered"),
        "not_started": _("Covered; its days did not count yet"),
        "within_window": _("Covered until %(day)s", day=day),
        "window_over": _("Cover had ended on %(day)s", day=day),
    }.get(rule, rule)


def _decision(record: ReturnRecord, decision: ReturnDecision, people: Mapping[str, str]) -> DecisionShown:
    title = {
        Verdict.WAITS: _("Left to a person"),
        Verdict.APPROVED: _("Approved"),
        Verdict.DECLINED: _("Declined"),
        Verdict.ENDED: _("Ended without money"),
    }[Verdict(decision.verdict)]
    return DecisionShown(
        title=title,
        ground=_(
            "%(ground)s (policy %(version)s)",
            ground=str(GROUNDS[decision.ground]),
            version=decision.policy_version_id,
        ),
        who=actor_name(decision.actor_kind, decision.actor_id, people),
        at=moment_text(decision.at, "short"),
        facts=tuple(_facts(record, decision)),
    )


def _facts(record: ReturnRecord, decision: ReturnDecision) -> Iterable[str]:
    facts = decision.facts
    if "limit_minor" in facts:
        yield _(
            "Comes to %(amount)s, with %(before)s asked before; by itself up to %(limit)s.",
            amount=_money(record, facts["amount_minor"]),
            before=_money(record, facts["before_minor"]),
            limit=_money(record, facts["limit_minor"]),
        )
    titles = {each.line.order_line_id: each.title for each in record.lines}
    for line in facts.get("lines", ()):
        ends_on = date.fromisoformat(line["ends_on"]) if line.get("ends_on") else None
        said = cover_said(line["rule"], ends_on)
        yield f"{line['pieces']} × {titles.get(line['line'], '?')}: {said}"


def _money(record: ReturnRecord, minor: int) -> str:
    return money_text(Money(minor, record.request.currency))
