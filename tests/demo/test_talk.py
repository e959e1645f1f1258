"""The demo's readers speak through the comments' own actions, in every state, and once."""

from collections import Counter
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import clock
from storefront.comments.models import Comment, CommentState, Decision
from storefront.content.models import Post
from storefront.database import db, release, session
from storefront.demo import journal, loading, year
from storefront.demo.remarks import REMARKS
from storefront.demo.talk import say
from storefront.mail.models import OutgoingMail
from tests.servers.stripe import StripeStandIn


@pytest.fixture
def demo(sandbox: StripeStandIn, inside: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """A shop with the demo's goods, without their pictures, and its journal."""
    monkeypatch.setattr(loading, "_take_pictures", lambda progress: {})
    facts = loading._facts
    monkeypatch.setattr(
        loading,
        "_facts",
        lambda product, *rest: facts(replace(product, pictures=()), *rest),
    )
    monkeypatch.setattr(journal, "_take_covers", dict)
    loading.load()
    journal.write()
    return inside


@pytest.mark.usefixtures("demo")
def test_every_remark_ends_where_it_was_written_down_to_end() -> None:
    assert say()

    states = Counter(session().scalars(sa.select(Comment.state)))
    assert states.total() == len(REMARKS) >= 60
    assert states[CommentState.HELD] == 5
    assert states[CommentState.REJECTED] == 4
    assert states[CommentState.SPAM] == 2
    assert max(session().scalars(sa.select(Decision.at))) < clock.now()
    thread = sa.select(sa.func.count(Comment.id)).join(Post, Post.id == Comment.subject_id)
    assert session().scalar(thread.where(Post.slug == "brew-green-tea-cooler")) == 14


@pytest.mark.usefixtures("demo")
def test_copies_are_found_and_the_crew_is_marked() -> None:
    say()

    copies = list(session().scalars(sa.select(Comment).where(Comment.original_id.is_not(None))))
    originals = {each.id: each for each in session().scalars(sa.select(Comment))}
    same = [copy.name == originals[copy.original_id or 0].name for copy in copies]
    assert sorted(same) == [False, True]
    marked = set(session().scalars(sa.select(Comment.insider)))
    assert marked == {"", "staff", "author"}


@pytest.mark.usefixtures("demo")
def test_who_bought_what_a_post_shows_speaks_under_a_proved_address() -> None:
    year.play(turns=(), orders=20)

    say()

    proved = sa.select(Comment).where(Comment.verified_at.is_not(None), Comment.customer_id.is_(None))
    assert session().scalars(proved).first()


@pytest.mark.usefixtures("demo")
def test_readers_have_their_say_once_and_all_mails_are_of_its_time() -> None:
    say()
    before = _everything()
    release()

    assert say() is False

    assert _everything() == before
    assert max(session().scalars(sa.select(OutgoingMail.created_at))) < clock.now()


def _everything() -> list[str]:
    return [repr(row) for table in db.metadata.sorted_tables for row in session().execute(sa.select(table))]
