"""What gift cards and store credit pay of a cart's total.

Knows which accounts a cart may meet; refuses to take from one: that is done with the order.
"""

from collections.abc import Iterable, Mapping

from flask_babel import gettext as _

from storefront import money
from storefront.cart.contents import Cart
from storefront.cart.lines import QuoteLine
from storefront.config import settings
from storefront.credit.queries import Sought, funds
from storefront.credit.tender import Funds, Tender, shares
from storefront.money import Money
from storefront.payments.units import minimum_charge


def funds_for(cart: Cart, customer_id: int | None) -> tuple[Funds, ...]:
    """The accounts that may pay, a customer's store credit among them, by one statement; by none where the cart names
    no card and no customer pays."""
    if not cart.cards and customer_id is None:
        return ()
    return funds(Sought(cart.cards, settings().currency, cart.id, customer_id))


def tendered(cart: Cart, lines: Iterable[QuoteLine], total: Money, having: tuple[Funds, ...]) -> Tender:
    """How the total is paid. Gift cards are not bought with credit; what the customer saves is not spent."""
    cards_sold = money.total((line.total for line in lines if line.is_gift_card), total.currency)
    used = [each for each in having if each.is_card or not cart.saves_credit]
    paid = shares(total, cards_sold, used, least=minimum_charge(total.currency))
    return Tender(paid.parts, paid.rest, having)


def why_not_card(card: Funds) -> str:
    """Why a gift card pays nothing here, as a sentence; "" where it can."""
    if card.is_closed:
        return _("This gift card was closed. Please ask us about it.")
    if card.balance.currency != settings().currency:
        return _(
            "This gift card holds %(theirs)s; prices here are in %(ours)s.",
            theirs=card.balance.currency,
            ours=settings().currency,
        )
    if not card.balance:
        return _("Nothing is left on this gift card.")
    return ""


def payer_name(code_end: str) -> str:
    """“Gift card ending 3TRA”, or “Store credit” where there is no code."""
    return _("Gift card ending %(end)s", end=code_end) if code_end else _("Store credit")


def names(tender: Tender) -> Mapping[str, str]:
    """What the accounts of a tender are called, by id."""
    return {each.account_id: payer_name(each.code_end) for each in tender.funds}
