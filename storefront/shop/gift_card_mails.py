"""What our mails that bring gift cards say.

Knows how codes are written to whom they belong; refuses to send. A code stands in these mails and nowhere else.
"""

from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from storefront.config import settings
from storefront.credit.actions import GIVEN_MAIL
from storefront.mail.letters import letter
from storefront.mail.models import OutgoingMail
from storefront.mail.rendering import Letter, renders
from storefront.money import Money
from storefront.orders.issuing import GIFT_CARDS
from storefront.shop.frame import Link
from storefront.shop.letters import link_to, record_of


@dataclass(frozen=True, slots=True)
class CardWritten:
    """A gift card as its owner gets it."""

    code: str
    amount: Money


@renders(GIFT_CARDS)
def gift_cards(mail: OutgoingMail) -> Letter:
    """To the buyer, when the order that sold them is paid: every code with what is on it."""
    record = record_of(mail)
    cards = [_written(each) for each in mail.facts["cards"]]
    lead = ngettext(
        "This is the gift card of your order %(number)s. Keep it or give it away: who has the code spends it.",
        "These are the gift cards of your order %(number)s. Keep or give them away: who has a code spends it.",
        len(cards),
        number=record.order.number,
    )
    return codes_letter(cards, lead=lead, link=Link(_("See your order"), link_to(record)))


@renders(GIVEN_MAIL)
def gift_card_given(mail: OutgoingMail) -> Letter:
    """To whom staff give a card, or send its code anew."""
    cards = [_written(each) for each in mail.facts["cards"]]
    lead = _("This is a gift card for you. Keep it or give it away: who has the code spends it.")
    return codes_letter(cards, lead=lead, link=Link(_("To the shop"), url_for("shop.home", _external=True)))


def codes_letter(cards: list[CardWritten], *, lead: str, link: Link) -> Letter:
    """A letter with codes and how they are spent."""
    title = ngettext(
        "Your gift card for %(shop)s", "Your gift cards for %(shop)s", len(cards), shop=settings().shop_name
    )
    return letter(
        "mail/gift_cards",
        title=title,
        preheader=lead,
        lead=lead,
        cards=cards,
        paragraphs=[
            _(
                "Type the code at the checkout; capitals, spaces and dashes do not matter. It pays for goods, "
                "shipping and tax, as often as you like until nothing is left on it."
            ),
            _("Gift cards have no last day and cost nothing to keep."),
        ],
        link=link,
        demo=settings().is_sandbox,
    )


def _written(said: dict[str, Any]) -> CardWritten:
    return CardWritten(said["code"], Money(said["amount_minor"], said["currency"]))
