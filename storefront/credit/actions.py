"""What staff do about credit: give it, put it right, close it, and send a lost code anew. Each acts once per form.

Knows amounts, limits and reasons; refuses to know customers and orders but as ids.
"""

import re
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import audit, clock, mail
from storefront.config import settings
from storefront.credit.models import CreditAccount, CreditCause, CreditEntry, CreditKind
from storefront.credit.steps import Card, Why, open_card, pay_in, store_credit_of, take_out
from storefront.database import lock, savepoint, session, transaction
from storefront.errors import NotFound, Refused
from storefront.mail.rendering import is_address
from storefront.money import Money
from storefront.web.text import money_text

Actor = tuple[str, object | None]

LONGEST_WHY = 1000
GIVEN_MAIL = "gift_card_given"
_KEY = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Said:
    """What staff say of what they do: why, and the key of the form, by which it happens once."""

    why: str
    form_key: str

    def check(self) -> None:
        """Raises Refused where nothing is said, or the form is not ours."""
        if not self.why:
            raise Refused(_("Say why."), field="why")
        if len(self.why) > LONGEST_WHY:
            raise Refused(_("A reason has at most %(most)s characters.", most=LONGEST_WHY), field="why")
        if not _KEY.fullmatch(self.form_key):
            raise Refused(_("This form is not whole: open the page again."))


def give_card(amount: Money, *, to: str, said: Said, by: Actor) -> str:
    """Open a gift card and write its code to `to`; its id. The same form again is the same card. Raises Refused."""
    said.check()
    _check_amount(amount)
    if not is_address(to):
        raise Refused(_("Please enter an e-mail address."), field="email")
    account_id = f"crd_{said.form_key}"
    with transaction() as current:
        if current.get(CreditAccount, account_id) is not None:
            return account_id
        try:
            with savepoint():
                card = open_card(amount, Why(CreditCause.GRANTED), account_id=account_id, email=to)
        except sa.exc.IntegrityError:
            # The same form, sent twice at once: the other was quicker.
            return account_id
        _write_to(card, amount, to)
        _record("credit.given", account_id, amount, said, by)
    return account_id


def give_store_credit(customer_id: int, amount: Money, *, said: Said, by: Actor) -> str:
    """Add to a customer's store credit, once for each form; its id. Raises Refused."""
    said.check()
    _check_amount(amount)
    with transaction():
        # Another id than a gift card's from the same form.
        account_id = store_credit_of(customer_id, amount.currency, account_id=f"crs_{said.form_key}")
        if account_id is None:
            raise Refused(_("Their store credit is closed: open it again first."))
        if pay_in(account_id, amount, Why(CreditCause.GRANTED, reference=f"form:{said.form_key}")):
            _record("credit.given", account_id, amount, said, by)
    return account_id


def adjust(account_id: str, amount: Money, *, said: Said, by: Actor) -> bool:
    """Add to a balance, or take from it what is there (`amount` below zero); False where this form was taken before.
    Raises NotFound and Refused."""
    said.check()
    why = Why(CreditCause.ADJUSTED, reference=f"form:{said.form_key}")
    with transaction():
        account = _locked(account_id)
        if _was_entered(account_id, why):
            return False
        if not amount or amount.currency != account.currency:
            raise Refused(_("Enter an amount, with − before it to take it away."), field="amount")
        _check_alone(amount)
        if amount.minor > 0:
            pay_in(account_id, amount, why)
        elif not take_out(account_id, -amount, why):
            raise _too_little(account)
        _record("credit.adjusted", account_id, amount, said, by)
    return True


def close(account_id: str, *, said: Said, by: Actor) -> None:
    """Let nothing be spent from it any more; what is on it stays. May be run twice. Raises NotFound and Refused."""
    said.check()
    with transaction():
        account = _locked(account_id)
        if account.closed_at is None:
            account.closed_at = clock.now()
            _record("credit.closed", account_id, account.balance, said, by)


def open_again(account_id: str, *, said: Said, by: Actor) -> None:
    """Let it be spent from again. May be run twice. Raises NotFound and Refused."""
    said.check()
    with transaction():
        account = _locked(account_id)
        if account.replaced_by is not None:
            raise Refused(_("Another card has taken its place: its code was sent anew."))
        if account.closed_at is not None:
            account.closed_at = None
            _record("credit.opened", account_id, account.balance, said, by)


def send_anew(account_id: str, *, to: str, said: Said, by: Actor) -> str:
    """Close a card whose code was lost, and write the code of another with all that was left to `to`; the new card's
    id. The same form again leads to the same card. Raises NotFound and Refused."""
    said.check()
    if not is_address(to):
        raise Refused(_("Please enter an e-mail address."), field="email")
    new_id = f"crd_{said.form_key}"
    with transaction() as current:
        account = _locked(account_id)
        if current.get(CreditAccount, new_id) is not None:
            return new_id
        amount, why = account.balance, Why(CreditCause.ADJUSTED, reference=f"anew:{new_id}")
        if account.kind != CreditKind.GIFT_CARD:
            raise Refused(_("Store credit has no code: it is spent by whoever it belongs to, signed in."))
        _check_alone(amount)
        if not amount or not take_out(account_id, amount, why):
            raise Refused(_("Nothing can be taken over: the card is empty, or closed. Open it again first."))
        account.closed_at = clock.now()
        # The piece that was sold is the new card from now on.
        sold = {"order_line_id": account.order_line_id, "piece": account.piece}
        account.order_line_id = account.piece = None
        current.flush()
        card = open_card(amount, why, account_id=new_id, email=to, **sold)
        account.replaced_by = new_id
        _write_to(card, amount, to)
        _record("credit.sent_anew", account_id, amount, said, by, new_id=new_id)
    return new_id


def _locked(account_id: str) -> CreditAccount:
    account: CreditAccount | None = lock(CreditAccount, account_id)
    if account is None:
        raise NotFound()
    return account


def _was_entered(account_id: str, why: Why) -> bool:
    mine = sa.select(CreditEntry.id).where(
        CreditEntry.account_id == account_id,
        CreditEntry.cause == why.cause,
        CreditEntry.reference == why.reference,
    )
    return session().scalar(mine) is not None


def _check_amount(amount: Money) -> None:
    if amount.minor <= 0:
        raise Refused(_("Enter an amount above zero."), field="amount")
    _check_alone(amount)


def _check_alone(amount: Money) -> None:
    """What one person alone may refund of an order, they may give at once."""
    limit = settings().refund_alone_limit
    if limit is not None and limit.currency == amount.currency and abs(amount.minor) > limit.minor:
        raise Refused(
            _("One person alone may move %(limit)s at once, as with refunds.", limit=money_text(limit)),
            field="amount",
        )


def _too_little(account: CreditAccount) -> Refused:
    if account.closed_at is not None:
        return Refused(_("It is closed: open it again first."))
    return Refused(_("Only %(left)s are left.", left=money_text(account.balance)), field="amount")


def _write_to(card: Card, amount: Money, to: str) -> None:
    said = {"code": card.code, "amount_minor": amount.minor, "currency": amount.currency}
    mail.owe(GIVEN_MAIL, subject=f"credit:{card.account_id}", recipient=to, facts={"cards": [said]})


def _record(verb: str, account_id: str, amount: Money, said: Said, by: Actor, *, new_id: str = "") -> None:
    detail: dict[str, tuple[object | None, object | None]] = {
        "amount": (None, f"{amount.decimal} {amount.currency}"),
        "why": (None, said.why),
    }
    if new_id:
        detail["account"] = (account_id, new_id)
    audit.record(verb, subject=("credit", account_id), actor=by, detail=detail)
