"""Pages for machines, in schema.org's words: a product with the offer that its page shows; an article and its
place; an author.

Knows JSON-LD and how it stands safely in HTML; refuses to say more than the page does.
"""

import json
from collections.abc import Sequence
from typing import Any

from flask import url_for
from markupsafe import Markup

from storefront.catalogue.measures import Amount, Measure, Measured
from storefront.catalogue.shown import ProductPage, VariantShown
from storefront.config import settings
from storefront.content.shown import AuthorPage, PostPage
from storefront.money import Money
from storefront.pictures.plates import Plate
from storefront.policies.document import PolicyDocument
from storefront.policies.structured import SCHEMA, merchant_return_policy, offer_shipping_details
from storefront.shop.frame import Link
from storefront.shop.journal import PostShown
from storefront.shop.product_page import ProductShown
from storefront.web.text import instant_text

# What would end the script element or open a comment in it; JSON reads the escapes as the same letters.
_ESCAPES = {letter: f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"}


def product_json_ld(
    page: ProductPage,
    shown: ProductShown,
    variant: VariantShown | None,
    *,
    document: PolicyDocument,
    url: str,
) -> Markup:
    """https://schema.org/Product with its Offer at the path `url`; without variants there is no offer."""
    product: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": shown.title,
        "url": settings().origin + url,
    }
    if shown.description:
        product["description"] = shown.description
    if shown.pictures:
        product["image"] = [_absolute(picture.large_url) for picture in shown.pictures]
    if page.vendor:
        product["brand"] = {"@type": "Brand", "name": page.vendor}
    if variant and variant.sku:
        product["sku"] = variant.sku
    if variant:
        product["offers"] = _offer(
            page, variant, price=shown.price, document=document, url=settings().origin + url
        )
    return embedded(product)


def post_json_ld(page: PostPage, shown: PostShown, *, crumbs: Sequence[Link], url: str) -> Markup:
    """https://schema.org/Article (for a page that stands alone WebPage) at the path `url`, and the way to it."""
    made = settings()
    organization = {"@type": "Organization", "name": made.shop_name, "url": made.origin}
    article: dict[str, Any] = {
        "@type": "WebPage" if page.is_page else "BlogPosting",
        "headline": page.title,
        "url": made.origin + url,
        "mainEntityOfPage": made.origin + url,
        "datePublished": instant_text(page.published_at),
        "dateModified": instant_text(max(page.updated_at, page.published_at)),
        "publisher": organization,
        "author": organization,
    }
    if page.is_page:
        article["name"] = article.pop("headline")
    if page.summary:
        article["description"] = page.summary
    if shown.author:
        article["author"] = {
            "@type": "Person",
            "name": shown.author.title,
            "url": made.origin + shown.author.url,
        }
        if shown.face:
            article["author"]["image"] = _absolute(shown.face.large_url)
    if shown.cover:
        article["image"] = [_absolute(shown.cover.large_url)]
    if page.tags:
        article["keywords"] = [tag.title for tag in page.tags]
    return embedded({"@context": "https://schema.org", "@graph": [article, _way(crumbs)]})


def author_json_ld(author: AuthorPage, picture: Plate | None, *, crumbs: Sequence[Link], url: str) -> Markup:
    """https://schema.org/ProfilePage at the path `url`, of whom it is, and the way to it."""
    person = {"@type": "Person", "name": author.name, "url": settings().origin + url}
    if author.bio:
        person["description"] = author.bio
    if picture:
        person["image"] = _absolute(picture.large_url)
    page = {"@type": "ProfilePage", "url": settings().origin + url, "mainEntity": person}
    return embedded({"@context": "https://schema.org", "@graph": [page, _way(crumbs)]})


def _way(crumbs: Sequence[Link]) -> dict[str, Any]:
    steps = [Link(settings().shop_name, "/"), *crumbs]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": step.title, "item": settings().origin + step.url}
            for place, step in enumerate(steps, start=1)
        ],
    }


def embedded(value: Any) -> Markup:
    """JSON text that can stand inside a script element whatever it holds."""
    text = json.dumps(value, ensure_ascii=False)
    # Not str.translate, which looks each letter up: 3 µs instead of 60.
    for letter, escape in _ESCAPES.items():
        text = text.replace(letter, escape)
    return Markup(text)


def _absolute(url: str) -> str:
    """An address with its origin; pictures kept elsewhere have theirs."""
    return settings().origin + url if url.startswith("/") else url


def _offer(
    page: ProductPage, variant: VariantShown, *, price: Money, document: PolicyDocument, url: str
) -> dict[str, Any]:
    collections = [page.collection.slug] if page.collection else []
    offer: dict[str, Any] = {
        "@type": "Offer",
        "url": url,
        "price": str(price.decimal),
        "priceCurrency": price.currency,
        "availability": SCHEMA + _availability(page, variant),
        "priceSpecification": _price(price, variant.contents),
        "itemCondition": SCHEMA + "NewCondition",
        "seller": {"@type": "Organization", "name": settings().shop_name},
    }
    # The guarantee leaves gift cards out, and “not permitted” would deny what the law gives.
    if not page.is_gift_card:
        offer["hasMerchantReturnPolicy"] = {
            **merchant_return_policy(document, product=page.slug, collections=collections),
            "returnPolicyCountry": settings().country,
            "merchantReturnLink": settings().origin + url_for("policies.money_back"),
        }
    if variant.requires_shipping:
        offer["shippingDetails"] = offer_shipping_details(document, price=price)
    return offer


def _price(price: Money, contents: Measured | None) -> dict[str, Any]:
    """https://schema.org/PriceSpecification: whether tax is in the price, and for how much of it the price is; the
    form is https://developers.google.com/search/docs/appearance/structured-data/merchant-listing."""
    said: dict[str, Any] = {
        "@type": "PriceSpecification",
        "price": str(price.decimal),
        "priceCurrency": price.currency,
        "valueAddedTaxIncluded": settings().prices_include_tax,
    }
    if contents is None:
        return said
    quantity = _quantity(contents.amount) | {"valueReference": _quantity(contents.base)}
    return said | {"@type": "UnitPriceSpecification", "referenceQuantity": quantity}


# UN/CEFACT Recommendation 20.
_UNITS = {
    Measure.GRAM: "GRM",
    Measure.KILOGRAM: "KGM",
    Measure.MILLILITRE: "MLT",
    Measure.LITRE: "LTR",
    Measure.METRE: "MTR",
    Measure.SQUARE_METRE: "MTK",
    Measure.PIECE: "H87",
}


def _quantity(amount: Amount) -> dict[str, str]:
    return {"@type": "QuantitativeValue", "value": f"{amount.decimal:f}", "unitCode": _UNITS[amount.measure]}


def _availability(page: ProductPage, variant: VariantShown) -> str:
    if not page.is_sold:
        return "Discontinued"
    if not variant.is_available:
        return "OutOfStock"
    return "LimitedAvailability" if variant.is_scarce else "InStock"
