"""Money that went back at Stripe though it was not owed: named until somebody takes it out of credit, or accepts it.

Knows what of which refund it is and where it can be had again; refuses to undo anything at Stripe.
"""

from collections.abc import Iterator, Set

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import audit, clock
from storefront.credit.models import CreditAccount, CreditCause, CreditEntry
from storefront.credit.steps import Why, take_out
from storefront.database import lock, release, require_transaction, session, transaction
from storefront.errors import NotFound, Refused
from storefront.money import Money
from storefront.orders.models import Order, OrderLine, number_of_id
from storefront.orders.money_back import Actor
from storefront.orders.refund import RESERVED, Refund
from storefront.orders.steps import lock_order
from storefront.orders.tenders import EXCESS
from storefront.refunds.models import NoteKind
from storefront.refunds.records import not_owed
from storefront.refunds.steps import keep_note
from storefront.web.text import money_text

LONGEST_WHY = 1000


def what_was_not_owed() -> list[str]:
    """A sentence for each of them: what went back, of which order, and what can be done."""
    rows = session().scalars(sa.select(Refund).where(Refund.id.in_(not_owed())).order_by(Refund.id)).all()
    said = [
        _("Order %(number)s: %(what)s", number=number_of_id(each.order_id), what=" ".join(sentences(each)))
        for each in rows
    ]
    release()
    return said


def sentences(refund: Refund) -> Iterator[str]:
    """What of a refund was not owed, and what staff can do about it; nothing where somebody has seen to it."""
    if refund.is_unseen and refund.excess:
        yield _(
            "%(amount)s went back at Stripe though it had gone back before, as credit or otherwise: take it out of "
            "that credit again, or accept it.",
            amount=money_text(refund.excess),
        )
    if refund.is_unseen and refund.spent:
        yield _(
            "%(amount)s went back at Stripe for gift cards of which it is spent: take it off the order’s cards as "
            "far as it is there, or accept it.",
            amount=money_text(refund.spent),
        )


def accept_excess(refund_id: str, *, why: str, by: Actor) -> None:
    """Leave with the shopper what was not owed; nobody is told of it again. Accepted before, it changes nothing.

    Raises NotFound, and Refused where all of it was owed, or no reason is given.
    """
    _check_why(why)
    with transaction():
        refund, order = _locked(refund_id)
        if refund.seen_at is not None:
            return
        _require_unseen(refund)
        amount = refund.excess + refund.spent
        refund.seen_at = clock.now()
        keep_note(refund, why, kind=NoteKind.SET_ASIDE)
        _record("refund.accepted", order, refund, amount, why=why, by=by)


def take_excess_back(refund_id: str, *, why: str, by: Actor) -> Money:
    """Take what was not owed out of the credit that the order's refunds gave, and off the cards it sold, as far as it
    is there; how much that was. Taken back before, it changes nothing.

    Raises NotFound, and Refused where nothing of it is there any more, or no reason is given.
    """
    _check_why(why)
    with transaction():
        refund, order = _locked(refund_id)
        if not (refund.excess or refund.spent):
            return Money.zero(refund.currency)
        _require_unseen(refund)
        given, sold = _given(order), _sold(order)
        _lock_accounts(given.keys() | sold.keys())
        of_credit = _taken(refund, given, refund.excess, CreditCause.ADJUSTED)
        of_cards = _taken(refund, sold, refund.spent, CreditCause.TAKEN_BACK)
        taken = of_credit + of_cards
        if not taken:
            raise Refused(
                _("Nothing of it is there any more: it was spent, or its account is closed. Accept it.")
            )
        refund.regained_minor += of_credit.minor
        refund.spent_minor -= of_cards.minor
        keep_note(refund, why, kind=NoteKind.SET_ASIDE)
        _record("refund.regained", order, refund, taken, why=why, by=by)
        return taken


def _lock_accounts(ids: Set[str]) -> None:
    """All of them by their ids, as whoever spends of them: else both might wait for one another."""
    mine = sa.select(CreditAccount.id).where(CreditAccount.id.in_(ids)).order_by(CreditAccount.id)
    require_transaction().execute(mine.with_for_update()).all()


def _taken(refund: Refund, accounts: dict[str, int], amount: Money, cause: CreditCause) -> Money:
    """Take up to `amount` out of accounts, of each no more than is said; what it came to."""
    taken = Money.zero(amount.currency)
    if not amount or not accounts:
        return taken
    # Each time under another reference: what was not there today may be there later.
    reference = f"{EXCESS}{refund.id}:{refund.excess_minor - refund.regained_minor + refund.spent_minor}"
    why = Why(cause, order_id=refund.order_id, refund_id=refund.id, reference=reference)
    open_ones = sa.select(CreditAccount.id, CreditAccount.balance_minor).where(
        CreditAccount.id.in_(list(accounts)), CreditAccount.closed_at.is_(None)
    )
    rows = require_transaction().execute(open_ones.order_by(CreditAccount.id)).all()
    for account_id, balance in rows:
        most = min(balance, accounts[account_id], (amount - taken).minor)
        part = Money(max(0, most), amount.currency)
        if part and take_out(account_id, part, why):
            taken += part
    return taken


def _given(order: Order) -> dict[str, int]:
    """What the order's refunds gave as credit and nobody took again, by the account where it is now."""
    moved = sa.select(CreditEntry.account_id, sa.func.sum(CreditEntry.amount_minor)).where(
        CreditEntry.order_id == order.id,
        sa.or_(
            CreditEntry.cause == CreditCause.REFUNDED,
            sa.and_(CreditEntry.cause == CreditCause.ADJUSTED, CreditEntry.reference.startswith(EXCESS)),
        ),
    )
    found: dict[str, int] = {}
    for account_id, minor in require_transaction().execute(moved.group_by(CreditEntry.account_id)).all():
        here = _successor(account_id)
        found[here] = found.get(here, 0) + int(minor)
    return found


def _successor(account_id: str) -> str:
    """The card that took the place of one whose code was lost."""
    following: str | None = account_id
    while following is not None:
        account_id = following
        following = session().scalar(
            sa.select(CreditAccount.replaced_by).where(CreditAccount.id == account_id)
        )
    return account_id


def _sold(order: Order) -> dict[str, int]:
    """The cards that the order sold, and the price of each."""
    cards = (
        sa.select(CreditAccount.id, OrderLine.unit_minor)
        .join(OrderLine, OrderLine.id == CreditAccount.order_line_id)
        .where(OrderLine.order_id == order.id)
    )
    return {account_id: int(minor) for account_id, minor in require_transaction().execute(cards)}


def _require_unseen(refund: Refund) -> None:
    if not refund.is_unseen or refund.state not in RESERVED:
        raise Refused(_("All of this refund was owed, or somebody has seen to it."))


def _check_why(why: str) -> None:
    if not why:
        raise Refused(_("Say why."), field="why")
    if len(why) > LONGEST_WHY:
        raise Refused(_("A reason has at most %(most)s characters.", most=LONGEST_WHY), field="why")


def _record(verb: str, order: Order, refund: Refund, amount: Money, *, why: str, by: Actor) -> None:
    detail = {
        "refund": (None, refund.id),
        "amount": (None, f"{amount.decimal} {amount.currency}"),
        "why": (None, why),
    }
    audit.record(verb, subject=("order", order.id), actor=by, code=refund.reason, detail=detail)


def _locked(refund_id: str) -> tuple[Refund, Order]:
    order_id = session().scalar(sa.select(Refund.order_id).where(Refund.id == refund_id))
    if order_id is None:
        raise NotFound()
    order = lock_order(order_id)
    return lock(Refund, refund_id), order
