"""What can happen to a text: written, changed, scheduled, published, withdrawn; each version is kept.

Knows how one post is changed under its lock; refuses to know forms and pictures. Every function is a step.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import audit, clock, jobs, states
from storefront.catalogue.models import FormerSlug, Product
from storefront.catalogue.stale import differing, refuse_stale, written
from storefront.catalogue.texts import slug_of
from storefront.claims.steps import look_at, open_in, refuse_open
from storefront.content import markdown
from storefront.content.claimed import text_of
from storefront.content.models import (
    Author,
    FormerAddress,
    Post,
    PostFormat,
    PostKind,
    PostProduct,
    PostState,
    PostTag,
    Revision,
    Tag,
)
from storefront.content.naming import tag_id_of
from storefront.content.texts import Composed, PostTexts, one_line
from storefront.database import insert_ignore, lock, require_transaction, savepoint, session
from storefront.errors import NotFound, Refused

Actor = tuple[str, object | None]

_LONGEST_NAME = 120
_COLUMNS = ("title", "slug", "summary", "body", "author_id")

PUBLISH_JOB = "content.publish"


def add_post(composed: Composed, *, kind: PostKind = PostKind.POST, by: Actor) -> int:
    """Add a draft; its id. Raises Refused."""
    current = require_transaction()
    texts = composed.texts
    now = clock.now()
    post = Post(
        kind=kind,
        format=composed.form,
        state=PostState.DRAFT,
        created_at=now,
        updated_at=now,
        version=1,
    )
    _write(post, composed)
    try:
        with savepoint():
            current.add(post)
            current.flush()
    except sa.exc.IntegrityError as error:
        raise _taken(texts.slug) from error
    current.execute(sa.delete(FormerAddress).where(FormerAddress.slug == texts.slug))
    _keep(post, texts, by=by)
    look_at(text_of(post))
    detail = {"title": (None, texts.title), "slug": (None, texts.slug)}
    audit.record("post.added", subject=("post", post.id), actor=by, detail=detail)
    return post.id


def change_post(post_id: int, composed: Composed, *, seen: str, by: Actor) -> bool:
    """Save another version of a post; whether anything changed.

    Raises NotFound, Refused, and Stale where it is no longer what the page showed (`seen`, its fingerprint).
    """
    current = require_transaction()
    post = locked_post(post_id)
    stands = texts_of(post)
    refuse_stale(stands, seen)
    texts = composed.texts
    changes = differing(stands, texts)
    if not changes:
        return False
    if "slug" in changes:
        _move(post, texts.slug)
    post.version += 1
    post.updated_at = clock.now()
    _write(post, composed)
    if post.state in {PostState.PUBLISHED, PostState.SCHEDULED}:
        _check_readable(post)
    current.flush()
    _keep(post, texts, by=by)
    unanswered = look_at(text_of(post))
    if post.state == PostState.PUBLISHED:
        refuse_open(unanswered, field="body")
    # Every word stands in the revisions; the record says which one.
    detail = written({name: change for name, change in changes.items() if name != "body"})
    detail["version"] = (str(post.version - 1), str(post.version))
    audit.record("post.changed", subject=("post", post_id), actor=by, detail=detail)
    return True


def publish(post_id: int, *, by: Actor) -> None:
    """Show a post to everyone; may be run again. Raises NotFound and Refused."""
    post = locked_post(post_id)
    if post.state == PostState.PUBLISHED:
        return
    _publish(post, post.published_at or clock.now(), by=by)


def publish_if_due(post_id: int) -> bool:
    """Show a scheduled post once its time has come; whether it was shown just now. May be run any number of times.

    What refuses it leaves the schedule as it was, since all of this is one transaction; so do marked phrases for
    which nobody has answered: then it waits until somebody does. Raises Refused.
    """
    post: Post | None = lock(Post, post_id)
    due = post.scheduled_for if post else None
    if post is None or post.state != PostState.SCHEDULED or due is None or due > clock.now():
        return False
    if unanswered := open_in(text_of(post)):
        audit.record("post.held_back", subject=("post", post_id), code=str(len(unanswered)))
        return False
    _publish(post, due, by=("system", None))
    return True


def schedule(post_id: int, at: datetime, *, by: Actor) -> None:
    """Let a draft appear `at` an instant, or another one than before: by a job that is due then, and looks whether it
    still is. Raises NotFound and Refused."""
    post = locked_post(post_id)
    if at <= clock.now():
        raise Refused(_("This time has passed: choose a later one, or publish now."), field="day")
    if post.state not in {PostState.DRAFT, PostState.SCHEDULED}:
        raise Refused(_("Only a draft can be scheduled."), field="day")
    _check_readable(post)
    before = post.scheduled_for
    if post.state == PostState.DRAFT:
        states.advance(post, PostState.SCHEDULED)
    post.scheduled_for = at
    detail = {"at": (before and before.isoformat(), at.isoformat())}
    audit.record("post.scheduled", subject=("post", post_id), actor=by, detail=detail)
    jobs.enqueue(PUBLISH_JOB, {"post_id": post_id}, key=f"{PUBLISH_JOB}@{post_id}:{at.isoformat()}", at=at)


def unschedule(post_id: int, *, by: Actor) -> None:
    """Make a scheduled post a draft again; may be run again. Raises NotFound and Refused."""
    post = locked_post(post_id)
    if post.state == PostState.DRAFT:
        return
    if post.state != PostState.SCHEDULED:
        raise Refused(_("It is public already: withdraw it instead."))
    before = post.scheduled_for
    states.advance(post, PostState.DRAFT)
    post.scheduled_for = None
    detail = {"at": (before and before.isoformat(), None)}
    audit.record("post.unscheduled", subject=("post", post_id), actor=by, detail=detail)


def withdraw(post_id: int, *, by: Actor) -> None:
    """Take a published post away; may be run again. Raises NotFound and Refused."""
    post = locked_post(post_id)
    if post.state == PostState.WITHDRAWN:
        return
    if post.state != PostState.PUBLISHED:
        raise Refused(_("Only what is public can be withdrawn."))
    states.advance(post, PostState.WITHDRAWN)
    audit.record("post.withdrawn", subject=("post", post_id), actor=by)


def locked_post(post_id: int) -> Post:
    """The post, read anew and held until commit. Raises NotFound."""
    post: Post | None = lock(Post, post_id)
    if post is None:
        raise NotFound()
    return post


def texts_of(post: Any) -> PostTexts:
    """What is said in and of a post now."""
    tags = session().scalars(
        sa.select(Tag.title).join(PostTag).where(PostTag.post_id == post.id).order_by(PostTag.position)
    )
    return PostTexts(**{name: getattr(post, name) for name in _COLUMNS}, tags=tuple(tags))


def format_of(post_id: int) -> PostFormat:
    """What a post is written in, now and ever. Raises NotFound."""
    form = session().scalar(sa.select(Post.format).where(Post.id == post_id))
    if form is None:
        raise NotFound()
    return PostFormat(form)


def written_of(post_id: int) -> tuple[PostFormat, str]:
    """What a post is written in, and what its cover shows. Raises NotFound."""
    found = session().execute(sa.select(Post.format, Post.alt).where(Post.id == post_id)).one_or_none()
    if found is None:
        raise NotFound()
    return PostFormat(found.format), found.alt


def product_ids(slugs: Collection[str]) -> Mapping[str, int]:
    """The products at these addresses, those they had before included. Two statements."""
    current = session()
    former = sa.select(FormerSlug.slug, FormerSlug.product_id).where(FormerSlug.slug.in_(slugs))
    present = sa.select(Product.slug, Product.id).where(Product.slug.in_(slugs))
    return {slug: found for select in (former, present) for slug, found in current.execute(select)}


def _publish(post: Post, at: datetime, *, by: Actor) -> None:
    _check_readable(post)
    refuse_open(open_in(text_of(post)))
    states.advance(post, PostState.PUBLISHED)
    post.scheduled_for = None
    post.published_at = post.published_at or at
    audit.record("post.published", subject=("post", post.id), actor=by)


def _check_readable(post: Post) -> None:
    """Raises Refused where a reader would miss something."""
    if not post.body.strip():
        raise Refused(_("There is nothing to read yet."), field="body")
    if post.kind == PostKind.POST and post.author_id is None:
        raise Refused(_("Please say who wrote it."), field="author")


def _write(post: Post, composed: Composed) -> None:
    """Put down what was written, and what was made of it."""
    texts = composed.texts
    if texts.author_id is not None and session().get(Author, texts.author_id) is None:
        raise Refused(_("There is no such author."), field="author")
    made = composed.made.placed(product_ids)
    if made.missing:
        raise Refused(_("No product has the address “%(slug)s”.", slug=made.missing[0]), field="body")
    for name in _COLUMNS:
        setattr(post, name, getattr(texts, name))
    post.parts, post.contents = markdown.parts_json(made.parts), markdown.contents_json(made.contents)
    post.words = made.words


def _keep(post: Post, texts: PostTexts, *, by: Actor) -> None:
    """Keep this version, and what it names beside its text."""
    current = require_transaction()
    current.add(
        Revision(
            **{name: getattr(texts, name) for name in _COLUMNS},
            post_id=post.id,
            number=post.version,
            tags=", ".join(texts.tags),
            actor_kind=by[0],
            actor_id=None if by[1] is None else str(by[1]),
            at=clock.now(),
        )
    )
    current.execute(sa.delete(PostTag).where(PostTag.post_id == post.id))
    current.execute(sa.delete(PostProduct).where(PostProduct.post_id == post.id))
    for position, title in enumerate(texts.tags):
        current.add(PostTag(post_id=post.id, tag_id=tag_id_of(title), position=position))
    shown = dict.fromkeys(part for part in markdown.parts_of(post.parts) if isinstance(part, int))
    current.add_all(PostProduct(post_id=post.id, product_id=product_id) for product_id in shown)
    current.flush()


def _move(post: Post, slug: str) -> None:
    """Let a post that was public once stand at another address, to which its old one leads."""
    current = require_transaction()
    if current.scalar(sa.select(Post.id).where(Post.slug == slug, Post.id != post.id)) is not None:
        raise _taken(slug)
    current.execute(sa.delete(FormerAddress).where(FormerAddress.slug == slug))
    if post.published_at is not None:
        insert_ignore(FormerAddress, {"slug": post.slug, "post_id": post.id}, unique=("slug",))


def _taken(slug: str) -> Refused:
    return Refused(_("Something else has the address “%(slug)s”.", slug=slug), field="slug")


def add_author(name: str, bio: str, *, by: Actor) -> int:
    """Add somebody who writes; their id. Raises Refused."""
    name, slug = one_line(name), slug_of(name)[:_LONGEST_NAME]
    if not slug or len(name) > _LONGEST_NAME:
        raise Refused(_("A name of 1 to %(most)s characters is wanted.", most=_LONGEST_NAME), field="name")
    if not insert_ignore(Author, {"slug": slug, "name": name, "bio": one_line(bio)}, unique=("slug",)):
        raise Refused(_("Another author has the address “%(slug)s”.", slug=slug), field="name")
    author_id = require_transaction().scalars(sa.select(Author.id).where(Author.slug == slug)).one()
    audit.record("author.added", subject=("author", author_id), actor=by, detail={"name": (None, name)})
    return author_id
