"""The catalogue's pages in Chromium: by keyboard alone, without script, at every width, readable by everyone."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.builders.accounts import a_staff_member, signed_in
from tests.builders.catalogue import the_product, the_variants
from tests.builders.editing import a_shelf, say_of_variant
from tests.needs import needs_npm
from tests.walks.live import ON_ONE_ENGINE, PICTURE, LiveShop, a_page, faults

pytestmark = pytest.mark.browser


@contextmanager
def at_work(
    chromium: Browser, shop: LiveShop, *, script: bool = True, width: int = 1280, dark: bool = False
) -> Iterator[Page]:
    """A page of somebody who keeps the catalogue, signed in."""
    with shop.app.app_context():
        person = a_staff_member(role="catalogue").id
    client = signed_in(shop.app, person)
    cookies = [{"name": c.key, "value": c.value, "url": shop.url} for c in (client._cookies or {}).values()]
    scheme = "dark" if dark else "light"
    with a_page(chromium, script=script, width=width, color_scheme=scheme) as page:
        page.context.add_cookies(cookies)  # type: ignore[arg-type]
        yield page


def reach(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus; what cannot be reached so fails."""
    handle = target.element_handle()
    for _press in range(120):
        if page.evaluate("element => element === document.activeElement", handle):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} cannot be reached by Tab")


def go(page: Page, name: str, role: str = "link") -> None:
    reach(page, page.get_by_role(role, name=name).first)  # type: ignore[arg-type]
    page.keyboard.press("Enter")
    page.wait_for_load_state()


def write(page: Page, field: str, text: str) -> None:
    target = page.locator(f"[name={field}]")
    reach(page, target)
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_product_of_two_variants_and_a_picture_comes_into_the_shop_by_keyboard(
    chromium: Browser, shop: LiveShop, script: bool
) -> None:
    with at_work(chromium, shop, script=script) as page:
        page.goto(f"{shop.url}/staff/products")
        go(page, "New product")
        write(page, "title", "Oak log")
        write(page, "description", "Grows on oak.")
        write(page, "price", "19.90")
        write(page, "pieces", "4")
        go(page, "Keep as draft", "button")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Draft")

        go(page, "Variants")
        write(page, "name1", "Length")
        write(page, "first1", "30 cm")
        go(page, "Save the options", "button")
        go(page, "Add a variant")
        write(page, "value1", "60 cm")
        write(page, "price", "34.90")
        write(page, "pieces", "2")
        go(page, "Add the variant", "button")
        expect(page.get_by_role("row", name="60 cm")).to_contain_text("€34.90")

        go(page, "Pictures")
        reach(page, page.locator("[name=files]"))
        # What the system's own window does once a file is chosen in it.
        page.locator("[name=files]").set_input_files(PICTURE)
        write(page, "alt", "A log with white mushrooms")
        go(page, "Add the pictures", "button")
        expect(page.locator(".hung p").first).to_have_text("A log with white mushrooms")

        go(page, "Texts")
        go(page, "Publish", "button")
        go(page, "In the shop")
        expect(page.get_by_role("heading", level=1)).to_have_text("Oak log")
        expect(page.get_by_role("img", name="A log with white mushrooms")).to_be_visible()
        go(page, "60 cm")
        page.wait_for_url("**length=60-cm**")
        expect(page.locator("#choose")).to_contain_text("€34.90")


def visits(shop: LiveShop) -> list[str]:
    """Every page of the catalogue, with something on it."""
    with shop.app.app_context():
        kit = the_product("kit").id
        variant = the_variants("kit")[0].id
        say_of_variant(variant, price_minor=1990)
        shelf = a_shelf("By hand")
    of_kit = [
        f"/staff/products/{kit}{name}" for name in ("", "/variants", "/variants/new", "/pictures", "/prices")
    ]
    return [
        *("/staff/products", "/staff/products?state=draft", "/staff/products/new", *of_kit),
        *(
            f"/staff/products/{kit}/history",
            f"/staff/products/variants/{variant}",
            "/staff/products/pictures/1",
        ),
        *(
            "/staff/collections",
            "/staff/collections/new",
            "/staff/collections/1",
            f"/staff/collections/{shelf}",
        ),
        *("/staff/stock", "/staff/stock?only=low", f"/staff/stock/{variant}"),
    ]


@ON_ONE_ENGINE
@pytest.mark.parametrize("dark", [False, True], ids=["day", "night"])
def test_no_page_of_the_catalogue_has_a_barrier(chromium: Browser, shop: LiveShop, dark: bool) -> None:
    axe = needs_npm()
    found = []

    with at_work(chromium, shop, dark=dark) as page:
        for path in visits(shop):
            page.goto(shop.url + path)
            found += [f"{path}: {fault}" for fault in faults(page, axe)]
            assert page.locator("h1").count() == 1, path

    assert found == []


@ON_ONE_ENGINE
@pytest.mark.parametrize("width", [320, 360, 768])
def test_no_page_of_the_catalogue_scrolls_sideways(chromium: Browser, shop: LiveShop, width: int) -> None:
    wide = []

    with at_work(chromium, shop, width=width) as page:
        for path in visits(shop):
            page.goto(shop.url + path)
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append(path)

    assert wide == []


def test_scripts_in_what_staff_read_never_run(chromium: Browser, shop: LiveShop) -> None:
    nasty = '"><script>document.title=1</script><img src=x onerror=f()>'
    with at_work(chromium, shop) as page:
        blocked: list[str] = []
        page.expose_function("blocked", lambda directive: blocked.append(directive))
        page.add_init_script("addEventListener('securitypolicyviolation', e => blocked(e.violatedDirective))")
        page.goto(f"{shop.url}/staff/products/new")
        for name in ("title", "subtitle", "description", "vendor", "kind", "tags", "seo_title", "sku"):
            page.locator(f"[name={name}]").fill(nasty)
        page.locator("[name=price]").fill("1")
        page.get_by_role("button", name="Keep as draft").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("<script>")
        here = page.url
        for path in ("", "/variants", "/history", "/preview", "/prices"):
            page.goto(here + path)
            assert page.title() != "1"
        page.goto(f"{shop.url}/staff/stock")

        assert blocked == []
        assert not re.fullmatch("1", page.title())
