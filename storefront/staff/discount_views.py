"""Discounts for staff: the list, a new one, one with its rules and uses, and its end.

Knows addresses, answers and words; refuses to know rules.
"""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from storefront import clock
from storefront.accounts.access import current_actor
from storefront.catalogue.desk import collections
from storefront.config import settings
from storefront.errors import NotFound, Refused
from storefront.money import Money
from storefront.orders.models import number_of_id
from storefront.pricing import actions
from storefront.pricing.actions import ChangedMeanwhile, facts_of
from storefront.pricing.models import Discount, DiscountKind
from storefront.pricing.queries import Standing, discount_by_id, discounts, standing, uses_of
from storefront.staff.blueprint import blueprint
from storefront.staff.discount_forms import (
    DiscountForm,
    discount_data,
    discount_said,
    offer,
    percent_text,
    show,
)
from storefront.staff.frame import Crumb
from storefront.staff.goods_forms import refuse
from storefront.staff.goods_words import ID, Pager, Tag, done, may
from storefront.staff.saving import refusing, show_theirs
from storefront.web import open_to
from storefront.web.notices import notices
from storefront.web.text import day_text, money_text

DISCOUNT = ID % "discount_id"
MOST_LISTED, PAGE = 200, 50


@dataclass(frozen=True, slots=True)
class Row:
    """A discount in the list: its name, what it takes off, from when to when, how often."""

    id: int
    title: str
    code: str
    worth: str
    days: str
    uses: str
    tag: Tag


@dataclass(frozen=True, slots=True)
class Use:
    """An order that holds it."""

    number: int
    at: Any
    amount: Money


@blueprint.get("/discounts")
@open_to("catalogue.view")
def discounts_list() -> str:
    """All discounts, those that ended last. One statement."""
    return render_template(
        "staff/discounts.html",
        rows=[_row(each) for each in discounts(most=MOST_LISTED)],
        may_edit=may("catalogue.edit"),
        notices=notices(),
    )


@blueprint.get("/discounts/new")
@open_to("catalogue.edit")
def new_discount() -> str:
    """The form for another discount."""
    return _new_page(_form(fresh=True), [])


@blueprint.post("/discounts/new")
@open_to("catalogue.edit")
def add_discount() -> Any:
    """Make a discount, then its page."""
    form, messages = _form(), list[str]()
    if form.validate():
        with refusing(form, messages):
            discount_id = actions.make_discount(discount_said(form), by=current_actor())
            flash(_("The discount holds now, on the days that it says."), "good")
            return redirect(url_for("staff.discount", discount_id=discount_id), 303)
    return _new_page(form, messages), 400


@blueprint.get(f"/discounts/{DISCOUNT}")
@open_to("catalogue.view")
def discount(discount_id: int) -> str:
    """A discount: its rules, and the orders that hold it."""
    row, form = discount_by_id(discount_id), _form(fresh=True)
    show(form, facts_of(row), row.version)
    return _page(row, form, [])


@blueprint.post(f"/discounts/{DISCOUNT}")
@open_to("catalogue.edit")
def save_discount(discount_id: int) -> Any:
    """Save a discount's rules; both versions where somebody saved meanwhile."""
    form, messages = _form(), list[str]()
    row = discount_by_id(discount_id)
    if form.validate():
        seen = form.seen.data or ""
        try:
            actions.change_discount(
                discount_id,
                discount_said(form),
                seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0,
                by=current_actor(),
            )
        except ChangedMeanwhile as error:
            show_theirs(form, discount_data(error.theirs), str(error.version))
            messages = [error.message]
        except NotFound:
            raise
        except Refused as error:
            messages = refuse(form, error)
        else:
            flash(_("Saved. Orders that were placed keep what they were given."), "good")
            return redirect(url_for("staff.discount", discount_id=discount_id), 303)
    return _page(row, form, messages), 400


@blueprint.post(f"/discounts/{DISCOUNT}/end")
@open_to("catalogue.edit")
def end_discount(discount_id: int) -> Any:
    """Let it hold no more."""
    return done(
        lambda: actions.end_discount(discount_id, by=current_actor()),
        _("It has ended. Orders that were placed keep what they were given."),
        url_for("staff.discount", discount_id=discount_id),
    )


def _form(*, fresh: bool = False) -> DiscountForm:
    form = DiscountForm(formdata=None) if fresh else DiscountForm()
    offer(form, [(shelf.id, shelf.title) for shelf in collections()])
    return form


def _new_page(form: DiscountForm, messages: list[str]) -> str:
    return render_template(
        "staff/discount.html",
        discount=None,
        form=form,
        messages=messages,
        may_edit=True,
        crumbs=[Crumb(_("Discounts"), url_for("staff.discounts_list")), Crumb(_("New discount"), "")],
        notices=notices(),
    )


def _page(row: Discount, form: DiscountForm, messages: list[str]) -> str:
    before = request.args.get("before", type=int)
    uses = uses_of(row.id, before=before if before and 0 < before < 2**63 else None, most=PAGE + 1)
    here = url_for("staff.discount", discount_id=row.id)
    more = (
        url_for("staff.discount", discount_id=row.id, before=uses[PAGE - 1].order_id)
        if len(uses) > PAGE
        else None
    )
    return render_template(
        "staff/discount.html",
        discount=_row(row),
        runs=row.ended_at is None,
        uses=[
            Use(number_of_id(each.order_id), each.at, Money(each.amount_minor, row.currency))
            for each in uses[:PAGE]
        ],
        form=form,
        messages=messages,
        pager=Pager(_("Pages of orders"), "", more, here if before else None),
        may_edit=may("catalogue.edit") and row.ended_at is None,
        sees_orders=may("orders.view"),
        crumbs=[Crumb(_("Discounts"), url_for("staff.discounts_list")), Crumb(row.title, "")],
        notices=notices(),
    )


def _row(row: Discount) -> Row:
    uses = (
        str(row.uses)
        if row.total_limit is None
        else _("%(uses)s of %(most)s", uses=row.uses, most=row.total_limit)
    )
    return Row(row.id, row.title, row.code or "", _worth(row), _days(row), uses, _tag(row))


def _worth(row: Discount) -> str:
    said = {
        DiscountKind.PERCENT: lambda: _("%(percent)s %% off", percent=percent_text(row.basis_points)),
        DiscountKind.AMOUNT: lambda: _(
            "%(amount)s off", amount=money_text(Money(row.amount_minor, row.currency))
        ),
        DiscountKind.SHIPPING: lambda: _("Free shipping"),
    }[DiscountKind(row.kind)]()
    if not row.minimum_minor:
        return said
    minimum = money_text(Money(row.minimum_minor, row.currency))
    return _("%(worth)s from %(amount)s", worth=said, amount=minimum)


def _days(row: Discount) -> str:
    first, last = (day_text(day, "medium") if day else "" for day in (row.from_on, row.until_on))
    if first and last:
        return _("%(first)s to %(last)s", first=first, last=last)
    if first:
        return _("from %(day)s", day=first)
    return _("until %(day)s", day=last) if last else _("always")


def _tag(row: Discount) -> Tag:
    return {
        Standing.COMING: Tag(_("Coming"), "wash"),
        Standing.RUNNING: Tag(_("Running"), "good"),
        Standing.SPENT: Tag(_("Used up"), "marker"),
        Standing.OVER: Tag(_("Over"), ""),
    }[standing(row, today=clock.today(settings().timezone))]
