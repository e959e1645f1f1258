"""Posts and pages of a WordPress export move in with their states, dates, addresses, authors, tags and comments."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from storefront import audit, clock
from storefront.comments import moving as said_moving
from storefront.comments.deciding import decide_comments
from storefront.comments.models import ClosedThread, Comment, CommentState, Decision, Verdict
from storefront.content import actions, moving
from storefront.content.models import Author, MovedPost, Post, PostFormat, PostKind, PostState, PostTag, Tag
from storefront.content.steps import texts_of
from storefront.database import db, session, transaction
from storefront.jobs.models import Job
from storefront.mail.models import OutgoingMail
from storefront.transfer import posts as moving_in
from storefront.transfer.posts import Stopped, import_posts
from storefront.transfer.posts_report import PostsReport
from tests.builders.catalogue import a_product
from tests.builders.content import EDITOR, a_post, seen, the_post_at
from tests.transfer.wxr_files import an_export, attachment, comment, entry, term

pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture
def bring(tmp_path: Path) -> Any:
    """Imports an export with these items."""
    return lambda *entries, **how: import_posts(an_export(tmp_path, *entries, **how))


def comments() -> list[Any]:
    return list(session().scalars(sa.select(Comment).order_by(Comment.id)))


def html(slug: str) -> str:
    return the_post_at(slug).parts


@pytest.mark.parametrize(
    "space",
    [
        "http://wordpress.org/export/1.1/",
        "http://wordpress.org/export/1.2/",
        "https://wordpress.org/export/1.2/",
    ],
)
def test_a_post_keeps_its_words_date_address_author_and_tags(space: str, bring: Any) -> None:
    tags = [
        term("post_tag", "Kefir &amp; tea"),
        term("category", "Brewing"),
        term("category", "Uncategorized"),
    ]

    bring(entry(7, *tags, title="Tea <em>&amp;</em> milk", excerpt="Short.", post_name="tea"), space=space)

    post = the_post_at("tea")
    assert (post.title, post.summary, post.state) == ("Tea & milk", "Short.", PostState.PUBLISHED)
    assert post.published_at == post.created_at == datetime(2012, 1, 7, 9, tzinfo=UTC)
    assert (post.format, "<p>Words of entry 7.</p>" in post.parts) == (PostFormat.HTML, True)
    assert session().get_one(Author, post.author_id).name == "Jo Lark"
    titles = sa.select(Tag.title).join(PostTag).where(PostTag.post_id == post.id).order_by(PostTag.position)
    assert list(session().scalars(titles)) == ["Brewing", "Kefir & tea"]


@pytest.mark.parametrize(
    ("said", "state", "told"),
    [
        ({}, PostState.PUBLISHED, ""),
        ({"status": "draft"}, PostState.DRAFT, ""),
        ({"status": "pending"}, PostState.DRAFT, "waiting for review"),
        ({"status": "private"}, PostState.DRAFT, "private"),
        ({"post_password": "s3cret"}, PostState.DRAFT, "behind a password"),
        ({"is_sticky": 1}, PostState.PUBLISHED, "always on top"),
        ({"status": "future", "post_date_gmt": "2090-01-01 00:00:00"}, PostState.SCHEDULED, ""),
        ({"post_date_gmt": "2090-01-01 00:00:00"}, PostState.SCHEDULED, ""),
        ({"status": "future"}, PostState.DRAFT, "scheduled for a time that has passed"),
        ({"content": ""}, PostState.DRAFT, "nothing to read"),
        ({"creator": ""}, PostState.DRAFT, "who wrote it"),
        ({"content": "It cures cancer."}, PostState.DRAFT, "It is a draft: "),
        ({"status": "trash"}, None, "in the bin"),
        ({"status": "inherit"}, None, "a version of another"),
        ({"status": "odd"}, None, "state “odd”"),
    ],
)
def test_each_state_has_its_own_here_and_is_told(
    said: dict[str, Any], state: PostState | None, told: str, bring: Any
) -> None:
    report: PostsReport = bring(entry(1, **said))

    assert list(session().scalars(sa.select(Post.state))) == ([state] if state else [])
    assert told in report.text()
    assert report.has_failed is (state is None)


def test_addresses_are_read_as_people_read_them_and_never_taken_twice(bring: Any) -> None:
    a_post(slug="tea")
    greek = "%ce%b5%cf%80%ce%af%cf%80%ce%b5%ce%b4%ce%bf-2"

    report = bring(
        entry(1, post_name="tea"), entry(2, post_name=greek), entry(3, post_name="tea", post_type="page")
    )

    assert {"tea", "tea-2", "tea-3", "επίπεδο-2"} <= set(session().scalars(sa.select(Post.slug)))
    assert "Its address is tea-2: another has “tea”." in report.text()


def test_pages_stand_by_themselves_and_their_comments_are_counted(bring: Any) -> None:
    report = bring(entry(1, comment(5), post_type="page", post_parent=9))

    assert the_post_at("entry-1").kind == PostKind.PAGE
    assert comments() == []
    assert "1 comment on a page was left out" in report.text()
    assert "1 page stood beneath another" in report.text()


def test_comments_keep_their_states_dates_and_threads(bring: Any) -> None:
    said = [
        comment(11),
        comment(12, parent=11),
        comment(13, parent=12),
        comment(14, approved=0),
        comment(15, approved="spam"),
        comment(16, approved="trash"),
        comment(17, type="pingback"),
        comment(18, type="trackback"),
        comment(19, parent=17),
    ]

    report = bring(entry(1, *said, comment_status="closed"))

    rows = {each.name: each for each in comments()}
    first = rows["Reader 11"]
    assert {name.split()[1]: (each.state, each.parent_id) for name, each in rows.items()} == {
        "11": (CommentState.PUBLISHED, None),
        "12": (CommentState.PUBLISHED, first.id),
        "13": (CommentState.PUBLISHED, first.id),
        "14": (CommentState.HELD, None),
        "15": (CommentState.SPAM, None),
        "19": (CommentState.PUBLISHED, None),
    }
    assert first.created_at == datetime(2012, 2, 12, 12, tzinfo=UTC)
    assert session().scalar(sa.select(sa.func.count()).select_from(ClosedThread)) == 1
    assert set(session().scalars(sa.select(Decision.reason))) == {"moved"}
    for line in (
        "1 answer to an answer",
        "1 trackback was",
        "1 pingback was",
        "1 comment was in the bin",
        "stands by itself",
    ):
        assert line in report.text()


def test_nobody_is_written_to_not_even_when_a_comment_is_published_later(bring: Any) -> None:

    bring(entry(1, comment(11), comment(12, approved=0, parent=11)))
    decide_comments(
        [each.id for each in comments() if each.state == CommentState.HELD], Verdict.PUBLISH, by=EDITOR
    )

    assert [each.state for each in comments()] == [CommentState.PUBLISHED] * 2
    assert list(session().scalars(sa.select(OutgoingMail.kind))) == []
    assert list(session().scalars(sa.select(Job.name))) == []


def test_the_same_words_of_one_person_are_one_comment(bring: Any) -> None:
    twice = [
        comment(n, "Lovely!", author="Ada", author_email="Ada@Example.org", date_gmt="2012-03-01 10:00:00")
        for n in (1, 2)
    ]

    report = bring(entry(1, *twice, comment(3, parent=2)))

    first, answer = comments()
    assert (first.email, answer.parent_id) == ("ada@example.org", first.id)
    assert "1 comment says what the same person said" in report.text()


def test_no_name_makes_an_insider_and_no_address_is_made_up_that_is_somebodys(bring: Any) -> None:
    bring(
        entry(
            1,
            comment(1, author="Jo Lark"),
            comment(2, author="Jo Lark", user_id=4),
            comment(3, author="", author_email=""),
        )
    )

    named, known, nobody = comments()
    assert {each.insider for each in comments()} == {""}
    assert {each.verified_at for each in comments()} == {None}
    assert ("namesake" in named.flags, "namesake" in known.flags) == (True, False)
    assert (nobody.name, nobody.email) == ("Nobody", "nobody-3@moved.invalid")


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    path = an_export(
        tmp_path,
        entry(1, comment(1), comment(2, parent=1), term("category", "Tea")),
        entry(2, comment(3, "Lovely!"), comment(4, "Lovely!"), status="draft", post_name=""),
        entry(3, post_type="page"),
    )
    import_posts(path)
    before = _everything()

    report = import_posts(path)

    assert _everything() == before
    assert not report.has_changed
    assert "Posts: 0 new, 0 changed, 2 unchanged, 0 kept" in report.text()


def test_a_changed_export_changes_what_nobody_here_has_changed(bring: Any) -> None:

    bring(entry(1), entry(2), entry(3, status="draft"))
    mine = the_post_at("entry-2")
    actions.change_post(mine.id, replace(texts_of(mine), title="Mine"), seen=seen(mine.id), by=EDITOR)

    report = bring(
        entry(1, comment(9), title="Theirs"), entry(2, comment(8), title="Theirs"), entry(3), entry(4)
    )

    titles = {row.slug: row.title for row in session().execute(sa.select(Post.slug, Post.title))}
    assert titles == {"entry-1": "Theirs", "entry-2": "Mine", "entry-3": "Entry 3", "entry-4": "Entry 4"}
    assert the_post_at("entry-3").state == PostState.PUBLISHED
    assert len(comments()) == 2
    assert "Posts: 1 new, 2 changed, 0 unchanged, 1 kept as they are here." in report.text()
    assert "It was changed here since" in report.text()


@pytest.mark.parametrize(
    ("theirs", "reason"),
    [
        ({"content": "<p>It cures cancer.</p>"}, "marked and nobody has answered for"),
        ({"content": " "}, "There is nothing to read yet."),
        ({"creator": ""}, "Please say who wrote it."),
        ({"content": "x" * 100_001}, "At most 100000 characters."),
    ],
)
def test_a_public_post_whose_new_words_are_refused_stays_and_is_told_with_the_reason(
    theirs: dict[str, str], reason: str, bring: Any
) -> None:
    bring(entry(1))
    before = _kept()

    report = bring(entry(1, comment(9), **theirs), entry(2))

    assert (report.left_out, report.has_failed) == (1, True)
    (line,) = [line for line in report.text().splitlines() if line.startswith("Line")]
    assert "Entry 1" in line
    assert reason in line
    assert _kept() == before
    assert comments() == []
    assert the_post_at("entry-2").state == PostState.PUBLISHED


@pytest.mark.parametrize("how", [{"status": "draft"}, {"status": "private"}, {"post_password": "x"}])
def test_what_is_no_longer_public_there_stays_public_here_and_is_told(
    how: dict[str, str], bring: Any
) -> None:
    bring(entry(1))

    first, again = bring(entry(1, **how)), bring(entry(1, **how))

    assert the_post_at("entry-1").state == PostState.PUBLISHED
    assert "It is no longer public there." in first.text()
    for report in (first, again):
        assert "draft" not in report.text()


def test_each_run_that_brings_something_is_on_record(bring: Any) -> None:
    bring(entry(1, comment(1)))
    bring(entry(1, comment(1)))

    (run,) = audit.history(("import", "old.example/shop"))
    assert (run.verb, run.code, run.actor_kind) == ("posts.imported", "1+0+1", "import")


def test_what_one_post_has_wrong_is_left_out_alone(bring: Any) -> None:
    report = bring(entry(1), entry(2, content="x" * 100_001), entry(1, title="Again"), entry(0), entry(5))

    assert sorted(session().scalars(sa.select(MovedPost.source_id))) == [1, 5]
    assert report.left_out == 3
    assert "At most 100000 characters" in report.text()
    assert "number 1 stands before it" in report.text()


def test_a_post_and_its_comments_come_together_or_not_at_all(
    bring: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = said_moving.move_in

    def torn(kind: str, post_id: int, source: str, said: list[said_moving.Ready]) -> Any:
        real(kind, post_id, source, said)
        if len(said) == 2:
            raise sa.exc.IntegrityError("", {}, Exception("torn"))
        return {}

    monkeypatch.setattr(said_moving, "move_in", torn)
    report = bring(entry(1, comment(1)), entry(2, comment(2), comment(3)), entry(4))

    assert sorted(session().scalars(sa.select(MovedPost.source_id))) == [1, 4]
    assert len(comments()) == 1
    assert "The database cannot hold it" in report.text()


def test_a_database_that_fails_stops_the_import_and_says_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = an_export(tmp_path, *[entry(number) for number in range(1, 6)])
    monkeypatch.setattr(moving_in, "BATCH", 2)
    real, calls = moving.move_in, []

    def failing(*given: Any) -> Any:
        calls.append(given)
        if len(calls) > 3:
            raise sa.exc.OperationalError("", {}, Exception("disk I/O error"))
        return real(*given)

    monkeypatch.setattr(moving, "move_in", failing)
    with pytest.raises(Stopped, match=r"behind the entry on line 10: disk I/O error\n.*2 posts"):
        import_posts(path)
    monkeypatch.undo()
    report = import_posts(path)

    assert (report.run["new"], session().scalar(sa.select(sa.func.count()).select_from(Post))) == (3, 5)


def test_galleries_name_their_pictures_and_what_cannot_be_shown_is_a_link(bring: Any) -> None:
    pictures = [attachment(31, "https://old.example/a.jpg", title="A bell", post_parent=1)]
    pictures.append(attachment(32, "https://old.example/b.jpg", title="A bridge"))

    report = bring(*pictures, entry(1, content="[gallery]"), entry(2, content='[gallery ids="32,99"]'))

    assert 'href=\\"https://old.example/a.jpg\\"' in html("entry-1")
    assert "A bridge" in html("entry-2")
    for line in ("2 pictures were not fetched", "1 picture of a gallery is not", "attachment (2)"):
        assert line in report.text()


def _kept() -> list[Any]:
    """What stands of the first post and of where it came from."""
    post_id = the_post_at("entry-1").id
    rows = [
        *session().execute(sa.select(Post.__table__).where(Post.id == post_id)),
        *session().execute(sa.select(MovedPost.__table__).where(MovedPost.post_id == post_id)),
    ]
    return list(map(repr, rows))


def _everything() -> dict[str, list[Any]]:

    with transaction() as current:
        return {
            name: sorted(map(repr, current.execute(sa.select(table)).all()))
            for name, table in db.metadata.tables.items()
        }


def test_an_edited_html_post_stays_html_and_can_have_cards(bring: Any) -> None:

    product = a_product()
    bring(entry(1))
    post = the_post_at("entry-1")

    body = f"<p>Before</p>\n{{{{ product: {product.slug} }}}}\n<p>After <b>it</b></p>"
    actions.change_post(post.id, replace(texts_of(post), body=body), seen=seen(post.id), by=EDITOR)

    assert html("entry-1") == f'["<p>Before</p>", {product.id}, "<p>After <b>it</b></p>"]'


def test_a_scheduled_post_appears_at_its_time(bring: Any) -> None:

    bring(entry(1, status="future", post_date_gmt="2090-01-01 00:00:00"))
    post = the_post_at("entry-1")
    with clock.frozen(datetime(2090, 1, 1, tzinfo=UTC) + timedelta(minutes=1)):
        actions.publish_scheduled(post_id=post.id)

    assert the_post_at("entry-1").published_at == datetime(2090, 1, 1, tzinfo=UTC)


def test_what_our_rules_hold_back_keeps_its_date(bring: Any) -> None:
    bring(entry(1, content=""))
    post = the_post_at("entry-1")
    actions.change_post(post.id, replace(texts_of(post), body="Now."), seen=seen(post.id), by=EDITOR)

    actions.publish(post.id, by=EDITOR)

    assert the_post_at("entry-1").published_at == datetime(2012, 1, 7, 9, tzinfo=UTC)
