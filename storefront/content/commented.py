"""Posts as something to comment on: what they are called, who writes them, who bought what they show.

Knows posts, their authors and paid orders; refuses to know any comment but as a row beside it.
"""

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from storefront.comments.subjects import Subject, SubjectKind, commented
from storefront.config import settings
from storefront.content.models import Author, Post, PostKind, PostProduct, PostState
from storefront.database import session
from storefront.orders.finding import OrderWord
from storefront.orders.models import Order, OrderLine
from storefront.web import address

KIND = "post"


def subject_of(post_id: int, slug: str, title: str, *, is_public: bool = True) -> Subject:
    """A post as a subject of comments, without who wrote it."""
    return Subject(KIND, post_id, title, _url(slug), is_public)


def _url(slug: str) -> str:
    """The path of a post, without a request too: jobs and the demo shop comment as well."""
    return address("shop.post", slug=slug).removeprefix(settings().origin)


def _read(ids: Collection[int]) -> Mapping[int, Subject]:
    """The posts of these ids, and the names of all who write here. Two statements."""
    rows = session().execute(
        sa.select(Post.id, Post.slug, Post.title, Post.state, Author.customer_id)
        .outerjoin(Author, Author.id == Post.author_id)
        .where(Post.id.in_(list(ids)), Post.kind == PostKind.POST)
    )
    writers = session().execute(sa.select(Author.name, Author.customer_id)).all()
    accounts = frozenset(row.customer_id for row in writers) - {None}
    names = frozenset(row.name for row in writers)
    return {
        row.id: Subject(
            kind=KIND,
            id=row.id,
            title=row.title,
            url=_url(row.slug),
            is_public=row.state == PostState.PUBLISHED,
            authors=frozenset({row.customer_id} - {None}),
            writers=accounts,
            names=names,
        )
        for row in rows
    }


def _by_author(comment: Any) -> sa.ColumnElement[bool]:
    return (
        sa.select(sa.literal(1))
        .select_from(Post)
        .join(Author, Author.id == Post.author_id)
        .where(Post.id == comment.subject_id, Author.customer_id == comment.customer_id)
        .exists()
    )


def _standing(comment: Any) -> sa.ColumnElement[str | None]:
    """ "bought" while a paid order of theirs, with something that the post shows, has not gone back whole; "returned"
    where all of them have. Theirs: of their account, or under an address that they proved."""
    stands = (Order.captured_minor == 0) | (Order.refunded_minor < Order.captured_minor)
    return sa.case((_ordered(comment, stands), "bought"), (_ordered(comment, sa.true()), "returned"))


def _ordered(comment: Any, condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    shown = (
        sa.select(sa.literal(1))
        .select_from(Order)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(PostProduct, PostProduct.product_id == OrderLine.product_id)
        .where(PostProduct.post_id == comment.subject_id, Order.paid_at.is_not(None), condition)
    )
    # By the words of orders: the address is found by index, and then compared as a whole.
    named = sa.select(OrderWord.order_id).where(OrderWord.word == comment.email).correlate(comment)
    proved = comment.verified_at.is_not(None) & (sa.func.lower(Order.email) == comment.email)
    return sa.or_(
        shown.where(Order.customer_id == comment.customer_id).exists(),
        shown.where(proved, Order.id.in_(named)).exists(),
    )


commented(KIND, SubjectKind(read=_read, by_author=_by_author, standing=_standing))
