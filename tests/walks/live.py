"""A shop on a port of this machine with goods on its shelves, its sandbox beside it, and Chromium in front.

Knows servers, goods and a browser; refuses to know what the walks look at.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from storefront.catalogue import actions
from storefront.catalogue.facts import CollectionFacts
from storefront.catalogue.pictures import image_facts
from storefront.demo.loading import PICTURES
from tests.builders.cart import BERLIN, a_policy
from tests.builders.catalogue import product_facts, variant_facts
from tests.servers.stripe import StripeStandIn

PICTURE = PICTURES / "lions-mane-kit.webp"

# What headless browsers need here, and nothing that calls home.
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]

# What axe sees is what the browser made of a page: the engine below has been walked elsewhere.
ON_ONE_ENGINE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
# All of axe's rules whose answer another colour scheme may change: the page is the same otherwise.
OF_COLOURS = ("color-contrast", "link-in-text-block")


@dataclass(frozen=True, slots=True)
class LiveShop:
    """The shop at `url`, the app behind it, and the sandbox that takes its payments."""

    url: str
    app: Flask
    sandbox: StripeStandIn


def fill_shelves(app: Flask) -> None:
    """A collection with a kit in three choices, one of them sold out, and two plain goods."""
    with app.app_context():
        a_policy()
        actions.save_collection(
            CollectionFacts(slug="kits", title="Growing kits", intro="Mist twice a day, and wait.")
        )
        kit = (
            variant_facts("1.5 kg", "plain box", sku="KIT-15"),
            variant_facts("1.5 kg", "gift box", price_minor=2900, on_hand=0),
            variant_facts("3 kg", "plain box", price_minor=3900, on_hand=9, weight_grams=3000),
        )
        for slug, title, variants, options in (
            ("kit", "Lion’s mane kit", kit, ("Size", "Pack")),
            ("whisk", "Bamboo whisk", (variant_facts(price_minor=1450, on_hand=None),), ()),
            ("cup", "Tasting cup", (variant_facts(price_minor=650, on_hand=0),), ()),
        ):
            actions.save_product(
                product_facts(
                    slug,
                    *variants,
                    title=title,
                    options=options,
                    subtitle="Fruits on the kitchen shelf",
                    description="<h3>How it grows</h3><p>Cut the bag, mist twice a day, and wait.</p>",
                    images=(image_facts(PICTURE.read_bytes(), alt="A growing kit"),),
                    collections=("kits",),
                )
            )


@contextmanager
def a_page(browser: Browser, *, script: bool = True, width: int = 1280, **more: Any) -> Iterator[Page]:
    """A page of a new browser; what it complains of (errors, blocked content) fails the test at the end."""
    context: BrowserContext = browser.new_context(
        java_script_enabled=script, viewport={"width": width, "height": 900}, **more
    )
    page, complaints = context.new_page(), []
    page.set_default_timeout(15_000)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if _is_a_complaint(said) else None)
    try:
        yield page
    finally:
        context.close()
    assert complaints == []


def _is_a_complaint(said: Any) -> bool:
    # A 4xx page that the test asked for is told of as an error, too.
    return said.type == "error" and "status of 4" not in said.text


def fill_details(page: Page) -> None:
    """Type a right address into the checkout's form."""
    for name, text in BERLIN.items():
        field = page.locator(f"main [name={name}]")
        if name == "country":
            assert field.input_value() == text
        elif name != "billing_same":
            field.fill(text)


def put_in(page: Page) -> None:
    """Press “Add to cart”, and wait until the page says that it is in there: the drawer, or the cart's page."""
    page.get_by_role("button", name="Add to cart").click()
    expect(page.get_by_text("is in your cart.")).to_be_visible()


def to_review(page: Page, shop: LiveShop) -> None:
    """From the kit's page to the review, by the buttons that people press."""
    page.goto(f"{shop.url}/products/kit?size=3-kg")
    put_in(page)
    page.goto(f"{shop.url}/checkout")
    fill_details(page)
    page.locator("main form button:not([name=change])").last.click()
    page.wait_for_url("**/checkout/review")


def pay(page: Page, shop: LiveShop) -> None:
    """From the review over the sandbox's page to the order."""
    page.get_by_role("button", name="Order and pay").click()
    page.wait_for_url(f"{shop.sandbox.url}/pay/**")
    page.get_by_role("button", name="Pay 39.00 EUR").click()
    page.wait_for_url(f"{shop.url}/orders/*")
    expect(page.get_by_role("heading", level=1)).to_have_text("Paid. Thank you.")


def faults(page: Page, axe: Path, *, rules: tuple[str, ...] = ()) -> list[str]:
    """What axe-core finds wrong with the page as it stands, by all its rules or by some."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(axe.read_text(encoding="utf-8"))
    found = page.evaluate(
        "async (only) => { const { violations, passes } = await axe.run(only.length ? { runOnly: only } : {});"
        " return { passed: passes.length, wrong: violations.map(v => v.id + ': ' + v.nodes[0].html) } }",
        list(rules),
    )
    # A page on which nothing passes was not looked at.
    assert found["passed"] > (0 if rules else 10)
    wrong: list[str] = found["wrong"]
    return wrong
