"""The policy's editor: it shows what would change before anything is published, and loses nothing to a colleague."""

import json
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from storefront import audit
from storefront.errors import Refused
from storefront.policies.actions import change_policy, publish_policy
from storefront.policies.parts import Quality, Support
from storefront.policies.queries import current_policy, version_by_id
from storefront.policies.statutory import ExemptGoods, Exemption, Withdrawal
from storefront.policies.steps import PublishedMeanwhile
from storefront.staff.policy_forms import MOST_ZONES, require_room
from storefront.staff.policy_part_forms import MOST_METHODS
from tests.builders.accounts import a_staff_member, signed_in
from tests.client import ShopClient
from tests.policies.documents import a_document, a_method, a_zone
from tests.staff.goods import fields, hidden, send

EDIT = "/staff/policies/edit"
THREE_ZONES = replace(
    a_document(
        a_zone(
            "DE",
            name="Germany",
            methods=(a_method(), a_method(code="express", name="Express", price_minor=990)),
        ),
        a_zone("AT", "FR", name="Neighbours"),
        a_zone("*", name="World", methods=(a_method(free_from_minor=None, price_minor=1500),)),
        not_served=("KP",),
        excluded_products=("gift-card",),
        excluded_collections=("sale",),
        restocking_percent=10,
    ),
    support=Support("help@shop.example", "Monday to Friday", 24),
    quality=(Quality("Tested for heavy metals", "Report 7"),),
    withdrawal=Withdrawal(
        exempt=(ExemptGoods(Exemption.PERISHABLE, ("kit",)),), holidays=("12-25",), is_confirmed=True
    ),
)


def an_owner(app: Flask, *, role: str = "owner") -> ShopClient:
    with app.app_context():
        person = a_staff_member(role=role)
    return signed_in(app, person)


def in_force(app: Flask) -> Any:
    with app.app_context():
        return current_policy()


def looked_at(client: ShopClient, **changed: Any) -> TestResponse:
    """The page that says what would change."""
    return send(client, EDIT, **changed)


def published(client: ShopClient, looked: TestResponse) -> TestResponse:
    """Press “Publish it” on that page."""
    return client.post("/staff/policies", data=hidden(looked.text))


@pytest.fixture
def _stands(app: Flask) -> None:
    with app.app_context():
        publish_policy(a_document(), author="system", note="The first policy")


@pytest.mark.usefixtures("_stands")
def test_what_would_change_is_shown_and_nothing_is_published_before_the_second_press(app: Flask) -> None:
    client, before = an_owner(app), in_force(app)

    looked = looked_at(client, window_days="30", note="Shorter")

    assert looked.status_code == 200
    assert "<del>60</del>" in looked.text
    assert "<ins>30</ins>" in looked.text
    assert "60-day money-back guarantee" in looked.text
    assert "30-day money-back guarantee" in looked.text
    assert in_force(app).id == before.id

    answer = published(client, looked)

    now = in_force(app)
    assert answer.status_code == 303
    assert answer.location.endswith(f"/staff/policies/{now.id}")
    assert now.document == a_document(window_days=30)
    with app.app_context():
        [entry] = audit.history(("policy", now.id))
        row = version_by_id(now.id)
        assert (entry.actor_kind, row.note, row.follows) == ("staff", "Shorter", before.id)


@pytest.mark.parametrize("document", [a_document(), THREE_ZONES])
def test_the_form_gives_back_the_document_that_it_was_filled_with(app: Flask, document: Any) -> None:
    with app.app_context():
        publish_policy(document, author="system", note="")
    client = an_owner(app)

    looked = looked_at(client, note="The same")

    assert "Nothing differs." in looked.text
    assert "Publish it" not in looked.text
    with app.app_context():
        assert json.loads(hidden(looked.text)["document"]) == json.loads(document.to_json())


@pytest.mark.usefixtures("_stands")
def test_baskets_on_both_sides_of_a_threshold_are_shown_with_what_they_pay_now_and_then(app: Flask) -> None:
    typed = {"zones-0-methods-0-price": "4.90", "zones-0-methods-0-free_from": "50"}

    looked = looked_at(an_owner(app), **typed)

    assert "€49.99" in looked.text
    assert "<ins>Standard €4.90</ins>" in looked.text
    assert "Free shipping on all orders, no minimum" in looked.text


@pytest.mark.usefixtures("_stands")
def test_a_zone_and_a_method_are_added_and_taken_out_without_losing_what_is_typed(app: Flask) -> None:
    client = an_owner(app)

    wider = send(client, EDIT, to=EDIT, window_days="31")
    added = client.post(EDIT, data=fields(client.get(EDIT).text) | {"to": "add-zone", "window_days": "31"})
    more = client.post(EDIT, data=fields(added.text) | {"to": "add-method-1", "zones-1-name": "Home"})
    fewer = client.post(EDIT, data=fields(more.text) | {"to": "drop-zone-0"})

    assert wider.status_code == added.status_code == more.status_code == fewer.status_code == 200
    assert fields(added.text)["window_days"] == "31"
    assert "zones-1-name" in fields(added.text)
    assert "zones-1-methods-1-price" in fields(more.text)
    assert fields(fewer.text)["zones-0-name"] == "Home"
    assert "zones-1-name" not in fields(fewer.text)


@pytest.mark.usefixtures("_stands")
@pytest.mark.parametrize(
    "to",
    ["add-method-99", "drop-zone-99", "drop-method-0-99", "drop-method", "add-method-", "drop-zone", "add-x"],
)
def test_buttons_that_no_page_has_change_nothing(app: Flask, to: str) -> None:
    client = an_owner(app)

    answer = client.post(EDIT, data=fields(client.get(EDIT).text) | {"to": to})

    assert answer.status_code == 200


@pytest.mark.usefixtures("_stands")
def test_a_new_method_gets_a_code_of_its_own(app: Flask) -> None:
    client = an_owner(app)
    wider = client.post(EDIT, data=fields(client.get(EDIT).text) | {"to": "add-method-0"})
    method = {"name": "Стандарт", "price": "9,90", "free_from": "", "days_min": "1", "days_max": "2"}
    typed = {f"zones-0-methods-1-{name}": value for name, value in method.items()}

    looked = client.post(
        EDIT, data=fields(wider.text) | typed | {"zones-0-methods-1-basis": "after_discounts"}
    )
    published(client, looked)

    found = in_force(app).document.zones[0].methods
    assert [(each.code, each.price_minor) for each in found] == [("standard", 0), ("method", 990)]


@pytest.mark.usefixtures("_stands")
def test_countries_are_given_by_code_by_name_and_as_the_union(app: Flask) -> None:
    client = an_owner(app)

    looked = looked_at(client, **{"zones-0-countries": "EU, Switzerland, gb"})
    published(client, looked)

    assert len(in_force(app).document.zones[0].countries) == 29
    assert {"CH", "GB"} <= set(in_force(app).document.zones[0].countries)


WRONG = [
    ({"zones-0-countries": "DE, DE"}, "DE is named more than once"),
    ({"zones-0-countries": "DE", "not_served": "Germany"}, "DE is named more than once"),
    ({"zones-0-countries": "*, DE"}, "it stands alone"),
    ({"zones-0-countries": "Atlantis"}, "Atlantis is not a country we know"),
    ({"not_served": "EU, XX"}, "XX is not a country we know"),
    ({"zones-0-countries": ""}, "names no country"),
    ({"zones-0-name": ""}, "name of one line"),
    ({"zones-0-methods-0-price": "-1"}, "the price cannot be below zero"),
    ({"zones-0-methods-0-price": "cheap"}, "“cheap” is not an amount"),
    ({"zones-0-methods-0-price": "1.999"}, "is not an amount that EUR can express"),
    ({"zones-0-methods-0-price": "99999999999999"}, "is not an amount that EUR can express"),
    ({"zones-0-methods-0-price": ""}, "Please enter a price; 0 costs nothing."),
    ({"zones-0-methods-0-free_from": "-50"}, "threshold cannot be below zero"),
    ({"zones-0-methods-0-days_min": "9", "zones-0-methods-0-days_max": "2"}, "from few to many"),
    ({"zones-0-methods-0-days_max": "soon"}, "Not a valid integer value"),
    ({"zones-0-methods-0-basis": "never"}, "Not a valid choice"),
    ({"zones-0-methods-0-code": "A B"}, "small letters, digits and hyphens"),
    ({"window_days": "1000000"}, "0 to 3650 days"),
    ({"window_days": "-1"}, "0 to 3650 days"),
    ({"window_days": ""}, "Please enter a whole number."),
    ({"starts": "ordered"}, "Not a valid choice"),
    ({"restocking_percent": "101"}, "0 to 100 percent"),
    ({"automatic_up_to": ""}, "Please enter an amount"),
    ({"right_days": "13"}, "has 14 days at least"),
    ({"right_days": "1000000"}, "1 to 365 days"),
    ({"holidays": "Christmas"}, "“Christmas” is not a day"),
    ({"email": "nobody"}, "not an e-mail address"),
    ({"reply_within_hours": "0"}, "1 to 1000 hours"),
    ({"quality-0-statement": "Tested"}, "one line of text each"),
    ({"excluded_products": "x" * 4001}, "This is too long."),
]


@pytest.mark.usefixtures("_stands")
@pytest.mark.parametrize(("typed", "sentence"), WRONG)
def test_what_makes_no_sense_is_said_in_words_and_nothing_is_changed(
    app: Flask, typed: dict[str, str], sentence: str
) -> None:
    client, before = an_owner(app), in_force(app)

    answer = looked_at(client, **typed)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'role="alert"' in answer.text
    assert in_force(app) == before


@pytest.mark.usefixtures("_stands")
def test_a_window_of_no_days_is_no_guarantee_and_the_page_says_so(app: Flask) -> None:
    looked = looked_at(an_owner(app), window_days="0")

    assert looked.status_code == 200
    assert "<ins>None</ins>" in looked.text
    assert "60 days money back" in looked.text
    with app.app_context():
        assert current_policy().document.money_back.window_days == 60


@pytest.mark.usefixtures("_stands")
def test_two_zones_with_one_country_are_refused(app: Flask) -> None:
    client = an_owner(app)
    wider = client.post(EDIT, data=fields(client.get(EDIT).text) | {"to": "add-zone"})
    method = {"name": "Post", "price": "0", "days_min": "1", "days_max": "2", "basis": "after_discounts"}
    typed = {f"zones-1-methods-0-{name}": value for name, value in method.items()}
    zones = {"zones-0-countries": "DE, AT", "zones-1-name": "Two", "zones-1-countries": "Austria"}

    answer = client.post(EDIT, data=fields(wider.text) | typed | zones)

    assert answer.status_code == 422
    assert "AT is named more than once" in answer.text


@pytest.mark.usefixtures("_stands")
def test_a_body_of_four_megabytes_is_refused_and_nothing_is_changed(app: Flask) -> None:
    client, before = an_owner(app), in_force(app)
    page = client.get(EDIT).text

    for to in (EDIT, "/staff/policies"):
        answer = client.post(to, data=fields(page) | {"document": "x" * 4_000_000})
        assert answer.status_code == 413
        assert "<h1" in answer.text
    assert in_force(app) == before


@pytest.mark.usefixtures("_stands")
@pytest.mark.parametrize(
    "document", ["", "[]", "{", '"' + "x" * 200_000 + '"', '{"currency":"EUR"}', "[" * 90_000, "null"]
)
def test_a_document_that_no_page_has_sent_is_refused(app: Flask, document: str) -> None:
    client, before = an_owner(app), in_force(app)
    typed = {"csrf_token": fields(client.get(EDIT).text)["csrf_token"], "seen": str(before.id)}

    for data in ({"document": document}, {"document": document, "to": "back"}):
        answer = client.post(EDIT if "to" in data else "/staff/policies", data=typed | data)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
    assert in_force(app) == before


@pytest.mark.usefixtures("_stands")
def test_a_document_in_another_currency_is_refused(app: Flask) -> None:
    client, before = an_owner(app), in_force(app)
    yen = replace(before.document, currency="JPY").to_json()

    answer = client.post(
        "/staff/policies", data=hidden(looked_at(client, window_days="9").text) | {"document": yen}
    )

    assert answer.status_code == 422
    assert "The shop sells in EUR" in answer.text


@pytest.mark.usefixtures("_stands")
def test_of_two_who_change_one_version_the_second_looks_again_and_keeps_what_they_typed(app: Flask) -> None:
    first, second = an_owner(app), an_owner(app)
    mine, theirs = looked_at(first, window_days="30"), looked_at(second, window_days="90")
    published(second, theirs)

    refused = published(first, mine)

    assert refused.status_code == 409
    assert "while you were writing" in refused.text
    assert "<del>90</del>" in refused.text
    assert in_force(app).document.money_back.window_days == 90

    assert published(first, refused).status_code == 303
    assert in_force(app).document.money_back.window_days == 30


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 30, "0", "²"])
@pytest.mark.usefixtures("_stands")
def test_a_version_that_never_stood_is_refused(app: Flask, seen: str) -> None:
    client = an_owner(app)

    answer = client.post(
        "/staff/policies", data=hidden(looked_at(client, window_days="9").text) | {"seen": seen}
    )

    assert answer.status_code == 409
    assert in_force(app).document.money_back.window_days == 60


@pytest.mark.usefixtures("inside")
def test_two_successors_of_one_version_are_refused_by_the_database_too() -> None:
    first = publish_policy(a_document(), author="system", note="")
    change_policy(a_document(window_days=30), seen=first, author="staff:1", note="")

    with pytest.raises(PublishedMeanwhile):
        change_policy(a_document(window_days=90), seen=first, author="staff:1", note="")
    newest = current_policy()
    with pytest.raises(Refused, match="Nothing was changed"):
        change_policy(newest.document, seen=newest.id, author="staff:1", note="")


@pytest.mark.usefixtures("_stands")
def test_going_on_keeps_the_document_and_the_note(app: Flask) -> None:
    client = an_owner(app)
    looked = looked_at(client, window_days="45", note="A trial")

    page = client.post(EDIT, data=hidden(looked.text) | {"to": "back"})

    assert page.status_code == 200
    assert fields(page.text)["window_days"] == "45"
    assert fields(page.text)["note"] == "A trial"


def test_versions_are_listed_read_and_compared(app: Flask) -> None:
    with app.app_context():
        old = publish_policy(a_document(), author="system", note="Opening")
        new = publish_policy(THREE_ZONES, author="staff:999", note="Three zones")
    client = an_owner(app)

    listed = client.get("/staff/policies").text
    read = client.get(f"/staff/policies/{old}").text
    compared = client.get(f"/staff/policies/{new}/differences").text
    back = client.get(f"/staff/policies/{old}/differences?from={new}").text
    restored = client.get(f"{EDIT}?from={old}").text

    assert "Opening" in listed
    assert "Somebody who is gone" in listed
    assert listed.index("Three zones") < listed.index("Opening")
    assert "60 days money back" in read
    assert "In force" not in read
    assert "We keep 10% of the price for restocking." in compared
    assert "<ins>gift-card</ins>" in compared
    assert "<del>gift-card</del>" in back
    assert fields(restored)["zones-0-countries"] == "*"
    assert hidden(restored)["seen"] == str(new)


@pytest.mark.parametrize("role", ["orders", "refunds", "catalogue", "content", "support"])
def test_others_read_the_policy_and_cannot_change_it(app: Flask, role: str) -> None:
    client = an_owner(app, role=role)

    assert "Change the policy" not in client.get("/staff/policies").text
    assert client.get("/staff/policies").status_code == 200
    assert client.get(EDIT).status_code == 404


def test_a_version_that_nobody_published_is_not_found(app: Flask) -> None:
    client = an_owner(app)

    for path in ("/staff/policies/999", "/staff/policies/999/differences", f"{EDIT}?from=999"):
        assert client.get(path).status_code == 404


@pytest.mark.usefixtures("_stands")
def test_goods_that_the_shop_does_not_have_are_named_before_publishing(app: Flask) -> None:
    looked = looked_at(an_owner(app), excluded_products="no-such-thing")

    assert "Nothing here has the address “no-such-thing”." in looked.text


@pytest.mark.usefixtures("inside")
def test_a_policy_that_the_editor_could_not_show_again_is_refused() -> None:
    many = a_document(
        *(a_zone(code, name=code) for code in ("DE", "AT", "FR", "IT", "ES", "PL", "SE", "FI", "PT"))
    )
    methods = a_document(a_zone(methods=tuple(a_method(code=f"m{n}") for n in range(MOST_METHODS + 1))))

    assert len(many.zones) > MOST_ZONES
    for document in (many, methods):
        with pytest.raises(Refused, match="at most"):
            require_room(document)


def test_the_fullest_form_is_no_longer_than_forms_may_be(app: Flask) -> None:
    zones = [a_zone(code, name=code) for code in ("DE", "AT", "FR", "IT", "ES", "PL", "SE", "FI")]
    zones[0] = a_zone("DE", methods=tuple(a_method(code=f"m{n}") for n in range(MOST_METHODS - 7)))
    document = replace(a_document(*zones), quality=(Quality("Good", "Tested"),) * 5)
    with app.app_context():
        publish_policy(document, author="system", note="")
    client = an_owner(app)

    looked = looked_at(client, window_days="30")

    assert looked.status_code == 200


@pytest.mark.usefixtures("_stands")
def test_who_signed_in_long_ago_proves_who_they_are_before_anything_is_published(app: Flask) -> None:
    with app.app_context():
        person = a_staff_member(role="owner")
    tired = signed_in(app, person, fresh=False)
    before = in_force(app).id

    answer = published(tired, looked_at(tired, window_days="90"))

    assert answer.status_code == 303
    assert "/sign-in" in answer.headers["Location"]
    assert in_force(app).id == before
