"""Withdrawing from a contract, in two steps and for everybody: the statement, its confirmation, its receipt.

Knows addresses and answers; refuses to say whether an order exists, and to ask for a reason. Directive 2011/83/EU
Art. 11a.
"""

from collections.abc import Sequence
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_limiter import RateLimitExceeded

from storefront.config import settings
from storefront.errors import NotFound, Refused
from storefront.refunds.withdrawal_records import withdrawal_record
from storefront.refunds.withdrawing import Statement, declare_withdrawal
from storefront.shop.blueprint import blueprint
from storefront.shop.forms import WithdrawalForm
from storefront.shop.frame import Link
from storefront.shop.withdrawal_page import rows_of, rows_of_statement
from storefront.web import limiter, no_store, open_to, sign, unsign

_RECEIPT = "shop.withdrawal"


@blueprint.get("/withdrawal")
@open_to("everyone")
@no_store
def withdrawal() -> str:
    """The first step: who withdraws from which order. A link may fill in the order's number."""
    form = WithdrawalForm(formdata=None)
    form.number.data = request.args.get("number", "")[:40]
    return _form(form)


@blueprint.post("/withdrawal/check")
@open_to("everyone")
@no_store
def check_withdrawal() -> Any:
    """The second step: the statement as it will be received, with the button that confirms it; or the first again."""
    form = WithdrawalForm()
    if "change" in request.form:
        return _form(form)
    if not form.validate():
        return _form(form), 422
    return _question(form)


@blueprint.post("/withdrawal")
@open_to("everyone")
@no_store
def confirm_withdrawal() -> Any:
    """Receive the statement and lead to its receipt, whatever it matches; the same form again leads to the same."""
    form = WithdrawalForm()
    if not form.validate():
        return _form(form), 422
    try:
        # Not around the view: who wrote too often is told so beside what was typed.
        with limiter.limit(settings().limit_withdrawals):
            withdrawal_id = declare_withdrawal(_statement(form))
    except RateLimitExceeded:
        wait = _(
            "That were many statements in a short time. Please send this one later, or by mail: it counts too."
        )
        return _question(form, [wait]), 429
    except Refused as refusal:
        return _form(form, [refusal.message]), 422
    return redirect(url_for("shop.withdrawal_received", token=sign(_RECEIPT, withdrawal_id)), 303)


@blueprint.get("/withdrawal/received/<token>")
@open_to("everyone")
@no_store
def withdrawal_received(token: str) -> str:
    """The receipt: the statement and the exact time at which it came, for whoever sent it."""
    withdrawal_id = unsign(_RECEIPT, token)
    try:
        record = withdrawal_record(withdrawal_id if type(withdrawal_id) is int else 0)
    except NotFound:
        abort(404)
    return render_template(
        "shop/withdrawal_received.html",
        reference=record.statement.reference,
        rows=rows_of_statement(record.statement),
        email=record.statement.email,
        crumbs=[*_crumbs(), Link(_("Received"), "")],
    )


def _statement(form: WithdrawalForm) -> Statement:
    return Statement(
        name=form.name.data or "",
        number=form.number.data or "",
        email=form.email.data or "",
        text=form.text.data or "",
        key=form.key.data or "",
    )


def _crumbs() -> list[Link]:
    return [Link(_("Withdraw from contract"), url_for("shop.withdrawal"))]


def _form(form: WithdrawalForm, messages: Sequence[str] = ()) -> str:
    stale = _("This page was open for too long. Please send it once more.")
    return render_template(
        "shop/withdrawal.html",
        form=form,
        messages=[*messages, *([stale] if form.csrf_token.errors else [])],
        action=url_for("shop.check_withdrawal"),
        crumbs=[Link(_("Withdraw from contract"), "")],
    )


def _question(form: WithdrawalForm, messages: Sequence[str] = ()) -> str:
    kept = [
        (each.name, each.data or "") for each in (form.key, form.name, form.number, form.email, form.text)
    ]
    return render_template(
        "shop/withdrawal_check.html",
        rows=rows_of(_statement(form)),
        kept=kept,
        messages=messages,
        action=url_for("shop.confirm_withdrawal"),
        change_url=url_for("shop.check_withdrawal"),
        crumbs=[*_crumbs(), Link(_("Confirm"), "")],
    )
