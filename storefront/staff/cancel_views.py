"""Cancelling one order: the question with what it does, and the answer.

Knows forms and answers; refuses to decide what can be cancelled: that is the checkout's.
"""

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _

from storefront.accounts.access import current_actor, current_customer
from storefront.checkout.cancelling import cancel_order
from storefront.errors import NotFound, Refused
from storefront.orders.models import id_of_number
from storefront.orders.queries import OrderRecord, order_record
from storefront.staff.blueprint import blueprint
from storefront.staff.cancel_form import CancelForm
from storefront.staff.order_views import NUMBER, order_crumbs, to_order
from storefront.web import csrf, open_to
from storefront.web.text import money_text


@blueprint.get(f"/orders/{NUMBER}/cancel")
@open_to("orders.edit", fresh=True)
def cancel(number: int) -> str:
    """Ask before an order is cancelled, with what that does."""
    record = order_record(id_of_number(number))
    form = CancelForm(formdata=None)
    form.offer(record.lines)
    return _page(record, form, problem=_may_not_refund(record))


@blueprint.post(f"/orders/{NUMBER}/cancel")
@open_to("orders.edit", fresh=True)
def cancelled(number: int) -> Any:
    """Cancel the order."""
    csrf.protect()
    record = order_record(id_of_number(number))
    form = CancelForm()
    form.offer(record.lines)
    if problem := _may_not_refund(record):
        return _page(record, form, problem=problem), 403
    if not form.validate():
        return _page(record, form), 422
    try:
        cancel_order(record.order.id, said=form.said, by=current_actor())
    except NotFound:
        raise
    except Refused as refusal:
        return _page(record, form, problem=refusal.message), 409
    return to_order(number, _("The order is cancelled. The customer is written to."))


def _may_not_refund(record: OrderRecord) -> str | None:
    """Giving money back is a right of its own: who may edit orders alone cancels unpaid ones."""
    if record.order.is_paid and record.order.refundable and not current_customer().may("refunds.make"):
        return _("This order is paid: only somebody who may refund can cancel it.")
    return None


def _page(record: OrderRecord, form: CancelForm, *, problem: str | None = None) -> str:
    number, left = record.order.number, record.order.refundable
    gives_back = record.order.is_paid and bool(left)
    title = _("Cancel order %(number)s", number=number)
    return render_template(
        "staff/order/cancel.html",
        title=title,
        form=form,
        action=url_for("staff.cancelled", number=number),
        lead=_("Cancel this order? %(amount)s goes back to the customer.", amount=money_text(left))
        if gives_back
        else _("Cancel this order? Nobody can pay for it any more."),
        button=_("Cancel and give %(amount)s back", amount=money_text(left))
        if gives_back
        else _("Cancel the order"),
        problem=problem,
        back_url=url_for("staff.order", number=number),
        crumbs=order_crumbs(number, title),
    )
