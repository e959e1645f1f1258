"""The pages that the footer of every page names.

Knows their addresses, and how they are read beside what every page reads anyway; refuses to know how they look.
"""

from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from storefront.content.models import Post, PostKind, PostState
from storefront.content.shown import Named

# The addresses of pages that the footer names, in its order, as soon as they are public.
IN_FOOTER = ("about", "terms", "privacy", "imprint", "withdrawal")

# Neither stands in a title: titles are one line with single spaces.
_WITHIN, _BETWEEN = "\t", "\n"

# Their addresses and titles in one text, a column beside others; `pages_in` reads it.
PAGES: Any = (
    sa.select(sa.func.aggregate_strings(Post.slug + _WITHIN + Post.title, _BETWEEN))
    .where(Post.slug.in_(IN_FOOTER), Post.kind == PostKind.PAGE, Post.state == PostState.PUBLISHED)
    .scalar_subquery()
)


# The same object for the same text: what is made of it is known again by that.
@lru_cache(maxsize=8)
def pages_in(text: str | None) -> tuple[Named, ...]:
    """The pages in the column `PAGES`, in the order of the footer."""
    found = dict(each.split(_WITHIN, 1) for each in (text or "").split(_BETWEEN) if each)
    return tuple(Named(slug, found[slug]) for slug in IN_FOOTER if slug in found)
