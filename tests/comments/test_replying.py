"""Answering somebody: what is answered stays in view, and what cannot be answered says so."""

from collections.abc import Callable

from flask import Flask

from storefront.comments.deciding import close_thread, decide_comments
from storefront.comments.models import Verdict
from tests.builders.accounts import a_customer, signed_in
from tests.builders.cart import words as text_of
from tests.builders.comments import DRAFT, KIND, STAFF, a_comment, the_comment
from tests.client import ShopClient

Reading = Callable[..., tuple[Flask, ShopClient]]
TYPED = {"name": "Greta W.", "email": "greta@example.org", "text": "Mine did as well."}


def form_about(subject_id: int) -> str:
    return f"/comments/about/{KIND}/{subject_id}"


def test_an_answer_that_has_to_be_mended_still_shows_what_it_answers(app: Flask, reader: ShopClient) -> None:
    with app.app_context():
        asked = a_comment(name="Oskar", text="Did yours stall?", published=True).id

    wrong = reader.post(form_about(1), data={**TYPED, "email": "nobody", "parent": str(asked)})

    assert wrong.status_code == 422
    assert "Reply to Oskar" in text_of(wrong)
    assert "Did yours stall?" in text_of(wrong)
    assert f'value="{asked}"' in wrong.text


def test_an_answer_to_another_texts_comment_is_refused_and_can_be_sent_by_itself(
    app: Flask, reader: ShopClient
) -> None:
    with app.app_context():
        asked = a_comment(on=2, text="Did yours stall?", published=True).id

    refused = reader.post(form_about(1), data={**TYPED, "parent": str(asked)})

    assert refused.status_code == 422
    assert "The comment that you answer is not here any more." in refused.text
    assert "Did yours stall?" not in refused.text
    assert f'value="{asked}"' not in refused.text


def test_nothing_is_said_beneath_a_thread_that_was_taken_away(app: Flask, reader: ShopClient) -> None:
    with app.app_context():
        root = a_comment(published=True).id
        reply = a_comment(text="Nobody reads this.", parent_id=root, published=True).id
        decide_comments([root], Verdict.REJECT, reason="abuse", by=STAFF)

    refused = reader.post(form_about(1), data={**TYPED, "parent": str(reply)})

    assert reader.get(f"/comments/{reply}/reply").status_code == 404
    assert refused.status_code == 422
    assert "Nobody reads this." not in refused.text
    assert f'value="{reply}"' not in refused.text


def test_an_answer_to_an_answer_stands_beside_it(app: Flask, reader: ShopClient) -> None:
    with app.app_context():
        root = a_comment(published=True).id
        reply = a_comment(name="Oskar", parent_id=root, published=True).id
        page = reader.get(f"/comments/{reply}/reply")

        made = a_comment(parent_id=reply)

        assert "Reply to Oskar" in text_of(page)
        assert (the_comment(made.id).parent_id, the_comment(made.id).answered_id) == (root, reply)


def test_a_closed_thread_offers_no_form(app: Flask, reader: ShopClient) -> None:
    with app.app_context():
        asked = a_comment(published=True).id
        close_thread(KIND, 1, by=STAFF)

    page = reader.get(f"/comments/{asked}/reply")
    sent = reader.post(form_about(1), data=TYPED)

    for answer in (page, sent):
        assert "Comments on this are closed" in answer.text
        assert "data-comment-form" not in answer.text
    assert (page.status_code, sent.status_code) == (200, 422)


def test_drafts_take_no_comment(reader: ShopClient) -> None:
    assert reader.post(form_about(DRAFT), data=TYPED).status_code == 404


def test_who_is_signed_in_answers_with_the_address_of_their_account(app: Flask, reader: ShopClient) -> None:
    with app.app_context():
        asked, person = a_comment(published=True).id, a_customer()
    assert 'id="comment-email"' in reader.get(f"/comments/{asked}/reply").text

    page = signed_in(app, person).get(f"/comments/{asked}/reply")

    assert 'id="comment-email"' not in page.text
    assert "You are signed in" in page.text
