"""Which lines the money-back guarantee covers, to the last minute of the last day."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from storefront.policies.document import PolicyDocument
from storefront.policies.parts import Condition, Start
from storefront.policies.rules import Decision, MoneyBackFacts, Rule, money_back
from tests.policies.documents import a_document

BERLIN = ZoneInfo("Europe/Berlin")
# 10 in the morning of 1 June 2026 in Berlin.
DELIVERED = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
ARRIVED = MoneyBackFacts(product="tea", delivered_at=DELIVERED)


def decided(
    document: PolicyDocument, *, line: MoneyBackFacts = ARRIVED, at: datetime, zone: ZoneInfo = BERLIN
) -> Decision:
    """The decision under version 7."""
    return money_back(document, version=7, line=line, at=at, zone=zone)


@pytest.mark.parametrize("window_days", [1, 14, 30, 60, 3650])
def test_the_last_day_is_covered_to_its_end_and_the_next_is_not(window_days: int) -> None:
    document = a_document(window_days=window_days)
    last = date(2026, 6, 1) + timedelta(days=window_days)
    midnight = datetime(last.year, last.month, last.day, tzinfo=BERLIN) + timedelta(days=1)

    moments = [midnight - timedelta(days=1), midnight - timedelta(microseconds=1), midnight]
    found = [decided(document, at=at) for at in moments]

    assert [each.allowed for each in found] == [True, True, False]
    assert [each.rule for each in found] == [Rule.WITHIN_WINDOW, Rule.WITHIN_WINDOW, Rule.WINDOW_OVER]
    assert {each.ends_on for each in found} == {last}


def test_changing_60_days_to_30_changes_the_decision_and_an_old_order_keeps_its_60() -> None:
    old, new = a_document(window_days=60), a_document(window_days=30)
    day_31 = DELIVERED + timedelta(days=31)

    assert decided(new, at=DELIVERED + timedelta(days=30)).allowed
    assert not decided(new, at=day_31).allowed
    assert decided(old, at=day_31).allowed


@pytest.mark.parametrize(
    ("zone", "delivered", "days", "end"),
    [
        # The night in which Berlin goes back to winter time has 25 hours, that to summer time 23.
        ("Europe/Berlin", datetime(2026, 10, 24, 12, tzinfo=UTC), 1, datetime(2026, 10, 25, 23, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 3, 28, 12, tzinfo=UTC), 1, datetime(2026, 3, 29, 22, tzinfo=UTC)),
        # Midnight of 29 March 2026 does not exist in Beirut: the clock goes from 24:00 to 1:00.
        ("Asia/Beirut", datetime(2026, 3, 27, 12, tzinfo=UTC), 1, datetime(2026, 3, 28, 22, tzinfo=UTC)),
        # 23:30 UTC is the next day in Berlin and still the same in New York.
        ("Europe/Berlin", datetime(2026, 6, 1, 23, 30, tzinfo=UTC), 1, datetime(2026, 6, 3, 22, tzinfo=UTC)),
        (
            "America/New_York",
            datetime(2026, 6, 1, 23, 30, tzinfo=UTC),
            1,
            datetime(2026, 6, 3, 4, tzinfo=UTC),
        ),
    ],
)
def test_days_are_counted_in_the_zone_of_the_shop(
    zone: str, delivered: datetime, days: int, end: datetime
) -> None:
    line, document = MoneyBackFacts(delivered_at=delivered), a_document(window_days=days)

    before = decided(document, line=line, at=end - timedelta(microseconds=1), zone=ZoneInfo(zone))
    after = decided(document, line=line, at=end, zone=ZoneInfo(zone))

    assert (before.allowed, after.allowed) == (True, False)


@pytest.mark.parametrize("starts", Start)
def test_the_window_is_counted_from_the_declared_event(starts: Start) -> None:
    line = MoneyBackFacts(
        paid_at=DELIVERED,
        shipped_at=DELIVERED + timedelta(days=1),
        delivered_at=DELIVERED + timedelta(days=3),
    )

    found = decided(a_document(window_days=30, starts=starts), line=line, at=DELIVERED)

    last_days = {Start.PAID: 1, Start.SHIPPED: 2, Start.DELIVERED: 4}
    assert found.ends_on == date(2026, 7, last_days[starts])


@pytest.mark.parametrize("starts", Start)
def test_until_the_event_is_recorded_a_line_is_covered(starts: Start) -> None:
    years_later = DELIVERED + timedelta(days=2000)

    found = decided(a_document(starts=starts), line=MoneyBackFacts(), at=years_later)

    assert (found.allowed, found.rule, found.ends_on) == (True, Rule.NOT_STARTED, None)


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        (MoneyBackFacts(product="gift-card"), Rule.EXCLUDED),
        (MoneyBackFacts(is_gift_card=True), Rule.GIFT_CARD),
        (MoneyBackFacts(product="tea", collections=frozenset({"teas", "sale"})), Rule.EXCLUDED),
        (MoneyBackFacts(product="tea", collections=frozenset({"teas"})), Rule.NOT_STARTED),
        (MoneyBackFacts(product="tea", final_sale=True), Rule.FINAL_SALE),
    ],
)
def test_what_is_left_out_is_not_covered(line: MoneyBackFacts, rule: Rule) -> None:
    document = a_document(
        excluded_products=("gift-card",),
        excluded_collections=("sale",),
        conditions=(Condition.NOT_FINAL_SALE,),
    )

    found = decided(document, line=line, at=DELIVERED)

    assert (found.rule, found.allowed) == (rule, rule is Rule.NOT_STARTED)


def test_final_sale_matters_only_where_the_policy_says_so() -> None:
    assert decided(a_document(), line=replace(ARRIVED, final_sale=True), at=DELIVERED).allowed


def test_a_window_of_no_days_offers_no_guarantee() -> None:
    found = decided(a_document(window_days=0), at=DELIVERED)

    assert (found.allowed, found.rule) == (False, Rule.NOT_OFFERED)


def test_a_decision_names_its_version_and_explains_itself_with_dates() -> None:
    document = a_document(window_days=30)

    within = decided(document, at=DELIVERED)
    over = decided(document, at=DELIVERED + timedelta(days=31))
    waiting = decided(document, line=MoneyBackFacts(), at=DELIVERED)

    assert within.version == 7
    assert within.explanation == (
        "Covered: 30 days money back, counted from delivery, until Wednesday, July 1, 2026."
    )
    assert over.explanation == (
        "Not covered: the 30 days, counted from delivery, ended on Wednesday, July 1, 2026."
    )
    assert waiting.explanation == (
        "Covered: 30 days money back, counted from delivery, which is still to come."
    )


@pytest.mark.parametrize("rule", Rule)
def test_every_rule_has_its_sentence(rule: Rule) -> None:
    found = Decision(True, rule, date(2026, 7, 1), version=1, window_days=30, starts=Start.PAID)

    assert found.explanation.endswith(".")
