"""The payment page in Chromium: readable by everyone, at every width, in light and dark, without script."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from storefront.sandbox.app import Sandbox
from tests.needs import needs_chromium, needs_npm
from tests.sandbox.bench import Bench
from tests.sandbox.builders import an_open_session
from tests.servers.loopback import LoopbackServer

pytestmark = pytest.mark.browser

Serve = Callable[[Sandbox], LoopbackServer]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A Chromium for the tests of this file."""
    path = needs_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def faults(page: Page, script: Path) -> list[str]:
    """What axe-core finds wrong."""
    page.evaluate(script.read_text(encoding="utf-8"))
    found = page.evaluate("async () => (await axe.run()).violations.map(v => v.id + ': ' + v.nodes[0].html)")
    assert isinstance(found, list)
    return found


def context(
    chromium: Browser, *, width: int = 768, scheme: str = "light", script: bool = True
) -> BrowserContext:
    return chromium.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=script,
    )


def addresses(bench: Bench, url: str) -> dict[str, str]:
    """The address of every kind of page."""
    fresh = an_open_session(bench, customer_email=None, allowed_payment_method_types=["card", "sepa_debit"])
    declined, asked, paid, expired = (an_open_session(bench) for _ in range(4))
    bench.control("pay", session=declined.id, decline="insufficient_funds")
    bench.browser.post(f"/pay/{asked.id}", data={"choice": "secure"})
    bench.control("pay", session=paid.id)
    bench.api.checkout.sessions.expire(expired.id)
    return {
        "open": f"{url}/pay/{fresh.id}",
        "declined": f"{url}/pay/{declined.id}",
        "bank": f"{url}/pay/{asked.id}/authenticate",
        "complete": f"{url}/pay/{paid.id}",
        "expired": f"{url}/pay/{expired.id}",
        "nothing": f"{url}/",
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong_with_any_page(
    chromium: Browser, bench: Bench, serve: Serve, scheme: str
) -> None:
    script, url = needs_npm(), serve(bench.sandbox).url
    visitor = context(chromium, scheme=scheme)
    page = visitor.new_page()

    found = {}
    for name, address in addresses(bench, url).items():
        page.goto(address)
        found[name] = faults(page, script)
    visitor.close()

    assert {name: problems for name, problems in found.items() if problems} == {}


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_no_page_is_wider_than_the_window(chromium: Browser, bench: Bench, serve: Serve, width: int) -> None:
    url = serve(bench.sandbox).url
    visitor = context(chromium, width=width)
    page = visitor.new_page()

    widths = {}
    for name, address in addresses(bench, url).items():
        page.goto(address)
        widths[name] = page.evaluate("document.documentElement.scrollWidth")
    visitor.close()

    assert max(widths.values()) <= width, widths


def test_declining_then_paying_works_without_script(chromium: Browser, bench: Bench, serve: Serve) -> None:
    url = serve(bench.sandbox).url
    session = an_open_session(bench, success_url=f"{url}/?paid={{CHECKOUT_SESSION_ID}}")
    visitor = context(chromium, script=False)
    page = visitor.new_page()

    page.goto(f"{url}/pay/{session.id}")
    page.get_by_label("Reason").select_option("insufficient_funds")
    page.get_by_role("button", name="Decline the card").click()
    told = page.get_by_role("alert").inner_text()
    page.get_by_role("button", name="Pay 24.00 EUR").click()
    page.wait_for_url(f"{url}/?paid={session.id}")
    cookies = visitor.cookies()
    visitor.close()

    assert "insufficient funds" in told
    assert cookies == []
    assert bench.api.checkout.sessions.retrieve(session.id).payment_status == "paid"
