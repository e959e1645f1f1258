"""An order's money back: the form, the question with the exact amount, and the refund.

Knows addresses and answers; refuses to reckon. The question writes nothing, so it may be asked again.
"""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from storefront.accounts.access import current_actor
from storefront.errors import Refused
from storefront.orders.models import id_of_number
from storefront.orders.queries import order_record
from storefront.policies.queries import policy_by_id
from storefront.refunds.deciding import preview_refund, refund_order
from storefront.refunds.destinations import will_go
from storefront.refunds.queries import refundable
from storefront.refunds.reckoning import Refundable
from storefront.refunds.records import refund_record, refunds_of_order
from storefront.refunds.words import reason_words
from storefront.staff.blueprint import blueprint
from storefront.staff.order_facts import cover_of
from storefront.staff.order_views import NUMBER, order_crumbs
from storefront.staff.refund_form import RefundForm, wanted
from storefront.staff.refund_page import TYPED_AMOUNT, Subject, filled_in, question, refund_page
from storefront.staff.refund_words import shown
from storefront.web import open_to
from storefront.web.notices import notices
from storefront.web.text import money_text

Wrong = tuple[tuple[str, str], ...]


@blueprint.get(f"/orders/{NUMBER}/refunds")
@open_to("refunds.make", fresh=True)
def order_refunds(number: int) -> Any:
    """What went back of an order, and the form for more, filled with all that is left."""
    of = refundable(id_of_number(number))
    form = RefundForm(formdata=None)
    return _page(of, form, filled_in(form, of))


@blueprint.post(f"/orders/{NUMBER}/refunds/preview")
@open_to("refunds.make", fresh=True)
def check_refund(number: int) -> Any:
    """What the form comes to, as a question with the exact amount; or the form again, to be changed."""
    of, form = refundable(id_of_number(number)), RefundForm()
    if "change" in request.form:
        form.amount.data = request.form.get(TYPED_AMOUNT, "")
        return _page(of, form, request.form)
    if not form.validate():
        return _page(of, form, request.form, wrong=_token(form)), 400
    try:
        reckoned, waits = preview_refund(of.order_id, _wanted(form, of))
    except Refused as refusal:
        return _page(of, form, request.form, wrong=_wrong(refusal)), 400
    asked = question(of, reckoned, request.form.to_dict(), waits=waits)
    words = Subject(_("Reason"), reason_words(form.reason.data))
    goes = will_go(of.order_id, by_stripe=reckoned.by_stripe, credit=reckoned.credit)
    return render_template(
        "staff/refund_check.html",
        confirm=asked,
        reason=words,
        said=form.note.data,
        goes=[each.said for each in goes],
        change_url=url_for("staff.check_refund", number=number),
        crumbs=order_crumbs(number, _("Refund")),
    )


@blueprint.post(f"/orders/{NUMBER}/refunds")
@open_to("refunds.make", fresh=True)
def make_refund(number: int) -> Any:
    """Give it back, or ask for it; the same form again leads to the same refund."""
    of, form = refundable(id_of_number(number)), RefundForm()
    if not form.validate():
        return _page(of, form, request.form, wrong=_token(form)), 400
    try:
        refund_id = refund_order(
            of.order_id,
            _wanted(form, of),
            reason=form.reason.data,
            note=form.note.data,
            form_key=form.form_key.data or "",
            by=current_actor(),
        )
    except Refused as refusal:
        return _page(of, form, request.form, wrong=_wrong(refusal)), 409
    (row,) = shown([refund_record(refund_id)])
    said = _("%(amount)s: %(state)s.", amount=money_text(row.amount), state=row.state)
    flash(said, "" if row.is_requested else "good")
    return redirect(url_for("staff.order_refunds", number=number), 303)


def _wanted(form: RefundForm, of: Refundable) -> Any:
    line_ids = [line.id for line in of.lines]
    return wanted(form, request.form, line_ids=line_ids, currency=of.currency)


def _wrong(refusal: Refused) -> Wrong:
    return ((refusal.field or "", refusal.message),)


def _token(form: RefundForm) -> Wrong:
    if form.csrf_token.errors:
        return (("", _("This page was open for too long. Please send it once more.")),)
    return tuple((name, errors[0]) for name, errors in form.errors.items() if name)


def _page(of: Refundable, form: RefundForm, typed: Any, *, wrong: Wrong = ()) -> str:
    record = order_record(of.order_id)
    cover = cover_of(record, policy_by_id(record.order.policy_version_id))
    page = refund_page(of, form, typed, cover=cover, wrong=wrong)
    return render_template(
        "staff/refunds.html",
        page=page,
        form=form,
        refunds=shown(refunds_of_order(of.order_id)),
        crumbs=order_crumbs(page.number, _("Refund")),
        notices=notices(),
    )
