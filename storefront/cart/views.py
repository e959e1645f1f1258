"""The cart's page, what changes it, and the number in the header.

Knows forms and answers; refuses to price anything itself.
"""

from collections.abc import Callable, Collection

from flask import (
    Blueprint,
    Response,
    request,
    url_for,
)
from flask_babel import gettext as _

from storefront.accounts.access import find_customer
from storefront.cart.codes import LONGEST_TYPED, take_out, take_typed, tries_a_code
from storefront.cart.contents import MOST_PIECES, Cart, CartLine
from storefront.cart.cookie import cart_in_cookie, change_cart, read_cart, read_cart_and_standing
from storefront.cart.forms import NotAQuantity, id_of, post_in_address, quantity_of
from storefront.cart.lines import QuoteLine
from storefront.cart.queries import Standing, goods_and_spent, rest_of
from storefront.cart.quote import Quote, line_now
from storefront.cart.said import Said, tell
from storefront.cart.showing import is_stale, show_cart, show_drawer
from storefront.config import settings
from storefront.database import reading
from storefront.errors import Refused
from storefront.web import limited_to, limiter, no_store, open_to

blueprint = Blueprint("cart", __name__)

limited = limited_to(lambda: settings().limit_cart, scope="cart")


@blueprint.get("/cart")
@open_to("everyone")
@no_store
def show() -> Response:
    """What is in the cart, and what it costs now."""
    with reading():
        cart, stands = read_cart_and_standing()
        return show_cart(cart, quote=Quote.of(cart, stands=stands))


@blueprint.post("/cart/lines")
@open_to("everyone")
@no_store
@limited
def add() -> Response:
    """Put `quantity` pieces of `variant` into the cart.

    Its forms stand on cacheable pages and carry no token: Fetch Metadata guards them.
    """
    said: list[Said] = []
    try:
        return _kept(cart_in_cookie(), lambda standing: _added(standing, said), said)
    except Refused as refusal:
        return show_cart(read_cart(), refusal=refusal.message, status=422)


@blueprint.post("/cart")
@open_to("everyone")
@no_store
@limited
def update() -> Response:
    """Change quantities, one more or less of a line, or take out the line named by `remove`.

    Where something typed is wrong, nothing is changed.
    """
    cart, stands = read_cart_and_standing()
    if not cart:
        return _to_the_cart()
    if is_stale(cart):
        return _once_more(cart)
    said: list[Said] = []
    if "remove" in request.form:
        removed = id_of(request.form["remove"]) or 0
        return _kept(cart, lambda standing: standing.remove(removed), [Said("removed", removed)])
    _same, wrong = _wanted(cart)
    if wrong:
        typed = {line.variant_id: _text_of(line) or str(line.quantity) for line in cart.lines}
        return show_cart(cart, typed=typed, errors=wrong, status=422)
    return _kept(cart, lambda standing: _fitting(_stepped(_wanted(standing)[0]), stands, said), said)


# Codes are tried so often and no more, on whichever page.
codes_limited = limiter.shared_limit(
    lambda: settings().limit_discounts, scope="codes", exempt_when=lambda: not tries_a_code(request.form)
)


@blueprint.post("/cart/code")
@open_to("everyone")
@no_store
@codes_limited
def take_code() -> Response:
    """Keep the discount code or gift card that was typed, with the cart; `remove` and `remove_card` take one out."""
    cart, stands = read_cart_and_standing()
    if not cart:
        return _to_the_cart()
    if is_stale(cart):
        return _once_more(cart)
    try:
        taken = take_out(request.form) or take_typed(cart, request.form.get("code", ""), stands=stands)
    except Refused as refusal:
        typed = request.form.get("code", "")[:LONGEST_TYPED]
        return show_cart(cart, refusal=refusal.message, typed_code=typed, status=422)
    return _kept(cart, taken.change, taken.said)


@blueprint.get("/cart/code")
@open_to("everyone")
@no_store
def see_code() -> Response:
    """Back to the cart, where the field is: who reloads or goes back comes by this address."""
    return _to_the_cart()


def _once_more(cart: Cart) -> Response:
    refusal = _("This page was open for too long. Please send it once more.")
    return show_cart(cart, refusal=refusal, status=400)


@blueprint.get("/cart/drawer")
@open_to("everyone")
@no_store
def drawer() -> Response:
    """The cart in brief, as the fragment that is shown over a page where something was put in."""
    return show_drawer(read_cart())


@blueprint.get("/cart/badge")
@open_to("everyone")
@no_store
def badge() -> dict[str, int | bool]:
    """How many pieces the cart holds and whether somebody is signed in, for the header of pages that are the same
    for everyone."""
    return {"count": read_cart().pieces, "signed_in": find_customer() is not None}


def _kept(cart: Cart, change: Callable[[Cart], Cart], said: Collection[Said]) -> Response:
    """Keep what `change` makes of the cart; what it has `said` by then is told on the cart's page."""
    response = _to_the_cart()
    change_cart(response, cart, change)
    tell(response, said)
    return response


def _to_the_cart() -> Response:
    # Past `redirect`, whose page for browsers that do not follow takes 15 µs.
    return Response(status=303, headers=[("Location", url_for("cart.show"))])


def _added(cart: Cart, said: list[Said]) -> Cart:
    """The cart with what the form adds, as far as it is there, and what is to be said of it; raises Refused."""
    form = request.form
    variant_id = id_of(form.get("variant", ""))
    quantity = quantity_of(form.get("quantity", "1"), least=1)
    if variant_id is None:
        raise Refused(_("We do not have this."))
    # Whether the cart was bought meanwhile is asked with the goods.
    goods, is_spent = goods_and_spent(variant_id, cart.id)
    standing = rest_of(cart) if is_spent else cart
    wanted = _having_read(standing.add(variant_id, quantity, post_id=_post()))
    line = line_now(wanted, variant_id, goods)
    if line.is_gone:
        raise Refused(_("This is no longer sold."))
    if not line.can_have:
        raise Refused(_("%(title)s is sold out.", title=line.title))
    said.append(_cut(line) if line.problem else Said("added", variant_id))
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


def _cut(line: QuoteLine) -> Said:
    return Said("kept", line.variant_id, asked=line.quantity, left=line.can_have)


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


def _fitting(wanted: Cart, stands: Standing, said: list[Said]) -> Cart:
    """The cart with no more of anything than there is, its prices seen, and what is to be said of it."""
    quote = Quote.of(wanted, stands=stands)
    for line in quote.lines:
        if line.problem and line.can_have:
            said.append(_cut(line))
            wanted = wanted.change(line.variant_id, line.can_have)
    return wanted.having_seen(quote.prices_minor)
