"""A file that is no whole WordPress export is refused in a sentence, before anything is written, in little memory."""

import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from storefront.content.models import Post
from storefront.database import session
from storefront.transfer import wxr
from storefront.transfer.csvfile import FileRefused
from storefront.transfer.posts import import_posts
from tests.transfer.wxr_files import entry, export_text, raw_export

pytestmark = pytest.mark.usefixtures("inside")

GOOD = export_text(entry(1), entry(2))
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BOMB = f'<!DOCTYPE rss [<!ENTITY l0 "ha">{LAUGHS}]>\n'
QUADRATIC = f'<!DOCTYPE rss [<!ENTITY a "{"x" * 50_000}">]>\n'


def declared(head: str, text: str) -> bytes:
    return (
        export_text(entry(1, title="T"))
        .replace("<rss", f"{head}<rss", 1)
        .replace(">T<", f">{text}<")
        .encode()
    )


CASES: list[tuple[bytes, str]] = [
    (b"", "The file is empty."),
    (b"\n\n", "not whole"),
    (b"hello", "cannot be read as XML"),
    (b"PK\x03\x04 and so on", ".zip"),
    (b"\x1f\x8b\x08\x00", ".gz"),
    (GOOD[:-10].encode(), "not whole"),
    (GOOD[: len(GOOD) // 2].encode(), "not whole"),
    (export_text(entry(1, content="<![CDATA[")).encode()[:-20], "not whole"),
    ((GOOD + "<rss/>").encode(), "junk after document element"),
    (b"<html><body/></html>", "begins with <html>"),
    (GOOD.replace("wp:wxr_version", "wp:wxr").encode(), "no wp:wxr_version"),
    (GOOD.replace("export/1.2/", "export/2/").encode(), "no wp:wxr_version"),
    (export_text().encode(), "no posts and no pages"),
    (GOOD.replace("Entry", "Été").encode("latin-1"), "is the file UTF-8"),
    (GOOD.replace("UTF-8", "klingon").encode(), "encoding"),
    (GOOD.replace("UTF-8", "utf-7").encode(), "encoding"),
    (GOOD.encode("utf-16"), "encoding"),
    (GOOD.replace("Entry", "En\0try").encode(), "cannot stand there"),
    (declared(BOMB, "&l9;"), "declares a document type"),
    (declared(QUADRATIC, "&a;" * 50_000), "declares a document type"),
    (
        declared('<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>', "&a;"),
        "declares a document type",
    ),
    (declared('<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd">', "x"), "declares a document type"),
    (declared('<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1:9/">%p;]>', "x"), "document type"),
    (declared("", "&nbsp;"), "undefined entity"),
    (declared("", "<a>" * 100), "nested too deep"),
    (declared("", "<a>" * 10), "mismatched tag"),
    (declared("", f'<a b="{"x" * 3_000_000}"/>'), "no end near it"),
    (declared("", f"<!--{'x' * 3_000_000}-->"), "no end near it"),
    (declared("", '<a b="1" b="2"/>'), "duplicate attribute"),
    (declared("", "".join(f"<a{n}/>" for n in range(2_000))), "too many names"),
    (declared("", "".join(f'<a xmlns:x{n}="y"/>' for n in range(2_000))), "too many names"),
    (declared("", "".join(f'<a x{n}="y"/>' for n in range(2_000))), "too many names"),
    (declared("", "<q:a/>"), "unbound prefix"),
]


def refusal_of(content: bytes, folder: Path) -> str:
    began = time.monotonic()
    with pytest.raises(FileRefused) as refusal:
        import_posts(raw_export(folder, content))
    assert time.monotonic() - began < 5
    return refusal.value.message


def test_it_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    # One shop for all of them: none of them writes.
    wrong = [(said, says) for content, says in CASES if says not in (said := refusal_of(content, tmp_path))]

    assert wrong == []
    assert session().scalar(sa.select(sa.func.count()).select_from(Post)) == 0


def test_other_encodings_that_say_so_are_read(tmp_path: Path) -> None:
    text = export_text(entry(1, title="Thé")).replace("UTF-8", "ISO-8859-1")

    import_posts(raw_export(tmp_path, text.encode("latin-1")))

    assert session().scalar(sa.select(Post.title)) == "Thé"


Pieces = Callable[[], Iterator[bytes]]
_HEAD, _FOOT = (part.encode() for part in export_text("CUT").split("CUT"))


def one_long_field(size: int) -> Iterator[bytes]:
    yield _HEAD + b"<item><wp:post_type>post</wp:post_type><content:encoded>"
    yield from (b"x" * 1_000_000 for _part in range(size))
    yield b"</content:encoded></item>" + _FOOT


def many_comments(size: int) -> Iterator[bytes]:
    yield _HEAD + b"<item><wp:post_type>post</wp:post_type>"
    yield from (
        b"<wp:comment><wp:comment_id>1</wp:comment_id></wp:comment>" * 17_500 for _part in range(size)
    )
    yield b"</item>" + _FOOT


@pytest.mark.parametrize("made", [one_long_field, many_comments])
def test_whatever_is_long_takes_little_memory(
    made: Callable[[int], Iterator[bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wxr, "LONGEST_FIELD", 100_000)
    monkeypatch.setattr(wxr, "LONGEST_ITEM", 200_000)
    path = tmp_path / "long.xml"
    with path.open("wb") as file:
        file.writelines(made(4))

    tracemalloc.start()
    for item in wxr.items(path, wxr.Site()):
        assert item.size > 0
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert most < 2_000_000


def test_a_post_that_is_longer_than_all_is_left_out_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wxr, "LONGEST_ITEM", 100_000)

    report = import_posts(
        raw_export(tmp_path, export_text(entry(1, content="x" * 200_000), entry(2)).encode())
    )

    assert "longer than anything that can be kept" in report.text()
    assert list(session().scalars(sa.select(Post.slug))) == ["entry-2"]
