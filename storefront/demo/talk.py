"""What was said beneath the demo's posts, taken in and decided about by the shop's own actions at its own time.

Knows who of the buyers speaks; refuses to add to comments that there are. Only a shop that keeps its mail and pays
at the sandbox gets any: nobody is written to.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app

from storefront import clock, jobs
from storefront.accounts.models import Customer
from storefront.comments.actions import Words, prove_address, submit_comment
from storefront.comments.deciding import decide_comments
from storefront.comments.models import Comment
from storefront.config import settings
from storefront.content.commented import KIND
from storefront.content.models import Post, PostProduct, PostState
from storefront.database import release, session
from storefront.demo import crew
from storefront.demo.journal import ARTICLES
from storefront.demo.loading import is_demo
from storefront.demo.remarks import REMARKS, Remark
from storefront.orders.models import Order, OrderLine

# Who reads what came in, and how long it takes them.
_READER, _LATER = "support", timedelta(hours=2)


def say() -> bool:
    """Let the readers of a demo shop have their say, once; whether they had it."""
    if not (settings().is_sandbox and settings().keeps_mail and is_demo()) or _has_comments():
        release()
        return False
    now, posts, people = clock.now(), _posts(), _people()
    release()
    made: dict[str, int] = {}
    for remark in sorted(REMARKS, key=lambda each: -each.days_ago):
        at = now - timedelta(days=remark.days_ago)
        post_id, published_at = posts.get(remark.on, (0, now))
        if published_at < at and (not remark.answers or remark.answers in made):
            made[remark.key or f"#{len(made)}"] = _say(remark, post_id, at, people, made)
    return True


def _has_comments() -> bool:
    return session().scalar(sa.select(Comment.id).limit(1)) is not None


def _posts() -> dict[str, tuple[int, datetime]]:
    """The demo's posts that can be read, by address, and since when."""
    columns = sa.select(Post.slug, Post.id, Post.published_at)
    ours = Post.slug.in_([article.slug for article in ARTICLES])
    rows = session().execute(columns.where(ours, Post.state == PostState.PUBLISHED))
    return {row.slug: (row.id, row.published_at) for row in rows}


def _people() -> dict[str, int]:
    """The accounts of the crew, by role."""
    ids = dict(session().execute(sa.select(Customer.email, Customer.id)).all())
    return {role: ids[email] for role, (email, _name) in crew.STAFF.items()}


def _say(
    remark: Remark, post_id: int, at: datetime, people: Mapping[str, int], made: Mapping[str, int]
) -> int:
    """Take one in, and have it read if it is to be; its id."""
    buyer = _buyer(post_id, at) if remark.buys else None
    with clock.frozen(at):
        comment_id = submit_comment(KIND, post_id, _words(remark, buyer, people, made))
        _send_mails()
        if buyer:
            prove_address(comment_id)
    if remark.verdict:
        with clock.frozen(at + _LATER):
            by = ("staff", people[_READER])
            decide_comments([comment_id], remark.verdict, reason=remark.reason, by=by)
            _send_mails()
    return comment_id


def _words(remark: Remark, buyer: str | None, people: Mapping[str, int], made: Mapping[str, int]) -> Words:
    email, name = crew.STAFF[remark.role] if remark.role else (buyer or remark.email, remark.name)
    return Words(
        name=_called(buyer) if buyer else name,
        email=email,
        text=remark.text,
        parent_id=made.get(remark.answers),
        customer_id=people.get(remark.role),
        trap="filled in" if remark.is_trapped else "",
    )


def _buyer(post_id: int, at: datetime) -> str | None:
    """The address of somebody who had bought what the post shows, and has not said anything yet."""
    spoken = sa.select(Comment.id).where(Comment.email == sa.func.lower(Order.email)).exists()
    found: str | None = session().scalar(
        sa.select(Order.email)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(PostProduct, PostProduct.product_id == OrderLine.product_id)
        .where(PostProduct.post_id == post_id, Order.paid_at < at, ~spoken)
        .order_by(Order.paid_at.desc(), Order.id)
        .limit(1)
    )
    release()
    return found


def _called(email: str) -> str:
    """A buyer of the demo by first name and one letter, as readers sign."""
    first, *rest = (part.title() for part in email.partition("@")[0].split("."))
    return " ".join([first, *(f"{last[0]}." for last in rest)])


def _send_mails() -> None:
    """What a worker would have done meanwhile."""
    jobs.drain(current_app._get_current_object(), only=("mail.send",))  # type: ignore[attr-defined]
