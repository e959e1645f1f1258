"""What is on a gift card, for whoever types its code.

Knows one form; refuses to tell a code that never was from one that was misread.
"""

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _

from storefront.config import settings
from storefront.credit.queries import find_card
from storefront.shop.blueprint import blueprint
from storefront.shop.forms import GiftCardForm
from storefront.shop.frame import Link
from storefront.web import limiter, no_store, open_to
from storefront.web.text import money_text


@blueprint.get("/gift-cards/balance")
@open_to("everyone")
@no_store
def gift_card_balance() -> str:
    """The form for a code."""
    return _page(GiftCardForm(formdata=None), [])


@blueprint.post("/gift-cards/balance")
@open_to("everyone")
@no_store
@limiter.limit(lambda: settings().limit_discounts)
def tell_balance() -> Any:
    """What is on the card of that code. One statement. Codes are tried as rarely as those of discounts."""
    form = GiftCardForm()
    if not form.validate():
        wrong = [_("This page was open for too long. Please send it once more.")]
        return _page(form, wrong if form.csrf_token.errors else []), 400
    card = find_card(form.code.data)
    if card is None:
        form.code.errors = [_("We have no gift card with this code. Please check how it is written.")]
        return _page(form, []), 404
    amount = money_text(card.balance)
    said = (
        _("The gift card ending %(end)s was closed. Please ask us about it.", end=card.code_end)
        if card.is_closed
        else _("%(amount)s on the gift card ending %(end)s.", amount=amount, end=card.code_end)
    )
    # The code is not put into the page again: it may be printed, or kept by a browser.
    return _page(GiftCardForm(formdata=None), [], said=said)


def _page(form: GiftCardForm, messages: list[str], *, said: str = "") -> str:
    return render_template(
        "shop/gift_card_balance.html",
        form=form,
        messages=messages,
        said=said,
        action=url_for("shop.tell_balance"),
        crumbs=[Link(_("Gift card balance"), "")],
    )
