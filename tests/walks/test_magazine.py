"""The magazine in Chromium: a comment shown to whoever wrote it, an editor that previews, nothing that runs, and
nothing that axe objects to, in light and dark and on a telephone."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from storefront.comments.actions import Words, submit_comment
from storefront.comments.deciding import close_thread, decide_comments
from storefront.comments.models import Verdict
from storefront.content import covers
from storefront.database import release
from storefront.errors import Refused
from tests.builders.accounts import a_staff_member, signed_in
from tests.builders.comments import STAFF
from tests.builders.content import EDITOR, a_post, the_post
from tests.needs import needs_npm
from tests.walks.live import ON_ONE_ENGINE, PICTURE, LiveShop, a_page, faults
from tests.walks.payloads import PAYLOADS
from tests.walks.test_staff_pages import HOSTILE, LISTEN

pytestmark = pytest.mark.browser

BODY = (
    "# Rain\n\nIt rained.\n\n## Then\n\nIt stopped.\n\n## And\n\nIt grew.\n\n## End\n\n{{ product: kit }}\n"
)


def _written(shop: LiveShop) -> tuple[int, int]:
    """A post with a cover, a card, contents and a thread of two: its id and that of its first comment."""
    with shop.app.app_context():
        post_id = a_post(title="Rain", slug="rain", summary="Of rain.", body=BODY, tags=("Weather",)).id
        a_post(title="Snow", slug="snow", tags=("Weather",))
        covers.hang_cover(post_id, PICTURE.read_bytes(), alt="Rain on a roof", by=EDITOR)
        first = submit_comment("post", post_id, Words("Greta", "greta@example.org", "Mine stalled."))
        decide_comments([first], Verdict.PUBLISH, by=STAFF)
        held = submit_comment("post", post_id, Words("Ole", "ole@example.org", "Is it true?"))
        release()
    return post_id, held


def _let_in(page: Page, shop: LiveShop) -> None:
    with shop.app.app_context():
        person = a_staff_member(role="owner", name="Iris").id
    cookies = signed_in(shop.app, person)._cookies.values()  # type: ignore[union-attr]
    page.context.add_cookies([{"name": each.key, "value": each.value, "url": shop.url} for each in cookies])


def _comment(page: Page) -> None:
    page.get_by_role("textbox", name="Name").fill("Mara")
    page.locator("#comment-email").fill("mara@example.org")
    page.get_by_role("textbox", name="Comment").fill("Mine did.")
    page.get_by_role("button", name="Send comment").press("Enter")


def test_who_comments_sees_it_beneath_the_text_also_after_coming_back(
    chromium: Browser, shop: LiveShop
) -> None:
    _written(shop)
    with a_page(chromium) as page:
        page.goto(f"{shop.url}/blog/rain")
        page.get_by_role("button", name="Send comment").click()
        expect(page.get_by_role("alert")).to_contain_text("Please write your comment.")
        page.locator("#comment-text").fill("Too early")
        page.get_by_role("button", name="Send comment").click()
        expect(page.get_by_role("alert")).not_to_contain_text("Please write your comment.")
        _comment(page)

        own = page.locator("[data-thread] [data-own]")
        expect(own).to_contain_text("Mine did.")
        expect(own).to_be_focused()
        expect(page.get_by_role("textbox", name="Comment")).to_have_value("")
        expect(page.locator("[data-share] [aria-invalid]")).to_have_count(0)
        expect(page.get_by_role("alert")).to_have_count(0)
        page.reload()
        expect(own).to_contain_text("Only you can see this")
        assert page.url == f"{shop.url}/blog/rain"


def test_without_script_the_comment_has_a_page_of_its_own(chromium: Browser, shop: LiveShop) -> None:
    _written(shop)
    with a_page(chromium, script=False, width=360) as page:
        page.goto(f"{shop.url}/blog/rain")
        _comment(page)

        expect(page.get_by_role("heading", level=1)).to_have_text("Your comment")
        expect(page.get_by_role("status")).to_contain_text("Waiting to be read")


def test_an_editor_previews_while_typing_and_puts_cards_in_by_keyboard(
    chromium: Browser, shop: LiveShop
) -> None:
    post_id, _held = _written(shop)
    with a_page(chromium) as page:
        _let_in(page, shop)
        page.goto(f"{shop.url}/staff/posts/{post_id}")
        page.evaluate("window.stayed = true")
        body = page.get_by_label("Text")
        body.fill("Some *rain*.\n\nAnd then.")
        expect(page.locator("[data-preview] em")).to_have_text("rain")
        body.evaluate("field => { field.selectionStart = field.selectionEnd = 12 }")
        page.get_by_label("Find a product").press_sequentially("lion")
        page.get_by_role("button", name="Show “Lion’s mane kit”").press("Enter")

        expect(body).to_have_value("Some *rain*.\n\n{{ product: kit }}\n\nAnd then.")
        expect(body).to_be_focused()
        assert page.evaluate("window.stayed") is True
        page.keyboard.press("Control+s")
        expect(page.get_by_role("status").first).to_contain_text("Saved.")


def test_an_editor_reads_while_typing_which_phrases_want_proof(chromium: Browser, shop: LiveShop) -> None:
    post_id, _held = _written(shop)
    with a_page(chromium) as page:
        _let_in(page, shop)
        page.goto(f"{shop.url}/staff/posts/{post_id}")
        page.evaluate("window.stayed = true")
        before = page.locator("[data-claims-said]").inner_text()

        page.get_by_label("Text").fill("It cures every cold, guaranteed.")

        expect(page.locator("[data-claims-said]")).not_to_have_text(before)
        expect(page.locator("[data-claims-list] li").first).to_be_visible()
        assert page.evaluate("window.stayed") is True


def test_without_script_enter_looks_for_goods_and_only_the_button_saves(
    chromium: Browser, shop: LiveShop
) -> None:
    post_id, _held = _written(shop)
    with a_page(chromium, script=False) as page:
        _let_in(page, shop)
        page.goto(f"{shop.url}/staff/posts/{post_id}")
        page.get_by_label("Title").fill("Hail")
        page.get_by_label("Find a product").fill("lion")
        page.keyboard.press("Enter")

        expect(page.get_by_role("button", name="Show “Lion’s mane kit”")).to_be_visible()
        expect(page.get_by_label("Title")).to_have_value("Hail")
        with shop.app.app_context():
            assert the_post(post_id).title == "Rain"
        page.get_by_label("Title").press("Enter")
        expect(page.get_by_role("status").first).to_contain_text("Nothing is saved yet.")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("status").first).to_contain_text("Saved.")
        with shop.app.app_context():
            assert the_post(post_id).title == "Hail"


def test_who_had_the_page_open_reads_that_the_thread_was_closed_meanwhile(
    chromium: Browser, shop: LiveShop
) -> None:
    post_id, _held = _written(shop)
    with a_page(chromium) as page:
        page.goto(f"{shop.url}/blog/rain")
        with shop.app.app_context():
            close_thread("post", post_id, by=STAFF)
            release()
        _comment(page)

        expect(page.locator("main")).to_contain_text("Comments on this are closed")
        expect(page.locator("main")).not_to_contain_text("null")


@pytest.mark.parametrize("script", [True, False])
def test_a_moderator_rejects_by_keyboard_alone(chromium: Browser, shop: LiveShop, script: bool) -> None:
    _post_id, held = _written(shop)
    with a_page(chromium, script=script) as page:
        _let_in(page, shop)
        page.goto(f"{shop.url}/staff/comments")
        if script:
            for key in ("j", "x", "r"):
                page.keyboard.press(key)
        else:
            page.get_by_role("checkbox", name="Choose the comment of Ole").press("Space")
            page.get_by_role("button", name="Reject").press("Enter")
        reason = page.get_by_label("Reason, if it is rejected")
        expect(reason).to_be_focused()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")

        expect(page.get_by_text("No comment is here.")).to_be_visible()
        page.goto(f"{shop.url}/staff/comments/report")
        expect(page.get_by_role("link", name="Ole")).to_have_attribute("href", f"/staff/comments/{held}")


def test_on_a_phone_the_staffs_menu_begins_at_the_page_that_is_open(
    chromium: Browser, shop: LiveShop
) -> None:
    with a_page(chromium) as page:
        _let_in(page, shop)
        page.set_viewport_size({"width": 360, "height": 800})

        page.goto(f"{shop.url}/staff/comments")

        expect(page.locator(".staff-nav [aria-current]")).to_be_in_viewport(ratio=1)


def _visits(page: Page, shop: LiveShop, post_id: int, held: int) -> Iterator[str]:
    for path in ("/", "/blog", "/blog/rain", "/authors/jonna-reuter", "/contact"):
        page.goto(shop.url + path)
        yield path
    page.get_by_role("button", name="Send the message").click()
    page.get_by_role("alert").wait_for()
    yield "contact, with errors"
    page.goto(f"{shop.url}/blog/rain")
    _comment(page)
    page.locator("[data-thread] [data-own]").wait_for()
    yield "own comment beneath the text"
    page.goto(f"{shop.url}/staff/posts/{post_id}")
    page.get_by_role("button", name="Preview").click()
    page.locator("[data-preview] h2").first.wait_for()
    page.get_by_label("Find a product").press_sequentially("kit")
    page.locator("[data-cards] button").first.wait_for()
    yield "editor with preview and cards"
    for path in (
        *("/staff/comments", f"/staff/comments/{held}", "/staff/comments/report", "/staff/posts"),
        *("/staff/posts/tags", "/staff/posts/authors/1", "/staff/claims", "/staff/claims/lexicon"),
        *("/staff/claims/lexicon/1", "/staff/subscribers", "/staff/earnings"),
    ):
        page.goto(shop.url + path)
        yield path


@ON_ONE_ENGINE
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_axe_finds_nothing_in_the_magazine(chromium: Browser, shop: LiveShop, width: int) -> None:
    axe, wrong = needs_npm(), dict[str, Any]()
    post_id, held = _written(shop)
    with a_page(chromium, width=width) as page:
        _let_in(page, shop)
        for name in _visits(page, shop, post_id, held):
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wrong[f"{name} sideways"] = width
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                if found := faults(page, axe):
                    wrong[f"{name} {scheme}"] = found

    assert wrong == {}


def _visits_without_script(page: Page, shop: LiveShop, post_id: int) -> Iterator[str]:
    for path in ("/blog", "/blog/rain", "/blog/tags/weather", "/authors/jonna-reuter", "/contact"):
        page.goto(shop.url + path)
        yield path
    page.goto(f"{shop.url}/blog/rain")
    _comment(page)
    page.wait_for_url("**/comments/**")
    yield "own comment"
    page.goto(f"{shop.url}/blog/rain")
    page.get_by_role("link", name="Reply to Greta").click()
    page.wait_for_url("**/reply")
    yield "reply"
    for path in ("/staff/posts/new", f"/staff/posts/{post_id}", "/staff/comments"):
        page.goto(shop.url + path)
        yield path
    page.goto(f"{shop.url}/staff/posts/{post_id}")
    page.get_by_role("button", name="Preview").click()
    page.locator("[data-preview] h2").first.wait_for()
    yield "editor with preview"


@ON_ONE_ENGINE
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_axe_finds_nothing_in_the_magazine_where_no_script_came(
    chromium: Browser, shop: LiveShop, width: int
) -> None:
    """The modules are empty, so that axe itself, which is a script, can look."""
    axe, wrong = needs_npm(), dict[str, Any]()
    post_id, _held = _written(shop)
    with a_page(chromium, width=width) as page:
        page.route("**/js/**", lambda route: route.fulfill(content_type="text/javascript", body=""))
        _let_in(page, shop)
        for name in _visits_without_script(page, shop, post_id):
            if found := faults(page, axe):
                wrong[name] = found

    assert wrong == {}


def test_none_of_150_scripts_runs_in_texts_names_and_addresses(chromium: Browser, shop: LiveShop) -> None:
    assert len(PAYLOADS) >= 150
    post_id = _hostile(shop)
    ways = ["/blog", *(f"/blog/{HOSTILE_SLUG}?comments={number}" for number in range(1, 9))]
    staff = [f"/staff/posts/{post_id}", "/staff/posts", "/staff/comments?state=published", "/staff/comments"]
    wrong: dict[str, Any] = {}
    with a_page(chromium) as page:
        page.context.add_init_script(LISTEN)
        _let_in(page, shop)
        for path in [*ways, *staff]:
            answer = page.goto(shop.url + path)
            assert answer
            wrong |= _tried(page, path, answer.status)
        page.goto(f"{shop.url}/staff/posts/{post_id}")
        page.get_by_role("button", name="Preview").click()
        page.locator("[data-preview] h2").first.wait_for()
        wrong |= _tried(page, "preview", 200)

    assert wrong == {}


HOSTILE_SLUG, REFUSED = "hostile", 400


def _hostile(shop: LiveShop) -> int:
    with shop.app.app_context():
        body = "\n\n".join(PAYLOADS) + "\n\n" + "\n\n".join(f"- {each}" for each in PAYLOADS)
        post_id = a_post(title=HOSTILE, slug=HOSTILE_SLUG, summary=HOSTILE, body=body).id
        made = []
        for number, each in enumerate(PAYLOADS):
            words = f"{number} {each}"
            try:
                made.append(submit_comment("post", post_id, Words(each, f"{each}@example.org", words)))
            except Refused:
                made.append(submit_comment("post", post_id, Words(each, f"r{number}@example.org", words)))
        decide_comments(made, Verdict.PUBLISH, by=STAFF)
        release()
    return post_id


@ON_ONE_ENGINE
def test_no_script_runs_in_the_answer_about_a_card_that_names_no_product(
    chromium: Browser, shop: LiveShop
) -> None:
    """Those that can stand in a card at all; each is tried alone, since one refuses the text."""
    cards = [f"{{{{ product: {each} }}}}" for each in PAYLOADS]
    post_id, _held = _written(shop)
    wrong, refused = dict[str, Any](), 0
    with a_page(chromium) as page:
        page.context.add_init_script(LISTEN)
        _let_in(page, shop)
        for card in cards:
            page.goto(f"{shop.url}/staff/posts/{post_id}")
            page.get_by_label("Text").fill(card)
            with page.expect_navigation() as leaving:
                page.get_by_role("button", name="Save", exact=True).click()
            status = leaving.value.status
            refused += status == REFUSED
            # Saved as text, or refused in words; nothing else is an answer.
            wrong |= _tried(page, card, 200 if status == REFUSED else status)

    assert wrong == {}
    assert refused >= 20


def _tried(page: Page, where: str, status: int) -> dict[str, Any]:
    """What ran or was tried on the page now open, and links that would run something."""
    links = page.evaluate(
        "[...document.querySelectorAll('a, form, img')].map(e => e.href || e.action || e.src)"
        ".filter(e => /^(javascript|data|vbscript):/i.test(e))"
    )
    found = [status, page.evaluate("window.seen"), links, page.locator("img[src=x]").count()]
    return {} if found == [200, [], [], 0] else {where: found}
