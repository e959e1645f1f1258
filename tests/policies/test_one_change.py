"""A promise is declared once: change 60 days to 30, and every place that shows or applies it follows."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from storefront.policies.badges import badges
from storefront.policies.document import PolicyDocument
from storefront.policies.pages import money_back_page
from storefront.policies.queries import Policy
from storefront.policies.rules import MoneyBackFacts, money_back
from storefront.policies.structured import merchant_return_policy
from storefront.policies.terms import terms
from tests.policies.documents import a_document

BERLIN = ZoneInfo("Europe/Berlin")
DELIVERED = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)


def is_covered(document: PolicyDocument, *, day: int) -> bool:
    """Whether a line delivered on 1 June may be sent back on the `day`th day after."""
    at, line = DELIVERED + timedelta(days=day), MoneyBackFacts(delivered_at=DELIVERED)
    return money_back(document, version=1, line=line, at=at, zone=BERLIN).allowed


@pytest.mark.parametrize("days", [60, 30])
def test_badge_page_machines_checkout_and_decision_follow_one_number(days: int) -> None:
    document = a_document(window_days=days)

    said = f"{days} days money back, counted from delivery."
    assert f"{days}-day money-back guarantee" in [each.title for each in badges(document)]
    assert money_back_page(Policy(1, document, DELIVERED), at=DELIVERED, zone=BERLIN).lead == said
    assert merchant_return_policy(document)["merchantReturnDays"] == days
    assert said in terms(document, country="DE", zone=BERLIN)
    assert [is_covered(document, day=day) for day in (days - 1, days, days + 1)] == [True, True, False]


@pytest.mark.parametrize(("percent", "said"), [(0, False), (15, True)])
def test_badge_page_machines_and_checkout_tell_the_restocking_fee(percent: int, said: bool) -> None:
    document = a_document(restocking_percent=percent)
    sentence = "We keep 15% of the price for restocking."

    page = money_back_page(Policy(1, document, DELIVERED), at=DELIVERED, zone=BERLIN)

    assert any(sentence in each.text for each in badges(document)) == said
    assert any(sentence in each.paragraphs for each in page.sections) == said
    assert ("restockingFee" in merchant_return_policy(document)) == said
    assert (sentence in terms(document, country="DE", zone=BERLIN)) == said
