"""Pictures of every page in every state, at the widths of a phone, a tablet and a desk, by day and by night.

`python -m bench.screens` writes docs/screens/; knows cameras and files; refuses to know how pages are reached.
"""

import io
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from bench.open_shop import FLAGS, OpenShop, open_shop
from bench.visits import PUBLIC, break_the_books, visits
from launch.environment import ROOT
from launch.errors import CannotStart
from tests.needs import needs_chromium

FOLDER = ROOT / "docs" / "screens"
WIDTHS = (360, 768, 1280)
HEIGHT = 900
# A page that goes on and on has said what it looks like by then.
LONGEST = 1700
QUALITY = 33
MOST_BYTES = 3_000_000
# Pages that are laid out anew for a tablet; the others grow between the phone's layout and the desk's.
ON_TABLETS = {
    "home",
    "collection",
    "product",
    "cart",
    "checkout",
    "review",
    "payment",
    "order",
    "shipping",
    "not-found",
}
FORCED = {"product", "cart-wrong", "checkout-wrong", "order"}
# A dialog covers what is seen, not what is below it.
AS_SEEN = {"drawer", "menu"}


@dataclass(frozen=True, slots=True)
class Light:
    """How a page is lit: the end of the file's name and what the browser is told."""

    suffix: str
    color_scheme: str = "light"
    forced_colors: str = "none"


DAY, NIGHT = Light(""), Light("-dark", color_scheme="dark")
CONTRAST = Light("-contrast", color_scheme="dark", forced_colors="active")


def main() -> int:
    """Take every picture anew; returns the exit status."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.webp"):
        old.unlink()
    try:
        with open_shop() as shop, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=needs_chromium(), args=FLAGS)
            page = browser.new_page(viewport={"width": 1280, "height": HEIGHT})
            for name in _stops(page, shop):
                _take(page, name)
            browser.close()
    except CannotStart as reason:
        print(reason, file=sys.stderr)
        return 1
    return _weigh()


def _stops(page: Page, shop: OpenShop) -> Iterator[str]:
    yield from visits(page, shop)
    # On a page of ours its inline styles would be refused.
    page.goto("about:blank")
    page.set_content(_a_mail(shop))
    yield "mail-html"
    break_the_books(shop)
    page.goto(shop.url + PUBLIC["product"])
    yield "failure"


def _a_mail(shop: OpenShop) -> str:
    with sqlite3.connect(shop.database) as books:
        (html,) = books.execute("SELECT html FROM outgoing_mail WHERE html IS NOT NULL LIMIT 1").fetchone()
    return str(html)


def _take(page: Page, name: str) -> None:
    for light, widths in _pictures(name):
        page.emulate_media(color_scheme=light.color_scheme, forced_colors=light.forced_colors)  # type: ignore[arg-type]
        for width in widths:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            shot = page.screenshot(full_page=name not in AS_SEEN)
            _keep(shot, FOLDER / f"{name}-{width}{light.suffix}.webp")
    page.emulate_media(color_scheme="light", forced_colors="none")
    page.set_viewport_size({"width": 1280, "height": HEIGHT})


def _pictures(name: str) -> Iterator[tuple[Light, tuple[int, ...]]]:
    if name == "menu":
        yield DAY, (360,)
        yield NIGHT, (360,)
        return
    yield DAY, WIDTHS if name in ON_TABLETS else (WIDTHS[0], WIDTHS[-1])
    yield NIGHT, (360, 1280) if name in {"home", "product"} else (360,)
    if name in FORCED:
        yield CONTRAST, (360,)


def _keep(shot: bytes, file: Path) -> None:
    with Image.open(io.BytesIO(shot)) as picture:
        part = picture.convert("RGB").crop((0, 0, picture.width, min(picture.height, LONGEST)))
        part.save(file, "WEBP", quality=QUALITY, method=5)


def _weigh(say: Callable[[str], None] = print) -> int:
    files = list(FOLDER.glob("*.webp"))
    total = sum(file.stat().st_size for file in files)
    say(f"{len(files)} pictures, {total / 1000:,.0f} kB, in {FOLDER.relative_to(ROOT)}/")
    if total > MOST_BYTES:
        say(f"That is more than {MOST_BYTES / 1000:,.0f} kB.")
    return int(total > MOST_BYTES)


if __name__ == "__main__":
    raise SystemExit(main())
