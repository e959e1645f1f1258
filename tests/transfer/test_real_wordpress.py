"""A file that WordPress wrote, not we: every post, page and comment is accounted for."""

from collections import Counter

import pytest
import sqlalchemy as sa

from storefront.comments.models import Comment, CommentState
from storefront.config import ROOT
from storefront.content.markdown import parts_of
from storefront.content.models import Author, Post, PostKind, PostState
from storefront.database import session
from storefront.transfer.posts import import_posts
from tests.builders.content import the_post_at
from tests.payloads import what_could_run

UNIT_TEST = ROOT.parent / "shared" / "data" / "wordpress" / "themeunittestdata.wordpress.xml"

pytestmark = [
    pytest.mark.usefixtures("inside"),
    pytest.mark.skipif(not UNIT_TEST.exists(), reason="shared/data/wordpress is not here"),
]


def test_it_moves_in_whole_and_once() -> None:
    report = import_posts(UNIT_TEST)
    first = report.text()
    again = import_posts(UNIT_TEST)

    states = Counter((row.kind, row.state) for row in session().execute(sa.select(Post.kind, Post.state)))
    assert states == {
        (PostKind.POST, PostState.PUBLISHED): 41,
        (PostKind.POST, PostState.SCHEDULED): 1,
        # A draft, one behind a password, one without a word, six that claim something.
        (PostKind.POST, PostState.DRAFT): 9,
        (PostKind.PAGE, PostState.PUBLISHED): 18,
        # One without a word, two that claim something.
        (PostKind.PAGE, PostState.DRAFT): 3,
    }
    told = (
        *(
            "Edge Case: No Content: It is a draft",
            "1 was behind a password",
            "1 was always on top",
            "1 had no title",
        ),
        *(
            "2 trackbacks",
            "2 pingbacks",
            "5 comments on pages",
            "8 answers to answers",
            "Left out in all: 0.",
        ),
        *("attachment (38), nav_menu_item (70)", "latest-posts (3)", "Comments: 23 new"),
    )
    assert [line for line in told if line not in first] == []
    assert Counter(session().scalars(sa.select(Comment.state))) == {
        CommentState.PUBLISHED: 22,
        CommentState.HELD: 1,
    }
    assert set(session().scalars(sa.select(Author.name))) == {
        "Theme Buster",
        "Theme Reviewer",
        # One creator is misspelt in the file.
        ">themereviewteam",
    }
    assert the_post_at("επίπεδο-2").title == "Επίπεδο 2 -Second Greek level"
    texts = {row.slug: row.parts for row in session().execute(sa.select(Post.slug, Post.parts))}
    bad = {slug: found for slug, parts in texts.items() if (found := wrong(parts))}
    assert bad == {}
    assert (again.run, again.left_out) == ({"new": 0, "changed": 0, "comments": 0}, 0)


def wrong(parts: str) -> list[str]:
    return what_could_run("".join(part for part in parts_of(parts) if isinstance(part, str)))
