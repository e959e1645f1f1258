"""What may be typed about a post, when it appears, and who writes.

Knows fields and how text becomes facts; refuses to know what stands already.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FileField, Form, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from storefront.config import settings
from storefront.content.markdown import MOST_LETTERS
from storefront.content.models import PostKind, PostState
from storefront.content.naming import AuthorTexts, TagTexts
from storefront.content.texts import PostTexts
from storefront.errors import Refused
from storefront.staff.goods_forms import text_field


class PostForm(FlaskForm):
    """All that is said in and of a post."""

    seen = HiddenField()
    title = text_field(_l("Title"), 200, InputRequired(_l("Please enter a title.")))
    slug = text_field(
        _l("Address"), 200, hint=_l("Empty takes the title. An old address leads to the new one.")
    )
    kind = SelectField(_l("Kind"), default=PostKind.POST.value)
    author = SelectField(_l("Author"), default="")
    tags = text_field(_l("Tags"), 600, hint=_l("By commas; the first stands above the title."))
    summary = TextAreaField(_l("Summary"), validators=[Length(max=400)], render_kw={"rows": 3})
    body = TextAreaField(
        _l("Text"),
        description=_l("Markdown. A line {{ product: address }} shows a product that can be bought there."),
        validators=[Length(max=MOST_LETTERS)],
        render_kw={"rows": 24, "spellcheck": "true"},
    )
    find = text_field(
        _l("Find a product to show"), 200, hint=_l("By words of its title or address; it goes into the text.")
    )

    def offer(self, authors: Iterable[Any]) -> None:
        """Say what may be chosen."""
        self.kind.choices = [(PostKind.POST.value, _("Post")), (PostKind.PAGE.value, _("Page"))]
        self.author.choices = [("", _("Nobody")), *((str(each.id), each.name) for each in authors)]

    def propose(self, authors: Sequence[Any], *, whose: int) -> None:
        """Choose the author who has this account, or else the only one there is."""
        own = [each.id for each in authors if each.customer_id == whose] or [each.id for each in authors]
        self.author.data = str(own[0]) if len(own) == 1 else ""

    def show(self, texts: PostTexts, seen: str) -> None:
        """Fill in what stands."""
        self.seen.data = seen
        for name, value in post_data(texts).items():
            self[name].data = value

    @property
    def texts(self) -> PostTexts:
        """What was typed."""
        return PostTexts(
            title=self.title.data or "",
            slug=self.slug.data or "",
            summary=self.summary.data or "",
            body=self.body.data or "",
            author_id=int(self.author.data) if self.author.data else None,
            tags=tuple((self.tags.data or "").split(",")),
        )


class WhenForm(FlaskForm):
    """When a post appears, in the shop's own time."""

    day = StringField(_l("Day and time"), render_kw={"type": "datetime-local"})

    @property
    def at(self) -> datetime:
        """The instant. Raises Refused where it is none."""
        try:
            typed = datetime.fromisoformat(self.day.data or "")
            return typed.replace(tzinfo=settings().timezone, fold=0).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise Refused(_("Please choose a day and a time."), field="day") from error


class CoverForm(FlaskForm):
    """A post's cover, and what it shows."""

    file = FileField(
        _l("Picture"),
        description=_l("JPEG, PNG, WebP or GIF, twice as wide as high reads best."),
        render_kw={"accept": "image/jpeg,image/png,image/webp,image/gif"},
    )
    alt = text_field(_l("What it shows"), 300, hint=_l("A few words for those who cannot see it."))


class PortraitForm(CoverForm):
    """An author's picture, and what it shows."""

    file = FileField(
        _l("Picture"),
        description=_l("JPEG, PNG, WebP or GIF. Beside their name its middle is shown, in a circle."),
        render_kw={"accept": "image/jpeg,image/png,image/webp,image/gif"},
    )


class AuthorForm(FlaskForm):
    """Somebody who writes."""

    seen = HiddenField()
    name = text_field(_l("Name"), 120, InputRequired(_l("Please enter a name.")))
    slug = text_field(
        _l("Address"), 120, hint=_l("Empty takes the name. An old address leads to the new one.")
    )
    bio = TextAreaField(_l("About them"), validators=[Length(max=1_000)], render_kw={"rows": 3})
    account = text_field(
        _l("Account"),
        320,
        hint=_l(
            "The e-mail address they sign in with, if they do. Their comments are marked as the author’s, and they"
            " accept no marked phrase in texts under their name."
        ),
        type="email",
    )

    @property
    def texts(self) -> AuthorTexts:
        """What was typed."""
        return AuthorTexts(
            self.name.data or "", self.slug.data or "", self.bio.data or "", self.account.data or ""
        )


class TagForm(FlaskForm):
    """What a tag is called."""

    seen = HiddenField()
    title = text_field(
        _l("Title"),
        60,
        InputRequired(_l("Please enter a title.")),
        hint=_l("Its address follows, and the old one leads to the new one."),
    )

    @property
    def texts(self) -> TagTexts:
        """What was typed."""
        return TagTexts(self.title.data or "")


class PostFilters(Form):
    """What is looked for, as GET sends it."""

    find = StringField(
        _l("Words in title or text"),
        filters=[lambda typed: (typed or "").replace("\0", "").strip()],
        validators=[Length(max=200)],
        render_kw={"type": "search", "maxlength": 200},
    )
    state = SelectField(_l("State"), default="")

    def offer(self) -> None:
        """Say what may be chosen."""
        self.state.choices = [("", _("All")), *((state.value, state_name(state)) for state in PostState)]


def state_name(state: PostState) -> str:
    """A post's state in words."""
    return {
        PostState.DRAFT: _("Draft"),
        PostState.SCHEDULED: _("Scheduled"),
        PostState.PUBLISHED: _("Published"),
        PostState.WITHDRAWN: _("Withdrawn"),
    }[state]


def post_data(texts: PostTexts) -> dict[str, Any]:
    """A post's texts by the names of the fields."""
    return {
        "title": texts.title,
        "slug": texts.slug,
        "summary": texts.summary,
        "body": texts.body,
        "author": str(texts.author_id or ""),
        "tags": ", ".join(texts.tags),
    }
