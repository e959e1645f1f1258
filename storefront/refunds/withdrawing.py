"""Statements of withdrawal: received whatever they say, matched to an order, accepted or refused by a person.

Knows what each step writes down; refuses to turn anybody away. Directive 2011/83/EU Art. 9 to 16 and 11a.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import audit, clock, mail, states
from storefront.config import settings
from storefront.database import insert_new, lock, release, session, transaction
from storefront.errors import NotFound, Refused
from storefront.orders.access import is_same_email
from storefront.orders.models import Order
from storefront.orders.money_back import Actor
from storefront.orders.queries import find_order, order_record
from storefront.orders.steps import lock_order
from storefront.policies.queries import policy_by_id
from storefront.policies.withdrawal import WithdrawalDecision
from storefront.refunds.granting import (
    await_goods,
    claim_pieces,
    grant,
    keep_decision,
    keep_words,
    write_down,
    write_request,
)
from storefront.refunds.returnable import returnable
from storefront.refunds.returns import Ground, ReturnNoteKind, Verdict
from storefront.refunds.timeliness import assessed
from storefront.refunds.weighing import Asked, facts_of, weigh
from storefront.refunds.withdrawals import Withdrawal, WithdrawalState
from storefront.refunds.words import WITHDRAWAL

LONGEST_WORDS = 1000
_FORM_KEY = re.compile(r"[0-9a-f]{32}")
_NUMBER = re.compile(r"#?\s*([0-9]{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody declared, as it was typed; `key` (32 hex digits) is the form's own."""

    name: str
    number: str
    email: str
    text: str
    key: str


def declare_withdrawal(statement: Statement) -> int:
    """Receive a statement and owe its receipt, whether or not it matches an order; its id. The same form again is the
    same statement. Raises Refused where the form itself is not complete."""
    if not _FORM_KEY.fullmatch(statement.key):
        raise Refused(_("This form is not complete. Please begin anew."))
    order_id = _order_of(statement)
    release()
    with transaction():
        values = {
            "form_key": statement.key,
            "received_at": clock.now(),
            "name": statement.name,
            "email": statement.email,
            "number": statement.number,
            "text": statement.text,
            "order_id": order_id,
            "state": WithdrawalState.OPEN,
        }
        written: int | None = insert_new(Withdrawal, values, unique=("form_key",))
        if written is None:
            known = sa.select(Withdrawal).where(Withdrawal.form_key == statement.key)
            before: Withdrawal = session().scalars(known).one()
            if _says(before, statement):
                return before.id
            # Somebody went back and changed what they declare: that is another statement, and none is lost.
            written = insert_new(Withdrawal, {**values, "form_key": _key_of(statement)}, unique=("form_key",))
        if written is None:
            again = sa.select(Withdrawal.id).where(Withdrawal.form_key == _key_of(statement))
            return int(session().scalars(again).one())
        _record("withdrawal.received", written, order_id, by=("customer", None))
        facts = {"withdrawal_id": written}
        for kind, to in (
            ("withdrawal_received", statement.email),
            ("withdrawal_staff", settings().staff_email),
        ):
            mail.owe(kind, subject=f"withdrawal:{written}", recipient=to, facts=facts)
        return written


def _says(before: Withdrawal, statement: Statement) -> bool:
    said = (before.name, before.number, before.email, before.text)
    return said == (statement.name, statement.number, statement.email, statement.text)


def _key_of(statement: Statement) -> str:
    """A key for what is said under a key that was used before: the same for the same words."""
    said = "\0".join((statement.key, statement.name, statement.number, statement.email, statement.text))
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def _order_of(statement: Statement) -> int | None:
    """The order that number and address belong to together."""
    digits = _NUMBER.fullmatch(statement.number.strip())
    order_id, email = find_order(int(digits[1]) if digits else 0) or (None, "")
    return order_id if is_same_email(statement.email, email) else None


def match_withdrawal(withdrawal_id: int, *, number: int, by: Actor) -> None:
    """Say which order a statement is about, which its number and address did not tell. Raises Refused where it is
    decided, or there is no such order; NotFound."""
    found = find_order(number)
    if found is None:
        raise Refused(_("There is no order %(number)s.", number=number), field="number")
    release()
    with transaction():
        order = lock_order(found[0])
        statement = _of_id(withdrawal_id)
        _require_open(statement)
        statement.order_id = order.id
        _record("withdrawal.matched", statement.id, order.id, by=by)


def accept_withdrawal(
    withdrawal_id: int, pieces: Mapping[int, int], *, to_credit: bool = False, why: str = "", by: Actor
) -> int:
    """Accept a statement: its pieces become a return, goods first where its policy says so, with nothing kept of the
    price; the return's id. Accepted before, it answers the same.

    `to_credit`: its money becomes credit, which the customer has to have agreed to expressly (Directive 2011/83/EU,
    article 13(1)); otherwise it goes back the way it came.

    Raises Refused where it matches no order, was refused, or is late or of exempt goods and no reason is given.
    """
    _check_words(why)
    with transaction():
        statement, order = _locked(withdrawal_id)
        if statement.return_id is not None:
            return statement.return_id
        _require_open(statement)
        judged = _judged(statement)
        is_due = all(
            judged[line_id].in_time and judged[line_id].exemption is None
            for line_id, count in pieces.items()
            if count and line_id in judged
        )
        if not is_due and not why:
            raise Refused(_("Say why."), field="why")
        of = returnable(order.id, at=clock.now())
        asked = Asked(pieces, WITHDRAWAL, statement.text, to_credit=to_credit)
        weighed = weigh(of, asked)
        request = write_request(order, of, weighed, asked, key=f"withdrawal-{statement.id}")
        claim_pieces(order, request, weighed)
        keep_words(request, why, kind=ReturnNoteKind.STAFF)
        ground = Ground.WITHDRAWAL if is_due else Ground.OVERRIDE
        facts = {**facts_of(of, weighed), "withdrawal": _facts(statement, judged)}
        keep_decision(request, Verdict.APPROVED, ground, facts=facts, by=by)
        write_down("return.approved", order, request, by=by, code=ground, more={"why": why})
        _decided(statement, WithdrawalState.ACCEPTED, judged, remark=why, by=by)
        statement.return_id = request.id
        _record("withdrawal.accepted", statement.id, order.id, by=by)
        if weighed.goods_first:
            await_goods(order, request)
        else:
            grant(order, request, by=by)
        return request.id


def refuse_withdrawal(withdrawal_id: int, *, why: str, by: Actor) -> None:
    """Say that a statement has no effect, with an explanation that its sender reads: it came too late, or matches no
    order. Refused before, it changes nothing. Raises Refused where it was accepted, or nothing is explained."""
    if not why:
        raise Refused(_("Say why."), field="why")
    _check_words(why)
    with transaction():
        statement = _of_id_with_order(withdrawal_id)
        if statement.state == WithdrawalState.REFUSED:
            return
        _require_open(statement)
        judged = _judged(statement) if statement.order_id is not None else {}
        _decided(statement, WithdrawalState.REFUSED, judged, told=why, by=by)
        _record("withdrawal.refused", statement.id, statement.order_id, by=by)
        facts = {"withdrawal_id": statement.id}
        subject = f"withdrawal:{statement.id}"
        mail.owe("withdrawal_refused", subject=subject, recipient=statement.email, facts=facts)


def _decided(
    statement: Withdrawal,
    state: WithdrawalState,
    judged: Mapping[int, WithdrawalDecision],
    *,
    by: Actor,
    told: str | None = None,
    remark: str | None = None,
) -> None:
    states.advance(statement, state)
    statement.decided_at = clock.now()
    statement.actor_kind, statement.actor_id = by[0], None if by[1] is None else str(by[1])
    statement.told, statement.remark = told or None, remark or None
    statement.facts = _facts(statement, judged)
    statement.policy_version_id = next((each.version for each in judged.values()), None)


def _judged(statement: Withdrawal) -> dict[int, WithdrawalDecision]:
    record = order_record(statement.order_id or 0)
    policy = policy_by_id(record.order.policy_version_id)
    return assessed(record, policy=policy, at=statement.received_at)


def _facts(statement: Withdrawal, judged: Mapping[int, WithdrawalDecision]) -> dict[str, Any]:
    """What was decided on: ids, codes and days."""
    return {
        "received_at": statement.received_at.isoformat(),
        "lines": [
            {
                "line": line_id,
                "in_time": each.in_time,
                "rule": str(each.rule),
                "ends_on": each.ends_on.isoformat() if each.ends_on else None,
                "exemption": str(each.exemption) if each.exemption else None,
                "days": each.days,
            }
            for line_id, each in sorted(judged.items())
        ],
    }


def _require_open(statement: Withdrawal) -> None:
    if statement.state == WithdrawalState.ACCEPTED:
        raise Refused(_("This withdrawal was accepted before."))
    if statement.state == WithdrawalState.REFUSED:
        raise Refused(_("This withdrawal was refused before."))


def _check_words(why: str) -> None:
    if len(why) > LONGEST_WORDS:
        raise Refused(_("A reason has at most %(most)s characters.", most=LONGEST_WORDS), field="why")


def _locked(withdrawal_id: int) -> tuple[Withdrawal, Order]:
    """The statement and its order, in the order of locks. Raises Refused where it matches none."""
    statement = _of_id_with_order(withdrawal_id)
    if statement.order_id is None:
        raise Refused(_("Say first which order it is about."), field="number")
    return statement, lock_order(statement.order_id)


def _of_id_with_order(withdrawal_id: int) -> Withdrawal:
    order_id = None
    if 0 < withdrawal_id < 2**63:
        order_id = session().scalar(sa.select(Withdrawal.order_id).where(Withdrawal.id == withdrawal_id))
    if order_id is not None:
        lock_order(order_id)
    return _of_id(withdrawal_id)


def _of_id(withdrawal_id: int) -> Withdrawal:
    found: Withdrawal | None = lock(Withdrawal, withdrawal_id) if 0 < withdrawal_id < 2**63 else None
    if found is None:
        raise NotFound()
    return found


def _record(verb: str, withdrawal_id: int, order_id: int | None, *, by: Actor) -> None:
    subject = ("withdrawal", withdrawal_id) if order_id is None else ("order", order_id)
    audit.record(verb, subject=subject, actor=by, detail={"withdrawal": (None, f"W{withdrawal_id}")})
