"""Everything a product's page says, in one statement: its parts come as rows of one shape, told apart by `part`.

Knows how the parts are read; refuses to know which variant was chosen.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from storefront.catalogue.cards import card_columns, first_image, good, picture
from storefront.catalogue.claimed import KIND as CLAIMING
from storefront.catalogue.measures import packed, unpacked
from storefront.catalogue.models import Collection, Image, Option, Placement, Product, ProductState, Variant
from storefront.catalogue.shown import Heading, OptionShown, ProductPage, VariantShown
from storefront.claims.printed import notes
from storefront.claims.queries import printed_claims
from storefront.config import settings
from storefront.database import Prepared, read, release
from storefront.errors import NotFound
from storefront.money import Money
from storefront.web.pages import tagged

RELATED = 4
PAGES_KEPT = 256
_AT_ONCE = 50

_PRODUCT, _COLLECTION, _OPTION, _VARIANT, _IMAGE, _RELATED, _CLAIM = range(7)
_TOPICS = {_PRODUCT: "product", _COLLECTION: "collection", _RELATED: "product"}
_TEXTS, _NUMBERS = 8, 7


def product_page(slug: str) -> ProductPage:
    """The page of a published or withdrawn product. One statement. Raises NotFound, for drafts too."""
    rows = tuple(read(_STATEMENT, {"slug": slug}))
    tagged("claims", *(f"{_TOPICS[row[0]]}:{row.id}" for row in rows if row[0] in _TOPICS))
    return _page(rows, settings().currency)


def preview_page(slug: str) -> ProductPage:
    """The page of a product of any state, as it will be once it is published. One statement. Raises NotFound."""
    page = _page(tuple(read(_PREVIEW, {"slug": slug})), settings().currency)
    return replace(page, state=ProductState.PUBLISHED)


def listed_pages() -> Iterator[ProductPage]:
    """The pages of all published products, from the oldest on, without the goods and notes beneath; nothing is held
    while the caller works. One statement for each fifty."""
    after = 0
    while True:
        found: dict[int, dict[int, list[Any]]] = {}
        for row in read(_LISTED, {"after": after, "size": _AT_ONCE}):
            found.setdefault(row.number6, _no_parts())[row.part].append(row)
        release()
        if not found:
            return
        after = max(found)
        yield from (_put_together(found[key], settings().currency) for key in sorted(found))


# The same object for the same rows: what is made of it is known again by that.
@lru_cache(maxsize=PAGES_KEPT)
def _page(rows: tuple[Any, ...], currency: str) -> ProductPage:
    parts = _no_parts()
    for row in rows:
        parts[row[0]].append(row)
    if not parts[_PRODUCT]:
        raise NotFound()
    return _put_together(parts, currency)


def _no_parts() -> dict[int, list[Any]]:
    return {part: [] for part in range(7)}


def _part(
    part: int, position: Any, key: Any, texts: Sequence[Any], numbers: Sequence[Any], *, of: Any = None
) -> sa.Select[Any]:
    """One kind of row: `texts` and `numbers` are filled up to one width with NULLs, typed for PostgreSQL. The last
    number is whose it is (`of`), where that is said."""
    padded_texts = [*texts, *[sa.cast(sa.null(), sa.Text)] * (_TEXTS - len(texts))]
    padded_numbers = [*numbers, *[sa.cast(sa.null(), sa.BigInteger)] * (_NUMBERS - len(numbers))]
    if of is not None:
        padded_numbers[-1] = of
    return sa.select(
        sa.literal_column(str(part)).label("part"),
        position.label("position"),
        key.label("id"),
        *(column.label(f"text{i}") for i, column in enumerate(padded_texts)),
        *(column.label(f"number{i}") for i, column in enumerate(padded_numbers)),
    )


# Not IN, whose list is put into the statement's text anew each time it runs.
_SHOWN = sa.or_(Product.state == ProductState.PUBLISHED, Product.state == ProductState.WITHDRAWN)


def _statement(shown: sa.ColumnElement[bool]) -> sa.Select[Any]:
    this = sa.select(Product.id).where(Product.slug == sa.bindparam("slug"), shown).cte("this")
    product_id = sa.select(this.c.id).scalar_subquery()
    shelf = (
        sa.select(Collection.id, Collection.slug, Collection.title)
        .join(Placement, Placement.collection_id == Collection.id)
        .where(Placement.product_id == product_id, Collection.is_published)
        .order_by(Collection.position, Collection.id)
        .limit(1)
        .cte("shelf")
    )
    whole = sa.union_all(
        *_own(lambda of: of == product_id),
        _part(_COLLECTION, _NOUGHT, shelf.c.id, (shelf.c.slug, shelf.c.title), ()),
        _related(product_id, sa.select(shelf.c.id).scalar_subquery()),
        _claims(product_id),
    ).subquery("parts")
    return sa.select(whole).order_by(whole.c.part, whole.c.position, whole.c.id)


def _listed() -> sa.Select[Any]:
    """The same of so many published products behind one, but for what is beside and beneath them."""
    behind = sa.select(Product.id).where(
        Product.id > sa.bindparam("after"), Product.state == ProductState.PUBLISHED
    )
    size = sa.bindparam("size", type_=sa.Integer)
    chosen = sa.select(behind.order_by(Product.id).limit(size).cte("chosen").c.id)
    shelves = (
        _part(
            *(_COLLECTION, Collection.position, Collection.id, (Collection.slug, Collection.title), ()),
            of=Placement.product_id,
        )
        .join(Placement, Placement.collection_id == Collection.id)
        .where(Placement.product_id.in_(chosen), Collection.is_published)
    )
    whole = sa.union_all(*_own(lambda of: of.in_(chosen)), shelves).subquery("parts")
    return sa.select(whole).order_by(whole.c.part, whole.c.position, whole.c.id)


_NOUGHT: Any = sa.literal_column("0")


def _own(are_wanted: Callable[[Any], sa.ColumnElement[bool]]) -> list[sa.Select[Any]]:
    """What products have of their own: those whose ids are wanted."""
    return [
        _part(
            *(_PRODUCT, _NOUGHT, Product.id),
            (
                Product.slug,
                Product.title,
                Product.subtitle,
                Product.vendor,
                Product.description_html,
                Product.state,
                *(Product.seo_title, Product.seo_description),
            ),
            (sa.case((Product.is_gift_card, 1), else_=0),),
            of=Product.id,
        ).where(are_wanted(Product.id)),
        _part(_OPTION, Option.position, Option.id, (Option.name,), (), of=Option.product_id).where(
            are_wanted(Option.product_id)
        ),
        _part(
            *(_VARIANT, Variant.position, Variant.id),
            (Variant.value1, Variant.value2, Variant.value3, Variant.sku, Variant.barcode, packed(Variant)),
            (
                *(Variant.price_minor, Variant.lowest_before_minor, Variant.on_hand, Variant.weight_grams),
                sa.case((Variant.requires_shipping, 1), else_=0),
            ),
            of=Variant.product_id,
        ).where(are_wanted(Variant.product_id), Variant.is_sold),
        _part(
            *(_IMAGE, Image.position, Image.id),
            (Image.file, Image.alt, Image.sizes),
            (Image.width, Image.height),
            of=Image.product_id,
        ).where(are_wanted(Image.product_id), Image.file.is_not(None)),
    ]


def _claims(product_id: Any) -> sa.Select[Any]:
    stated = printed_claims(CLAIMING, product_id).subquery("stated")
    texts = (stated.c.words, stated.c.title, stated.c.url, stated.c.disclaimer)
    return _part(_CLAIM, stated.c.position, stated.c.id, texts, ()).select_from(stated)


def _related(product_id: Any, collection_id: Any) -> sa.Select[Any]:
    chosen = (
        sa.select(Product.id, Placement.position)
        .join(Placement, Placement.product_id == Product.id)
        .where(
            Placement.collection_id == collection_id,
            Product.id != product_id,
            Product.state == ProductState.PUBLISHED,
            Product.is_available,
        )
        .order_by(Placement.position, Placement.product_id)
        .limit(RELATED)
        .subquery("chosen")
    )
    key, *columns = card_columns()
    by_name = {column.key: column for column in columns}
    texts = [by_name[name] for name in ("slug", "title", "subtitle", "file", "alt", "sizes", "contents")]
    numbers = [by_name[n] for n in ("price", "was", "highest", "available", "pieces", "width", "height")]
    return (
        _part(_RELATED, chosen.c.position, key, texts, numbers)
        .select_from(chosen)
        .join(Product, Product.id == chosen.c.id)
        .outerjoin(Image, first_image())
    )


_STATEMENT = Prepared(_statement(_SHOWN), known=PAGES_KEPT)
_PREVIEW = Prepared(_statement(sa.true()))
_LISTED = Prepared(_listed())


def _put_together(parts: dict[int, list[Any]], currency: str) -> ProductPage:
    product = parts[_PRODUCT][0]
    names = [row.text0 for row in parts[_OPTION]]
    variants = tuple(_variant(row, len(names), currency) for row in parts[_VARIANT])
    return ProductPage(
        id=product.id,
        slug=product.text0,
        title=product.text1,
        subtitle=product.text2,
        vendor=product.text3,
        description_html=product.text4,
        state=ProductState(product.text5),
        collection=next((Heading(row.text0, row.text1) for row in parts[_COLLECTION]), None),
        options=tuple(
            OptionShown(name, tuple(dict.fromkeys(variant.values[i] for variant in variants)))
            for i, name in enumerate(names)
        ),
        variants=variants,
        pictures=tuple(
            shown
            for row in parts[_IMAGE]
            if (shown := picture(row.text0, row.text1, row.number0, row.number1, row.text2)) is not None
        ),
        seo_title=product.text6,
        seo_description=product.text7,
        related=tuple(good(_Card(row), currency) for row in parts[_RELATED]),
        is_gift_card=bool(product.number0),
        notes=notes((row.text0, row.text1, row.text2, row.text3) for row in parts[_CLAIM]),
    )


def _variant(row: Any, options: int, currency: str) -> VariantShown:
    return VariantShown(
        id=row.id,
        values=(row.text0, row.text1, row.text2)[:options],
        sku=row.text3,
        barcode=row.text4,
        price=Money(row.number0, currency),
        was=None if row.number1 is None else Money(row.number1, currency),
        on_hand=row.number2,
        weight_grams=row.number3,
        requires_shipping=bool(row.number4),
        contents=unpacked(row.text5),
    )


class _Card:
    """A related row under the names that `cards.good` reads."""

    __slots__ = (
        *("id", "slug", "title", "subtitle", "file", "alt", "sizes", "contents"),
        *("price", "was", "highest", "available", "pieces", "width", "height"),
    )

    def __init__(self, row: Any) -> None:
        self.id = row.id
        self.slug, self.title, self.subtitle, self.file, self.alt, self.sizes, self.contents = row[3:10]
        self.price, self.was, self.highest, self.available, self.pieces, self.width, self.height = row[11:18]
