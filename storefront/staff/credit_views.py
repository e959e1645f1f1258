"""Gift cards and store credit for staff: the list, one with its entries, and what can be done with it.

Knows addresses and answers; refuses to decide: that is in `credit`.
"""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from storefront.accounts.access import current_actor
from storefront.config import settings
from storefront.credit import actions
from storefront.credit.codes import code_key
from storefront.credit.models import CreditKind
from storefront.credit.queries import find_card
from storefront.errors import NotFound, Refused
from storefront.money import Money
from storefront.orders.credit_accounts import credit_account as account_by_id
from storefront.orders.credit_accounts import (
    credit_accounts,
    customer_by_email,
    entries_of,
)
from storefront.staff import credit_words as said
from storefront.staff.blueprint import blueprint
from storefront.staff.credit_forms import AdjustCreditForm, AnewForm, GiveForm, ReasonForm, signed
from storefront.staff.frame import Crumb
from storefront.staff.goods_forms import refuse
from storefront.staff.goods_words import Pager
from storefront.web import open_to
from storefront.web.notices import notices
from storefront.web.text import money_text

_ONE = "/credit/<account_id>"
_FORMS: dict[str, type[ReasonForm]] = {
    "adjust": AdjustCreditForm,
    "close": ReasonForm,
    "open": ReasonForm,
    "anew": AnewForm,
}


@blueprint.get("/credit")
@open_to("refunds.make")
def credit() -> str:
    """All of a kind, the newest first, a page at a time. Two statements."""
    form = said.CreditFilters(request.args)
    form.offer()
    wanted = said.wanted_of(form, request.args.get("kind"))
    after = request.args.get("after", "")[:40] or None
    rows, following = credit_accounts(wanted, after=after)
    kept: dict[str, Any] = {name: value for name, value in request.args.items() if name != "after" and value}
    return render_template(
        "staff/credits.html",
        rows=[said.listed(row) for row in rows],
        kinds=[
            (name, url_for("staff.credit", kind=kind.value), kind is wanted.kind)
            for kind, name in said.kind_names().items()
        ],
        is_cards=wanted.kind is CreditKind.GIFT_CARD,
        form=form,
        kept={"kind": wanted.kind.value},
        here=url_for("staff.credit"),
        find_url=url_for("staff.find_credit"),
        pager=Pager(
            _("Pages of gift cards and store credit"),
            "",
            url_for("staff.credit", **kept, after=following) if following else None,
            url_for("staff.credit", **kept) if after else None,
        ),
        notices=notices(),
    )


@blueprint.post("/credit/find")
@open_to("refunds.make")
def find_credit() -> Any:
    """Lead to what is looked for: a whole code to its card, since addresses are kept in logs and by browsers, and
    whatever else into the list."""
    form = said.CreditFilters(request.form)
    form.offer()
    wanted = said.wanted_of(form, request.form.get("kind"))
    asked: dict[str, Any] = {
        "kind": wanted.kind.value,
        "state": wanted.state or None,
        "find": wanted.find or None,
    }
    if "@" not in wanted.find and code_key(wanted.find):
        if card := find_card(wanted.find):
            return redirect(url_for("staff.credit_account", account_id=card.account_id), 303)
        flash(_("No gift card has this code."), "bad")
        asked["find"] = None
    return redirect(url_for("staff.credit", **asked), 303)


@blueprint.get("/credit/give")
@open_to("refunds.make", fresh=True)
def new_credit() -> str:
    """The form for a gift card, or for store credit."""
    form = GiveForm(formdata=None)
    form.offer()
    form.kind.data = request.args.get("kind")
    return _give_page(form, [])


@blueprint.post("/credit/give")
@open_to("refunds.make", fresh=True)
def give_credit() -> Any:
    """Give it, then its page; the same form again leads to the same."""
    form, messages = GiveForm(), []
    form.offer()
    if form.validate():
        try:
            account_id = _given(form)
        except Refused as error:
            messages = refuse(form, error)
        else:
            flash(_("It is given, and on the record."), "good")
            return redirect(url_for("staff.credit_account", account_id=account_id), 303)
    return _give_page(form, messages), 400


def _given(form: GiveForm) -> str:
    amount, by = _amount(form.amount.data), current_actor()
    if form.kind.data == CreditKind.GIFT_CARD:
        return actions.give_card(amount, to=form.email.data, said=form.said, by=by)
    customer_id = customer_by_email(form.email.data)
    if customer_id is None:
        raise Refused(_("Nobody has an account under this address: give a gift card."), field="email")
    return actions.give_store_credit(customer_id, amount, said=form.said, by=by)


def _amount(typed: str | None) -> Money:
    try:
        return signed(typed) or Money.zero(settings().currency)
    except Refused as error:
        raise Refused(error.message, field="amount") from error


def _give_page(form: GiveForm, messages: list[str]) -> str:
    return render_template(
        "staff/credit_give.html",
        form=form,
        messages=messages,
        limit=_limit(),
        crumbs=[Crumb(_("Gift cards and credit"), url_for("staff.credit")), Crumb(_("Give"), "")],
    )


def _limit() -> str:
    limit = settings().refund_alone_limit
    return _("One person alone may move %(limit)s at once.", limit=money_text(limit)) if limit else ""


@blueprint.get(_ONE)
@open_to("refunds.make")
def credit_account(account_id: str) -> str:
    """One account with all that moved on it. Two statements."""
    return _page(account_id, "", None, [])


@blueprint.post(f"{_ONE}/adjust")
@open_to("refunds.make", fresh=True)
def adjust_credit(account_id: str) -> Any:
    """Add to a balance, or take from it."""

    def act(form: Any) -> str:
        actions.adjust(account_id, _amount(form.amount.data), said=form.said, by=current_actor())
        return account_id

    return _acted(account_id, "adjust", act, _("The balance is changed."))


@blueprint.post(f"{_ONE}/close")
@open_to("refunds.make", fresh=True)
def close_credit(account_id: str) -> Any:
    """Let nothing be spent from it."""
    return _turned(account_id, "close", actions.close, _("It is closed: nothing can be spent from it."))


@blueprint.post(f"{_ONE}/open")
@open_to("refunds.make", fresh=True)
def open_credit(account_id: str) -> Any:
    """Let it be spent from again."""
    return _turned(account_id, "open", actions.open_again, _("It is open again."))


def _turned(account_id: str, name: str, turn: Callable[..., None], done: str) -> Any:
    def act(form: Any) -> str:
        turn(account_id, said=form.said, by=current_actor())
        return account_id

    return _acted(account_id, name, act, done)


@blueprint.post(f"{_ONE}/code")
@open_to("refunds.make", fresh=True)
def send_code_anew(account_id: str) -> Any:
    """Close a card whose code was lost; another takes over what is on it, its code sent by e-mail."""

    def act(form: Any) -> str:
        return actions.send_anew(account_id, to=form.email.data, said=form.said, by=current_actor())

    done = _("The old code is closed. This card has taken over what was on it; its code is on its way.")
    return _acted(account_id, "anew", act, done)


def _acted(account_id: str, name: str, act: Callable[[Any], str], done: str) -> Any:
    form, messages = _named(_FORMS[name](), name), []
    if form.validate():
        try:
            leads_to = act(form)
        except NotFound:
            raise
        except Refused as error:
            messages = refuse(form, error)
        else:
            flash(done, "good")
            return redirect(url_for("staff.credit_account", account_id=leads_to), 303)
    return _page(account_id, name, form, messages), 400


def _named(form: Any, name: str) -> Any:
    """The form with ids of its own: its page has several."""
    for field in form:
        field.id = field.label.field_id = f"{name}-{field.name}"
    return form


def _page(account_id: str, sent: str, form: Any, messages: list[str]) -> str:
    account = said.listed(account_by_id(account_id))
    forms = {name: _named(kind(formdata=None), name) for name, kind in _FORMS.items()}
    if not sent:
        forms["anew"].email.data = account.who if account.is_card else ""
    return render_template(
        "staff/credit.html",
        account=account,
        entries=[said.moved(each) for each in entries_of(account_id)],
        forms=forms | ({sent: form} if sent else {}),
        wrong=form,
        messages=messages,
        limit=_limit(),
        crumbs=[Crumb(_("Gift cards and credit"), url_for("staff.credit")), Crumb(account.title, "")],
        notices=notices(),
    )
