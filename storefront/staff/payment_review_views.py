"""Payments that are not what was asked: the queue, and one with the two ways to decide about it.

Knows addresses and answers; refuses to decide anything: that is in `checkout`.
"""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from storefront.accounts.access import current_actor
from storefront.checkout.payment_review import accept_payment, return_payment
from storefront.checkout.reviewed import payment_in_review, payments_in_review
from storefront.errors import NotFound, Refused
from storefront.staff.blueprint import blueprint
from storefront.staff.frame import Crumb
from storefront.staff.payment_page import paid
from storefront.staff.refund_form import WhyForm
from storefront.web import open_to
from storefront.web.notices import notices

_ONE = "/payment-review/<attempt_id>"


@blueprint.get("/payment-review")
@open_to("payments.review")
def payment_review() -> str:
    """Every payment that waits for a person, the oldest first."""
    return render_template(
        "staff/payment_review.html",
        payments=[paid(each) for each in payments_in_review()],
        crumbs=[Crumb(_("Payment review"), "")],
        notices=notices(),
    )


@blueprint.get(_ONE)
@open_to("payments.review", fresh=True)
def payment(attempt_id: str) -> str:
    """One of them: what came, what was asked, and what can be done."""
    return _page(attempt_id, WhyForm(formdata=None))


@blueprint.post(f"{_ONE}/acceptance")
@open_to("payments.review", fresh=True)
def accept(attempt_id: str) -> Any:
    """Take it as the payment of the order; what is too much goes back."""
    return _decided(attempt_id, accept_payment, _("Accepted: the order is paid."))


@blueprint.post(f"{_ONE}/return")
@open_to("payments.review", fresh=True)
def give_back(attempt_id: str) -> Any:
    """Give back all of it."""
    return _decided(attempt_id, return_payment, _("All of it goes back; the shopper is written to."))


def _decided(attempt_id: str, do: Callable[..., None], done: str) -> Any:
    form = WhyForm()
    if not form.validate():
        wrong = (
            _("This page was open for too long. Please send it once more.") if form.csrf_token.errors else ""
        )
        return _page(attempt_id, form, wrong=wrong), 400
    try:
        do(attempt_id, why=form.why.data, by=current_actor())
    except NotFound:
        raise
    except Refused as refusal:
        return _page(attempt_id, form, wrong=refusal.message), 409
    flash(done, "good")
    return redirect(url_for("staff.payment_review"), 303)


def _page(attempt_id: str, form: WhyForm, *, wrong: str = "") -> str:
    found = payment_in_review(attempt_id)
    return render_template(
        "staff/payment.html",
        payment=paid(found),
        form=form,
        wrong=wrong,
        crumbs=[
            Crumb(_("Payment review"), url_for("staff.payment_review")),
            Crumb(_("Order %(number)s", number=found.order.number), ""),
        ],
    )
