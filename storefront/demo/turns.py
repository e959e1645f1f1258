"""How many orders of the demo go through which story, and how old they are.

Knows counts and ages; refuses to know what happens in a story.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from storefront.demo.sale import Sale, Story
from storefront.demo.stories import (
    asked_too_late,
    bought_cards,
    cancelled_by_staff,
    debit_refused,
    declined,
    delivered,
    dispute_lost,
    dispute_won,
    disputed,
    in_review,
    in_two_parcels,
    never_paid,
    paid_by_card,
    paid_days_later,
    refunded_at_stripe,
    refunded_in_part,
    refunded_whole,
    return_arrived,
    return_on_its_way,
    return_paid_back,
    sent_back_by_the_bank,
    withdrawn_in_time,
    withdrawn_too_late,
)


class CreditPart(Enum):
    """What gift cards have to do with an order: nothing, it buys one, or one pays for it."""

    NONE = auto()
    BUYS = auto()
    PAYS = auto()


@dataclass(frozen=True, slots=True)
class Turn:
    """So many orders of one story, between `least` and `most` days old."""

    story: Callable[[Sale], Story]
    count: int
    least: float = 0.2
    most: float = 364.0
    credit: CreditPart = CreditPart.NONE


TURNS = (
    Turn(delivered, 30, least=0.1, most=6.0),
    Turn(in_two_parcels, 9, least=1.0),
    Turn(refunded_in_part, 14, least=16.0),
    Turn(refunded_whole, 9, least=28.0),
    Turn(sent_back_by_the_bank, 2, least=25.0, most=60.0),
    Turn(refunded_at_stripe, 3, least=14.0),
    Turn(cancelled_by_staff, 7, least=1.0),
    Turn(never_paid, 16, least=0.3),
    Turn(never_paid, 2, least=0.01, most=0.02),
    Turn(paid_days_later, 3, least=14.0),
    Turn(paid_days_later, 2, least=0.5, most=2.0),
    Turn(debit_refused, 2, least=8.0),
    Turn(disputed, 2, least=33.0, most=45.0),
    Turn(dispute_won, 2, least=65.0),
    Turn(dispute_lost, 2, least=65.0),
    Turn(in_review, 2, least=0.3, most=3.0),
    Turn(return_on_its_way, 2, least=9.5, most=12.0),
    Turn(return_arrived, 1, least=14.5, most=18.0),
    Turn(return_paid_back, 3, least=20.0),
    Turn(asked_too_late, 1, least=72.5, most=76.0),
    Turn(declined, 1, least=80.0, most=120.0),
    Turn(withdrawn_in_time, 1, least=9.5, most=12.0),
    Turn(withdrawn_too_late, 1, least=37.5, most=42.0),
    Turn(bought_cards, 1, least=120.0, most=180.0, credit=CreditPart.BUYS),
    Turn(bought_cards, 1, least=5.0, most=20.0, credit=CreditPart.BUYS),
    Turn(paid_by_card, 1, least=30.0, most=60.0, credit=CreditPart.PAYS),
)
