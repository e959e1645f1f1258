"""Posts for tests, saved as editors save them.

Knows the smallest post that can be published; refuses to write rows of its own.
"""

from itertools import count
from typing import Any

import sqlalchemy as sa

from storefront.catalogue.stale import fingerprint
from storefront.content import actions
from storefront.content.models import Author, Post, PostKind
from storefront.content.steps import texts_of
from storefront.content.texts import PostTexts
from storefront.database import session, transaction

EDITOR = ("staff", 1)

_number = count(1)


def an_author(name: str = "Jonna Reuter", *, slug: str = "jonna-reuter", bio: str = "") -> int:
    """The id of an author; the same one for the same slug. Opens a transaction."""
    found = session().scalar(sa.select(Author.id).where(Author.slug == slug))
    if found is None:
        with transaction() as current:
            made = Author(slug=slug, name=name, bio=bio)
            current.add(made)
            current.flush()
            found = made.id
    return int(found)


def post_texts(**said: Any) -> PostTexts:
    """What is said of a post that can be published."""
    number = next(_number)
    usual: dict[str, Any] = {"title": f"Post {number}", "body": "It rained.", "author_id": an_author()}
    return PostTexts(**usual | said)


def a_post(*, published: bool = True, kind: PostKind = PostKind.POST, **said: Any) -> Post:
    """A saved post, published unless told. Opens transactions."""
    post_id = actions.add_post(post_texts(**said), kind=kind, by=EDITOR)
    if published:
        actions.publish(post_id, by=EDITOR)
    return the_post(post_id)


def the_post(post_id: int) -> Post:
    """The post as it now stands."""
    return session().get_one(Post, post_id, populate_existing=True)


def the_post_at(slug: str) -> Post:
    """The post at an address as it now stands."""
    return session().scalars(sa.select(Post).where(Post.slug == slug)).one()


def seen(post_id: int) -> str:
    """The fingerprint that an editor's page shows."""
    return fingerprint(texts_of(the_post(post_id)))
