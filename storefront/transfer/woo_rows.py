"""One product of a WooCommerce file: its rows in, the facts of the catalogue out.

Knows which types of product can be sold here; refuses to guess at the others.
"""

from datetime import date

from flask_babel import gettext as _

from storefront.catalogue.facts import ImageFacts, ProductFacts, VariantFacts
from storefront.catalogue.models import ProductState
from storefront.transfer.cells import Group, is_web_address, number_of, one_line, refuse, said_yes
from storefront.transfer.csvfile import Row
from storefront.transfer.entities import long_text, plain, text_of
from storefront.transfer.lists import items_of
from storefront.transfer.unit_prices import contents_of
from storefront.transfer.woo_choices import Choices
from storefront.transfer.woo_values import NotPriced, grams_of, prices_of, stock_of

# What is said beside the type proper.
_QUALITIES = {"virtual", "downloadable"}
_PUBLISHED = {
    "1": ProductState.PUBLISHED,
    "true": ProductState.PUBLISHED,
    "yes": ProductState.PUBLISHED,
    # Private, and a draft.
    **dict.fromkeys(("0", "-1", "false", "no"), ProductState.DRAFT),
}
_LONGEST_SUBTITLE = 300

# A row that was left out of its product, and why.
PassedOver = tuple[Row, str]


def is_variation(group: Group, row: Row) -> bool:
    """Whether a row is of a variation."""
    return _type_of(group, row) == "variation"


def is_variable(group: Group) -> bool:
    """Whether the first row is of a product with variations."""
    return _type_of(group, group.rows[0]) == "variable"


def title_of(group: Group) -> str:
    """The product's name."""
    return one_line(plain(group.first("name")))


def product_of(
    group: Group, *, slug: str, shelves: tuple[str, ...], currency: str, today: date
) -> tuple[ProductFacts, list[PassedOver]]:
    """The facts of a product that stands in the collections `shelves`, and the variations left out of it.

    Raises Unreadable, and Refused by the facts.
    """
    _refuse_unsold(group)
    passed_over: list[PassedOver] = []
    if is_variable(group):
        options, variants = _variations(group, passed_over, currency, today)
    else:
        options, variants = (), (_variant(group, group.rows[0], (), currency, today),)
        group.remarks["no_choice"] += len(Choices(group, []).named)
    facts = ProductFacts(
        slug=slug,
        title=title_of(group),
        variants=variants,
        options=options,
        subtitle=_subtitle(group),
        vendor=_vendor(group),
        description=_description(group),
        state=_state(group),
        position=number_of(group, group.rows[0], "position") if group.has("position") else None,
        images=_images(group) if group.has("images") else None,
        collections=shelves,
        is_gift_card=said_yes(group, group.rows[0], "gift_card", default=False)
        if group.has("gift_card")
        else None,
    )
    facts.check(currency)
    return facts, passed_over


def _words(group: Group, row: Row) -> set[str]:
    return {word.strip().lower() for word in group.cell(row, "type").split(",")} - {""}


def _type_of(group: Group, row: Row) -> str:
    types = sorted(_words(group, row) - _QUALITIES)
    if types:
        return ", ".join(types)
    return "variation" if group.cell(row, "parent") else "simple"


def _refuse_unsold(group: Group) -> None:
    first = group.rows[0]
    kind = _type_of(group, first)
    if kind == "grouped":
        refuse(first, _("Grouped products are not imported; their parts are products of their own."))
    if kind == "external":
        refuse(first, _("External products are not imported: they are sold elsewhere."))
    if kind not in {"simple", "variable"}:
        refuse(first, _("Products of the type “%(type)s” are not imported.", type=kind[:40]))
    if "downloadable" in _words(group, first):
        refuse(first, _("Downloads are not imported: they are not sold here."))


def _variations(
    group: Group, passed_over: list[PassedOver], currency: str, today: date
) -> tuple[tuple[str, ...], tuple[VariantFacts, ...]]:
    """Options and variants of a variable product, in the order of their positions."""
    rows = sorted(group.rows[1:], key=lambda row: number_of(group, row, "position"))
    if not rows:
        refuse(group.rows[0], _("The product has no variations in this file."))
    choices, sold = Choices(group, rows), []
    for row in rows:
        if (reason := _why_not(group, row)) is not None:
            passed_over.append((row, reason))
        elif group.cell(row, "published").lower() in {"0", "false", "no"}:
            group.remarks["switched_off"] += 1
        else:
            sold.append(row)
    group.remarks["own_words"] += sum(1 for row in sold if group.cell(row, "description"))
    variants = []
    for row, values in choices.in_order(sold):
        try:
            variants.append(_variant(group, row, values, currency, today))
        except NotPriced as error:
            passed_over.append((row, error.message))
    if not variants:
        refuse(group.rows[0], _("None of its variations can be sold."))
    return choices.options, tuple(variants)


def _why_not(group: Group, row: Row) -> str | None:
    if "downloadable" in _words(group, row):
        return _("Downloads are not imported: they are not sold here.")
    return None


def _variant(group: Group, row: Row, values: tuple[str, ...], currency: str, today: date) -> VariantFacts:
    price, compare_at = prices_of(group, row, currency, today)
    is_counted, on_hand = stock_of(group, row)
    return VariantFacts(
        price=price,
        values=values,
        compare_at=compare_at,
        sku=one_line(group.cell(row, "sku")) if group.has("sku") else None,
        barcode=one_line(group.cell(row, "barcode")) if group.has("barcode") else None,
        is_counted=is_counted,
        on_hand=on_hand,
        weight_grams=grams_of(group, row),
        requires_shipping="virtual" not in _words(group, row) if group.has("type") else None,
        contents=contents_of(group, row),
    )


def _subtitle(group: Group) -> str | None:
    """The short description where it is short; a longer one begins the description."""
    if not group.has("short"):
        return None
    text = one_line(text_of(group.first("short")))
    return text if len(text) <= _LONGEST_SUBTITLE else ""


def _description(group: Group) -> str | None:
    if not group.has("description"):
        return None
    text = long_text(group.first("description"))
    if group.has("short") and _subtitle(group) == "":
        text = f"{long_text(group.first('short'))}\n\n{text}"
    return text


def _vendor(group: Group) -> str | None:
    if not group.has("brands"):
        return None
    return one_line(plain(next(iter(items_of(group.first("brands"))), "")))


def _state(group: Group) -> ProductState | None:
    if not group.has("published") and not group.has("visibility"):
        return None
    text = group.first("published").lower() or "1"
    if text not in _PUBLISHED:
        refuse(group.rows[0], _("“Published” is 1, 0 or -1, not “%(text)s”.", text=text[:40]))
    state = _PUBLISHED[text]
    if state is ProductState.PUBLISHED and group.first("visibility").lower() == "hidden":
        group.remarks["hidden"] += 1
        return ProductState.DRAFT
    return state


def _images(group: Group) -> tuple[ImageFacts, ...]:
    """The pictures of the product, then those of its variations, each address once; they are not fetched."""
    found: dict[str, None] = {}
    for row in group.rows:
        for address in items_of(group.cell(row, "images")):
            if is_web_address(address):
                found[address] = None
            else:
                group.remarks["bad_pictures"] += 1
    group.remarks["pictures"] += len(found)
    return tuple(ImageFacts(source_url=address, alt=None) for address in found)
