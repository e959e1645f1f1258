"""What readers find under a text that states something, and what staff find while they write it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest
from flask import Flask

from storefront.catalogue import actions as catalogue
from storefront.claims.actions import substantiate
from storefront.claims.queries import categories
from storefront.claims.words import LEXICON
from storefront.content import actions
from tests.builders.accounts import a_staff_member, signed_in
from tests.builders.cart import a_policy
from tests.builders.catalogue import product_facts, the_product
from tests.builders.claims import CLAIM, SOURCE, a_public_claim, the_mark
from tests.builders.comments import a_comment
from tests.builders.content import post_texts, the_post
from tests.client import ShopClient
from tests.counting import Counted
from tests.staff.goods import fields, press, send

DISCLAIMER = next(each.disclaimer for each in LEXICON if each.code == "cure")


@pytest.fixture
def _policy(app: Flask) -> None:
    with app.app_context():
        a_policy()


@pytest.mark.usefixtures("_policy")
def test_sources_and_disclaimers_stand_under_a_post_and_in_feeds(
    app: Flask, client: ShopClient, count_queries: Callable[[], AbstractContextManager[Counted]]
) -> None:
    with app.app_context():
        a_public_claim(title="Stated")
    client.get("/blog/stated")

    with count_queries() as counted:
        page = client.get("/blog/stated").text
    feed = client.get("/blog/feed.xml").text

    for text in (page, feed):
        assert SOURCE[0] in text
        assert SOURCE[1] in text
        assert DISCLAIMER in text
    assert counted.selects <= 4, str(counted)


@pytest.mark.usefixtures("_policy")
def test_sources_and_disclaimers_stand_under_goods(
    app: Flask, client: ShopClient, count_queries: Callable[[], AbstractContextManager[Counted]]
) -> None:
    with app.app_context():
        catalogue.save_product(replace(product_facts("tea"), description=CLAIM))
        product_id = the_product("tea").id
        substantiate(the_mark(product_id, "product").id, *SOURCE, by=("staff", 1))
        catalogue.publish(product_id, by=("staff", 1))
    client.get("/products/tea")

    with count_queries() as counted:
        page = client.get("/products/tea").text

    assert SOURCE[0] in page
    assert DISCLAIMER in page
    assert counted.selects <= 4, str(counted)


def a_writer(app: Flask, role: str = "content") -> tuple[int, ShopClient]:
    with app.app_context():
        person = int(a_staff_member(role=role).id)
    return person, signed_in(app, person)


def a_draft(app: Flask, writer: int) -> tuple[int, int]:
    """The ids of a draft with a claim, and of its mark."""
    with app.app_context():
        post_id = actions.add_post(post_texts(body=CLAIM), by=("staff", writer))
        return post_id, the_mark(post_id).id


@pytest.mark.usefixtures("_policy")
def test_the_editor_lists_marks_as_saved_as_previewed_and_as_typed(app: Flask) -> None:
    writer, browser = a_writer(app)
    post_id, mark_id = a_draft(app, writer)
    page = f"/staff/posts/{post_id}"

    saved = browser.get(page).text
    typed = fields(saved) | {"body": f"{CLAIM} <script>It is guaranteed.</script>"}
    previewed = browser.post(page, data=typed | {"to": "preview"}).text
    listed = browser.post(f"/staff/claims/marks?kind=post&id={post_id}", data=typed).text

    assert f"/staff/claims/{mark_id}" in saved
    assert "1 marked, 1 of them open." in saved
    for text in (previewed, listed):
        assert "2 marked, 2 of them open." in text
        assert "<mark>guaranteed</mark>" in text
        assert "<script>It is" not in text
    assert "<html" not in listed
    assert browser.post("/staff/claims/marks?kind=nothing", data=typed).status_code == 404


@pytest.mark.usefixtures("_policy")
def test_a_second_person_answers_from_the_queue_and_the_writer_does_not(app: Flask) -> None:
    writer, own = a_writer(app)
    _second, other = a_writer(app, "catalogue")
    post_id, mark_id = a_draft(app, writer)
    page = f"/staff/claims/{mark_id}"

    refused = press(own, f"/staff/posts/{post_id}", f"/staff/posts/{post_id}/state", "publish")
    tried = send(own, page, f"{page}/acceptance", reason="Mine.")
    accepted = send(other, page, f"{page}/acceptance", reason="It is about hams.")
    press(own, f"/staff/posts/{post_id}", f"/staff/posts/{post_id}/state", "publish")

    assert refused.status_code == 303
    assert tried.status_code == 422
    assert accepted.status_code == 303
    assert "It is about hams." in other.get("/staff/claims/record").text
    assert "Nothing is open." in other.get("/staff/claims").text
    with app.app_context():
        assert the_post(post_id).state == "published"


@pytest.mark.usefixtures("_policy")
def test_who_writes_does_not_change_the_lexicon(app: Flask) -> None:
    _writer, browser = a_writer(app)
    with app.app_context():
        category = categories()[0]
    page = f"/staff/claims/lexicon/{category.id}"

    shown = browser.get(page).text
    tried = browser.post(page, data=fields(browser.get("/staff/posts/new").text) | {"title": "Off"})

    assert "cancer" in shown
    assert "Switch off" not in shown
    assert tried.status_code == 404


@pytest.mark.usefixtures("_policy")
def test_the_owner_adds_phrases_and_switches_them(app: Flask) -> None:
    _owner, browser = a_writer(app, "owner")
    made = send(browser, "/staff/claims/lexicon", title="Local law")
    page = made.headers["Location"]

    send(browser, page, f"{page}/phrases", text="HAND–made", endings="exact")
    page_now = browser.get(page).text

    assert "hand made" in page_now
    assert "Switch off" in page_now


@pytest.mark.usefixtures("_policy")
def test_a_comment_with_a_phrase_tells_the_moderator(app: Flask) -> None:
    _owner, browser = a_writer(app)
    with app.app_context():
        a_comment(text="This tea cured my cold, I swear.")

    assert "Says “cured”" in browser.get("/staff/comments").text
