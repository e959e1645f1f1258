"""The checkout's first page: what it asks, what it keeps, and what it refuses."""

from collections.abc import Callable
from datetime import timedelta
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.checkout.drafts import find_draft, forget_drafts, keep_details
from storefront.checkout.models import CheckoutDraft
from storefront.database import session
from tests.builders.cart import BERLIN, a_policy, a_shelf, put_in, submit_details, token, words
from tests.builders.catalogue import a_variant
from tests.client import ShopClient, browser
from tests.counting import Counting
from tests.policies.documents import a_document, a_method, a_zone

ADDRESS = {"country": "DE", "name": "Mara Lindt"}


def _drafts(app: Flask) -> list[CheckoutDraft]:
    with app.app_context():
        return list(session().scalars(sa.select(CheckoutDraft)))


def test_an_empty_cart_has_no_checkout(client: ShopClient, app: Flask) -> None:
    with app.app_context():
        a_policy()

    answer = client.get("/checkout")

    assert (answer.status_code, answer.location) == (303, "/cart")


def test_what_is_typed_is_kept_and_leads_to_the_review(app: Flask, client: ShopClient) -> None:
    put_in(client, a_shelf(app))

    answer = submit_details(client)

    assert (answer.status_code, answer.location) == (303, "/checkout/review")
    kept = _drafts(app)[0]
    assert kept.email == "mara@example.org"
    assert kept.delivery["postal_code"] == "10115"
    assert kept.billing is None


def test_typing_again_changes_the_same_draft(app: Flask, client: ShopClient) -> None:
    put_in(client, a_shelf(app))
    submit_details(client)

    submit_details(client, delivery_name="Ada Lovelace")

    assert [draft.delivery["name"] for draft in _drafts(app)] == ["Ada Lovelace"]
    assert 'value="Ada Lovelace"' in client.get("/checkout").text


def test_errors_are_summed_up_linked_and_beside_their_fields(app: Flask, client: ShopClient) -> None:
    put_in(client, a_shelf(app))

    answer = submit_details(client, email="mara.example.org", delivery_postal_code="0410")

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert '<a href="#delivery_postal_code">Postcode: In Germany it looks like 26133.' in answer.text
    assert 'aria-describedby="delivery_postal_code-wrong"' in answer.text
    assert '<a href="#email">' in answer.text
    assert 'value="mara.example.org"' in answer.text
    assert 'value="Mara Lindt"' in answer.text
    assert "<title>Error: Checkout" in answer.text
    assert _drafts(app) == []


def test_without_script_a_button_changes_the_country_and_keeps_what_was_typed(
    app: Flask, client: ShopClient
) -> None:
    put_in(client, a_shelf(app))

    answer = submit_details(client, country="US", change="delivery", email="half")

    assert answer.status_code == 200
    assert "ZIP code" in answer.text
    assert "delivery_country_area" in answer.text
    assert 'value="Mara Lindt"' in answer.text
    assert 'value="half"' in answer.text
    assert 'role="alert"' not in answer.text
    assert _drafts(app) == []


def test_the_costs_beside_the_form_are_those_of_the_country_in_it(app: Flask, client: ShopClient) -> None:
    dear = a_method(price_minor=1900, free_from_minor=None)
    with app.app_context():
        a_policy(a_document(a_zone("DE"), a_zone("US", methods=(dear,))))
        variant = a_variant()
    put_in(client, variant)

    answer = submit_details(client, country="US", change="delivery")

    assert "Shipping to United States €19.00" in words(answer)


def test_the_billing_country_changes_the_billing_fields_alone(app: Flask, client: ShopClient) -> None:
    put_in(client, a_shelf(app))

    answer = submit_details(client, billing_country="US", change="billing")

    assert "billing_country_area" in answer.text
    assert "delivery_country_area" not in answer.text


def test_a_region_of_another_country_does_not_stay_chosen(app: Flask, client: ShopClient) -> None:
    put_in(client, a_shelf(app))

    answer = submit_details(client, country="ES", change="delivery", delivery_country_area="CA")

    assert '<option selected value="CA">' not in answer.text


def test_only_countries_that_are_served_can_be_chosen(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_policy(a_document(a_zone("DE", "AT")))
        variant = a_variant()
    put_in(client, variant)

    page = client.get("/checkout")
    refused = submit_details(client, country="US")

    delivery = page.text.split('id="country"')[1].split("</select>")[0]
    assert delivery.count("<option") == 2
    assert refused.status_code == 422
    assert "Please choose one of the list." in words(refused)


def test_fields_help_browsers_and_keyboards(app: Flask, client: ShopClient) -> None:
    put_in(client, a_shelf(app))

    page = client.get("/checkout").text

    for hint in (
        'autocomplete="email"',
        'inputmode="email"',
        'autocomplete="shipping country"',
        'autocomplete="shipping name"',
        'autocomplete="shipping address-line1"',
        'autocomplete="shipping postal-code"',
        'autocomplete="billing postal-code"',
        'inputmode="numeric"',
        'enterkeyhint="next"',
    ):
        assert hint in page


def test_a_billing_address_of_its_own_is_kept(app: Flask, client: ShopClient) -> None:
    put_in(client, a_shelf(app))
    billing = {name.replace("delivery", "billing"): text for name, text in BERLIN.items()}

    submit_details(
        client, **{**billing, "billing_same": None, "billing_country": "DE", "billing_name": "Firma"}
    )

    kept = _drafts(app)[0]
    assert kept.billing is not None
    assert kept.billing["name"] == "Firma"


def test_details_without_their_token_are_refused(app: Flask, client: ShopClient) -> None:
    put_in(client, a_shelf(app))
    client.get("/checkout")

    answer = client.post("/checkout", data=BERLIN)

    assert answer.status_code == 400
    assert _drafts(app) == []


def test_another_site_cannot_send_details(app: Flask, client: ShopClient) -> None:
    put_in(client, a_shelf(app))
    known = token(client.get("/checkout"))
    client.come_from("cross-site")

    answer = client.post("/checkout", data={**BERLIN, "csrf_token": known})

    assert answer.status_code == 403
    assert _drafts(app) == []


@pytest.mark.parametrize("cookie", ["", "x", "1.2.3", "A" * 5000])
def test_a_forged_draft_is_no_draft(app: Flask, client: ShopClient, cookie: str) -> None:
    put_in(client, a_shelf(app))
    submit_details(client)

    answer = browser(app).get("/checkout/review", headers={"Cookie": f"draft={cookie}"})

    assert (answer.status_code, answer.location) == (303, "/checkout")


@pytest.mark.usefixtures("inside")
def test_a_draft_is_forgotten_after_seven_days(frozen: ModuleType) -> None:
    draft_id = keep_details(None, email="mara@example.org", delivery=ADDRESS, billing=None)

    frozen.advance(timedelta(days=7) - timedelta(seconds=1))
    forget_drafts()
    assert find_draft(draft_id)
    frozen.advance(timedelta(seconds=1))

    assert find_draft(draft_id) is None
    forget_drafts()
    assert session().scalar(sa.select(sa.func.count()).select_from(CheckoutDraft)) == 0


@pytest.mark.usefixtures("inside")
def test_a_draft_whose_week_is_over_is_not_filled_again(frozen: ModuleType) -> None:
    old = keep_details(None, email="mara@example.org", delivery=ADDRESS, billing=None)
    frozen.advance(timedelta(days=8))

    new = keep_details(old, email="mara@example.org", delivery=ADDRESS, billing=None)

    assert new != old


def test_drafts_cannot_be_made_without_end(make_app: Callable[..., Flask]) -> None:
    app = make_app(limit_cart="3 per minute")
    client = browser(app)
    put_in(client, a_shelf(app))

    answers = [submit_details(client).status_code for _each in range(3)]

    assert answers == [303, 303, 429]


def test_the_page_asks_few_things(app: Flask, client: ShopClient, count_queries: Counting) -> None:
    put_in(client, a_shelf(app))
    submit_details(client)

    with count_queries() as counted:
        client.get("/checkout")

    own = [text for text in counted.statements if "FROM collection" not in text]
    assert len(own) <= 4, str(counted)


def test_the_pages_are_stored_nowhere(app: Flask, client: ShopClient) -> None:
    put_in(client, a_shelf(app))
    submit_details(client)

    for path in ("/cart", "/cart/badge", "/checkout", "/checkout/review"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex"
