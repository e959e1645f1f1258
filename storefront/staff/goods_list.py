"""The list of products: its filters, and a product as a row of it.

Knows the address's words; refuses to read anything.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, SelectField, StringField
from wtforms.validators import Length

from storefront.catalogue.desk import GoodsRow, GoodsSort, GoodsWanted, ShelfRow
from storefront.catalogue.models import ProductState
from storefront.money import Money
from storefront.pictures.plates import Plate, plate
from storefront.staff.goods_words import Chip, Tag, state_tag
from storefront.web.text import moment_text


@dataclass(frozen=True, slots=True)
class Listed:
    """A product as the list prints it."""

    url: str
    title: str
    about: str
    state: Tag
    stock: Tag
    variants: str
    price: Money
    changed: str
    picture: Plate | None


class GoodsFilters(Form):
    """What is looked for, as GET sends it."""

    find = StringField(
        _l("Title, address or article number"),
        filters=[lambda typed: (typed or "").replace("\0", "").strip()],
        validators=[Length(max=200)],
        render_kw={"type": "search", "maxlength": 200},
    )
    state = SelectField(_l("State"), default="")
    stock = SelectField(_l("Stock"), default="")
    collection = SelectField(_l("Collection"), default="")
    tag = StringField(
        _l("Tag"),
        filters=[lambda typed: (typed or "").replace("\0", "").strip()],
        validators=[Length(max=60)],
    )
    sort = SelectField(_l("Sort by"), default=GoodsSort.CHANGED.value)

    def offer(self, shelves: Iterable[ShelfRow]) -> None:
        """Say what may be chosen."""
        self.state.choices = [("", _("All")), *((s.value, state_tag(s).text) for s in ProductState)]
        self.stock.choices = [("", _("All")), ("in", _("To be had")), ("out", _("Sold out"))]
        self.collection.choices = [("", _("All")), *((str(each.id), each.title) for each in shelves)]
        self.sort.choices = [
            (GoodsSort.CHANGED.value, _("Changed last")),
            (GoodsSort.TITLE.value, _("Title")),
            (GoodsSort.CHEAPEST.value, _("Price, lowest first")),
            (GoodsSort.DEAREST.value, _("Price, highest first")),
        ]

    def wanted(self) -> GoodsWanted:
        """What was asked for."""
        return GoodsWanted(
            find=self.find.data,
            state=self.state.data,
            stock=self.stock.data,
            collection=int(self.collection.data or 0),
            tag=self.tag.data,
            sort=GoodsSort(self.sort.data),
        )


def filter_chips(form: GoodsFilters, kept: Mapping[str, str]) -> list[Chip]:
    """The filters in force, each with the address without it."""
    chips = []
    for field in form:
        if field.name in kept and field.name != "sort":
            names = dict(getattr(field, "choices", None) or ())
            rest = {name: value for name, value in kept.items() if name != field.name}
            label = f"{field.label.text}: {names.get(kept[field.name], kept[field.name])}"
            chips.append(Chip(label, url_for("staff.products", **rest)))  # type: ignore[arg-type]
    return chips


def listed(row: GoodsRow) -> Listed:
    """A product as a row."""
    return Listed(
        url=url_for("staff.product", product_id=row.id),
        title=row.title,
        about=" · ".join(word for word in (row.vendor, row.kind) if word),
        state=state_tag(row.state),
        stock=_stock(row),
        variants=str(row.variants),
        price=row.price,
        changed=moment_text(row.updated_at, "short"),
        picture=plate(row.picture, alt=""),
    )


def _stock(row: GoodsRow) -> Tag:
    if not row.is_available:
        return Tag(_("Sold out"), "bad")
    return Tag(_("Not counted") if row.pieces is None else str(row.pieces), "")
