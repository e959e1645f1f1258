"""The cart's page, what changes it, and the number in the header.

Knows forms and answers; refuses to price anything itself.
"""

from collections.abc import Callable, Mapping
from typing import cast

from flask import (
    Blueprint,
    Response,
    flash,
    g,
    get_flashed_messages,
    make_response,
    redirect,
    request,
    url_for,
)
from flask import render_template as render
from flask_babel import gettext as _
from flask_babel import ngettext

from storefront.accounts.access import find_customer
from storefront.cart.contents import MOST_PIECES, Cart, CartLine
from storefront.cart.cookie import change_cart, read_cart, read_cart_and_policy
from storefront.cart.forms import NotAQuantity, id_of, post_in_address, quantity_of
from storefront.cart.lines import QuoteLine, too_few
from storefront.cart.page import NOTHING, Crumb, basket, cart_page
from storefront.cart.quote import Quote, line_now
from storefront.config import settings
from storefront.database import reading
from storefront.errors import Refused
from storefront.policies.queries import Policy
from storefront.web import csrf, form_token, limited_to, no_store, open_to

blueprint = Blueprint("cart", __name__)

limited = limited_to(lambda: settings().limit_cart, scope="cart")

# Messages that belong to a line carry its variant in their category.
_LINE = "line-"


@blueprint.get("/cart")
@open_to("everyone")
@no_store
def show() -> Response:
    """What is in the cart, and what it costs now."""
    with reading():
        cart, policy = read_cart_and_policy()
        return show_cart(cart, quote=Quote.of(cart, policy=policy))


@blueprint.post("/cart/lines")
@open_to("everyone")
@no_store
@limited
def add() -> Response:
    """Put `quantity` pieces of `variant` into the cart.

    Its forms stand on cacheable pages and carry no token: Fetch Metadata guards them.
    """
    cart = read_cart()
    try:
        return _kept(cart, _added)
    except Refused as refusal:
        return show_cart(cart, refusal=refusal.message, status=422)


@blueprint.post("/cart")
@open_to("everyone")
@no_store
@limited
def update() -> Response:
    """Change quantities, one more or less of a line, or take out the line named by `remove`.

    Where something typed is wrong, nothing is changed.
    """
    csrf.protect()
    cart, policy = read_cart_and_policy()
    if "remove" in request.form:
        flash(_("It was taken out of your cart."), "good")
        return _kept(cart, lambda standing: standing.remove(id_of(request.form["remove"]) or 0))
    _same, wrong = _wanted(cart)
    if wrong:
        typed = {line.variant_id: _text_of(line) or str(line.quantity) for line in cart.lines}
        return show_cart(cart, typed=typed, errors=wrong, status=422)
    return _kept(cart, lambda standing: _fitting(_stepped(_wanted(standing)[0]), policy))


@blueprint.get("/cart/drawer")
@open_to("everyone")
@no_store
def drawer() -> str:
    """The cart in brief, as the fragment that is shown over a page where something was put in."""
    quote = Quote.of(read_cart())
    return render(
        "shop/drawer.html",
        basket=basket(quote),
        said=[text for _kind, text in _said()],
        refused=cart_page(quote).refused,
    )


@blueprint.get("/cart/badge")
@open_to("everyone")
@no_store
def badge() -> dict[str, int | bool]:
    """How many pieces the cart holds and whether somebody is signed in, for the header of pages that are the same
    for everyone."""
    return {"count": read_cart().pieces, "signed_in": find_customer() is not None}


def show_cart(
    cart: Cart,
    *,
    quote: Quote | None = None,
    typed: Mapping[int, str] = NOTHING,
    errors: Mapping[int, str] = NOTHING,
    refusal: str = "",
    status: int = 200,
) -> Response:
    """The cart's page, with what was wrong with the last change, or with ordering it."""
    said = _said()
    of_lines = {id_of(kind.removeprefix(_LINE)) or 0: text for kind, text in said if kind.startswith(_LINE)}
    quote = quote or Quote.of(cart)
    # The frame has promises from the policy too: one query for both.
    g.policy = quote.policy
    page = cart_page(quote, typed=typed, errors=errors, said=of_lines)
    html = render(
        "shop/cart.html",
        cart=page,
        notices=_notices(said, refusal),
        crumbs=(Crumb(_("Your cart")),),
        # Without lines there is no form, and an empty cart needs no session.
        csrf=form_token() if page.lines else "",
    )
    return make_response(html, status)


def notices() -> list[dict[str, str]]:
    """What the request before this one had to say, as the frame shows it."""
    return _notices(_said(), "")


def _said() -> list[tuple[str, str]]:
    return cast(list[tuple[str, str]], get_flashed_messages(with_categories=True))


def _notices(said: list[tuple[str, str]], refusal: str) -> list[dict[str, str]]:
    found = [{"text": text, "kind": kind} for kind, text in said if not kind.startswith(_LINE)]
    return [*found, {"text": refusal, "kind": "bad"}] if refusal else found


def _kept(cart: Cart, change: Callable[[Cart], Cart]) -> Response:
    response = make_response(redirect(url_for("cart.show"), 303))
    change_cart(response, cart, change)
    return response


def _added(cart: Cart) -> Cart:
    """The cart with what the form adds, as far as it is there; raises Refused."""
    variant_id = id_of(request.form.get("variant", ""))
    quantity = quantity_of(request.form.get("quantity", "1"), least=1)
    if variant_id is None:
        raise Refused(_("We do not have this."))
    wanted = _having_read(cart.add(variant_id, quantity, post_id=_post()))
    line = line_now(wanted, variant_id)
    if line.is_gone:
        raise Refused(_("This is no longer sold."))
    if not line.can_have:
        raise Refused(_("%(title)s is sold out.", title=line.title))
    if line.problem:
        _say_kept(line)
    else:
        flash(_("%(title)s is in your cart.", title=line.title), "good")
    return wanted.change(variant_id, line.can_have).having_seen({variant_id: line.unit.minor})


def _post() -> int | None:
    """The post that the form names, or whose link led to the page with the form: browsers send its address along
    (Referrer-Policy), so that the page itself is the same for everyone and nothing is kept on the device."""
    return id_of(request.form.get("post", "")) or post_in_address(request.referrer or "")


def _having_read(cart: Cart) -> Cart:
    """The cart with the posts that the device remembers, in shops that were told to ask it."""
    if not settings().remember_posts:
        return cart
    return cart.having_read(
        id_of(request.form.get("first_post", "")), id_of(request.form.get("last_post", ""))
    )


def _say_kept(line: QuoteLine) -> None:
    kept = ngettext("We have kept %(num)d for you.", "We have kept %(num)d for you.", line.can_have)
    flash(f"{too_few(line.quantity, line.can_have)} {kept}", f"{_LINE}{line.variant_id}")


def _wanted(cart: Cart) -> tuple[Cart, dict[int, str]]:
    """The cart with the quantities that were typed, and sentences, by variant, on those that are none."""
    wanted, wrong = cart, {}
    for line in cart.lines:
        text = _text_of(line)
        try:
            wanted = wanted if text is None else wanted.change(line.variant_id, quantity_of(text, least=0))
        except NotAQuantity as refusal:
            wrong[line.variant_id] = refusal.message
    return wanted, wrong


def _stepped(wanted: Cart) -> Cart:
    """The cart with one more or one less of the line whose button was pressed."""
    for name, by in (("less", -1), ("more", 1)):
        pressed = id_of(request.form.get(name, ""))
        for line in wanted.lines:
            if line.variant_id == pressed:
                wanted = wanted.change(line.variant_id, min(line.quantity + by, MOST_PIECES))
    return wanted


def _text_of(line: CartLine) -> str | None:
    return request.form.get(f"quantity-{line.variant_id}")


def _fitting(wanted: Cart, policy: Policy) -> Cart:
    """The cart with no more of anything than there is, its prices seen."""
    quote = Quote.of(wanted, policy=policy)
    for line in quote.lines:
        if line.problem and line.can_have:
            _say_kept(line)
            wanted = wanted.change(line.variant_id, line.can_have)
    return wanted.having_seen(quote.prices_minor)
