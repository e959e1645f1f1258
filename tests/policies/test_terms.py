"""The terms of an order say what was promised, with dates as soon as they are known."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from storefront.policies.parts import Condition, Payer, Support
from storefront.policies.rules import MoneyBackFacts
from storefront.policies.terms import GiftCards, terms
from tests.policies.documents import a_document, a_zone

BERLIN = ZoneInfo("Europe/Berlin")
RIGHT = "You may withdraw from your order within 14 days of its arrival, without giving a reason."


def test_the_default_terms_in_full() -> None:
    document = a_document()

    lines = terms(document, country="DE", zone=BERLIN, method="standard")

    assert lines == [
        "Standard shipping to Germany: 2 to 5 working days.",
        "60 days money back, counted from delivery.",
        "For any reason.",
        "You pay the return postage.",
        "We pay you back once the goods have come back to us.",
        RIGHT,
    ]


def test_the_guarantee_of_an_order_with_gift_cards_leaves_them_out() -> None:
    some = terms(a_document(), country="DE", zone=BERLIN, gift_cards=GiftCards.SOME)
    alone = terms(a_document(), country="DE", zone=BERLIN, gift_cards=GiftCards.ALL)

    without = terms(a_document(), country="DE", zone=BERLIN)
    assert some == ["Gift cards are not part of the money-back guarantee.", *without]
    assert alone == ["Gift cards are not part of the money-back guarantee.", RIGHT]


def test_terms_of_30_days_say_30() -> None:
    lines = terms(a_document(window_days=30), country="DE", zone=BERLIN)

    assert lines[0] == "30 days money back, counted from delivery."


def test_the_last_day_is_named_once_it_is_known_in_the_zone_of_the_shop() -> None:
    # Half past midnight on 2 June in Berlin.
    delivered = MoneyBackFacts(delivered_at=datetime(2026, 6, 1, 22, 30, tzinfo=UTC))

    lines = terms(a_document(window_days=30), country="DE", zone=BERLIN, events=delivered)

    assert lines[0] == "30 days money back, counted from delivery: until Thursday, July 2, 2026."


def test_every_condition_exception_and_address_is_told() -> None:
    document = replace(
        a_document(
            a_zone("DE"),
            conditions=(Condition.UNUSED, Condition.ORIGINAL_PACKAGING),
            excluded_products=("gift-card",),
            return_postage=Payer.SHOP,
            goods_first=False,
        ),
        support=Support(email="help@shop.example", reply_within_hours=24),
    )

    lines = terms(document, country="DE", zone=BERLIN)

    assert lines[1:] == [
        "The goods are unused.",
        "The goods are in their original packaging.",
        "Some goods are excluded; the money-back terms name them.",
        "We pay the return postage.",
        "We pay you back as soon as your return is approved.",
        RIGHT,
        "Questions: help@shop.example. We answer within 24 hours.",
    ]


def test_without_a_guarantee_none_is_mentioned_and_the_law_still_is() -> None:
    assert terms(a_document(window_days=0), country="DE", zone=BERLIN) == [RIGHT]


def test_the_right_of_withdrawal_is_told_where_it_holds_with_its_last_day_once_it_is_known() -> None:
    # Saturday, 6 June: fourteen days later is a Saturday too.
    delivered = MoneyBackFacts(delivered_at=datetime(2026, 6, 6, 10, tzinfo=UTC))

    known = terms(a_document(), country="DE", zone=BERLIN, events=delivered)
    elsewhere = terms(a_document(), country="US", zone=BERLIN, events=delivered)

    last = "You may withdraw from your order until Monday, June 22, 2026, without giving a reason."
    assert known[-1] == last
    assert not any("withdraw" in line for line in elsewhere)
