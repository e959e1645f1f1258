"""The checkout's pages: details, review, the order itself, and the way back from the payment page.

Knows forms, cookies and answers; refuses to decide anything about money.
"""

from dataclasses import replace

from flask import Blueprint, Response, abort, flash, make_response, redirect, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError

from storefront import web
from storefront.accounts.access import find_customer
from storefront.cart.codes import Taken, take_out, take_typed
from storefront.cart.contents import Cart
from storefront.cart.cookie import cart_as_sent, cart_in_cookie, change_cart, read_cart
from storefront.cart.quote import Quote
from storefront.cart.said import sentence
from storefront.cart.showing import show_cart
from storefront.cart.views import codes_limited, limited
from storefront.catalogue.stock import SoldOut
from storefront.checkout import actions, drafts
from storefront.checkout.forms import shipping_code_of, total_of, without_areas
from storefront.checkout.models import KEPT, CheckoutDraft
from storefront.checkout.pages import (
    Shown,
    details_page,
    filled_form,
    see,
    show_details,
    show_picked,
    show_review,
    show_review_again,
)
from storefront.checkout.picker import PICK
from storefront.checkout.queries import order_of_attempt, standing_order
from storefront.checkout.review import differences
from storefront.config import settings
from storefront.errors import NotFound, PaymentUnavailable, Refused
from storefront.orders.access import remember_order
from storefront.orders.models import OrderState, number_of_id
from storefront.orders.queries import is_in_review
from storefront.orders.steps import SHOPPER
from storefront.web import csrf, limiter, no_store, open_to

blueprint = Blueprint("checkout", __name__, url_prefix="/checkout")

_COOKIE = "draft"


@blueprint.route("", methods=["GET", "POST"])
@open_to("everyone")
@no_store
@limited
def details() -> Response:
    """E-mail and addresses; with `change`, the same page with another country's fields or a saved address."""
    cart = read_cart()
    if not cart:
        return see("cart.show")
    draft = drafts.find_draft(_draft_id())
    if request.method != "POST":
        return show_details(cart, draft, typed=None)
    csrf.protect()
    return _keep_details(cart, draft)


def _keep_details(cart: Cart, draft: CheckoutDraft | None) -> Response:
    # What it costs beside the form is for the country that stands in it.
    cart = replace(cart, country=request.form.get("country", ""))
    change = request.form.get("change")
    if change == PICK:
        return show_picked(cart, draft, typed=request.form)
    if change is not None:
        section = "billing" if change == "billing" else "delivery"
        return show_details(cart, draft, typed=without_areas(request.form, section))
    quote = Quote.of(cart)
    form = filled_form(quote, draft, typed=request.form)
    if not form.validate():
        return details_page(quote, form, status=422)
    delivery = form.delivery_address
    draft_id = drafts.keep_details(
        _draft_id(), email=form.typed_email, delivery=delivery, billing=form.billing_address
    )
    response = see("checkout.review")
    web.set_cookie(response, _COOKIE, web.sign(_COOKIE, draft_id), days=KEPT.days)
    change_cart(response, cart, lambda standing: replace(standing, country=delivery["country"]))
    return response


@blueprint.get("/review")
@open_to("everyone")
@no_store
def review() -> Response:
    """Every cost, the terms, and the button that orders; after paying, the order itself."""
    draft = drafts.find_draft(_draft_id())
    if draft is None:
        return see("checkout.details")
    cart, standing = read_cart(), standing_order(draft.id)
    if standing is not None and standing.is_settled:
        # By its cookie: of a cart that was paid the rest has another id.
        is_its_own = not cart or cart_in_cookie().id == standing.cart_id
        return _to_order(standing.order_id) if is_its_own else see("checkout.details")
    if not cart:
        return see("cart.show")
    return show_review(Shown(cart, draft, standing))


def _is_only_choosing() -> bool:
    return "change" in request.form


def _payer() -> str:
    return _draft_id() or web.client_address()


@blueprint.post("/order")
@open_to("everyone")
@no_store
@limiter.limit(lambda: settings().limit_payments, exempt_when=_is_only_choosing)
@limiter.limit(lambda: settings().limit_payments, key_func=_payer, exempt_when=_is_only_choosing)
def order() -> Response:
    """Place the order and lead to its payment page; with `change`, only show the sum with another shipping."""
    draft_id = _draft_id()
    try:
        csrf.protect()
    except CSRFError as refused:
        return _once_more(draft_id, refused)
    if draft_id is None or not drafts.is_kept(draft_id):
        return _type_again()
    code = shipping_code_of(request.form.get("shipping", ""))
    if _is_only_choosing():
        drafts.choose_shipping(draft_id, code=code)
        return see("checkout.review")
    return _order(draft_id, code)


def _once_more(draft_id: str | None, refused: CSRFError) -> Response:
    """The form's token is of a session that has ended: the review again, with another. Raises what was `refused`
    where there is nothing to review."""
    cart, draft = read_cart(), drafts.find_draft(draft_id)
    if draft is None or not cart:
        raise refused
    text = _("This page was open for too long. Please send it once more.")
    return show_review_again(_now(cart, draft.id), messages=[text], status=400)


def _order(draft_id: str, code: str) -> Response:
    # Spent or not: an order that was paid meanwhile is shown, not an empty cart.
    cart, shown = cart_as_sent(), total_of(request.form.get("total", ""))
    by_credit = total_of(request.form.get("credit", "0"))
    try:
        placed = actions.place_order(
            draft_id,
            cart=cart,
            shipping_code=code,
            shown_total_minor=shown,
            shown_credit_minor=by_credit,
            seen=request.form.get("seen", ""),
            origin=web.request_origin(),
            by=("customer", customer.id) if (customer := find_customer()) else SHOPPER,
        )
        url = actions.open_payment(placed.attempt_id, origin=web.request_origin())
    except actions.AlreadyPaid as paid:
        return _to_order(paid.order_id)
    except actions.EmptyCart as empty:
        flash(f"{empty.message} {_not_ordered()}", "bad")
        return see("cart.show")
    except NotFound:
        return _type_again()
    except actions.TotalChanged as changed:
        # What was chosen and not yet counted: without script, another way to ship may come with the order itself.
        drafts.choose_shipping(draft_id, code=code)
        said = differences(changed.quote, shown_total_minor=shown, shown_credit_minor=by_credit)
        return _changed(cart, draft_id, changed.quote, said=said or [changed.message])
    except SoldOut as sold_out:
        return show_cart(cart, refusal=f"{sold_out.message} {_not_ordered()}", status=409)
    except PaymentUnavailable as unavailable:
        return show_review_again(_now(cart, draft_id), messages=[unavailable.message], status=503)
    except Refused as refusal:
        return show_review_again(_now(cart, draft_id), messages=[refusal.message])
    return make_response(redirect(url or _return_url(placed.attempt_id), 303))


def _type_again() -> Response:
    text = _("Please type your address once more: it is kept for a week, in the browser you typed it in.")
    flash(f"{_not_ordered()} {text}", "bad")
    return see("checkout.details")


def _changed(cart: Cart, draft_id: str, quote: Quote, *, said: list[str]) -> Response:
    """What can no longer be had is put right in the cart; another total is looked at again before it is paid."""
    if any(line.problem for line in quote.lines):
        return show_cart(cart, quote=quote, refusal=_not_ordered(), status=409)
    return show_review_again(_now(cart, draft_id), differences=said)


def _now(cart: Cart, draft_id: str) -> Shown:
    return Shown(cart, drafts.draft_by_id(draft_id), standing_order(draft_id))


def _not_ordered() -> str:
    return _("Nothing was ordered and nothing was charged.")


def _return_url(attempt_id: str) -> str:
    return url_for("checkout.returned", token=web.sign("attempt", attempt_id))


@blueprint.get("/return/<token>")
@open_to("everyone")
@no_store
def returned(token: str) -> Response:
    """Back from the payment page, in whichever browser: record what Stripe says, and show the order."""
    attempt_id = web.unsign("attempt", token)
    if not isinstance(attempt_id, str):
        abort(404)
    try:
        return _to_order(actions.settle_payment(attempt_id).order_id)
    except PaymentUnavailable:
        # The order's page says that the payment is not known yet; webhook or reconciler will tell.
        return _to_order(order_of_attempt(attempt_id))


@blueprint.get("/left/<token>")
@open_to("everyone")
@no_store
def left(token: str) -> Response:
    """Back from the payment page by its "cancel": record what Stripe says, and say what that means on the review."""
    attempt_id = web.unsign("attempt", token)
    if not isinstance(attempt_id, str):
        abort(404)
    try:
        settled = actions.settle_payment(attempt_id)
    except PaymentUnavailable:
        flash(
            _(
                "You left the payment page, and your cart is as it was. Nobody answers us there at the moment."
            ),
            "",
        )
        return see("checkout.review")
    # A payment that a person looks at was charged.
    if settled.state != OrderState.AWAITING_PAYMENT or is_in_review(settled.order_id):
        return _to_order(settled.order_id)
    flash(
        _("You left the payment page before you paid: nothing was charged, and your cart is as it was."), ""
    )
    return see("checkout.review")


@blueprint.post("/code")
@open_to("everyone")
@no_store
@codes_limited
def take_code() -> Response:
    """Keep the discount code or gift card that was typed at the review, take one out, or use store credit or not."""
    csrf.protect()
    cart, draft = read_cart(), drafts.find_draft(_draft_id())
    if draft is None or not cart:
        return see("cart.show")
    try:
        taken = _chosen() or take_typed(cart, request.form.get("code", ""), email=draft.email)
    except Refused as refusal:
        return show_review_again(_now(cart, draft.id), messages=[refusal.message])
    response = see("checkout.review")
    change_cart(response, cart, taken.change)
    for text in filter(None, (sentence(each, None) for each in taken.said)):
        flash(text, "good")
    return response


def _chosen() -> Taken | None:
    if "own_credit" in request.form:
        saves = request.form["own_credit"] == "save"
        return Taken(lambda standing: replace(standing, saves_credit=saves), ())
    return take_out(request.form)


@blueprint.get("/order")
@blueprint.get("/code")
@open_to("everyone")
@no_store
def see_review() -> Response:
    """Back to the review, from which both are sent: who comes by these addresses opens the window anew."""
    return see("checkout.review")


def _draft_id() -> str | None:
    found = web.unsign(_COOKIE, web.read_cookie(_COOKIE))
    return found if isinstance(found, str) else None


def _to_order(order_id: int) -> Response:
    response = make_response(redirect(url_for("shop.order", number=number_of_id(order_id)), 303))
    remember_order(response, order_id)
    return response
