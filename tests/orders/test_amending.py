"""Whom we write to and where it goes: put right until something was sent, never at another price, never blindly."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import audit
from storefront.audit import AuditDetail
from storefront.database import session
from storefront.errors import NotFound, Refused
from storefront.orders.amending import Stale, change_contact, change_delivery, fingerprint
from storefront.policies.document import default_document
from storefront.policies.parts import Basis, ShippingMethod, Zone
from tests.builders.cart import a_policy
from tests.builders.orders import LEIPZIG, an_order, cancel, the_order
from tests.builders.shipments import BY, a_shipment

HALLE = {**LEIPZIG, "street_address": "Am Markt 1", "postal_code": "06108", "city": "Halle"}
VIENNA = {**LEIPZIG, "country": "AT", "postal_code": "1010", "city": "Wien"}


def details(order_id: int) -> list[tuple[str, str | None, str | None]]:
    """The values recorded with an order's history."""
    ids = [each.id for each in audit.history(("order", order_id))]
    found = session().scalars(
        sa.select(AuditDetail).where(AuditDetail.entry_id.in_(ids)).order_by(AuditDetail.id)
    )
    return [(each.name, each.before, each.after) for each in found]


def write_to(order_id: int, email: str, *, seen: str = "mara@example.org") -> None:
    change_contact(order_id, email=email, seen=fingerprint(seen), by=BY)


def send_to(order_id: int, delivery: dict[str, str], *, seen: dict[str, str] = LEIPZIG) -> None:
    change_delivery(order_id, delivery=delivery, seen=fingerprint(seen), by=BY)


def test_mails_go_to_the_new_address_and_the_old_one_is_on_record(inside: Flask) -> None:
    order_id = an_order(paid=True)

    write_to(order_id, "mara@new.example")

    assert the_order(order_id).email == "mara@new.example"
    assert details(order_id) == [("email", "mara@example.org", "mara@new.example")]


def test_the_same_change_twice_is_one(inside: Flask) -> None:
    order_id = an_order(paid=True)

    for _again in range(2):
        write_to(order_id, "mara@new.example")
        send_to(order_id, HALLE)

    verbs = [each.verb for each in audit.history(("order", order_id))]
    assert (verbs.count("order.contact_changed"), verbs.count("order.delivery_changed")) == (1, 1)


def test_the_bill_keeps_its_address_when_the_parcel_goes_elsewhere(inside: Flask) -> None:
    order_id = an_order(paid=True)

    send_to(order_id, HALLE)

    assert (the_order(order_id).delivery, the_order(order_id).billing) == (HALLE, LEIPZIG)


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(inside: Flask) -> None:
    order_id = an_order(paid=True)
    write_to(order_id, "first@example.org")
    send_to(order_id, HALLE)

    with pytest.raises(Stale) as contact:
        write_to(order_id, "second@example.org")
    with pytest.raises(Stale) as delivery:
        send_to(order_id, {**LEIPZIG, "street_address": "Elsewhere 2"})

    assert (contact.value.standing, delivery.value.standing) == ("first@example.org", HALLE)
    assert (the_order(order_id).email, the_order(order_id).delivery) == ("first@example.org", HALLE)


def test_once_a_parcel_has_left_nothing_is_changed(inside: Flask) -> None:
    order_id = an_order(paid=True, pieces=2)
    a_shipment(order_id, pieces=1)

    with pytest.raises(Refused, match="has left already"):
        write_to(order_id, "mara@new.example")
    with pytest.raises(Refused, match="has left already"):
        send_to(order_id, HALLE)

    assert (the_order(order_id).email, the_order(order_id).delivery) == ("mara@example.org", LEIPZIG)


def test_a_cancelled_order_is_left_as_it_was(inside: Flask) -> None:
    order_id = an_order()
    cancel(order_id)

    with pytest.raises(Refused, match="cancelled"):
        send_to(order_id, HALLE)


def a_policy_with(*zones: Zone) -> None:
    """Publish terms with these zones."""
    a_policy(replace(default_document("EUR"), zones=zones))


def a_zone(country: str, price_minor: int, code: str = "standard") -> Zone:
    """A country with one way to ship."""
    way = ShippingMethod(
        code=code,
        name="Parcel",
        price_minor=price_minor,
        free_from_minor=None,
        basis=Basis.AFTER_DISCOUNTS,
        days_min=2,
        days_max=3,
    )
    return Zone(name=country, countries=(country,), methods=(way,))


@pytest.mark.parametrize(
    ("zone", "why"),
    [
        (("AT", 490, "standard"), None),
        (("AT", 500, "standard"), "something else"),
        (("AT", 490, "express"), "something else"),
        (("FR", 490, "standard"), "do not serve Austria"),
    ],
)
def test_another_country_is_taken_at_the_same_price_only(
    inside: Flask, zone: tuple[str, int, str], why: str | None
) -> None:
    a_policy_with(a_zone("DE", 490), a_zone(*zone))
    order_id = an_order(paid=True)

    if why is None:
        send_to(order_id, VIENNA)
        assert (the_order(order_id).country, the_order(order_id).delivery) == ("AT", VIENNA)
    else:
        with pytest.raises(Refused, match=why):
            send_to(order_id, VIENNA)
        assert (the_order(order_id).country, the_order(order_id).delivery) == ("DE", LEIPZIG)


def test_an_order_is_judged_by_the_terms_it_was_sold_under(inside: Flask) -> None:
    a_policy_with(a_zone("DE", 490), a_zone("AT", 490))
    order_id = an_order(paid=True)
    a_policy_with(a_zone("DE", 490), a_zone("AT", 990))

    send_to(order_id, VIENNA)

    assert the_order(order_id).country == "AT"


def test_an_order_that_never_was_is_not_found(inside: Flask) -> None:
    with pytest.raises(NotFound):
        write_to(404, "mara@new.example")
