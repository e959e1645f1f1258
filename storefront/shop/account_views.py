"""A customer's own pages: the account and its orders.

Knows who is signed in; refuses to show anything of anybody else.
"""

from flask import render_template, request, url_for
from flask_babel import gettext as _

from storefront.accounts.access import current_customer
from storefront.orders import owners
from storefront.orders.credit_accounts import entries_of, store_credits
from storefront.orders.models import id_of_number
from storefront.orders.owners import PAGE
from storefront.shop import account_page
from storefront.shop.blueprint import blueprint
from storefront.shop.frame import Link
from storefront.shop.shelf_page import Pager
from storefront.web import no_store, open_to
from storefront.web.notices import notices

NEWEST, MOST_MOVED = 3, 50


@blueprint.get("/account")
@open_to("customers")
@no_store
def account() -> str:
    """What there is, the newest orders first."""
    customer = current_customer()
    return render_template(
        "shop/account.html",
        email=customer.email,
        places=account_page.places(),
        orders=account_page.listed(owners.own_orders(customer.id, most=NEWEST)[:NEWEST]),
        orders_url=url_for("shop.own_orders"),
        credits=[
            account_page.own_credit(each, entries_of(each.id, most=MOST_MOVED))
            for each in store_credits(customer.id)
        ],
        crumbs=[Link(_("Your account"), "")],
        notices=notices(),
    )


@blueprint.get("/account/orders")
@open_to("customers")
@no_store
def own_orders() -> str:
    """All orders, a page at a time."""
    before = request.args.get("before", type=_an_id)
    found = owners.own_orders(current_customer().id, before=before)
    shown = found[:PAGE]
    following = url_for("shop.own_orders", before=shown[-1].order.number) if len(found) > PAGE else None
    return render_template(
        "shop/own_orders.html",
        orders=account_page.listed(shown),
        pager=Pager(previous_url=url_for("shop.own_orders") if before else None, next_url=following),
        crumbs=[Link(_("Your account"), url_for("shop.account")), Link(_("Orders"), "")],
    )


def _an_id(text: str) -> int:
    """The id of the order of that number."""
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise ValueError(text)
    return id_of_number(int(text))
