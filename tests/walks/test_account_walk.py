"""Accounts in Chromium: a passkey made and used by the script, every page readable by everyone, at both widths."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from storefront.accounts import people
from storefront.accounts.asking import ask_for
from storefront.accounts.models import Customer, TicketKind
from storefront.accounts.passwords import hashed
from storefront.accounts.second_factor import new_secret
from storefront.database import transaction
from tests.accounts.mailbox import newest_link
from tests.builders.accounts import a_customer, a_staff_member, signed_in
from tests.needs import needs_npm
from tests.servers.loopback import LoopbackServer
from tests.servers.stripe import StripeStandIn
from tests.walks.live import ON_ONE_ENGINE, LiveShop, a_page, faults, fill_shelves

pytestmark = pytest.mark.browser

PASSWORD = "fjord lantern pickle orbit"


@pytest.fixture
def shop(
    serve: Callable[..., LoopbackServer], make_app: Callable[..., Flask], tmp_path: Path
) -> Iterator[LiveShop]:
    """The shop by a name: browsers bind passkeys to names, never to numbers."""
    server = serve()
    url = server.url.replace("127.0.0.1", "localhost")
    sandbox = StripeStandIn(tmp_path, shop_origin=url)
    app = make_app(origin=url, **sandbox.settings)
    sandbox.shop, server.app = app, app
    fill_shelves(app)
    yield LiveShop(url, app, sandbox)
    sandbox.close()


def _let_in(page: Page, shop: LiveShop, person: Customer, *, fresh: bool = True) -> None:
    client = signed_in(shop.app, person, fresh=fresh)
    cookies = client._cookies.values()  # type: ignore[union-attr]
    page.context.add_cookies([{"name": each.key, "value": each.value, "url": shop.url} for each in cookies])


@contextmanager
def _with_a_device(page: Page) -> Iterator[None]:
    """Chromium's own stand-in for a device that has passkeys and knows its owner."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield


def test_a_passkey_is_made_signs_in_and_opens_the_staffs_door(chromium: Browser, shop: LiveShop) -> None:
    with shop.app.app_context():
        iris = a_staff_member(role="owner")
    with a_page(chromium) as page, _with_a_device(page):
        _let_in(page, shop, iris)
        page.goto(f"{shop.url}/account/security/passkey")
        page.get_by_label("Name of the passkey").fill("Desk")
        page.get_by_role("button", name="Add the passkey").click()
        expect(page.get_by_text("Passkey: Desk")).to_be_visible()
        page.context.clear_cookies()

        page.goto(f"{shop.url}/staff/people")
        page.get_by_role("button", name="Sign in with a passkey").click()

        page.wait_for_url("**/staff/people")
        expect(page.get_by_role("heading", level=1)).to_have_text("People")


def test_without_script_no_passkey_is_offered_and_the_password_opens(
    chromium: Browser, shop: LiveShop
) -> None:
    with shop.app.app_context():
        email = a_customer(password=PASSWORD).email
    with a_page(chromium, script=False) as page:
        page.goto(f"{shop.url}/sign-in")
        expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
        page.get_by_role("main").get_by_label("E-mail address").fill(email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()

        page.wait_for_url(f"{shop.url}/")


PUBLIC = ("/sign-in", "/sign-up", "/sign-in/link", "/reset", "/reset/nothing")
OWN = (
    "/account/security",
    "/account/security/app",
    "/account/security/passkey",
    "/account/security/password",
    "/account/security/email",
    "/sign-in/again",
    "/sign-out",
)
STAFF = ("/staff/people", "/staff/people/invite", "/account/security")


@ON_ONE_ENGINE
@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
def test_axe_finds_nothing_wrong_with_the_pages_about_accounts(
    chromium: Browser, shop: LiveShop, width: int, scheme: str
) -> None:
    axe, found = needs_npm(), {}
    with shop.app.app_context():
        mara, owner = a_customer(name="Mara Lindt"), a_staff_member(role="owner")
        with transaction() as current:
            row = current.get_one(Customer, mara.id)
            row.password, row.tf_totp_secret = hashed(PASSWORD), new_secret()
        people.invite("ewa@example.org", ["catalogue", "support"], by=("staff", owner.id))
        ask_for(TicketKind.SIGN_UP, f"new{width}@example.org")
        ask_for(TicketKind.RESET, mara.email)
    links = (newest_link(shop.app, f"new{width}@example.org"), newest_link(shop.app, mara.email))
    for person, paths in (
        (None, (*PUBLIC, *links)),
        (mara, OWN),
        (owner, (*STAFF, f"/staff/people/{owner.id}")),
    ):
        with a_page(chromium, width=width, color_scheme=scheme) as page:
            if person is not None:
                _let_in(page, shop, person)
            for path in paths:
                page.goto(shop.url + path)
                found[path] = faults(page, axe)
                found[path] += _wider_than_the_screen(page)
            if person is None:
                page.goto(f"{shop.url}/sign-in")
                page.get_by_role("button", name="Sign in", exact=True).click()
                page.get_by_role("alert").first.wait_for()
                found["wrong"] = faults(page, axe)

    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def _wider_than_the_screen(page: Page) -> list[str]:
    fits = page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    return [] if fits else ["scrolls sideways"]
