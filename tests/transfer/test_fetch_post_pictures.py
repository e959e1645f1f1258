"""Covers and pictures of posts that moved in are fetched when asked for, once each, and become files of ours."""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask

from storefront.cli.importing import import_group
from storefront.content import actions, covers
from storefront.content.actions import change_post
from storefront.content.steps import texts_of
from storefront.pictures.storage import storage
from storefront.transfer.fetching import Fetcher
from storefront.transfer.post_pictures import fetch_post_pictures, secure
from storefront.transfer.posts import import_posts
from tests.books import changed_tables, whole_database
from tests.builders.cart import a_policy
from tests.builders.content import EDITOR, seen, the_post_at
from tests.builders.pictures import bytes_of
from tests.pictures.bad import MARKUP
from tests.transfer.test_fetch_pictures import HERE, Web
from tests.transfer.wxr_files import an_export, attachment, entry, meta

pytestmark = pytest.mark.usefixtures("inside")


def image(name: str, alt: str = "A log") -> str:
    return f'<p><img src="{HERE}{name}" alt="{alt}"></p>'


def bring(folder: Path, *entries: str) -> Any:
    """What an import of these says."""
    return import_posts(an_export(folder, *entries))


def shown(slug: str) -> str:
    """What a post's page is made of."""
    return str(the_post_at(slug).parts)


def test_pictures_in_a_text_become_files_of_ours_with_their_sizes_and_words(
    tmp_path: Path, app: Flask
) -> None:
    bring(tmp_path, entry(1, content=image("a.jpg", "A &quot;log&quot; &gt; moss")))
    assert f'href=\\"{HERE}a.jpg' in shown("entry-1")

    report = fetch_post_pictures(fetcher=Web(a=bytes_of(size=(700, 400))))

    assert report.text() == "1 picture fetched, 0 not."
    a_policy()
    page = app.test_client().get("/blog/entry-1").text
    assert HERE not in page
    (found,) = re.findall(r"<picture><source [^>]*srcset=\"([^\"]*)\"[^>]*>(<img [^<]*>)</picture>", page)
    sources, img = found
    assert re.fullmatch(
        r"/pictures/(\w{16})-320.webp 320w, /pictures/\1-640.webp 640w, /pictures/\1-700.webp 700w", sources
    )
    assert 'width="700" height="400"' in img
    assert 'alt="A &quot;log&quot; &gt; moss"' in img or 'alt="A &quot;log&quot; > moss"' in img
    for name in re.findall(r"/pictures/([\w.-]+)", sources + img):
        storage().open(name).close()


def test_the_featured_picture_becomes_the_cover(tmp_path: Path) -> None:
    bring(
        tmp_path,
        attachment(31, f"{HERE}a.jpg", title="IMG_1", more=meta("_wp_attachment_image_alt", "A bell")),
        attachment(32, f"{HERE}b.jpg", title="A bridge"),
        entry(1, meta("_thumbnail_id", "31"), post_modified_gmt="2012-03-01 00:00:00"),
        entry(2, meta("_thumbnail_id", "32"), post_type="page"),
        entry(3, meta("_thumbnail_id", "99")),
    )
    written_at = the_post_at("entry-1").updated_at

    report = fetch_post_pictures(fetcher=Web(a=bytes_of(), b=bytes_of("PNG")))

    assert (report.count, report.failures) == (2, [])
    assert [(the_post_at(f"entry-{n}").alt, bool(the_post_at(f"entry-{n}").file)) for n in (1, 2, 3)] == [
        ("A bell", True),
        ("A bridge", True),
        ("", False),
    ]
    assert the_post_at("entry-1").updated_at == written_at


def test_a_second_run_changes_nothing_and_fetches_nothing(tmp_path: Path) -> None:
    entries = [
        attachment(31, f"{HERE}a.jpg", title="A bell"),
        entry(1, meta("_thumbnail_id", "31"), content=image("b.jpg") + image("c.jpg")),
        entry(2, content=image("b.jpg")),
    ]
    bring(tmp_path, *entries)
    fetch_post_pictures(fetcher=Web(a=bytes_of(), b=bytes_of(), c=bytes_of()))
    before = whole_database()

    again, web = bring(tmp_path, *entries), Web()
    report = fetch_post_pictures(fetcher=web)

    assert (web.asked, report.text()) == ([], "0 pictures fetched, 0 not.")
    assert changed_tables(before, whole_database()) == {}
    assert "fetched" not in again.text()


def test_each_address_is_asked_for_once_and_every_post_shows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The second post is looked at when the first has brought the picture already.
    monkeypatch.setattr("storefront.content.illustrations._PAGE", 1)
    bring(tmp_path, *(entry(n, content=image("a.jpg") + image("x.jpg")) for n in (1, 2, 3)))
    web = Web(a=bytes_of())

    report = fetch_post_pictures(fetcher=web)

    assert web.asked == [f"{HERE}a.jpg", f"{HERE}x.jpg"]
    assert report.failures == [f"entry-1, {HERE}x.jpg: It answers with status 404."]
    assert report.count == 1
    assert all("<picture>" in shown(f"entry-{n}") for n in (1, 2, 3))
    assert all(f'href=\\"{HERE}x.jpg' in shown(f"entry-{n}") for n in (1, 2, 3))


def test_what_cannot_be_had_stays_a_link_and_is_asked_for_the_next_time(tmp_path: Path) -> None:
    bring(
        tmp_path,
        attachment(31, f"{HERE}b.jpg"),
        entry(1, meta("_thumbnail_id", "31"), content=image("a.jpg")),
    )

    first = fetch_post_pictures(fetcher=Web(a=MARKUP))
    second = fetch_post_pictures(fetcher=Web(a=bytes_of(), b=bytes_of()))

    assert [line.partition(": ")[0] for line in first.failures] == [
        f"entry-1, {HERE}b.jpg",
        f"entry-1, {HERE}a.jpg",
    ]
    assert (second.count, second.failures) == (2, [])


def test_an_editor_who_saves_keeps_the_pictures_and_one_who_took_the_cover_down_is_not_overruled(
    tmp_path: Path,
) -> None:
    entries = [
        attachment(31, f"{HERE}a.jpg"),
        entry(1, meta("_thumbnail_id", "31"), content=image("b.jpg")),
    ]
    bring(tmp_path, *entries)
    fetch_post_pictures(fetcher=Web(a=bytes_of(), b=bytes_of()))
    post = the_post_at("entry-1")
    covers.take_cover_down(post.id, by=EDITOR)
    texts = texts_of(the_post_at("entry-1"))
    change_post(post.id, replace(texts, title="Other"), seen=seen(post.id), by=EDITOR)
    web = Web(a=bytes_of())

    bring(tmp_path, *entries)
    fetch_post_pictures(fetcher=web)

    assert web.asked == []
    assert "<picture>" in shown("entry-1")
    assert the_post_at("entry-1").file is None


def test_a_later_export_that_changed_the_text_keeps_its_pictures(tmp_path: Path) -> None:
    bring(tmp_path, entry(1, content=image("a.jpg")))
    fetch_post_pictures(fetcher=Web(a=bytes_of()))

    bring(tmp_path, entry(1, content=image("a.jpg") + "<p>More.</p>"))

    assert "<picture>" in shown("entry-1")
    assert "More." in shown("entry-1")


def test_a_cover_that_hangs_here_stays(tmp_path: Path) -> None:
    bring(tmp_path, attachment(31, f"{HERE}a.jpg"), entry(1, meta("_thumbnail_id", "31")))
    covers.hang_cover(the_post_at("entry-1").id, bytes_of(), alt="Ours", by=EDITOR)
    web = Web(a=bytes_of())

    fetch_post_pictures(fetcher=web)

    assert (web.asked, the_post_at("entry-1").alt) == ([], "Ours")


def test_a_feed_names_pictures_in_full(tmp_path: Path, app: Flask) -> None:
    bring(tmp_path, entry(1, content=image("a.jpg")))
    fetch_post_pictures(fetcher=Web(a=bytes_of()))
    a_policy()

    feed = app.test_client().get("/blog/feed.xml").text

    assert 'src="http://localhost/pictures/' in unescape(feed)
    assert "srcset" not in feed


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("http://old.example/a.jpg", "https://old.example/a.jpg"),
        ("HTTP://old.example/a.jpg", "https://old.example/a.jpg"),
        ("//old.example/a.jpg", "https://old.example/a.jpg"),
        ("https://old.example/a.jpg", "https://old.example/a.jpg"),
        ("file:///etc/passwd", "file:///etc/passwd"),
        ("/a.jpg", "/a.jpg"),
    ],
)
def test_everything_is_asked_for_over_tls(address: str, asked: str) -> None:
    assert secure(address) == asked


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "https://127.0.0.1/a.jpg",
        "https://localhost/a.jpg",
        "https://[::1]/a.jpg",
        "/a.jpg",
        "",
    ],
)
def test_nothing_of_this_machine_is_asked_for(tmp_path: Path, address: str) -> None:
    bring(
        tmp_path,
        attachment(31, address),
        entry(1, meta("_thumbnail_id", "31"), content=f'<img src="{address}">'),
    )

    def never(*_given: Any) -> Any:
        raise AssertionError("nothing may be connected to")

    report = fetch_post_pictures(fetcher=Fetcher(connect=never))

    assert report.count == 0
    assert len(report.failures) == (2 if address else 1)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "1 picture was not fetched; a link leads to it."),
        (["--fetch-images"], "0 pictures fetched, 2 not."),
    ],
)
def test_the_command_fetches_only_when_asked(
    options: list[str], said: str, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storefront.create_app", lambda: app)
    content = '<img src="https://localhost/a.jpg" alt="A">'
    path = an_export(
        tmp_path,
        attachment(31, "https://localhost/b.jpg"),
        entry(1, meta("_thumbnail_id", "31"), content=content),
    )

    result = CliRunner().invoke(import_group, ["posts", str(path), *options])

    assert result.exit_code == 0
    assert said in result.output.splitlines()
    assert ("1 cover picture was not fetched." in result.output) == (not options)
    assert ("It leads into a private network." in result.output) == bool(options)


def test_withdrawn_posts_and_drafts_get_their_pictures_too(tmp_path: Path) -> None:
    bring(tmp_path, entry(1, status="draft", content=image("a.jpg")), entry(2, content=image("b.jpg")))
    actions.withdraw(the_post_at("entry-2").id, by=EDITOR)

    report = fetch_post_pictures(fetcher=Web(a=bytes_of(), b=bytes_of()))

    assert report.count == 2
