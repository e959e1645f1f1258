"""What pages are told of posts: small frozen rows, complete, so that a template never asks for more.

Knows shapes and predicates; refuses to know the database and how anything looks.
"""

from dataclasses import dataclass
from datetime import datetime

from storefront.catalogue.models import ProductState
from storefront.catalogue.shown import Good
from storefront.claims.printed import NONE as NO_NOTES
from storefront.claims.printed import Notes
from storefront.content.markdown import Heading, Parts
from storefront.money import Money
from storefront.pictures.plates import Picture

# Silent reading of English prose (Brysbaert 2019, https://doi.org/10.1016/j.jml.2019.104047), rounded down.
WORDS_A_MINUTE = 230
# From this many sections on a table of contents helps more than it is in the way.
LONG = 3


@dataclass(frozen=True, slots=True)
class Named:
    """A tag or an author, as a link to their page."""

    slug: str
    title: str


@dataclass(frozen=True, slots=True)
class Story:
    """A post in a list; `tag` is its first."""

    id: int
    slug: str
    title: str
    summary: str
    published_at: datetime
    author: Named | None
    tag: Named | None
    cover: Picture | None
    minutes: int


@dataclass(frozen=True, slots=True)
class Choice:
    """A variant that can be put into the cart from a card."""

    id: int
    title: str
    price: Money


@dataclass(frozen=True, slots=True)
class Offer:
    """A product within a post: the good as it is now, and what of it can be had."""

    good: Good
    state: ProductState
    choices: tuple[Choice, ...]

    @property
    def is_sold(self) -> bool:
        """Whether the shop sells it at all."""
        return self.state == ProductState.PUBLISHED

    @property
    def is_secret(self) -> bool:
        """Whether it was never shown, or no longer is: then it has no page to lead to."""
        return self.state == ProductState.DRAFT


@dataclass(frozen=True, slots=True)
class PostPage:
    """All that a post's own page says but its thread; `offers` are by product id."""

    id: int
    is_page: bool
    slug: str
    title: str
    summary: str
    parts: Parts
    contents: tuple[Heading, ...]
    words: int
    published_at: datetime
    updated_at: datetime
    author: Named | None
    author_bio: str
    face: Picture | None
    cover: Picture | None
    tags: tuple[Named, ...]
    offers: dict[int, Offer]
    previous: Story | None
    following: Story | None
    related: tuple[Story, ...]
    notes: Notes = NO_NOTES

    @property
    def minutes(self) -> int:
        """How long it takes to read."""
        return minutes(self.words)

    @property
    def is_long(self) -> bool:
        """Whether it has a table of contents."""
        return len(self.contents) >= LONG


@dataclass(frozen=True, slots=True)
class AuthorPage:
    """What is said of an author."""

    slug: str
    name: str
    bio: str
    picture: Picture | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A post in a feed: whole."""

    story: Story
    parts: Parts
    updated_at: datetime
    titles: dict[int, Named]
    notes: Notes = NO_NOTES

    @property
    def changed_at(self) -> datetime:
        """When it last became another for who reads it: what was saved before it appeared changed nothing."""
        return max(self.updated_at, self.story.published_at)


def minutes(words: int) -> int:
    """Minutes to read so many words, one at least."""
    return max(1, round(words / WORDS_A_MINUTE))
