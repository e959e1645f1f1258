"""A customer's cart is the account's: on every device, over every sign-in, and nowhere else."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import clock
from storefront.accounts.signals import signed_in as signed_in_signal
from storefront.cart import saved
from storefront.cart.actions import forget_spent_carts
from storefront.cart.contents import Cart, as_list
from storefront.cart.cookie import packed
from storefront.cart.models import SavedCart
from storefront.cart.queries import is_spent, rest_of, saved_cart
from storefront.cart.saved import change_saved_cart, take_in_cart
from storefront.cart.steps import absorb, spend
from storefront.catalogue.models import Variant
from storefront.database import session, transaction
from tests.builders.accounts import a_customer, signed_in
from tests.builders.cart import a_cart, a_policy, a_shelf, pieces, put_in
from tests.builders.catalogue import a_variant
from tests.client import ShopClient


@pytest.fixture
def customer(app: Flask) -> int:
    """The id of somebody with an account, in a shop with a policy."""
    with app.app_context():
        a_policy()
        return a_customer().id


def test_what_one_device_puts_in_another_shows(app: Flask, customer: int) -> None:
    variant = a_shelf(app, on_hand=9)
    phone, desk = signed_in(app, customer), signed_in(app, customer)

    put_in(phone, variant, 2)
    put_in(desk, variant, 1)

    assert (pieces(phone), pieces(desk)) == (3, 3)


def test_of_two_carts_the_larger_quantity_counts_and_never_more_than_there_is(
    app: Flask, customer: int
) -> None:
    with app.app_context():
        tea, kit, cup = (a_variant(on_hand=each) for each in (9, 2, 9))
        change_saved_cart(customer, lambda _cart: a_cart((tea.id, 1), (kit.id, 1), id="saved"))

        merged = take_in_cart(customer, a_cart((tea.id, 4), (kit.id, 5), (cup.id, 3), id="guest"))

        assert [(each.variant_id, each.quantity) for each in merged.lines] == [
            (tea.id, 4),
            (kit.id, 2),
            (cup.id, 3),
        ]
        assert merged.id == "saved"
        assert saved_cart(customer) == merged


@pytest.mark.parametrize(
    ("saved", "typed", "kept"),
    [("OLD", "NEW", "NEW"), ("OLD", "", "OLD"), ("", "NEW", "NEW"), ("", "", "")],
)
def test_the_code_that_was_typed_last_is_kept(
    app: Flask, customer: int, saved: str, typed: str, kept: str
) -> None:
    with app.app_context():
        tea = a_variant(on_hand=9)
        mine, guest = a_cart((tea.id, 1), id="saved"), a_cart((tea.id, 1), id="guest")
        change_saved_cart(customer, lambda _cart: replace(mine, code=saved))

        assert take_in_cart(customer, replace(guest, code=typed)).code == kept


def test_a_smaller_quantity_in_the_browser_takes_nothing_away(app: Flask, customer: int) -> None:
    with app.app_context():
        tea = a_variant(on_hand=9)
        change_saved_cart(customer, lambda _cart: a_cart((tea.id, 4), id="saved"))

        assert take_in_cart(customer, a_cart((tea.id, 1), id="guest")).pieces == 4


def test_what_is_sold_out_is_not_gone_unsaid(app: Flask, customer: int) -> None:
    with app.app_context():
        gone = a_variant(on_hand=0)

        assert take_in_cart(customer, a_cart((gone.id, 2), id="guest")).quantity_of(gone.id) == 2


def test_a_guests_cart_goes_in_once(app: Flask, customer: int) -> None:
    """Else what was taken out since would come back with the next sign-in of the same browser."""
    with app.app_context():
        tea, cup = a_variant(on_hand=9), a_variant(on_hand=9)
        change_saved_cart(customer, lambda _cart: a_cart((tea.id, 1), id="saved"))
        guest = a_cart((cup.id, 1), id="guest")
        take_in_cart(customer, guest)
        change_saved_cart(customer, lambda cart: cart.remove(cup.id))

        assert take_in_cart(customer, guest).quantity_of(cup.id) == 0


def test_a_cart_that_was_bought_does_not_come_back_by_signing_in(app: Flask, customer: int) -> None:
    with app.app_context():
        tea = a_variant(on_hand=9)
        with transaction():
            spend("guest", {tea.id: 1})

        assert not take_in_cart(customer, a_cart((tea.id, 1), id="guest"))


def test_a_paid_cart_is_empty_in_the_account(app: Flask, customer: int) -> None:
    with app.app_context():
        tea = a_variant(on_hand=9)
        change_saved_cart(customer, lambda _cart: a_cart((tea.id, 1), id="saved"))

        with transaction():
            spend("saved", {tea.id: 1})

        assert not saved_cart(customer)


def test_what_was_put_in_besides_what_was_paid_stays_in_the_account(app: Flask, customer: int) -> None:
    with app.app_context():
        tea, cup = a_variant(on_hand=9), a_variant(on_hand=9)
        change_saved_cart(customer, lambda _cart: a_cart((tea.id, 3), (cup.id, 1), id="saved"))

        with transaction():
            spend("saved", {tea.id: 2})

        left = saved_cart(customer)
        assert [(line.variant_id, line.quantity) for line in left.lines] == [(tea.id, 1), (cup.id, 1)]
        assert left.id not in {"", "saved"}
        assert take_in_cart(customer, rest_of(a_cart((tea.id, 3), (cup.id, 1), id="saved"))) == left


def test_of_a_guests_cart_that_is_paid_during_sign_in_the_rest_comes_in(
    app: Flask, customer: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        tea, cup = a_variant(on_hand=9), a_variant(on_hand=9)
        guest = a_cart((tea.id, 1), (cup.id, 1), id="guest")

        def absorb_late(cart_id: str, **said: bool) -> bool:
            spend("guest", {tea.id: 1})
            return absorb(cart_id, **said)

        monkeypatch.setattr(saved, "absorb", absorb_late)

        taken = take_in_cart(customer, guest)

        assert [(line.variant_id, line.quantity) for line in taken.lines] == [(cup.id, 1)]
        assert saved_cart(customer) == taken


def test_a_cart_that_was_paid_as_it_came_into_the_account_is_read_and_changed_without_what_was_bought(
    app: Flask, customer: int
) -> None:
    with app.app_context():
        tea, cup = a_variant(on_hand=9), a_variant(on_hand=9)
        with transaction():
            # By then nothing of it was in the account.
            spend("both", {tea.id: 1})
        with transaction() as current:
            contents = as_list(a_cart((tea.id, 1), (cup.id, 1), id="both"))
            current.add(
                SavedCart(customer_id=customer, cart_id="both", contents=contents, changed_at=clock.now())
            )
        tea_id, cup_id = tea.id, cup.id
    shopper = signed_in(app, customer)

    read = pieces(shopper)
    put_in(shopper, cup_id)

    with app.app_context():
        left = saved_cart(customer)
        assert (read, left.quantity_of(tea_id), left.quantity_of(cup_id)) == (1, 0, 2)
        assert left.id != "both"


def test_a_spent_id_that_an_account_still_has_is_not_forgotten(
    inside: Flask, customer: int, frozen: ModuleType
) -> None:
    for name in ("saved", "gone"):
        with transaction():
            spend(name, {7: 1})
    with transaction() as current:
        mine = a_cart((7, 1), id="saved")
        current.add(
            SavedCart(customer_id=customer, cart_id="saved", contents=as_list(mine), changed_at=clock.now())
        )
    frozen.advance(timedelta(days=31))

    forget_spent_carts()

    assert (is_spent("saved"), is_spent("gone")) == (True, False)


def test_at_sign_in_the_cart_leaves_the_browser_and_waits_in_the_account(app: Flask, customer: int) -> None:
    variant = a_shelf(app, on_hand=9)
    client = signed_in(app, customer)
    with app.app_context():
        guest = a_cart((variant.id, 2), id="guest")
    with app.test_request_context():
        cookie = packed(guest)
    with app.test_request_context("/", headers={"Cookie": f"cart={cookie}"}):
        signed_in_signal.send(app, customer_id=customer, sign_in_id=1)
        answer = app.process_response(app.make_response(""))

    dropped = [each for each in answer.headers.getlist("Set-Cookie") if each.startswith("cart=;")]
    assert dropped
    assert "Max-Age=0" in dropped[0]
    assert pieces(client) == 2
    assert pieces(signed_in(app, customer)) == 2


def test_nothing_of_it_is_in_the_browser_or_on_pages_for_everyone(app: Flask, customer: int) -> None:
    variant = a_shelf(app, on_hand=9)
    client = signed_in(app, customer)

    answer = put_in(client, variant, 2)
    page = client.get("/")

    assert not any(each.startswith("cart=") for each in answer.headers.getlist("Set-Cookie"))
    assert not page.headers.getlist("Set-Cookie")
    assert page.get_data() == ShopClient(app).get("/").get_data()


def test_looking_at_a_cart_writes_nothing(app: Flask, customer: int) -> None:
    variant = a_shelf(app, on_hand=9)
    client = signed_in(app, customer)
    client.get("/cart")
    client.get("/cart/badge")

    with app.app_context():
        assert session().scalar(sa.select(sa.func.count()).select_from(SavedCart)) == 0
    put_in(client, variant)


def test_a_refused_change_leaves_the_cart_as_it_was(app: Flask, customer: int) -> None:
    gone = a_shelf(app, on_hand=0)
    client = signed_in(app, customer)

    assert put_in(client, gone).status_code == 422
    assert pieces(client) == 0


def test_the_header_says_who_is_signed_in_and_to_no_cache(
    app: Flask, customer: int, client: ShopClient
) -> None:
    answer = signed_in(app, customer).get("/cart/badge")

    assert answer.get_json() == {"count": 0, "signed_in": True}
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.get("/cart/badge").get_json() == {"count": 0, "signed_in": False}


AT_ONCE = 8


def test_of_many_devices_at_once_nothing_is_lost(app: Flask, customer: int) -> None:
    assert _put_in_at_once(app, customer) == AT_ONCE


def test_control_without_the_lock_something_is_lost(
    app: Flask, customer: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard taken away: read, then written in another transaction."""

    def unguarded(customer_id: int, change: object) -> Cart:
        import time

        mine = saved_cart(customer_id)
        session().rollback()
        time.sleep(0.05)
        changed = change(mine)  # type: ignore[operator]
        with transaction():
            return saved._keep(saved._locked(customer_id), changed)

    monkeypatch.setattr(saved, "change_saved_cart", unguarded)

    assert _put_in_at_once(app, customer) < AT_ONCE


def _put_in_at_once(app: Flask, customer_id: int) -> int:
    with app.app_context():
        variants = [_a_variant_id() for _each in range(AT_ONCE)]

    def put(variant_id: int) -> None:
        with _own_context(app):
            saved.change_saved_cart(customer_id, lambda cart: cart.add(variant_id, 1))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(put, variants))
    with app.app_context():
        return saved_cart(customer_id).pieces


def _a_variant_id() -> int:
    made: Variant = a_variant(on_hand=None)
    return made.id


@contextmanager
def _own_context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield
