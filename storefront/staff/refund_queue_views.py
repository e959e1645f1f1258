"""Refunds that wait for somebody, and what can be done with one: approve, decline, try again, set aside.

Knows addresses and answers; refuses to decide anything: that is in `refunds`.
"""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from storefront.accounts.access import current_actor, current_customer
from storefront.errors import Refused
from storefront.money import Money
from storefront.refunds.deciding import (
    approve_refund,
    decline_refund,
    retry_as_credit,
    retry_refund,
    set_refund_aside,
)
from storefront.refunds.excess import accept_excess, take_excess_back
from storefront.refunds.records import (
    not_owed,
    open_failures,
    refund_queue,
    refund_record,
    sent_too_long,
    waiting_for_approval,
)
from storefront.staff.blueprint import blueprint
from storefront.staff.frame import Crumb
from storefront.staff.refund_form import PressForm, WhyForm
from storefront.staff.refund_words import shown
from storefront.web import open_to
from storefront.web.notices import notices

_ONE = "/refunds/<refund_id>"


@blueprint.get("/refunds")
@open_to("refunds.make")
def refund_queues() -> str:
    """The refunds that wait for a second person, that failed, that were not owed, and that were sent too long ago."""
    queues = [
        (_("Wait for a second person"), shown(refund_queue(waiting_for_approval()))),
        (_("Failed"), shown(refund_queue(open_failures()))),
        (_("Given back at Stripe and not owed"), shown(refund_queue(not_owed()))),
        (_("Sent more than a day ago"), shown(refund_queue(sent_too_long()))),
    ]
    return render_template(
        "staff/refund_queue.html",
        queues=queues,
        crumbs=[Crumb(_("Refunds"), "")],
        notices=notices(),
    )


@blueprint.get(_ONE)
@open_to("refunds.make", fresh=True)
def refund(refund_id: str) -> str:
    """One refund: what it is for, who asked, how it stands, and what can be done."""
    return _page(refund_id)


@blueprint.post(f"{_ONE}/approval")
@open_to("refunds.approve", fresh=True)
def approve(refund_id: str) -> Any:
    """Let it go; whoever asked for it cannot."""
    return _pressed(
        refund_id, lambda: approve_refund(refund_id, by=current_actor()), _("Approved. It is sent now.")
    )


@blueprint.post(f"{_ONE}/refusal")
@open_to("refunds.approve", fresh=True)
def decline(refund_id: str) -> Any:
    """Decline it, with the reason."""
    return _said(refund_id, decline_refund, _("Declined. Nothing goes back by this refund."))


@blueprint.post(f"{_ONE}/retry")
@open_to("refunds.make", fresh=True)
def retry(refund_id: str) -> Any:
    """Try a failed one again: another refund takes its place."""
    done = _("Tried again: this is the new refund.")
    return _pressed(refund_id, lambda: retry_refund(refund_id, by=current_actor()), done)


@blueprint.post(f"{_ONE}/retry-as-credit")
@open_to("refunds.make", fresh=True)
def retry_with_credit(refund_id: str) -> Any:
    """Try a failed one again, all of it as credit."""
    done = _("Tried again as credit: this is the new refund.")
    return _pressed(refund_id, lambda: retry_as_credit(refund_id, by=current_actor()), done)


@blueprint.post(f"{_ONE}/other-way")
@open_to("refunds.make", fresh=True)
def set_aside(refund_id: str) -> Any:
    """Say that a failed one was given back another way."""
    return _said(refund_id, set_refund_aside, _("Kept. It no longer waits here."))


@blueprint.post(f"{_ONE}/out-of-credit")
@open_to("refunds.make", fresh=True)
def take_excess_out(refund_id: str) -> Any:
    """Take what was given back at Stripe and not owed out of the order's credit, as far as it is there."""
    return _said(
        refund_id,
        take_excess_back,
        _("Taken out of credit, as far as it was there."),
        nothing=_("Nothing was taken: all of this refund is seen to, or was owed."),
    )


@blueprint.post(f"{_ONE}/acceptance")
@open_to("refunds.make", fresh=True)
def accept_what_was_not_owed(refund_id: str) -> Any:
    """Leave with the shopper what was given back at Stripe and not owed."""
    return _said(refund_id, accept_excess, _("Accepted. It no longer waits here."))


def _pressed(refund_id: str, do: Callable[[], str | None], done: str) -> Any:
    """A button alone; `do` may answer the id of the refund to go on to."""
    if not PressForm().validate():
        return _page(refund_id, wrong=_too_long()), 400
    try:
        another = do()
    except Refused as refusal:
        return _page(refund_id, wrong=_or_raise(refusal)), 409
    return _on(another or refund_id, done)


def _said(refund_id: str, do: Callable[..., Money | None], done: str, *, nothing: str = "") -> Any:
    """A button with a reason; `nothing` is said instead where it came to no money."""
    form = WhyForm()
    if not form.validate():
        return _page(refund_id, form=form, wrong=_too_long() if form.csrf_token.errors else ""), 400
    try:
        came_to = do(refund_id, why=form.why.data, by=current_actor())
    except Refused as refusal:
        return _page(refund_id, form=form, wrong=_or_raise(refusal)), 409
    if came_to is not None and not came_to:
        return _on(refund_id, nothing, kind="bad")
    return _on(refund_id, done)


def _or_raise(refusal: Refused) -> str:
    # What is not there has no sentence: the page answers 404.
    if not refusal.message:
        raise refusal
    return refusal.message


def _too_long() -> str:
    return _("This page was open for too long. Please send it once more.")


def _on(refund_id: str, said: str, *, kind: str = "good") -> Any:
    flash(said, kind)
    return redirect(url_for("staff.refund", refund_id=refund_id), 303)


def _page(refund_id: str, *, form: WhyForm | None = None, wrong: str = "") -> str:
    (row,) = shown([refund_record(refund_id)])
    person = current_customer()
    is_own = row.requested_by == str(person.id)
    return render_template(
        "staff/refund.html",
        refund=row,
        form=form or WhyForm(formdata=None),
        wrong=wrong,
        may_approve=row.is_requested and person.may("refunds.approve") and not is_own,
        may_decline=row.is_requested and person.may("refunds.approve"),
        is_own=row.is_requested and is_own,
        crumbs=[
            Crumb(_("Refunds"), url_for("staff.refund_queues")),
            Crumb(_("Order %(number)s", number=row.number), row.order_url),
            Crumb(_("Refund"), ""),
        ],
        notices=notices(),
    )
