"""The thread beneath a post: on its page, within its statements, closed to drafts, and who bought what it shows."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.comments.actions import Words, prove_address, submit_comment
from storefront.comments.deciding import decide_comments
from storefront.comments.models import Verdict
from storefront.config import settings
from storefront.content import actions
from storefront.content.models import Author, Post, PostProduct
from storefront.database import transaction
from storefront.errors import NotFound
from storefront.orders.models import Order, OrderLine
from tests.builders.accounts import a_customer
from tests.builders.catalogue import a_product
from tests.builders.comments import STAFF
from tests.builders.content import EDITOR, a_post, an_author
from tests.builders.orders import an_order
from tests.client import ShopClient
from tests.counting import Counted


def said(post_id: int, text: str, **typed: Any) -> int:
    usual: dict[str, Any] = {"name": "Greta W.", "email": "greta@example.org"}
    made = submit_comment("post", post_id, Words(**{**usual, "text": text, **typed}))
    assert decide_comments([made], Verdict.PUBLISH, by=STAFF).kept == ()
    return made


def test_the_thread_stands_beneath_its_post_with_its_count_and_the_form(
    app: Flask, client: ShopClient
) -> None:
    with app.app_context():
        post = a_post(slug="twelve-days")
        said(post.id, "Mine stalled on day six.")
        post_id = post.id

    page = client.get("/blog/twelve-days")

    assert "1 comment<" in page.text
    assert "Mine stalled on day six." in page.text
    assert f'action="/comments/about/post/{post_id}"' in page.text
    assert "Share your thoughts" in page.text
    foot = page.text.partition('id="post-promises"')[2]
    assert "60 days money back" in foot
    assert 'href="mailto:' in foot
    assert "Set-Cookie" not in page.headers
    assert page.headers["ETag"]


def test_a_new_comment_is_on_the_page_at_once(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        post_id = a_post(slug="twelve-days").id
    before = client.get("/blog/twelve-days").text
    with app.app_context():
        said(post_id, "Here I am.")

    assert "Here I am." not in before
    assert "Here I am." in client.get("/blog/twelve-days").text


def test_a_post_with_twenty_of_a_hundred_comments_and_three_cards_takes_four_statements(
    app: Flask, client: ShopClient, count_queries: Callable[[], AbstractContextManager[Counted]]
) -> None:
    with app.app_context():
        for slug in ("kit", "cup", "tea"):
            a_product(slug)
        body = "\n\n".join(f"{{{{ product: {slug} }}}}" for slug in ("kit", "cup", "tea"))
        post_id = a_post(slug="twelve-days", body=body).id
        for number in range(100):
            said(post_id, f"Thought {number}", email=f"reader{number}@example.org")

    with count_queries() as counted:
        page = client.get("/blog/twelve-days")

    assert page.text.count('class="comment"') == 20
    assert "100 comments<" in page.text
    assert page.text.count('action="/cart/lines"') == 3
    assert len(counted.statements) <= 4, str(counted)
    assert "Set-Cookie" not in page.headers
    assert page.headers["ETag"]


@pytest.mark.parametrize("state", ["draft", "withdrawn"])
def test_nobody_comments_on_a_draft_or_on_what_was_withdrawn(inside: Flask, state: str) -> None:
    post = a_post(published=state != "draft")
    if state == "withdrawn":
        actions.withdraw(post.id, by=EDITOR)

    with pytest.raises(NotFound):
        submit_comment("post", post.id, Words("Greta", "greta@example.org", "Hello"))


def test_whoever_paid_for_what_the_post_shows_is_a_buyer_once_the_address_is_proved(
    app: Flask, client: ShopClient
) -> None:
    with app.app_context():
        post_id = a_post(slug="twelve-days").id
        order_id = an_order(paid=True, email="Greta@example.org")
        made = said(post_id, "Grew well.")
        with transaction() as current:
            product_id = current.scalar(sa.select(OrderLine.product_id).where(OrderLine.order_id == order_id))
            current.add(PostProduct(post_id=post_id, product_id=product_id))
    unproved = client.get("/blog/twelve-days").text
    with app.app_context():
        prove_address(made)
    proved = client.get("/blog/twelve-days").text
    with app.app_context(), transaction() as current:
        order = current.get_one(Order, order_id)
        order.refunded_minor = order.captured_minor
        has_gone_back = order.captured_minor > 0
    returned = client.get("/blog/twelve-days").text

    assert "Verified buyer" not in unproved
    assert "Verified buyer" in proved
    assert has_gone_back
    assert "Bought it, money back" in returned


def test_its_author_is_marked(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        post_id = a_post(slug="twelve-days").id
        jonna = a_customer(name="Jonna Reuter")
        with transaction() as current:
            author_id = current.get_one(Post, post_id).author_id
            current.get_one(Author, author_id).customer_id = jonna.id
        said(post_id, "Trying that tonight.", name="Jonna Reuter", email=jonna.email, customer_id=jonna.id)

    assert ">Author<" in client.get("/blog/twelve-days").text


def test_who_writes_other_posts_is_marked_as_one_of_the_shop(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        post_id = a_post(slug="twelve-days").id
        nell = a_customer(name="Nell")
        author_id = an_author("Nell Ward", slug="nell-ward")
        with transaction() as current:
            current.get_one(Author, author_id).customer_id = nell.id
        said(post_id, "Trying that tonight.", name="Nell", email=nell.email, customer_id=nell.id)
        shop_name = settings().shop_name

    page = client.get("/blog/twelve-days").text

    assert ">Author<" not in page
    assert f'<span class="tag tag-marker">{shop_name}</span>' in page


def test_what_nobody_can_read_takes_no_comments_and_shows_none(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        post_id = a_post(slug="twelve-days").id
        held = submit_comment("post", post_id, Words("Greta", "greta@example.org", "Mine stalled."))
        actions.withdraw(post_id, by=EDITOR)

        with pytest.raises(NotFound):
            submit_comment("post", post_id, Words("Ole", "ole@example.org", "Mine too."))
        outcome = decide_comments([held], Verdict.PUBLISH, by=STAFF)

        assert (outcome.changed, len(outcome.kept)) == (0, 1)
        assert "nobody can read now" in outcome.kept[0]
