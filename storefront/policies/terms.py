"""The terms an order is sold under, as lines for checkout, order page and mail.

Knows what belongs to one order; refuses to know the order.
"""

from collections.abc import Iterable, Iterator
from enum import Enum, auto
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from storefront.policies import words
from storefront.policies.document import PolicyDocument
from storefront.policies.parts import MoneyBack, Support
from storefront.policies.rules import MoneyBackFacts, Rule, window_ends_on
from storefront.policies.statutory import Withdrawal

NOTHING_YET = MoneyBackFacts()


class GiftCards(Enum):
    """How much of an order is gift cards, which the guarantee leaves out."""

    NONE = auto()
    SOME = auto()
    ALL = auto()

    @classmethod
    def among(cls, lines: Iterable[bool]) -> "GiftCards":
        """Of lines, each given as whether it is one."""
        are = set(lines)
        return cls.NONE if True not in are else cls.SOME if False in are else cls.ALL


def terms(
    document: PolicyDocument,
    *,
    country: str,
    zone: ZoneInfo,
    method: str | None = None,
    events: MoneyBackFacts = NOTHING_YET,
    gift_cards: GiftCards = GiftCards.NONE,
) -> list[str]:
    """The promises to a buyer in `country`, a sentence each, with dates (in `zone`) once `events` tell them.

    `method` is the code of the chosen shipping method; None leaves delivery out.
    """
    return [
        *_delivery(document, country=country, method=method),
        *_money_back(document.money_back, events=events, zone=zone, gift_cards=gift_cards),
        *_withdrawal(document.withdrawal, country=country, events=events, zone=zone),
        *_support(document.support),
    ]


def _delivery(document: PolicyDocument, *, country: str, method: str | None) -> Iterator[str]:
    found = document.zone_for(country)
    for each in found.methods if found else ():
        if each.code == method:
            days = words.working_days(each.days_min, each.days_max)
            place = words.country(country)
            yield _(
                "%(method)s shipping to %(country)s: %(days)s.", method=each.name, country=place, days=days
            )


def _money_back(
    promise: MoneyBack, *, events: MoneyBackFacts, zone: ZoneInfo, gift_cards: GiftCards
) -> Iterator[str]:
    if promise.is_offered and gift_cards is not GiftCards.NONE:
        yield words.decision(Rule.GIFT_CARD, window_days=0, starts=promise.starts, ends_on=None)
    if not promise.is_offered or gift_cards is GiftCards.ALL:
        return
    yield words.window(promise, ends_on=window_ends_on(promise, line=events, zone=zone))
    yield from words.conditions(promise)
    if promise.excluded_products or promise.excluded_collections:
        yield _("Some goods are excluded; the money-back terms name them.")
    yield words.postage(promise.return_postage)
    yield words.repayment(promise)
    if promise.restocking_percent:
        yield words.restocking(promise)


def _withdrawal(right: Withdrawal, *, country: str, events: MoneyBackFacts, zone: ZoneInfo) -> Iterator[str]:
    if country not in right.countries:
        return
    if events.delivered_at is None:
        yield words.right(right)
    else:
        yield words.right_until(right.ends_on(events.delivered_at.astimezone(zone).date()))


def _support(support: Support) -> Iterator[str]:
    reply = words.reply(support)
    if reply and support.email:
        yield _("Questions: %(email)s. %(reply)s.", email=support.email, reply=reply)
    elif support.email:
        yield _("Questions: %(email)s.", email=support.email)
