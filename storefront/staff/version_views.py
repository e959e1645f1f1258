"""The versions of a post for staff: all of them, what was different in one, and the way back to it.

Knows addresses and answers; refuses to know rules.
"""

import difflib
from dataclasses import dataclass
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _

from storefront.accounts.access import current_actor
from storefront.accounts.queries import names_of
from storefront.content import actions, desk
from storefront.content.texts import PostTexts
from storefront.staff.audit_words import actor_text
from storefront.staff.blueprint import blueprint
from storefront.staff.goods_words import ID, done, may
from storefront.staff.post_views import POST, post_crumbs
from storefront.web import open_to
from storefront.web.notices import notices

NUMBER = ID % "number"
# Beyond this many lines a comparison takes longer than anybody waits.
_MOST_LINES = 3_000


@blueprint.get(f"/posts/{POST}/versions")
@open_to("content.view")
def post_versions(post_id: int) -> str:
    """The newest versions of a post. Four statements."""
    found, rows = desk.post_desk(post_id), desk.revisions(post_id)
    names = names_of({row.actor_id for row in rows if row.actor_kind == "staff"})
    return render_template(
        "staff/post_versions.html",
        post=found,
        rows=[(row, actor_text(row.actor_kind, names.get(row.actor_id, ""), row.actor_id)) for row in rows],
        crumbs=post_crumbs(found, _("Versions")),
        notices=notices(),
    )


@blueprint.get(f"/posts/{POST}/versions/{NUMBER}")
@open_to("content.view")
def post_version(post_id: int, number: int) -> str:
    """What was different in one version from what stands now. Four statements."""
    found, then = desk.post_desk(post_id), desk.revision(post_id, number)
    return render_template(
        "staff/post_version.html",
        post=found,
        number=number,
        differs=_facts_that_differ(then, found.texts),
        lines=_difference(then.body, found.texts.body),
        may_edit=may("content.edit"),
        crumbs=post_crumbs(found, _("Version %(number)s", number=number)),
    )


@blueprint.post(f"/posts/{POST}/versions/{NUMBER}")
@open_to("content.edit")
def restore_version(post_id: int, number: int) -> Any:
    """Save an old version as the newest."""
    by, found = current_actor(), desk.post_desk(post_id)
    then = desk.revision(post_id, number)
    return done(
        lambda: actions.change_post(post_id, then, seen=found.seen, by=by),
        _("Version %(number)s stands again, as the newest.", number=number),
        url_for("staff.post", post_id=post_id),
    )


@dataclass(frozen=True, slots=True)
class Differs:
    """Something said of a post, as it was and as it is."""

    name: str
    before: str
    after: str


def _facts_that_differ(then: PostTexts, now: PostTexts) -> list[Differs]:
    """What is said of a post beside its text, where it is something else now. One statement."""
    authors = {each.id: each.name for each in desk.authors()}

    def facts(texts: PostTexts) -> list[str]:
        author = authors.get(texts.author_id, "")
        return [texts.title, texts.summary, texts.slug, ", ".join(texts.tags), author]

    names = [_("Title"), _("Summary"), _("Address"), _("Tags"), _("Author")]
    return [
        Differs(name, was, is_now)
        for name, was, is_now in zip(names, facts(then), facts(now), strict=True)
        if was != is_now
    ]


def _difference(then: str, now: str) -> list[tuple[str, str]]:
    """Lines with what became of them: "-" went since, "+" came since; unchanged ones only around a change."""
    before, after = then.splitlines()[:_MOST_LINES], now.splitlines()[:_MOST_LINES]
    lines = list(difflib.unified_diff(before, after, lineterm="", n=1))[2:]
    return [(line[:1], line[1:]) for line in lines if not line.startswith("@@")]
