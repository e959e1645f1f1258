"""One item of a WordPress export as a post that moves in: its words, its state, when it was written, who said what.

Knows what WordPress' fields mean; refuses to know how anything is kept. What cannot be read is told to `remarks`.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit

from flask_babel import gettext as _

from storefront.catalogue.gallery import LONGEST_ALT
from storefront.catalogue.texts import slug_of
from storefront.comments.models import CommentState
from storefront.comments.moving import Said
from storefront.comments.wording import MOST_TEXT
from storefront.config import settings
from storefront.content.models import PostKind, PostState
from storefront.content.moving import Arrival, Term, Was
from storefront.content.texts import LONGEST, LONGEST_TAG, MOST_TAGS, PostTexts, one_line
from storefront.content.whereabouts import plain_path
from storefront.errors import Refused
from storefront.transfer.entities import text_of
from storefront.transfer.wp_bodies import Attachments, html_of
from storefront.transfer.wxr import Item, Site

KINDS = {"post": PostKind.POST, "page": PostKind.PAGE}
# What is told of posts that are drafts here, and were something else there.
DRAFTED = frozenset({"password", "private", "pending", "missed"})
# In characters; four times what may be typed here.
LONGEST_COMMENT = 4 * MOST_TEXT
_NOUGHT = "0000-00-00"
_NUMBER = re.compile(r"[0-9]{1,18}")
_NO_TAG = {"uncategorized", "uncategorised"}
_STATES = {"1": CommentState.PUBLISHED, "0": CommentState.HELD, "spam": CommentState.SPAM}
_PINGS = {"trackback", "pingback"}
_COMMENTS = {"", "comment"}
_SHORT = 60
# With percent signs for each byte of it.
_LONGEST_NAME = 1_800
_LINE_END = re.compile(r"<br\s*/?>|</(?:p|div|li|h[1-6]|blockquote|pre|tr)>", re.IGNORECASE)
_LINK = re.compile(
    r"""<a\b[^<>]{0,500}?\bhref\s*=\s*["']?(https?://[^\s"'<>]{1,500}+)[^<>]{0,500}+>(.{0,1000}?)</a>""",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(slots=True)
class Read:
    """An item that was read: what moves in, what was said beneath it, and what was left out or read otherwise."""

    arrival: Arrival
    comments: list[Said]
    is_closed: bool
    remarks: Counter[str] = field(default_factory=Counter)


def source_of(site: Site) -> str:
    """What a site is called: its address without what may change."""
    said = site.fields
    address = said.get("wp:base_blog_url") or said.get("link") or said.get("wp:base_site_url") or ""
    parts = urlsplit(address if "//" in address else f"//{address}")
    return f"{parts.netloc}{parts.path}".rstrip("/").lower()[:200] or "wordpress"


def number_of(text: str) -> int:
    """A number as exports write them; 0 for anything else."""
    return int(text) if _NUMBER.fullmatch(text) and int(text) < 2**63 else 0


def read_item(item: Item, site: Site, attachments: Attachments, *, now: datetime) -> Read:
    """What a post or a page says. Raises Refused where it cannot move in."""
    number, kind = number_of(item["wp:post_id"]), KINDS[item.kind]
    if item.is_too_long:
        raise Refused(_("It is longer than anything that can be kept."))
    if not number:
        raise Refused(_("It has no number (wp:post_id)."))
    remarks: Counter[str] = Counter()
    wanted, at = _state(item, remarks, now=now)
    created_at = _instant(item, "wp:post_date") or _published(item) or now
    modified_at = _instant(item, "wp:post_modified")
    slug = _slug(item["wp:post_name"])
    texts = PostTexts(
        title=_title(item, slug, remarks),
        slug=slug,
        summary=_cut(one_line(text_of(item["excerpt:encoded"])), LONGEST["summary"], remarks, "summaries"),
        body=html_of(
            item.fields.get("content:encoded", ""), post_id=number, attachments=attachments, remarks=remarks
        ),
        tags=_tags(item, remarks),
    )
    login = item["dc:creator"][:200]
    remarks["unnamed"] += bool(login) and login not in site.authors
    was = Was(
        source=source_of(site),
        source_id=number,
        path=plain_path(_path(item["link"])),
        slug=plain_path(unquote(item["wp:post_name"]))[:200],
        login=login,
        author=one_line(text_of(site.authors.get(login) or login)) or login,
        digest=_digest(item, site.authors.get(login, "")),
    )
    _note(item, remarks)
    cover, words = attachments.by_id.get(number_of(item.meta.get("_thumbnail_id", "")), ("", ""))
    arrival = Arrival(
        was=was,
        kind=kind,
        texts=texts,
        wanted=wanted,
        at=at or created_at,
        created_at=created_at,
        updated_at=max(modified_at or created_at, created_at),
        terms=tuple(_terms(item)),
        cover=cover,
        cover_alt=" ".join((text_of(words) or texts.title).split())[:LONGEST_ALT],
    )
    comments = _comments(item, remarks, created_at=created_at)
    is_closed = item["wp:comment_status"] == "closed" and kind == PostKind.POST
    if kind == PostKind.PAGE:
        remarks["on pages"] += len(comments)
        comments = []
    return Read(arrival, comments, is_closed, remarks)


def _state(item: Item, remarks: Counter[str], *, now: datetime) -> tuple[PostState, datetime | None]:
    """The state a post gets, and when it appeared or will. What not everybody might read there is a draft here."""
    status, at = item["wp:status"], _instant(item, "wp:post_date") or _published(item)
    if item["wp:post_password"]:
        remarks["password"] += 1
        return PostState.DRAFT, None
    if status == "publish" or status == "future":
        if at is not None and at > now:
            return PostState.SCHEDULED, at
        if status == "publish":
            return PostState.PUBLISHED, at
        remarks["missed"] += 1
        return PostState.DRAFT, None
    if status in {"private", "pending"}:
        remarks[status] += 1
    elif status not in {"draft", "auto-draft"}:
        word = {"trash": _("It was in the bin."), "inherit": _("It is a version of another.")}
        raise Refused(word.get(status) or _("Nobody knows its state “%(state)s”.", state=status[:40]))
    return PostState.DRAFT, None


def _instant(item: Item | Mapping[str, str], name: str) -> datetime | None:
    """The instant of a date; its column of UTC counts, else the shop's own time is taken for the site's."""
    for column, zone in ((f"{name}_gmt", UTC), (name, settings().timezone)):
        text = (item[column] if isinstance(item, Item) else item.get(column, "")).strip()
        if not text or text.startswith(_NOUGHT):
            continue
        try:
            found = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=zone).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
        if found.year >= 1970:
            return found
    return None


def _published(item: Item) -> datetime | None:
    """The instant of `pubDate` (RFC 822)."""
    try:
        found = datetime.strptime(item["pubDate"], "%a, %d %b %Y %H:%M:%S %z").astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if found.year >= 1970 else None


def _slug(name: str) -> str:
    """An address as people read it: WordPress writes other letters by percent signs, and may cut one in two."""
    return slug_of(unquote(name, errors="ignore"))[: LONGEST["slug"]]


def _path(link: str) -> str:
    """The path of an address; empty where the post was found by its number."""
    try:
        return unquote(urlsplit(link).path)
    except ValueError:
        return ""


def _title(item: Item, slug: str, remarks: Counter[str]) -> str:
    title = one_line(text_of(item["title"]))
    if not title:
        remarks["untitled"] += 1
        body = one_line(text_of(item["content:encoded"][:2_000]))
        title = _shortened(body, _SHORT) or slug.replace("-", " ") or item["wp:post_id"]
    return _cut(title, LONGEST["title"], remarks, "titles")


def _cut(text: str, most: int, remarks: Counter[str], code: str) -> str:
    if len(text) > most:
        remarks[code] += 1
    return _shortened(text, most)


def _shortened(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    return text[: most - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def _tags(item: Item, remarks: Counter[str]) -> tuple[str, ...]:
    """Categories, then tags, each once; the magazine has tags alone."""
    found: dict[str, str] = {}
    for wanted in ("category", "post_tag", "tag"):
        for domain, text, _name in item.terms:
            title = one_line(text_of(text))
            slug = slug_of(title)
            if domain != wanted or slug in _NO_TAG or not slug:
                continue
            if len(title) > LONGEST_TAG:
                remarks["tags"] += 1
                continue
            found.setdefault(slug, title)
    remarks["tags"] += max(len(found) - MOST_TAGS, 0)
    return tuple(found.values())[:MOST_TAGS]


def _terms(item: Item) -> Iterator[Term]:
    """What stood in addresses of categories and tags."""
    for domain, text, name in item.terms:
        kind = "post_tag" if domain == "tag" else domain
        if kind in {"category", "post_tag"} and name:
            yield Term(kind, name[:_LONGEST_NAME], one_line(text_of(text)))


def _note(item: Item, remarks: Counter[str]) -> None:
    remarks["sticky"] += item["wp:is_sticky"] == "1"
    remarks["beneath"] += item.kind == "page" and number_of(item["wp:post_parent"]) > 0


def _digest(item: Item, author: str) -> str:
    said = [sorted(item.fields.items()), [term[:2] for term in item.terms], author]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _comments(item: Item, remarks: Counter[str], *, created_at: datetime) -> list[Said]:
    """What people said; what other sites' programs said is counted alone."""
    said: list[Said] = []
    for each in item.comments:
        get = {name: text.strip() for name, text in each.items()}.get
        kind, state = get("wp:comment_type", ""), _STATES.get(get("wp:comment_approved", ""))
        number = number_of(get("wp:comment_id", ""))
        if kind in _PINGS:
            remarks[kind] += 1
        elif kind not in _COMMENTS or not number:
            remarks["other comments"] += 1
        elif state is None:
            remarks["binned comments"] += 1
        elif len(each.get("wp:comment_content", "")) > LONGEST_COMMENT:
            remarks["long comments"] += 1
        else:
            said.append(
                Said(
                    source_id=number,
                    parent_id=number_of(get("wp:comment_parent", "")),
                    name=text_of(get("wp:comment_author", "")),
                    email=get("wp:comment_author_email", "")[:320],
                    text=_spoken(each.get("wp:comment_content", "")),
                    state=state,
                    at=_instant(each, "wp:comment_date") or created_at,
                    is_known=number_of(get("wp:comment_user_id", "")) > 0,
                )
            )
    return said


def _spoken(html: str) -> str:
    """A comment as plain text, with its links as addresses."""
    if "<" not in html and "&" not in html:
        return html
    html = _LINK.sub(lambda found: _address(found[1], found[2]), html.replace("\r\n", "\n"))
    return text_of(_LINE_END.sub(lambda found: found[0] + "\n", html))


def _address(address: str, words: str) -> str:
    return words if address.rstrip("/") in words else f"{words} ({address})"
