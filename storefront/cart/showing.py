"""The answers that show a cart: its page and its drawer, with what is to be said of the last change.

Knows what was said and to whom; refuses to change a cart.
"""

from collections.abc import Collection, Iterable, Mapping

from flask import Response, g, make_response, request
from flask import render_template as render
from flask_babel import gettext as _

from storefront.cart.contents import Cart
from storefront.cart.lines import QuoteLine
from storefront.cart.page import NOTHING, Crumb, basket, cart_page
from storefront.cart.quote import Quote
from storefront.cart.said import Said, forget, sentence, told
from storefront.web import sign, unsign
from storefront.web.notices import notices

# What the token of the cart's form is signed for.
_FORM = "cart.form"


def show_cart(
    cart: Cart,
    *,
    quote: Quote | None = None,
    typed: Mapping[int, str] = NOTHING,
    errors: Mapping[int, str] = NOTHING,
    refusal: str = "",
    typed_code: str | None = None,
    status: int = 200,
) -> Response:
    """The cart's page, with what was wrong with the last change, or with ordering it."""
    quote, said = quote or Quote.of(cart), told()
    # The frame has promises from the policy too: one query for both.
    g.policy = quote.policy
    beside = {each.variant_id: sentence(each, _line_of(quote, each)) for each in said if each.what == "kept"}
    wrong_code = "" if typed_code is None else refusal
    page = cart_page(
        quote, typed=typed, errors=errors, said=beside, typed_code=typed_code or "", wrong_code=wrong_code
    )
    good = _in_words([each for each in said if each.what != "kept"], quote)
    html = render(
        "shop/cart.html",
        cart=page,
        notices=[*notices(), *_notices(good, "good"), *_notices([refusal] if refusal else (), "bad")],
        crumbs=(Crumb(_("Your cart")),),
        # Without lines there is no form.
        csrf=sign(_FORM, cart.id) if page.lines else "",
    )
    return _once(make_response(html, status), said)


def show_drawer(cart: Cart) -> Response:
    """The cart in brief, over a page where something was put in."""
    quote, said = Quote.of(cart), told()
    html = render(
        "shop/drawer.html",
        basket=basket(quote),
        said=_in_words(said, quote),
        refused=cart_page(quote).refused,
    )
    return _once(make_response(html), said)


def is_stale(cart: Cart) -> bool:
    """Whether the form that was sent is another cart's, or none of ours."""
    # Bound to the cart: a guest needs no session for it.
    return unsign(_FORM, request.form.get("csrf_token")) != cart.id


def _notices(texts: Iterable[str], kind: str) -> list[dict[str, str]]:
    return [{"text": text, "kind": kind} for text in texts]


def _in_words(said: Iterable[Said], quote: Quote) -> list[str]:
    return [text for each in said if (text := sentence(each, _line_of(quote, each)))]


def _line_of(quote: Quote, said: Said) -> QuoteLine | None:
    return next((line for line in quote.lines if line.variant_id == said.variant_id), None)


def _once(response: Response, said: Collection[Said]) -> Response:
    if said:
        forget(response)
    return response
