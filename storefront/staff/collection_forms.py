"""What may be typed about a collection: its words, and the conditions of its rule.

Knows fields and how text becomes a rule; refuses to know what stands already.
"""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from storefront.catalogue.gallery import PictureWords
from storefront.catalogue.ruled import MOST_CONDITIONS, Condition, Rule
from storefront.catalogue.shelving import CollectionTexts
from storefront.errors import Refused
from storefront.money import NotAnAmount
from storefront.staff.goods_forms import amount, amount_text, text_field, whole_field

PLACES = range(1, MOST_CONDITIONS + 1)


def _conditions() -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for place in PLACES:
        fields[f"ask{place}"] = SelectField(_l("What is asked"), default="")
        fields[f"value{place}"] = StringField(
            _l("Word, or amount"),
            filters=[lambda typed: (typed or "").strip()],
            validators=[Length(max=200)],
            render_kw={"maxlength": 200, "autocomplete": "off"},
        )
    return fields


class _Texts(FlaskForm):
    seen = HiddenField()
    title = text_field(_l("Title"), 200, InputRequired(_l("Please enter a title.")))
    slug = text_field(
        _l("Address"), 120, hint=_l("Empty takes the title. It stays: policies and links name it.")
    )
    intro = TextAreaField(_l("Introduction"), validators=[Length(max=2_000)], render_kw={"rows": 4})
    position = whole_field(_l("Place among collections"), hint=_l("Smaller numbers come first."))
    in_menu = BooleanField(_l("It stands in the menu"), default=True)
    is_published = BooleanField(_l("It is published"), default=True)
    filled = SelectField(_l("Filled"), default="hand")
    meets = SelectField(_l("Products meet"), default="all")


# The rule's fields come in rows: they are made by number.
CollectionForm: Any = type("CollectionForm", (_Texts,), _conditions())


class BannerForm(FlaskForm):
    """A collection's picture, and what it shows."""

    file = FileField(_l("Picture"), render_kw={"accept": "image/jpeg,image/png,image/webp,image/gif"})
    alt = text_field(_l("What it shows"), 300)
    is_decorative = BooleanField(_l("It only decorates and needs no words"))

    @property
    def words(self) -> PictureWords:
        """What was said of the picture."""
        return PictureWords(self.alt.data, self.is_decorative.data)


class PlaceForm(FlaskForm):
    """A product to put on a shelf."""

    product = text_field(
        _l("Address or article number of a product"), 200, InputRequired(_l("Please name a product."))
    )


def offer(form: Any) -> None:
    """Say what may be chosen."""
    form.filled.choices = [("hand", _("By hand")), ("rule", _("By a rule"))]
    form.meets.choices = [("all", _("All conditions")), ("any", _("Any condition"))]
    asks = [
        ("", _("Nothing")),
        ("tag.is", _("Tag is")),
        ("tag.is_not", _("Tag is not")),
        ("kind.is", _("Kind is")),
        ("kind.is_not", _("Kind is not")),
        ("vendor.is", _("Made by")),
        ("vendor.is_not", _("Not made by")),
        ("title.contains", _("Title contains")),
        ("price.at_least", _("Price at least")),
        ("price.at_most", _("Price at most")),
    ]
    for place in PLACES:
        form[f"ask{place}"].choices = asks


def show(form: Any, texts: CollectionTexts, seen: str) -> None:
    """Fill in what stands."""
    form.seen.data = seen
    for name, value in collection_data(texts).items():
        form[name].data = value


def collection_data(texts: CollectionTexts) -> dict[str, Any]:
    """A collection's facts by the names of the fields."""
    said: dict[str, Any] = {
        **{"title": texts.title, "slug": texts.slug, "intro": texts.intro, "position": texts.position},
        "in_menu": texts.in_menu,
        "is_published": texts.is_published,
        "filled": "hand" if texts.rule is None else "rule",
        "meets": "all" if texts.rule is None or texts.rule.meets_all else "any",
    }
    conditions = texts.rule.conditions if texts.rule else ()
    for place in PLACES:
        each = conditions[place - 1] if place <= len(conditions) else None
        said[f"ask{place}"] = f"{each.field}.{each.ask}" if each else ""
        said[f"value{place}"] = _value_text(each) if each else ""
    return said


def collection_said(form: Any) -> CollectionTexts:
    """What was typed. Raises Refused where an amount is none."""
    return CollectionTexts(
        title=form.title.data,
        slug=form.slug.data,
        intro=form.intro.data or "",
        position=form.position.data or 0,
        in_menu=form.in_menu.data,
        is_published=form.is_published.data,
        rule=_rule(form) if form.filled.data == "rule" else None,
    )


def _rule(form: Any) -> Rule:
    conditions = []
    for place in PLACES:
        if not form[f"ask{place}"].data:
            continue
        field, _dot, ask = form[f"ask{place}"].data.partition(".")
        conditions.append(Condition(field, ask, _value(form, field, place)))
    return Rule(tuple(conditions), form.meets.data == "all")


def _value(form: Any, field: str, place: int) -> str | int:
    typed: str = form[f"value{place}"].data
    if field != "price":
        return typed
    try:
        found = amount(typed)
    except NotAnAmount as error:
        raise Refused(error.message, field=f"value{place}") from error
    if found is None:
        raise Refused(_("Please enter an amount."), field=f"value{place}")
    return found.minor


def _value_text(condition: Condition) -> str:
    return amount_text(condition.value) if isinstance(condition.value, int) else condition.value
