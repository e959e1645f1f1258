"""The policy pages show the figures of the rules, with an example that the rules themselves worked out."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from storefront.policies.document import PolicyDocument
from storefront.policies.pages import PolicyPage, Section, money_back_page, shipping_page, withdrawal_page
from storefront.policies.parts import Basis
from storefront.policies.queries import Policy
from storefront.policies.statutory import ExemptGoods, Exemption, Withdrawal
from tests.policies.documents import a_document, a_method, a_zone

BERLIN = ZoneInfo("Europe/Berlin")
PUBLISHED = datetime(2026, 11, 2, 23, 30, tzinfo=UTC)
TODAY = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)


def shipping(document: PolicyDocument) -> PolicyPage:
    """The page on shipping under this document."""
    return shipping_page(Policy(1, document, PUBLISHED), zone=BERLIN)


def money_back(document: PolicyDocument) -> PolicyPage:
    """The page on money back under this document, as it stands on 1 June."""
    return money_back_page(Policy(1, document, PUBLISHED), at=TODAY, zone=BERLIN)


def section(page: PolicyPage, title: str) -> Section:
    """The section under this title."""
    return next(each for each in page.sections if each.title == title)


def test_the_default_page_says_that_nobody_is_charged() -> None:
    page = shipping(a_document())

    assert page.lead == "We send every order free of charge, to every country, whatever it comes to."
    assert section(page, "Everywhere").paragraphs == ("To every country.",)
    assert section(page, "Everywhere").rows == (
        ("Standard", "Free", "Free on every order, no minimum", "2 to 5 working days"),
    )
    assert section(page, "An example").paragraphs == ("An order of €1 pays nothing for shipping.",)


def test_a_policy_is_in_force_since_its_day_in_the_zone_of_the_shop() -> None:
    assert shipping(a_document()).since == "In force since Tuesday, November 3, 2026"


def test_every_zone_and_every_refused_country_is_named() -> None:
    express = a_method(code="express", name="Express", free_from_minor=None, days_min=1, days_max=1)
    page = shipping(
        a_document(
            a_zone("DE", "AT", methods=(a_method(), express)), a_zone("*", name="World"), not_served=("KP",)
        )
    )

    assert section(page, "Home").paragraphs == ("Germany and Austria.",)
    assert section(page, "Home").rows == (
        ("Standard", "€4.90", "Free from €50, counted after discounts", "2 to 4 working days"),
        ("Express", "€4.90", "Never", "1 working day"),
    )
    assert section(page, "World").paragraphs == (
        "To every country that is not named elsewhere on this page.",
    )
    assert section(page, "Where we do not ship").paragraphs == ("North Korea.",)


@pytest.mark.parametrize(
    ("basis", "clause"),
    [
        (Basis.BEFORE_DISCOUNTS, "Home: counted before discounts."),
        (Basis.AFTER_DISCOUNTS, "Home: counted after discounts."),
    ],
)
def test_the_shipping_example_stands_on_both_sides_of_the_threshold(basis: Basis, clause: str) -> None:
    page = shipping(a_document(a_zone("DE", methods=(a_method(basis=basis),))))

    assert section(page, "An example").paragraphs == (
        clause,
        "An order of €49.99 pays €4.90 with Standard.",
        "An order of €50 pays nothing with Standard.",
    )


def test_where_shipping_always_costs_there_is_no_example_of_free_shipping() -> None:
    page = shipping(a_document(a_zone("*", methods=(a_method(free_from_minor=None),))))

    assert [each.title for each in page.sections] == ["Home"]
    assert "free" not in page.lead.lower()


@pytest.mark.parametrize(("days", "last"), [(30, "Wednesday, July 1, 2026"), (60, "Friday, July 31, 2026")])
def test_the_money_back_page_follows_the_window(days: int, last: str) -> None:
    page = money_back(a_document(window_days=days))

    assert page.lead == f"{days} days money back, counted from delivery."
    assert section(page, "An example").paragraphs == (
        f"Delivered on Monday, June 1, 2026, an order can be sent back until the end of {last}.",
    )


@pytest.mark.parametrize(
    ("starts", "verb"), [("paid", "Paid"), ("shipped", "Sent"), ("delivered", "Delivered")]
)
def test_the_money_back_example_begins_with_the_declared_event(starts: str, verb: str) -> None:
    page = money_back(a_document(starts=starts))

    assert section(page, "An example").paragraphs[0].startswith(f"{verb} on Monday")


def test_excluded_goods_are_named() -> None:
    page = money_back(a_document(excluded_products=("gift-card",), excluded_collections=("sale",)))

    assert section(page, "What is excluded").paragraphs[0] == "gift-card, sale."


def test_without_conditions_none_are_announced() -> None:
    page = money_back(a_document(conditions=()))

    assert [each.title for each in page.sections] == [
        "Postage and payment",
        "What is excluded",
        "An example",
        "Your rights by law",
    ]


def test_without_a_guarantee_the_page_says_so_and_keeps_the_rights_by_law() -> None:
    page = money_back(a_document(window_days=0))

    assert page.lead == "We offer no money-back guarantee of our own."
    assert [each.title for each in page.sections] == ["Your rights by law"]


def withdrawing(**facts: object) -> PolicyPage:
    """The page on withdrawal as it stands on 1 June, a Monday."""
    right = replace(Withdrawal(), **facts)  # type: ignore[arg-type]
    document = replace(a_document(), withdrawal=right)
    return withdrawal_page(Policy(1, document, PUBLISHED), at=TODAY, zone=BERLIN)


def test_the_page_on_withdrawal_counts_the_days_by_the_rule() -> None:
    page = withdrawing()

    assert page.lead == (
        "You may withdraw from your order within 14 days of its arrival, without giving a reason."
    )
    assert section(page, "For whom").paragraphs == ("For consumers in all countries of the European Union.",)
    assert section(page, "An example").paragraphs == (
        "Arrived on Monday, June 1, 2026, an order can be withdrawn from until the end of Monday, June 15, 2026.",
        "Arrived on Saturday, June 6, 2026, an order can be withdrawn from until the end of Monday, June 22, 2026, "
        "because Saturday, June 20, 2026 is no working day.",
    )
    assert [each.title for each in page.sections if "without a right" in each.title] == []


def test_the_page_on_withdrawal_names_what_is_exempt_and_the_countries() -> None:
    page = withdrawing(
        exempt=(ExemptGoods(Exemption.PERISHABLE, ("kit",), ("fresh",)),), countries=("DE", "FR")
    )

    assert section(page, "For whom").paragraphs == ("For consumers in Germany and France.",)
    assert section(page, "Goods without a right of withdrawal").rows == (
        ("goods that spoil or expire quickly", "kit, fresh"),
    )


def test_without_countries_the_page_on_withdrawal_says_that_there_is_no_such_right() -> None:
    page = withdrawing(countries=())

    assert page.lead.startswith("We sell to no country")
    assert [each.title for each in page.sections] == ["Our guarantee"]
