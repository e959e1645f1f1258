"""The demo shop's discounts: one that holds by itself, one by a code that new readers get, and one that is over.

Knows what they are; refuses to know who used them: the year plays it.
"""

from datetime import datetime, timedelta
from random import Random

import sqlalchemy as sa

from storefront import clock
from storefront.config import settings
from storefront.database import release, session
from storefront.money import Money
from storefront.pricing.actions import Actor, DiscountFacts, make_discount
from storefront.pricing.lines import chargeable
from storefront.pricing.models import Discount, DiscountKind

WELCOME = "WELCOME10"
# Which part of the orders is placed with the code.
_USES_IT = 0.12


def make(*, since: datetime, by: Actor) -> None:
    """Make them as they were a year ago, in a shop without any."""
    known = session().scalar(sa.select(sa.func.count()).select_from(Discount))
    release()
    if known:
        return
    first = since.astimezone(settings().timezone).date()
    from_minor = chargeable(Money(9000, settings().currency)).minor
    with clock.frozen(since):
        for facts in (
            DiscountFacts(
                code="",
                title="Five per cent on larger baskets",
                kind=DiscountKind.PERCENT,
                basis_points=500,
                minimum_minor=from_minor,
            ),
            DiscountFacts(
                code=WELCOME,
                title="Welcome",
                kind=DiscountKind.PERCENT,
                basis_points=1000,
                person_limit=1,
            ),
            DiscountFacts(
                code="SPRING",
                title="Spring weeks",
                kind=DiscountKind.PERCENT,
                basis_points=1500,
                from_on=first,
                until_on=first + timedelta(days=21),
                total_limit=50,
            ),
        ):
            make_discount(facts, by=by)


def code_of(chance: Random) -> str:
    """The code that a shopper typed, if any."""
    return WELCOME if chance.random() < _USES_IT else ""
