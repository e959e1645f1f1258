"""When a statement of withdrawal is in time, to the last minute of the last day, and what the shop may claim."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.errors import Refused
from storefront.money import Money
from storefront.policies import words
from storefront.policies.document import PolicyDocument, default_document
from storefront.policies.statutory import EU, ExemptGoods, Exemption, Withdrawal
from storefront.policies.withdrawal import WithdrawalDecision, WithdrawalFacts, WithdrawalRule, withdrawal
from tests.policies.documents import a_document

BERLIN = ZoneInfo("Europe/Berlin")


def a_right(**facts: object) -> PolicyDocument:
    """The default with these facts of the right of withdrawal."""
    return replace(a_document(), withdrawal=replace(Withdrawal(), **facts))  # type: ignore[arg-type]


def decided(
    document: PolicyDocument, *, at: datetime, country: str = "DE", zone: ZoneInfo = BERLIN, **line: object
) -> WithdrawalDecision:
    """The decision under version 7."""
    facts = WithdrawalFacts(**line)  # type: ignore[arg-type]
    return withdrawal(document, version=7, line=facts, country=country, at=at, zone=zone)


def noon(day: date) -> datetime:
    """An instant within a day in Berlin."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("days", "holidays", "delivered", "last"),
    [
        # 15 June 2026 is a Monday: fourteen days end on Monday the 29th.
        (14, (), date(2026, 6, 15), date(2026, 6, 29)),
        (14, (), date(2026, 6, 12), date(2026, 6, 26)),
        # A Saturday and a Sunday end with Monday.
        (14, (), date(2026, 6, 13), date(2026, 6, 29)),
        (14, (), date(2026, 6, 14), date(2026, 6, 29)),
        (30, (), date(2026, 6, 1), date(2026, 7, 1)),
        (14, ("12-25", "12-26"), date(2026, 12, 11), date(2026, 12, 28)),
        # Good Friday to Easter Monday 2026.
        (14, ("2026-04-03", "2026-04-06"), date(2026, 3, 20), date(2026, 4, 7)),
        (14, ("2027-04-03", "2027-04-06"), date(2026, 3, 20), date(2026, 4, 3)),
        (14, ("02-29",), date(2028, 2, 15), date(2028, 3, 1)),
    ],
)
def test_the_last_day_is_in_time_to_its_end_and_the_next_is_not(
    days: int, holidays: tuple[str, ...], delivered: date, last: date
) -> None:
    document = a_right(days=days, holidays=holidays)
    midnight = datetime(last.year, last.month, last.day, tzinfo=BERLIN) + timedelta(days=1)

    moments = [midnight - timedelta(days=1), midnight - timedelta(microseconds=1), midnight]
    found = [decided(document, at=at, delivered_at=noon(delivered)) for at in moments]

    assert [each.in_time for each in found] == [True, True, False]
    assert [each.rule for each in found] == [
        WithdrawalRule.WITHIN_PERIOD,
        WithdrawalRule.WITHIN_PERIOD,
        WithdrawalRule.PERIOD_OVER,
    ]
    assert {each.ends_on for each in found} == {last}


@pytest.mark.parametrize(
    ("zone", "last"),
    # 23:30 UTC on Monday the 15th is Tuesday in Berlin.
    [("Europe/Berlin", date(2026, 6, 30)), ("America/New_York", date(2026, 6, 29))],
)
def test_the_day_of_delivery_is_that_of_the_shops_zone(zone: str, last: date) -> None:
    delivered = datetime(2026, 6, 15, 23, 30, tzinfo=UTC)

    found = decided(a_right(), at=delivered, zone=ZoneInfo(zone), delivered_at=delivered)

    assert found.ends_on == last


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(14, 60))
def test_a_period_is_never_shortened_and_never_ends_on_a_day_of_rest(delivered: date, days: int) -> None:
    right = Withdrawal(days=days, holidays=("01-01", "05-01", "12-24", "12-25", "12-26"))

    last = right.ends_on(delivered)

    assert last >= delivered + timedelta(days=days)
    assert not right.is_day_of_rest(last)
    assert all(
        right.is_day_of_rest(last - timedelta(days=n)) for n in range(1, (last - delivered).days - days + 1)
    )


def test_before_delivery_everybody_is_in_time() -> None:
    found = decided(a_right(), at=noon(date(2036, 1, 1)))

    assert (found.in_time, found.rule, found.ends_on) == (True, WithdrawalRule.NOT_STARTED, None)


@pytest.mark.parametrize(("country", "in_time"), [("DE", True), ("FR", True), ("CH", False), ("US", False)])
def test_the_right_holds_where_it_is_declared(country: str, in_time: bool) -> None:
    at = noon(date(2026, 6, 15))

    found = decided(a_right(), at=at, country=country, delivered_at=at)

    assert found.in_time == in_time
    assert (found.rule is WithdrawalRule.NO_RIGHT) != in_time


@pytest.mark.parametrize(
    ("product", "collections", "claimed"),
    [
        ("kit", frozenset(), Exemption.PERISHABLE),
        ("oyster", frozenset({"fresh", "all"}), Exemption.PERISHABLE),
        ("cup", frozenset({"all"}), Exemption.MADE_TO_ORDER),
        ("tea", frozenset({"teas"}), None),
    ],
)
def test_an_exemption_is_claimed_for_its_goods_and_decides_nothing(
    product: str, collections: frozenset[str], claimed: Exemption | None
) -> None:
    document = a_right(
        exempt=(
            ExemptGoods(Exemption.PERISHABLE, ("kit",), ("fresh",)),
            ExemptGoods(Exemption.MADE_TO_ORDER, ("cup",)),
        )
    )
    at = noon(date(2026, 6, 15))

    found = decided(document, at=at, delivered_at=at, product=product, collections=collections)

    assert (found.exemption, found.in_time) == (claimed, True)


def test_no_guarantee_and_no_excluded_goods_limit_the_right() -> None:
    document = replace(a_document(window_days=0, excluded_products=("kit",)), withdrawal=Withdrawal())
    at = noon(date(2026, 6, 15))

    assert decided(document, at=at, delivered_at=at, product="kit").in_time


def test_a_decision_names_its_version_and_explains_itself_with_dates() -> None:
    document = a_right(exempt=(ExemptGoods(Exemption.PERISHABLE, ("kit",)),))
    delivered = noon(date(2026, 6, 15))

    within = decided(document, at=delivered, delivered_at=delivered, product="kit")
    over = decided(document, at=delivered + timedelta(days=15), delivered_at=delivered)
    waiting = decided(document, at=delivered)
    elsewhere = decided(document, at=delivered, country="US", product="kit")

    assert (within.version, within.days) == (7, 14)
    assert within.explanation == (
        "In time: the right of withdrawal lasts until Monday, June 29, 2026. "
        "The shop claims an exception: goods that spoil or expire quickly."
    )
    assert over.explanation == "Too late: the right of withdrawal ended on Monday, June 29, 2026."
    assert waiting.explanation == (
        "In time: the right of withdrawal ends 14 days after delivery, which is still to come."
    )
    assert elsewhere.explanation == "No right of withdrawal is declared for this country."


@pytest.mark.parametrize("exemption", Exemption)
@pytest.mark.parametrize("rule", WithdrawalRule)
def test_every_rule_and_every_exemption_has_its_words(rule: WithdrawalRule, exemption: Exemption) -> None:
    found = WithdrawalDecision(True, rule, date(2026, 7, 1), exemption, version=1, days=14)

    assert found.explanation.endswith(".")
    assert words.exemption(exemption)


def test_the_default_gives_the_right_in_the_27_states_of_the_union_and_waits_to_be_confirmed() -> None:
    right = default_document("EUR").withdrawal

    assert (right.days, len(set(right.countries)), right.is_confirmed) == (14, 27, False)
    assert {"DE", "FR", "HR"} <= set(right.countries)
    assert {"GB", "CH", "NO"}.isdisjoint(right.countries)


def test_a_document_written_before_the_right_existed_has_that_of_the_union_and_no_restocking_fee() -> None:
    written = json.loads(a_document().to_json())
    del written["withdrawal"], written["money_back"]["restocking_percent"]

    found = PolicyDocument.from_json(json.dumps(written))

    assert (found.withdrawal, found.money_back.restocking_percent) == (Withdrawal(), 0)


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (a_right(countries=("DE", "DE")), "a country is named twice"),
        (a_right(countries=("EU",)), "EU is not a country we know"),
        (a_right(days=0), "1 to 365 days"),
        (a_right(days=366), "1 to 365 days"),
        (a_right(days=13), "has 14 days at least"),
        (a_right(holidays=("25-12",)), "“25-12” is not a day"),
        (a_right(holidays=("2026-02-29",)), "“2026-02-29” is not a day"),
        (a_right(holidays=("",)), "is not a day"),
        (a_right(holidays=("2026-W01-1",)), "is not a day"),
        (a_right(holidays=("12-25",) * 501), "At most 500 holidays"),
        (
            a_right(holidays=tuple(f"{month:02}-{day:02}" for month in range(1, 8) for day in range(1, 29))),
            "Half the days of a year",
        ),
        (a_right(exempt=(ExemptGoods(Exemption.MIXED),) * 2), "named twice"),
        (a_right(exempt=(ExemptGoods(Exemption.MIXED, ("a\nb",)),)), "Exempt goods are named"),
        (a_document(restocking_percent=-1), "0 to 100 percent"),
        (a_document(restocking_percent=101), "0 to 100 percent"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(document: PolicyDocument, sentence: str) -> None:
    with pytest.raises(Refused) as refusal:
        document.check()

    assert sentence in refusal.value.message


@pytest.mark.parametrize(
    "facts", [{"days": 14}, {"days": 365}, {"countries": (), "days": 1}, {"countries": EU}]
)
def test_the_edges_of_what_makes_sense_are_taken(facts: dict[str, object]) -> None:
    a_right(**facts).check()


@pytest.mark.parametrize(
    ("percent", "price", "fee"),
    [
        (0, Money(1999, "EUR"), 0),
        (10, Money(1999, "EUR"), 199),
        (15, Money(333, "JPY"), 49),
        (100, Money(1999, "EUR"), 1999),
        # Three decimals are paid back in steps of ten.
        (10, Money(15_550, "KWD"), 1_550),
    ],
)
def test_the_restocking_fee_is_rounded_in_the_shoppers_favour(percent: int, price: Money, fee: int) -> None:
    promise = a_document(restocking_percent=percent).money_back

    assert promise.restocking_fee(price) == Money(fee, price.currency)
    assert bool(words.restocking(promise)) == bool(percent)
