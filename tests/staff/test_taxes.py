"""Rates of tax for staff: set, set again, removed, and every wrong word answered in a sentence."""

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.audit import AuditEntry
from storefront.database import session
from storefront.pricing.rates import all_rates
from tests.builders.accounts import a_staff_member, signed_in
from tests.builders.cart import words
from tests.builders.catalogue import a_product, the_product, variant_facts
from tests.client import ShopClient
from tests.staff.goods import press, send

RATE = {"country": "US", "region": "CA", "tax_class": "standard", "percent": "7,25"}


@pytest.fixture
def staff(app: Flask) -> ShopClient:
    """Somebody who keeps the catalogue, signed in."""
    with app.app_context():
        person = a_staff_member(role="catalogue").id
    return signed_in(app, person)


def known(app: Flask) -> list[tuple[str, str, str, int]]:
    with app.app_context():
        return [(each.country, each.region, each.tax_class, each.basis_points) for each in all_rates()]


def test_a_rate_is_set_set_again_and_removed(app: Flask, staff: ShopClient) -> None:
    first = send(staff, "/staff/taxes", **RATE)
    shown = words(staff.get("/staff/taxes"))
    send(staff, "/staff/taxes", **{**RATE, "percent": "7.5"})
    again = known(app)
    with app.app_context():
        rate_id = all_rates()[0].id
    press(staff, "/staff/taxes", f"/staff/taxes/{rate_id}/remove", "remove")

    assert first.status_code == 303
    assert "United States CA Standard 7.25%" in shown
    assert again == [("US", "ca", "standard", 750)]
    assert known(app) == []
    with app.app_context():
        verbs = (
            sa.select(AuditEntry.verb).where(AuditEntry.subject_kind == "tax_rate").order_by(AuditEntry.id)
        )
        assert list(session().scalars(verbs)) == ["tax_rate.set", "tax_rate.set", "tax_rate.removed"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"percent": ""}, "Please enter a percentage"),
        ({"percent": "-1"}, "Please enter a percentage"),
        ({"percent": "101"}, "Please enter a percentage"),
        ({"percent": "NaN"}, "Please enter a percentage"),
        ({"country": "XX"}, "Not a valid choice"),
        ({"tax_class": "luxury"}, "Not a valid choice"),
    ],
)
def test_what_is_no_rate_is_said_in_a_sentence(
    app: Flask, staff: ShopClient, typed: dict[str, str], said: str
) -> None:
    answer = send(staff, "/staff/taxes", **{**RATE, **typed})

    assert answer.status_code == 400
    assert said in words(answer)
    assert known(app) == []


def test_the_class_of_a_product_is_kept(app: Flask, staff: ShopClient) -> None:
    with app.app_context():
        a_product("tea", variant_facts(price_minor=900), title="Tea")
        product_id = the_product("tea").id

    send(staff, f"/staff/products/{product_id}", tax_class="reduced")

    with app.app_context():
        assert the_product("tea").tax_class == "reduced"
