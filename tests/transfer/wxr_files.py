"""WordPress exports for tests, as its exporter writes them; every text is our own.

Knows elements and their order; refuses to know what becomes of them.
"""

from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

EXPORT = "http://wordpress.org/export/1.2/"
SITE = "https://old.example/shop"


def entry(number: int = 1, *inside: str, **said: Any) -> str:
    """A post; fields by name without their prefix (`post_name="tea"`), comments and terms as further texts."""
    usual: dict[str, Any] = {
        "title": f"Entry {number}",
        "link": f"{SITE}/2012/01/entry-{number}/",
        "creator": "jo",
        "content": f"<p>Words of entry {number}.</p>",
        "excerpt": "",
        "post_date": "2012-01-07 10:00:00",
        "post_date_gmt": "2012-01-07 09:00:00",
        "comment_status": "open",
        "post_name": f"entry-{number}",
        "status": "publish",
        "post_parent": 0,
        "post_type": "post",
        "post_password": "",
        "is_sticky": 0,
    }
    fields = usual | said
    outer = {"title": "title", "link": "link", "creator": "dc:creator"}
    outer |= {"content": "content:encoded", "excerpt": "excerpt:encoded"}
    lines = [_element(outer.get(name, f"wp:{name}"), value) for name, value in fields.items()]
    return f"<item>{_element('wp:post_id', number)}{''.join(lines)}{''.join(inside)}</item>"


def comment(number: int, text: str = "", **said: Any) -> str:
    """A comment, published unless said otherwise."""
    usual: dict[str, Any] = {
        "author": f"Reader {number}",
        "author_email": f"reader{number}@example.org",
        "date_gmt": f"2012-02-{number % 28 + 1:02} 12:00:00",
        "content": text or f"Said in number {number}.",
        "approved": 1,
        "type": "",
        "parent": 0,
        "user_id": 0,
    }
    lines = "".join(_element(f"wp:comment_{name}", value) for name, value in (usual | said).items())
    return f"<wp:comment>{_element('wp:comment_id', number)}{lines}</wp:comment>"


def term(domain: str, title: str, nicename: str = "x") -> str:
    """A category or a tag of a post."""
    return f'<category domain="{domain}" nicename="{nicename}"><![CDATA[{title}]]></category>'


def meta(key: str, value: str) -> str:
    """Something that WordPress or one of its plugins keeps beside a post."""
    both = _element("wp:meta_key", key) + _element("wp:meta_value", value)
    return f"<wp:postmeta>{both}</wp:postmeta>"


def attachment(number: int, url: str, *, more: str = "", **said: Any) -> str:
    """A picture or another file."""
    inside = _element("wp:attachment_url", url) + more
    return entry(number, inside, post_type="attachment", status="inherit", **said)


def export_text(*entries: str, space: str = EXPORT, head: str = "") -> str:
    """An export with these items."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{head}<rss version="2.0"\n'
        f' xmlns:excerpt="{space}excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/"\n'
        f' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="{space}">\n<channel>\n'
        f"<title>Old shop</title><link>{SITE}</link><wp:wxr_version>1.2</wp:wxr_version>\n"
        f"<wp:base_blog_url>{SITE}</wp:base_blog_url>\n"
        "<wp:author><wp:author_login>jo</wp:author_login>"
        "<wp:author_display_name><![CDATA[Jo Lark]]></wp:author_display_name></wp:author>\n"
        + "\n".join(entries)
        + "\n</channel></rss>\n"
    )


def an_export(folder: Path, *entries: str, **how: str) -> Path:
    """A file with these items."""
    return raw_export(folder, export_text(*entries, **how).encode())


def raw_export(folder: Path, content: bytes) -> Path:
    """A file of exactly these bytes."""
    path = folder / "export.xml"
    path.write_bytes(content)
    return path


def _element(name: str, value: Any) -> str:
    return f"<{name}>{escape(str(value))}</{name}>"
