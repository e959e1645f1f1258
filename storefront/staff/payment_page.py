"""A payment in review as it is printed: what came, what was asked, and what each decision would do.

Knows words and addresses; refuses to read anything: what is found is handed in.
"""

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from storefront.checkout.reviewed import ReviewedPayment
from storefront.money import Money
from storefront.web.text import moment_text, money_text


@dataclass(frozen=True, slots=True)
class PaymentShown:
    """A payment; `accept_button` is empty where it cannot be accepted, `obstacle` says why."""

    number: int
    url: str
    problem: str
    asked: Money
    came: Money
    left: Money
    email: str
    at: str
    is_open: bool
    obstacle: str | None
    accept_url: str
    accept_button: str
    accept_words: str
    return_url: str
    return_button: str
    at_stripe: str


def paid(found: ReviewedPayment) -> PaymentShown:
    """The payment as it is printed."""
    attempt, order = found.attempt, found.order
    surplus = found.surplus
    words = _("The order is paid: it can be packed, and the confirmation goes out.")
    if surplus is not None:
        words += " " + _("%(amount)s too much goes back.", amount=money_text(surplus))
    left = found.left if found.left.minor > 0 else None
    return PaymentShown(
        number=order.number,
        url=url_for("staff.payment", attempt_id=attempt.id),
        problem=_problem(attempt.problem),
        asked=found.asked,
        came=found.came,
        left=found.left,
        email=order.email,
        at=moment_text(attempt.ended_at or attempt.created_at),
        is_open=found.is_in_review,
        obstacle=found.obstacle,
        accept_url=url_for("staff.accept", attempt_id=attempt.id),
        accept_button="" if found.obstacle else _("Accept as paid"),
        accept_words=words,
        return_url=url_for("staff.give_back", attempt_id=attempt.id),
        return_button=_("Cancel the order; all has gone back")
        if left is None
        else _("Give back %(amount)s", amount=money_text(left)),
        at_stripe=attempt.payment_intent_id or "",
    )


def _problem(code: str | None) -> str:
    words = {
        "amount": _("Another amount than was asked"),
        "currency": _("Another currency than was asked"),
        "reference": _("It names another order"),
        "livemode": _("Test money where real money was asked, or the reverse"),
        "disputed": _("Too late or twice, and disputed, so that it could not go back by itself"),
    }
    return words.get(code or "", code or "")
