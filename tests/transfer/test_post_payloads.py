"""Script in the texts, titles, names, tags and comments of an export: nothing of it runs on any page."""

import re
from html.parser import HTMLParser
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from storefront.content.markdown import parts_of
from storefront.content.models import Post, Tag
from storefront.database import session
from storefront.transfer.posts import import_posts
from tests.payloads import HTML_PAYLOADS, what_could_run
from tests.transfer.wxr_files import an_export, comment, entry, term

# XML has no such signs: a file with them is refused.
PAYLOADS = [each for each in HTML_PAYLOADS if not re.search(r"[\x00-\x08]", each)]
WRAPPED = [
    "{}",
    "[caption]<img src=x>{}[/caption]",
    '[caption caption="{}"]<img src=x>x[/caption]',
    "[code]{}[/code]",
]
WRAPPED += ["<!-- wp:html -->{}<!-- /wp:html -->", "[video src='{}']", "[embed]{}[/embed]", "<pre>{}</pre>"]


class Scripts(HTMLParser):
    """The scripts and handlers of a page that are not its own."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A start tag: scripts of ours have an address, or are data."""
        said = dict(attrs)
        if tag == "script" and not (said.get("src") or "").startswith("/static/") and "type" not in said:
            self.found.append(str(attrs))
        if tag in {"iframe", "object", "embed", "base"} or any(name.startswith("on") for name in said):
            self.found.append(f"{tag} {attrs}")
        self.found += [
            f"{tag} {name}={value}"
            for name, value in said.items()
            if name in {"href", "src", "action"}
            and re.match(r"\s*(javascript|data|vbscript):", value or "", re.I)
        ]


def test_no_text_however_it_is_wrapped_keeps_anything_that_runs(inside: Flask, tmp_path: Path) -> None:
    bodies = [shape.replace("{}", payload) for payload in PAYLOADS for shape in WRAPPED[:1]]
    bodies += [
        "\n\n".join(shape.replace("{}", payload) for payload in PAYLOADS[::9]) for shape in WRAPPED[1:]
    ]
    joined = ["\n\n".join(bodies[begin : begin + 20]) for begin in range(0, len(bodies), 20)]

    import_posts(
        an_export(tmp_path, *[entry(n + 1, content=text) for n, text in enumerate([*bodies[::4], *joined])])
    )

    kept = list(session().scalars(sa.select(Post.parts)))
    wrong = [found for each in kept for part in parts_of(each) if (found := what_could_run(str(part)))]
    assert wrong == []
    assert len(kept) == len(bodies[::4]) + len(joined)


def test_nothing_that_was_imported_runs_on_any_page(app: Flask, tmp_path: Path) -> None:
    chosen = PAYLOADS[::8]
    said = [comment(n + 1, text, author=text, author_email="") for n, text in enumerate(chosen)]
    terms = [term("category", text) for text in chosen[:9]]
    posts = [
        entry(n + 2, title=text or "x", excerpt=text, content=text, creator=text, post_name=text, link=text)
        for n, text in enumerate(chosen)
    ]
    with app.app_context():
        report = import_posts(an_export(tmp_path, entry(1, *terms, *said, content="".join(chosen)), *posts))
        slugs = list(session().scalars(sa.select(Post.slug)))
        tags = list(session().scalars(sa.select(Tag.slug)))
    client = app.test_client()

    pages = [
        "/blog",
        "/blog/feed.xml",
        *(f"/blog/{slug}" for slug in slugs),
        *(f"/blog/tags/{tag}" for tag in tags),
    ]
    answers = {page: client.get(page) for page in pages}

    assert report.left_out == 0
    wrong = {}
    for page, answer in answers.items():
        scripts = Scripts()
        scripts.feed(answer.text)
        if scripts.found:
            wrong[page] = scripts.found
    assert wrong == {}
    assert [page for page, answer in answers.items() if answer.status_code == 200][:1] == ["/blog"]
