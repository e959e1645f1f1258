"""What authors and tags are called: changed under their row's lock, and the old address leads to the new one.

Knows names and addresses; refuses to know posts. Functions that change are steps.
"""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import audit, people
from storefront.accounts.models import Customer
from storefront.catalogue.stale import differing, refuse_stale, written
from storefront.catalogue.texts import slug_of
from storefront.claims.words import look_again_later
from storefront.content.claimed import KIND as POST
from storefront.content.models import Author, FormerAuthor, FormerTag, PostTag, Tag
from storefront.content.texts import check_tag, one_line
from storefront.database import insert_ignore, lock, require_transaction, savepoint, session
from storefront.errors import NotFound, Refused

Actor = tuple[str, object | None]

LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class AuthorTexts:
    """What is said of an author; without an address it is made of the name. `account` is what they sign in with."""

    name: str
    slug: str
    bio: str
    account: str = ""

    def tidied(self) -> "AuthorTexts":
        """As it is kept."""
        name = one_line(self.name)
        slug = slug_of(self.slug or name)[:LONGEST_NAME]
        return AuthorTexts(name, slug, one_line(self.bio), people.email_key(self.account))

    def check(self) -> None:
        """Raises Refused where nobody can be called so."""
        if not self.slug or not 0 < len(self.name) <= LONGEST_NAME:
            message = _("A name of 1 to %(most)s characters is wanted.", most=LONGEST_NAME)
            raise Refused(message, field="name")


@dataclass(frozen=True, slots=True)
class TagTexts:
    """What a tag is called; its address is made of that."""

    title: str


@dataclass(frozen=True, slots=True)
class TagRow:
    """A tag with the number of posts under it, of any state."""

    id: int
    slug: str
    title: str
    posts: int


def said_of(author: Author) -> AuthorTexts:
    """What is said of an author now. Up to one statement."""
    account = author.customer_id and session().scalar(
        sa.select(Customer.email).where(Customer.id == author.customer_id)
    )
    return AuthorTexts(author.name, author.slug, author.bio, account or "")


def tags() -> tuple[TagRow, ...]:
    """All tags, by title. One statement."""
    posts = sa.select(sa.func.count()).where(PostTag.tag_id == Tag.id).correlate(Tag).scalar_subquery()
    rows = session().execute(sa.select(Tag.id, Tag.slug, Tag.title, posts).order_by(Tag.title, Tag.id))
    return tuple(TagRow(*row) for row in rows)


def tag_by_id(tag_id: int) -> Tag:
    """A tag. One statement. Raises NotFound."""
    found = session().get(Tag, tag_id, populate_existing=True)
    if found is None:
        raise NotFound()
    return found


def change_author(author_id: int, texts: AuthorTexts, *, seen: str, by: Actor) -> bool:
    """Save what is said of an author; whether anything changed. Raises NotFound, Refused and Stale."""
    author = locked_author(author_id)
    stands, texts = said_of(author), texts.tidied()
    refuse_stale(stands, seen)
    texts.check()
    changes = differing(stands, texts)
    if not changes:
        return False
    if "slug" in changes:
        _refuse_taken(Author, texts.slug, author_id)
        _lead(FormerAuthor, {"slug": author.slug, "author_id": author_id}, to=texts.slug)
    author.name, author.slug, author.bio = texts.name, texts.slug, texts.bio
    if "account" in changes:
        _tie(author, texts.account)
    require_transaction().flush()
    audit.record("author.changed", subject=("author", author_id), actor=by, detail=written(changes))
    return True


def rename_tag(tag_id: int, texts: TagTexts, *, seen: str, by: Actor) -> bool:
    """Call a tag something else; whether it was called otherwise. Raises NotFound, Refused and Stale."""
    tag = lock(Tag, tag_id)
    if tag is None:
        raise NotFound()
    stands, title = TagTexts(tag.title), one_line(texts.title)
    refuse_stale(stands, seen)
    check_tag(title, field="title")
    if title == tag.title:
        return False
    slug = slug_of(title)
    if slug != tag.slug:
        _refuse_taken(Tag, slug, tag_id)
        _lead(FormerTag, {"slug": tag.slug, "tag_id": tag_id}, to=slug)
    tag.title, tag.slug = title, slug
    require_transaction().flush()
    detail = {"title": (stands.title, title)}
    audit.record("tag.renamed", subject=("tag", tag_id), actor=by, detail=detail)
    return True


def locked_author(author_id: int) -> Author:
    """The author, read anew and held until commit. Raises NotFound."""
    author: Author | None = lock(Author, author_id)
    if author is None:
        raise NotFound()
    return author


def tag_id_of(title: str) -> int:
    """The id of the tag that is or was called so, added where none is. A step."""
    current, slug = require_transaction(), slug_of(title)
    former: int | None = current.scalar(sa.select(FormerTag.tag_id).where(FormerTag.slug == slug))
    if former is not None:
        return former
    insert_ignore(Tag, {"slug": slug, "title": title}, unique=("slug",))
    return current.scalars(sa.select(Tag.id).where(Tag.slug == slug)).one()


def _tie(author: Author, account: str) -> None:
    """Let an account be that of an author, or none; who accepts a claim may not be the author of its text."""
    author.customer_id = _account_of(account) if account else None
    try:
        with savepoint():
            require_transaction().flush()
    except sa.exc.IntegrityError as error:
        raise Refused(_("Another author has this account."), field="account") from error
    look_again_later(POST)


def _account_of(email: str) -> int:
    found = session().scalar(sa.select(Customer.id).where(Customer.email == email))
    if found is None:
        raise Refused(_("Nobody signs in with this address."), field="account")
    return int(found)


def _refuse_taken(model: Any, slug: str, own_id: int) -> None:
    if session().scalar(sa.select(model.id).where(model.slug == slug, model.id != own_id)) is not None:
        field = "title" if model is Tag else "slug"
        raise Refused(_("Something else has the address “%(slug)s”.", slug=slug), field=field)


def _lead(model: Any, former: dict[str, Any], *, to: str) -> None:
    """Let a former address lead on; the one that is taken now leads nowhere else."""
    require_transaction().execute(sa.delete(model).where(model.slug == to))
    insert_ignore(model, former, unique=("slug",))
