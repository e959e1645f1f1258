"""What editors write of a post, as frozen facts.

Knows what makes sense by itself; refuses to know what stands already.
"""

from dataclasses import dataclass, replace

from flask_babel import gettext as _

from storefront.catalogue.texts import slug_of
from storefront.content import html
from storefront.content.html import Pictures
from storefront.content.markdown import MOST_LETTERS, Rendered, clean_text, rendered
from storefront.content.models import PostFormat
from storefront.errors import Refused

MOST_TAGS = 10
LONGEST_TAG = 60
LONGEST = {"title": 200, "slug": 200, "summary": 400, "body": MOST_LETTERS}


@dataclass(frozen=True, slots=True)
class PostTexts:
    """All that is said in and of a post but its cover; `tags` are titles, the first stands above the post's own."""

    title: str
    slug: str = ""
    summary: str = ""
    body: str = ""
    author_id: int | None = None
    tags: tuple[str, ...] = ()

    def tidied(self) -> "PostTexts":
        """As it is kept: an address made of letters, no control characters, each tag once."""
        tags = {slug_of(title): title for each in reversed(self.tags) if (title := one_line(each))}
        return replace(
            self,
            title=one_line(self.title),
            slug=slug_of(self.slug or self.title),
            summary=one_line(self.summary),
            body=clean_text(self.body).strip("\n"),
            tags=tuple(reversed(tags.values())),
        )

    def check(self) -> None:
        """Raises Refused where this cannot be saved."""
        if not self.title:
            raise Refused(_("The title is missing."), field="title")
        if not self.slug:
            raise Refused(_("An address needs a letter or a digit."), field="slug")
        for name, most in LONGEST.items():
            if len(getattr(self, name)) > most:
                raise Refused(_("At most %(longest)s characters.", longest=most), field=name)
        if len(self.tags) > MOST_TAGS:
            raise Refused(_("A post has at most %(most)s tags.", most=MOST_TAGS), field="tags")
        for tag in self.tags:
            check_tag(tag)


@dataclass(frozen=True, slots=True)
class Composed:
    """Texts that can be saved, and what was made of them."""

    texts: PostTexts
    made: Rendered
    form: PostFormat


def composed(
    texts: PostTexts, *, form: PostFormat = PostFormat.MARKDOWN, pictures: Pictures = html.NONE
) -> Composed:
    """Tidied, checked and rendered: all that takes time, before anybody has to wait. Raises Refused."""
    texts = texts.tidied()
    texts.check()
    return Composed(texts, rendered_from(texts.body, form, pictures=pictures), form)


def rendered_from(body: str, form: PostFormat, *, pictures: Pictures = html.NONE) -> Rendered:
    """What is made of a text written in `form`; `pictures` are those of elsewhere that HTML may show, by their
    addresses there. Takes up to seconds."""
    return html.rendered(body, pictures) if form == PostFormat.HTML else rendered(body)


def check_tag(title: str, *, field: str = "tags") -> None:
    """Raises Refused where no tag can be called so."""
    if not slug_of(title):
        raise Refused(_("A tag needs a letter or a digit."), field=field)
    if len(title) > LONGEST_TAG:
        raise Refused(_("A tag has at most %(most)s characters.", most=LONGEST_TAG), field=field)


def one_line(text: str) -> str:
    """What was typed as one line, without control characters."""
    return " ".join(clean_text(text).split())
