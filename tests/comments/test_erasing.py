"""What becomes of comments when their writer is told everything, or forgotten."""

import sqlalchemy as sa
from flask import Flask

from storefront.comments.deciding import decide_comments
from storefront.comments.models import Comment, CommentState, Likeness, Verdict
from storefront.database import session
from storefront.privacy.actions import erase_person
from storefront.privacy.queries import copy_of
from tests.builders.comments import LONG, STAFF, a_comment, the_comment
from tests.client import ShopClient


def test_a_writer_is_told_their_comments_and_what_was_decided(inside: Flask) -> None:
    made = a_comment(email="greta@example.org", text=LONG)
    decide_comments([made.id], Verdict.REJECT, reason="advert", by=STAFF)

    tables = copy_of("greta@example.org").tables

    assert [row["text"] for row in tables["comment"]] == [LONG]
    assert [row["reason"] for row in tables["decision"]] == ["advert"]
    assert "actor_id" not in tables["decision"][0]


def test_an_erased_writer_leaves_an_empty_place_and_no_trace(app: Flask, reader: ShopClient) -> None:
    with app.app_context():
        root = a_comment(name="Greta Unique", email="greta@example.org", text=LONG, published=True)
        a_comment(text="An answer", parent_id=root.id, published=True)

        erase_person("greta@example.org", by=STAFF)

        made = the_comment(root.id)
        assert (made.name, made.text, made.state) == ("", "", CommentState.PUBLISHED)
        assert "greta" not in made.email
        assert session().scalar(sa.select(sa.func.count()).select_from(Likeness)) == 0
        assert session().scalar(sa.select(sa.func.count(Comment.id))) == 2
    page = reader.get("/fables/1").text
    assert "Its writer asked us to erase this." in page
    assert "An answer" in page
    assert "Greta Unique" not in page
