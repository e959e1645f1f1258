"""What can happen to posts, each in one transaction of its own; and the job that publishes what is due.

Knows steps of this room; refuses to compose those of others.
"""

from datetime import datetime

import sqlalchemy as sa

from storefront import clock, jobs
from storefront.content import naming, steps
from storefront.content.claimed import answered_for, is_held_back
from storefront.content.illustrations import pictures_for
from storefront.content.models import Post, PostKind, PostState
from storefront.content.naming import AuthorTexts, TagTexts
from storefront.content.steps import PUBLISH_JOB, Actor
from storefront.content.texts import PostTexts, composed
from storefront.database import transaction


def add_post(texts: PostTexts, *, kind: PostKind = PostKind.POST, by: Actor) -> int:
    """Add a draft; its id. Raises Refused."""
    whole = composed(texts)
    with transaction():
        return steps.add_post(whole, kind=kind, by=by)


def change_post(post_id: int, texts: PostTexts, *, seen: str, by: Actor) -> bool:
    """Save another version of a post; whether anything changed. Raises NotFound, Refused and Stale."""
    form = steps.format_of(post_id)
    whole = composed(texts, form=form, pictures=pictures_for(texts.body, form))
    with transaction():
        return steps.change_post(post_id, whole, seen=seen, by=by)


def publish(post_id: int, *, by: Actor) -> None:
    """Show a post to everyone; may be run again. Raises NotFound and Refused."""
    with transaction():
        steps.publish(post_id, by=by)


def schedule(post_id: int, at: datetime, *, by: Actor) -> None:
    """Let a draft appear `at` an instant. Raises NotFound and Refused."""
    with transaction():
        steps.schedule(post_id, at, by=by)


def unschedule(post_id: int, *, by: Actor) -> None:
    """Make a scheduled post a draft again; may be run again. Raises NotFound and Refused."""
    with transaction():
        steps.unschedule(post_id, by=by)


def withdraw(post_id: int, *, by: Actor) -> None:
    """Take a published post away; may be run again. Raises NotFound and Refused."""
    with transaction():
        steps.withdraw(post_id, by=by)


def add_author(name: str, bio: str, *, by: Actor) -> int:
    """Add somebody who writes; their id. Raises Refused."""
    with transaction():
        return steps.add_author(name, bio, by=by)


def change_author(author_id: int, texts: AuthorTexts, *, seen: str, by: Actor) -> bool:
    """Save what is said of an author; whether anything changed. Raises NotFound, Refused and Stale."""
    with transaction():
        return naming.change_author(author_id, texts, seen=seen, by=by)


def rename_tag(tag_id: int, texts: TagTexts, *, seen: str, by: Actor) -> bool:
    """Call a tag something else; whether it was called otherwise. Raises NotFound, Refused and Stale."""
    with transaction():
        return naming.rename_tag(tag_id, texts, seen=seen, by=by)


@jobs.every("content.publish_due", minutes=1)
def publish_due() -> None:
    """Let each post whose time has come be published by a job of its own, so that none waits for another, where the
    job of that time left it. What has marked phrases that nobody answered for waits; once they are, it is due anew.
    """
    with transaction() as current:
        due = sa.select(Post.id, Post.version, Post.scheduled_for, answered_for(Post)).where(
            Post.state == PostState.SCHEDULED, Post.scheduled_for <= clock.now(), ~is_held_back(Post)
        )
        for post_id, version, at, answered in current.execute(due):
            key = f"{PUBLISH_JOB}:{post_id}:{version}:{at.isoformat() if at else ''}:{answered}"
            jobs.enqueue(PUBLISH_JOB, {"post_id": post_id}, key=key)


@jobs.handler(PUBLISH_JOB)
def publish_scheduled(*, post_id: int) -> None:
    """Publish a scheduled post if it is due; may run any number of times. What fails leaves the schedule."""
    with transaction():
        steps.publish_if_due(post_id)
