"""Rates of tax for staff: those that hold, another one, and one taken away.

Knows an address, a form and its answers; refuses to reckon.
"""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField
from wtforms.validators import InputRequired

from storefront.accounts.access import current_actor
from storefront.cart.sums import rate_text
from storefront.config import settings
from storefront.policies import words
from storefront.policies.parts import known_countries
from storefront.pricing import rates
from storefront.staff.blueprint import blueprint
from storefront.staff.discount_forms import basis_points_of
from storefront.staff.goods_forms import tax_classes, text_field
from storefront.staff.goods_words import ID, done, may
from storefront.staff.saving import refusing
from storefront.web import open_to
from storefront.web.notices import notices

RATE = ID % "rate_id"


class RateForm(FlaskForm):
    """A rate, by country, region and class."""

    country = SelectField(_l("Country"))
    region = text_field(
        _l("Region"), 80, hint=_l("As addresses write it, such as CA. Empty: the whole country.")
    )
    tax_class = SelectField(_l("Class of goods"))
    percent = text_field(
        _l("Percent"), 6, InputRequired(_l("Please enter a percentage from 0 to 100.")), inputmode="decimal"
    )


@blueprint.get("/taxes")
@open_to("catalogue.view")
def taxes() -> str:
    """Every rate that holds. One statement."""
    form = RateForm(formdata=None)
    _offer(form)
    form.country.data = settings().country
    return _page(form, [])


@blueprint.post("/taxes")
@open_to("catalogue.edit")
def set_tax() -> Any:
    """Let a rate hold from now on, instead of the one that stood there."""
    form, messages = RateForm(), list[str]()
    _offer(form)
    if form.validate():
        with refusing(form, messages):
            rates.set_rate(
                form.country.data,
                form.region.data,
                form.tax_class.data,
                basis_points_of(form.percent.data, least=0),
                by=current_actor(),
            )
            flash(_("The rate holds now. Orders that were placed keep theirs."), "good")
            return redirect(url_for("staff.taxes"), 303)
    return _page(form, messages), 400


@blueprint.post(f"/taxes/{RATE}/remove")
@open_to("catalogue.edit")
def remove_tax(rate_id: int) -> Any:
    """Let a rate hold no more."""
    return done(
        lambda: rates.remove_rate(rate_id, by=current_actor()),
        _("The rate is removed. Orders that were placed keep it."),
        url_for("staff.taxes"),
    )


def _offer(form: RateForm) -> None:
    named = [(code, words.country(code)) for code in known_countries()]
    form.country.choices = sorted(named, key=lambda each: each[1])
    form.tax_class.choices = tax_classes()


def _page(form: RateForm, messages: list[str]) -> str:
    names = dict(tax_classes())
    made = settings()
    return render_template(
        "staff/taxes.html",
        rows=[
            (
                each.id,
                words.country(each.country),
                _region(each.region),
                names.get(each.tax_class, each.tax_class),
                rate_text(each.basis_points),
            )
            for each in rates.all_rates()
        ],
        usual=rate_text(made.tax_basis_points),
        included=made.prices_include_tax,
        by_highest=made.shipping_tax == "highest",
        form=form,
        messages=messages,
        may_edit=may("catalogue.edit"),
        notices=notices(),
    )


def _region(key: str) -> str:
    """A region as people write it: “CA”, “Île-De-France”."""
    return key.upper() if len(key) <= 3 else key.title()
