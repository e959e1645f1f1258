"""Where posts, pages, tags and authors are that moved in, for whoever still has the address they had before.

Knows the addresses WordPress makes; refuses to lead anywhere but to a public page of ours.
"""

from collections.abc import Sequence

from flask import request, url_for

from storefront.content import whereabouts
from storefront.content.models import PostKind
from storefront.web import leads_on

_SCRIPT = "/index.php"
_LONGEST_NUMBER = 18
_MOST_STEPS = 20
_FEEDS = {"rss", "rss2", "rdf", "atom"}
# What stands behind the address of a post: the way it looks elsewhere, and where other programs report.
_VIEWS = {"amp", "embed", "trackback"}
_COMMENTS = "comment-page-"
_KINDS = {"category": "category", "tag": "post_tag"}


@leads_on
def present_url() -> str | None:
    """The present path of what was at this address elsewhere: by path, else by number. Four statements at most."""
    path = request.path.removeprefix(_SCRIPT)
    if not path.isprintable():
        return None
    return _post_url(path) or _url_behind(path) or url_by_number()


def url_by_number() -> str | None:
    """The present path of what `?p=12` or `?page_id=12` asks for. One statement, where it asks for something."""
    text = request.args.get("p") or request.args.get("page_id") or ""
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
        return None
    found = whereabouts.post_that_was(int(text))
    return _url(found) if found else None


def _post_url(path: str) -> str | None:
    found = whereabouts.post_that_was_at(path)
    return _url(found) if found else None


def _url_behind(path: str) -> str | None:
    """Of a list or a feed; of a post, where more stands behind its address."""
    steps = [step for step in path.split("/") if step]
    if len(steps) > _MOST_STEPS:
        return None
    rest, is_feed = _without_tail(steps)
    if rest != steps and rest and (url := _post_url("/" + "/".join(rest))):
        return url
    for place, step in enumerate(rest[:-1]):
        if step in {"category", "tag", "author"}:
            return _list_url(step, rest[-1], below=_path(rest[:place]), is_feed=is_feed)
    if is_feed and whereabouts.has_moved_in(below=_path(rest[:-1] if rest[-1:] == ["comments"] else rest)):
        return url_for("shop.journal_feed")
    return None


def _without_tail(steps: Sequence[str]) -> tuple[list[str], bool]:
    """An address without its further pages and its feed; whether it was a feed's."""
    rest, is_feed = list(steps), False
    if len(rest) > 1 and rest[-2] == "page" and rest[-1].isdecimal():
        del rest[-2:]
    elif rest and (rest[-1] in _VIEWS or rest[-1].startswith(_COMMENTS)):
        del rest[-1]
    if len(rest) > 1 and rest[-2] == "feed" and rest[-1] in _FEEDS:
        del rest[-1]
    if rest[-1:] == ["feed"]:
        del rest[-1]
        is_feed = True
    return rest, is_feed


def _list_url(kind: str, name: str, *, below: str, is_feed: bool) -> str | None:
    if kind == "author":
        slug, page, feed = whereabouts.author_who_was(name, below=below), "shop.author", "shop.author_feed"
    else:
        slug = whereabouts.tag_that_was(_KINDS[kind], name, below=below)
        page, feed = "shop.journal_of_tag", "shop.tag_feed"
    return url_for(feed if is_feed else page, slug=slug) if slug else None


def _path(steps: Sequence[str]) -> str:
    return "".join(f"/{step}" for step in steps)


def _url(found: tuple[PostKind, str]) -> str:
    return url_for("shop.page" if found[0] == PostKind.PAGE else "shop.post", slug=found[1])
