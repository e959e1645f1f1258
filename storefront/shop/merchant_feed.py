"""The goods as a feed for merchants' listings: RSS 2.0 with Google's `g:` fields, an item for each variant.

Knows https://support.google.com/merchants/answer/7052112; refuses to say more than the product's page does.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlencode

from flask import url_for
from markupsafe import Markup, escape

from storefront.catalogue.measures import Amount, Measure
from storefront.catalogue.shown import ProductPage, VariantShown
from storefront.config import settings
from storefront.pictures.plates import plate
from storefront.policies.badges import badges
from storefront.policies.document import PolicyDocument
from storefront.policies.rules import BasketFacts, LineFacts, shipping_options
from storefront.shop.choice import query_of

# What the format allows: letters of a title and a text, pictures besides the first, entries on shipping.
_LONGEST_TITLE, _LONGEST_TEXT, _MOST_PICTURES, _MOST_SHIPPING = 150, 5000, 10, 100
_BARCODE_LENGTHS = frozenset({8, 12, 13, 14})
# XML 1.0 has no way to write these.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Field = tuple[str, str]


def feed(pages: Iterator[ProductPage], document: PolicyDocument) -> Iterator[str]:
    """The feed, piece by piece: `pages` are of published products, all else is the policy's."""
    made = settings()
    promises = " ".join(f"{each.title}." for each in badges(document))
    yield '<?xml version="1.0" encoding="utf-8"?>\n'
    yield '<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>\n'
    yield _written(
        [("title", made.shop_name), ("link", made.origin), ("description", promises or made.shop_name)]
    )
    # Google takes none: https://support.google.com/merchants/answer/6149988
    for page in pages:
        if page.is_gift_card:
            continue
        yield from (_item(page, variant, document) for variant in page.variants)
    yield "</channel></rss>\n"


def _item(page: ProductPage, variant: VariantShown, document: PolicyDocument) -> str:
    shipping = _shipping(page, variant, document) if variant.requires_shipping else []
    return f"<item>\n{_written(_fields(page, variant))}{''.join(shipping)}</item>\n"


def _fields(page: ProductPage, variant: VariantShown) -> Iterator[Field]:
    made = settings()
    text = " ".join(Markup(page.description_html).striptags().split()) or page.subtitle or page.title
    yield "g:id", str(variant.id)
    yield "g:title", " - ".join(filter(None, (page.title, variant.title)))[:_LONGEST_TITLE]
    yield "g:description", text[:_LONGEST_TEXT]
    query = urlencode(query_of(page, variant))
    yield "g:link", made.origin + url_for("shop.product", slug=page.slug) + (f"?{query}" if query else "")
    for place, picture in enumerate(page.pictures[: _MOST_PICTURES + 1]):
        shown = plate(picture)
        if shown:
            url = shown.large_url if "://" in shown.large_url else made.origin + shown.large_url
            yield "g:additional_image_link" if place else "g:image_link", url
    yield "g:availability", "in_stock" if page.is_sold and variant.is_available else "out_of_stock"
    yield "g:price", f"{variant.price.decimal} {variant.price.currency}"
    yield "g:condition", "new"
    if page.vendor:
        yield "g:brand", page.vendor[:70]
    if _is_barcode(variant.barcode):
        yield "g:gtin", variant.barcode or ""
    elif variant.sku:
        yield "g:mpn", variant.sku[:70]
    else:
        yield "g:identifier_exists", "no"
    if page.collection:
        yield "g:product_type", page.collection.title[:750]
    if len(page.variants) > 1:
        yield "g:item_group_id", f"product-{page.id}"
    if variant.contents:
        yield "g:unit_pricing_measure", _amount(variant.contents.amount)
        yield "g:unit_pricing_base_measure", _amount(variant.contents.base)
    if variant.weight_grams:
        yield "g:shipping_weight", f"{variant.weight_grams} g"


# Its own words for some measures: https://support.google.com/merchants/answer/6324455.
_MEASURES = {Measure.SQUARE_METRE: "sqm", Measure.PIECE: "ct"}


def _amount(amount: Amount) -> str:
    return f"{amount.decimal:f} {_MEASURES.get(amount.measure, amount.measure.value)}"


def _is_barcode(text: str | None) -> bool:
    """Whether this is a GTIN: so many digits, and a last one that proves the others (GS1 General Specifications)."""
    if not text or not text.isascii() or not text.isdigit() or len(text) not in _BARCODE_LENGTHS:
        return False
    digits = [int(each) for each in reversed(text)]
    return sum(digit * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10 == 0


def _shipping(page: ProductPage, variant: VariantShown, document: PolicyDocument) -> list[str]:
    """What one piece costs to send, for each country that a zone names, and for the shop's own."""
    facts = BasketFacts(document.currency, (LineFacts(variant.price, variant.price),))
    named = [code for zone in document.zones if not zone.is_rest for code in zone.countries]
    entries = [
        _written(
            [
                ("g:country", code),
                ("g:service", option.name),
                ("g:price", f"{option.price.decimal} {option.price.currency}"),
                ("g:max_transit_time", str(option.days_max)),
            ]
        )
        for code in dict.fromkeys([settings().country, *named])
        for option in shipping_options(document, country=code, facts=facts)
    ]
    return [f"<g:shipping>\n{each}</g:shipping>\n" for each in entries[:_MOST_SHIPPING]]


def _written(fields: Iterator[Field] | list[Field]) -> str:
    return "".join(f"<{name}>{escape(_FORBIDDEN.sub('', text))}</{name}>\n" for name, text in fields)
