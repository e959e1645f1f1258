"""One order's page, and the ways to it: the signed link, or its number with the e-mail address.

Knows who is let in; refuses to show a stranger whether an order exists.
"""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as Answer

from storefront import clock
from storefront.accounts.access import find_customer
from storefront.checkout.by_staff import pay_by_link
from storefront.config import settings
from storefront.errors import NotFound, Refused
from storefront.orders import actions
from storefront.orders.access import is_same_email, may_see, opens, remember_order
from storefront.orders.credit_accounts import AccountRow, cards_sold
from storefront.orders.models import Source, id_of_number, number_of_id
from storefront.orders.owners import is_own
from storefront.orders.queries import OrderRecord, order_record
from storefront.orders.queries import find_order as order_called
from storefront.policies.parts import MoneyBack
from storefront.policies.queries import policy_by_id
from storefront.refunds.return_records import returns_of_order
from storefront.refunds.withdrawal_records import withdrawals_of_order
from storefront.shop.blueprint import blueprint
from storefront.shop.forms import FindOrderForm
from storefront.shop.frame import Link, the_policy
from storefront.shop.order_page import printed
from storefront.shop.papers import paper_of
from storefront.shop.return_page import return_title
from storefront.shop.return_standing import returns_printed
from storefront.shop.withdrawal_page import withdrawals_printed
from storefront.web import allow_payment_redirect, csrf, limiter, no_store, open_to, request_origin
from storefront.web.notices import notices


@blueprint.get(f"/orders/<int(max={2**63 - 1}):number>")
@open_to("everyone")
@no_store
def order(number: int) -> Any:
    """An order, for browsers that were let in; the signed link lets one in. 404 for everybody else."""
    order_id = id_of_number(number)
    key = request.args.get("key")
    if key is not None:
        return let_in(order_id) if opens(key, order_id) else abort(404)
    require_sight(order_id)
    record = order_record(order_id)
    if record.order.source == Source.STAFF:
        allow_payment_redirect()
    sold_under = policy_by_id(record.order.policy_version_id)
    shown = printed(record, document=sold_under.document, now=clock.now())
    return render_template(
        "shop/order.html",
        order=shown,
        # An older order's terms stand on its own page; the policy pages show what is in force now.
        terms_url=url_for("policies.money_back") if sold_under.id == the_policy().id else None,
        returns=returns_printed(returns_of_order(order_id)),
        withdrawals=withdrawals_printed(withdrawals_of_order(order_id)),
        return_url=_return_url(record, sold_under.document.money_back),
        return_title=return_title(record.order),
        cards=_cards(record),
        account_url=None if find_customer() else url_for("accounts.sign_up"),
        crumbs=[Link(_("Order %(number)s", number=number), "")],
        notices=notices(),
    )


def _return_url(record: OrderRecord, promise: MoneyBack) -> str:
    """Where something of it is sent back; "" where nothing can be."""
    order = record.order
    if all(line.is_gift_card for line in record.lines):
        return ""
    can_be = order.is_paid and order.refundable.minor > 0 and promise.is_offered and not record.in_review
    return url_for("shop.ask_return", number=order.number) if can_be else ""


def _cards(record: OrderRecord) -> list[AccountRow]:
    """The gift cards that it sold. One statement where it sold any."""
    sold = any(line.is_gift_card for line in record.lines)
    return cards_sold(record.order.id) if sold and record.order.is_paid else []


@blueprint.post(f"/orders/<int(max={2**63 - 1}):number>/gift-cards")
@open_to("everyone")
@limiter.limit(lambda: settings().limit_order_lookup)
@no_store
def send_codes_again(number: int) -> Any:
    """Send the codes of its gift cards once more, to the address that they went to. 404 for everybody else."""
    csrf.protect()
    order_id = id_of_number(number)
    require_sight(order_id)
    try:
        actions.send_codes_again(order_id)
    except NotFound:
        abort(404)
    except Refused as refusal:
        flash(refusal.message, "bad")
    else:
        flash(_("The mail with the codes is sent once more, to the address it went to."), "good")
    return redirect(url_for("shop.order", number=number), 303)


def require_sight(order_id: int) -> None:
    """Answer 404 to whoever may not see the order: a browser it was not opened in, an account it is not in."""
    person = find_customer()
    if not may_see(order_id) and not is_own(order_id, person.id if person else None):
        abort(404)


@blueprint.get(f"/orders/<int(max={2**63 - 1}):number>/documents/<int(max={2**63 - 1}):document_id>")
@open_to("everyone")
@no_store
def document(number: int, document_id: int) -> str:
    """An invoice or credit note to print, for whom the order's page is open. 404 for everybody else."""
    order_id = id_of_number(number)
    require_sight(order_id)
    record = order_record(order_id)
    found = next((each for each in record.documents if each.id == document_id), None)
    if found is None:
        abort(404)
    paper, order_url = paper_of(record, found), url_for("shop.order", number=number)
    crumbs = [Link(_("Order %(number)s", number=number), order_url), Link(paper.title, "")]
    return render_template("shop/paper.html", paper=paper, order_url=order_url, crumbs=crumbs)


@blueprint.post(f"/orders/<int(max={2**63 - 1}):number>/pay")
@open_to("everyone")
@limiter.limit(lambda: settings().limit_payments)
@no_store
def pay(number: int) -> Any:
    """To the payment page of an order that staff made, for browsers that its link let in. 404 for everybody else."""
    csrf.protect()
    order_id = id_of_number(number)
    require_sight(order_id)
    try:
        url = pay_by_link(order_id, origin=request_origin())
    except NotFound:
        abort(404)
    except Refused as refusal:
        flash(refusal.message, "bad")
        url = ""
    return redirect(url or url_for("shop.order", number=number), 303)


@blueprint.get("/orders/find")
@open_to("everyone")
@no_store
def find_order() -> str:
    """The form for who has no link at hand."""
    return _form(FindOrderForm(), [])


@blueprint.post("/orders/find")
@open_to("everyone")
@limiter.limit(lambda: settings().limit_order_lookup)
@no_store
def look_up_order() -> Any:
    """To the order, if number and address belong together; whether such a number exists stays unsaid."""
    form = FindOrderForm()
    if not form.validate_on_submit():
        return _form(form, _token_messages(form)), 400
    found = order_called(int(form.number.data))
    order_id, email = found or (0, "")
    if not is_same_email(form.email.data, email) or found is None:
        return _form(form, [_("We have no order with this number and this address.")]), 404
    return let_in(order_id)


def let_in(order_id: int, *, to: str = "") -> Answer:
    """To the order's page, or another of it, without a key: what is copied from there opens nothing elsewhere."""
    url = to or url_for("shop.order", number=number_of_id(order_id))
    response = redirect(url, 303, Response)
    assert isinstance(response, Response)
    remember_order(response, order_id)
    return response


def _form(form: FindOrderForm, messages: list[str]) -> str:
    return render_template(
        "shop/find_order.html",
        form=form,
        messages=messages,
        action=url_for("shop.look_up_order"),
        csrf=generate_csrf(),
        crumbs=[Link(_("Find your order"), "")],
    )


def _token_messages(form: FindOrderForm) -> list[str]:
    return [_("This page was open for too long. Please send it once more.")] if form.csrf_token.errors else []
