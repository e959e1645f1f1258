"""The checkout's two pages, put together: what their templates are given.

Knows drafts, quotes and words; refuses to place orders.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Response, flash, g, make_response, redirect, url_for
from flask import render_template as render
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from storefront import web
from storefront.accounts.access import find_customer
from storefront.accounts.address_book import default_address
from storefront.cart.contents import Cart
from storefront.cart.cookie import keep_seen
from storefront.cart.page import basket, unpayable
from storefront.cart.quote import Quote
from storefront.checkout.forms import DetailsForm, details_form, kept_fields
from storefront.checkout.models import CheckoutDraft
from storefront.checkout.ordered import as_shown
from storefront.checkout.picker import picker, with_picked
from storefront.checkout.queries import StandingOrder
from storefront.checkout.review import reviewed
from storefront.policies.parts import known_countries
from storefront.policies.queries import current_policy
from storefront.policies.rules import served_countries
from storefront.web.notices import notices


def see(endpoint: str) -> Response:
    """Lead the browser on, with a GET."""
    return make_response(redirect(url_for(endpoint), 303))


def show_details(cart: Cart, draft: CheckoutDraft | None, *, typed: Any) -> Response:
    """The first page, with what was typed or kept; where the cart cannot be ordered, the cart."""
    quote = Quote.of(cart, country=_home(cart, draft) if typed is None else "")
    if any(line.problem for line in quote.lines):
        return see("cart.show")
    return details_page(quote, filled_form(quote, draft, typed=typed), status=200)


def show_picked(cart: Cart, draft: CheckoutDraft | None, *, typed: Any) -> Response:
    """The first page again, filled with the saved address that was picked; nothing is kept yet."""
    picked = with_picked(typed, served=served_countries(current_policy().document))
    return show_details(replace(cart, country=picked.get("country", "")), draft, typed=picked)


def _home(cart: Cart, draft: CheckoutDraft | None) -> str:
    """The country of the customer's own address, where nothing else says where the cart goes and we ship there."""
    customer = None if draft or cart.country else find_customer()
    country = str((default_address(customer.id) or {}).get("country", "")) if customer else ""
    return country if country and country in served_countries(current_policy().document) else ""


def filled_form(quote: Quote, draft: CheckoutDraft | None, *, typed: Any) -> DetailsForm:
    """The form with what was typed, or else with what the draft keeps."""
    return details_form(
        typed,
        kept=kept_fields(draft.email, draft.delivery, draft.billing) if draft else _of_customer(quote),
        likely_country=quote.country,
        served=served_countries(quote.policy.document),
        known=sorted(known_countries()),
    )


def _of_customer(quote: Quote) -> dict[str, Any]:
    """What the account knows already: the e-mail address, and the address where the quote's goods go."""
    customer = find_customer()
    if customer is None:
        return {}
    address = default_address(customer.id) or {}
    is_there = address.get("country") == quote.country
    return kept_fields(customer.email, address if is_there else {}, None)


def details_page(quote: Quote, form: DetailsForm, *, status: int) -> Response:
    """The first page, with the form's errors where it has any."""
    _share_policy(quote)
    html = render(
        "shop/checkout.html",
        form=form,
        delivery=form.delivery,
        billing=form.billing,
        messages=[],
        action=url_for("checkout.details"),
        is_sent=quote.requires_shipping,
        saved=picker(form, served=served_countries(quote.policy.document)),
        basket=basket(quote),
        csrf=generate_csrf(),
        crumbs=_crumbs(_("Checkout")),
        notices=notices(),
    )
    return make_response(html, status)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a review is about: a cart on its way, and the order that already holds goods for it."""

    cart: Cart
    draft: CheckoutDraft
    standing: StandingOrder | None


def show_review(shown: Shown) -> Response:
    """The second page; where the cart cannot be ordered, the page on which that can be put right."""
    quote = _quote(shown)
    if any(line.problem for line in quote.lines):
        return see("cart.show")
    if quote.problems:
        flash(" ".join(quote.problems), "bad")
        return see("cart.show" if quote.options else "checkout.details")
    return _review_page(shown, quote, status=200)


def show_review_again(
    shown: Shown, *, differences: Sequence[str] = (), messages: Sequence[str] = (), status: int = 422
) -> Response:
    """The second page, with the reason why nothing was ordered."""
    return _review_page(shown, _quote(shown), differences=differences, messages=messages, status=status)


def _quote(shown: Shown) -> Quote:
    """The draft's quote; where its way to ship is no longer offered, with the usual one."""
    country = str(shown.draft.delivery["country"])
    region = str(shown.draft.delivery.get("country_area", ""))
    facts: dict[str, Any] = {"country": country, "region": region, "email": shown.draft.email}
    customer = find_customer()
    facts["customer_id"] = customer.id if customer else None
    quote = Quote.of(shown.cart, shipping_code=shown.draft.shipping_code or None, **facts)
    return quote if quote.chosen or not quote.options else Quote.of(shown.cart, **facts)


def _review_page(
    shown: Shown,
    quote: Quote,
    *,
    differences: Sequence[str] = (),
    messages: Sequence[str] = (),
    status: int,
) -> Response:
    web.allow_payment_redirect()
    _share_policy(quote)
    html = render(
        "shop/review.html",
        review=reviewed(
            shown.draft,
            quote,
            standing=shown.standing,
            saves_credit=shown.cart.saves_credit,
            differences=with_reasons(quote, differences),
            seen=as_shown(shown.draft, shown.cart),
        ),
        messages=messages,
        basket=basket(quote),
        csrf=generate_csrf(),
        crumbs=_crumbs(_("Check your order")),
        notices=notices(),
    )
    response = make_response(html, status)
    keep_seen(response, shown.cart, quote.prices_minor)
    return response


def with_reasons(quote: Quote, differences: Sequence[str]) -> list[str]:
    """What is different, and before it why the code that was typed takes nothing off and why the rest cannot be paid,
    where that is so."""
    return list(filter(None, dict.fromkeys((quote.code_says, unpayable(quote), *differences))))


def _share_policy(quote: Quote) -> None:
    # The frame has promises from the policy too: one query for both.
    g.policy = quote.policy


def _crumbs(title: str) -> list[dict[str, str]]:
    return [{"title": _("Your cart"), "url": url_for("cart.show")}, {"title": title, "url": ""}]
