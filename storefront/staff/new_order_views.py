"""Making an order for somebody, step by step on one page; it is placed by the checkout, at the checkout's price.

Knows the form and its buttons; refuses to price and to place anything itself.
"""

from dataclasses import dataclass, replace
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from storefront.accounts.access import current_actor
from storefront.cart.contents import Cart, new_id
from storefront.cart.offered import no_code
from storefront.cart.page import basket
from storefront.cart.quote import Quote
from storefront.catalogue.stock import NotSold, SoldOut
from storefront.checkout.actions import EmptyCart, TotalChanged
from storefront.checkout.by_staff import ForCustomer, place_for_customer
from storefront.checkout.forms import DetailsForm, details_form, shipping_code_of, total_of, without_areas
from storefront.config import settings
from storefront.errors import Refused
from storefront.orders.models import number_of_id
from storefront.policies.parts import known_countries
from storefront.policies.rules import served_countries
from storefront.pricing.offers import code_key
from storefront.staff.blueprint import blueprint
from storefront.staff.frame import Crumb
from storefront.staff.new_order_page import found, picked
from storefront.staff.order_views import orders_crumbs, to_order
from storefront.web import csrf, open_to


@dataclass(frozen=True, slots=True)
class _Begun:
    """What the form holds: the goods, their price now, and whom they are for."""

    cart: Cart
    quote: Quote
    form: DetailsForm
    shipping_code: str


@blueprint.get("/orders/new")
@open_to("orders.edit")
def new_order() -> str:
    """An empty form."""
    return _page(_begun(None, Cart(new_id())))


@blueprint.post("/orders/new")
@open_to("orders.edit")
def make_order() -> Any:
    """Look for goods, put them in, change the country, show the sum; or place the order."""
    csrf.protect()
    cart_id = request.form.get("cart", "")[:40] or new_id()
    try:
        cart = replace(picked(request.form, cart_id=cart_id), code=code_key(request.form.get("code", "")))
    except Refused as refusal:
        return _page(_begun(request.form, Cart(cart_id)), wrong=refusal.message), 422
    typed: Any = request.form
    if "change" in typed:
        typed = without_areas(typed, "billing" if typed["change"] == "billing" else "delivery")
    begun = _begun(typed, cart)
    return _placed(begun) if "place" in request.form else _page(begun)


def _begun(typed: Any, cart: Cart) -> _Begun:
    country = typed.get("country", "") if typed else ""
    code = shipping_code_of(typed.get("shipping", "")) if typed else ""
    served = served_countries(Quote.of(Cart()).policy.document)
    quote = Quote.of(cart, country=country if country in served else "", shipping_code=code or None)
    if code and quote.chosen is None:
        quote, code = Quote.of(cart, country=quote.country), ""
    form = details_form(
        typed, kept={}, likely_country=quote.country, served=served, known=sorted(known_countries())
    )
    return _Begun(cart, quote, form, code)


def _placed(begun: _Begun) -> Any:
    form = begun.form
    # Nobody is told of a discount that the order does not have; what takes nothing off for now is told, as in a cart.
    if not form.validate() or begun.quote.code_says == no_code():
        return _page(begun), 422
    shown = total_of(request.form.get("total", ""))
    customer = ForCustomer(form.typed_email, form.delivery_address, form.billing_address)
    try:
        placed = place_for_customer(
            customer,
            cart=begun.cart,
            shipping_code=begun.shipping_code,
            shown_total_minor=shown,
            by=current_actor(),
        )
    except TotalChanged as changed:
        # What it comes to now that it is known for whom: the next press is held against that.
        return _page(replace(begun, quote=changed.quote), wrong=changed.message), 409
    except (EmptyCart, SoldOut, NotSold) as refusal:
        return _page(begun, wrong=refusal.message), 409
    number = number_of_id(placed.order_id)
    return to_order(number, _("The order is made. The customer is written to."))


def _page(begun: _Begun, *, wrong: str = "") -> str:
    form, quote = begun.form, begun.quote
    # Its hint speaks to a shopper.
    form["email"].description = ""
    asked = request.form.get("q", "")
    is_asked = request.method == "POST"
    title = _("New order")
    return render_template(
        "staff/order/new.html",
        form=form,
        delivery=form.delivery,
        billing=form.billing,
        messages=[wrong] if wrong else [],
        quote=quote,
        basket=basket(quote) if begun.cart else None,
        shipping=begun.shipping_code or (quote.chosen.code if quote.chosen else ""),
        cart_id=begun.cart.id,
        q=asked,
        found=found(asked),
        is_asked=is_asked and bool(asked),
        hours=settings().payment_link_hours,
        action=url_for("staff.make_order"),
        title=title,
        crumbs=[*orders_crumbs(), Crumb(title, "")],
    )
