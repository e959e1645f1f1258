"""A product's options and variants for staff, and what they ever cost.

Knows addresses and answers; refuses to know rules.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from storefront.accounts.access import current_actor
from storefront.catalogue import actions
from storefront.catalogue.edits import OptionNames
from storefront.catalogue.product_desk import (
    PricePast,
    VariantDesk,
    option_names,
    prices_of,
    product_desk,
    variant_by_id,
    variants_of,
)
from storefront.catalogue.stale import fingerprint
from storefront.errors import NotFound
from storefront.staff.blueprint import blueprint
from storefront.staff.goods_words import ID, done, may, product_crumbs, state_tag, tabs
from storefront.staff.saving import refusing
from storefront.staff.sparkline import Sparkline, sparkline
from storefront.staff.variant_forms import OptionsForm, RenameForm, VariantForm, variant_data
from storefront.web import open_to
from storefront.web.notices import notices
from storefront.web.text import moment_text

PRODUCT, VARIANT = ID % "product_id", ID % "variant_id"


@blueprint.get(f"/products/{PRODUCT}/variants")
@open_to("catalogue.view")
def variants(product_id: int) -> str:
    """A product's variants and options. Five statements."""
    form, names = OptionsForm(formdata=None), option_names(product_id)
    _show_options(form, names)
    return _page(product_id, form, names, [])


@blueprint.post(f"/products/{PRODUCT}/options")
@open_to("catalogue.edit")
def save_options(product_id: int) -> Any:
    """Rename options, add some, or leave the last ones out."""
    form, messages = OptionsForm(), list[str]()
    if form.validate():
        with refusing(form, messages, _options_said):
            actions.save_options(
                product_id,
                OptionNames(form.names),
                first_values=form.first_values,
                seen=form.seen.data or "",
                by=current_actor(),
            )
            flash(_("The options are saved."), "good")
            return redirect(url_for("staff.variants", product_id=product_id), 303)
    return _page(product_id, form, option_names(product_id), messages), 400


def _options_said(theirs: OptionNames) -> dict[str, str]:
    return dict(zip(("name1", "name2", "name3"), (*theirs.names, "", "", ""), strict=False))


@blueprint.post(f"/products/{PRODUCT}/values")
@open_to("catalogue.edit")
def rename_value(product_id: int) -> Any:
    """Call a value otherwise in all variants; the choice is `place:value`."""
    form = RenameForm()
    place, _colon, before = (form.value.data or "").partition(":")
    back = url_for("staff.variants", product_id=product_id)
    if not form.validate() or not place.isdecimal() or len(place) > 1:
        flash(_("Please enter a name."), "bad")
        return redirect(back, 303)
    return done(
        lambda: actions.rename_value(product_id, int(place), before, form.after.data, by=current_actor()),
        _("The value is renamed in all variants."),
        back,
    )


def _show_options(form: OptionsForm, names: OptionNames) -> None:
    form.seen.data = fingerprint(names)
    for place, name in enumerate(names.names, start=1):
        form[f"name{place}"].data = name


def _page(product_id: int, form: OptionsForm, names: OptionNames, messages: list[str]) -> str:
    desk, found = product_desk(product_id), variants_of(product_id)
    rename = RenameForm(formdata=None)
    rename.value.choices = _values(names, found)
    return render_template(
        "staff/variants.html",
        product=desk,
        state=state_tag(desk.state),
        variants=found,
        form=form,
        rows=[(form[f"name{n}"], form[f"first{n}"], n > len(names.names)) for n in (1, 2, 3)],
        rename=rename,
        messages=messages,
        tabs=tabs(product_id, "staff.variants"),
        crumbs=product_crumbs(desk.title, product_id, here=_("Variants")),
        may_edit=may("catalogue.edit"),
        may_adjust=may("stock.adjust"),
        notices=notices(),
    )


def _values(names: OptionNames, found: Sequence[VariantDesk]) -> list[tuple[str, str]]:
    choices: dict[str, str] = {}
    for place, name in enumerate(names.names):
        for variant in found:
            if value := variant.texts.values[place]:
                choices.setdefault(f"{place + 1}:{value}", f"{name}: {value}")
    return list(choices.items())


@blueprint.get(f"/products/{PRODUCT}/variants/new")
@open_to("catalogue.edit")
def new_variant(product_id: int) -> str:
    """The form for another variant, with the price of the last one."""
    found = variants_of(product_id)
    form = VariantForm(formdata=None)
    form.offer(option_names(product_id).names, is_new=True)
    if found:
        form.price.data = variant_data(found[-1].texts)["price"]
        form.weight_grams.data = found[-1].texts.weight_grams
    return _variant_page(product_id, form, [], None)


@blueprint.post(f"/products/{PRODUCT}/variants/new")
@open_to("catalogue.edit")
def add_variant(product_id: int) -> Any:
    """Add a variant, then the list of them."""
    form, messages = VariantForm(), list[str]()
    form.offer(option_names(product_id).names, is_new=True)
    if form.validate():
        with refusing(form, messages):
            actions.add_variant(product_id, form.texts, pieces=form.pieces.data, by=current_actor())
            flash(_("The variant is added."), "good")
            return redirect(url_for("staff.variants", product_id=product_id), 303)
    return _variant_page(product_id, form, messages, None), 400


@blueprint.get(f"/products/variants/{VARIANT}")
@open_to("catalogue.edit")
def variant(variant_id: int) -> str:
    """What is said of a variant, to be changed."""
    desk = variant_by_id(variant_id)
    form = VariantForm(formdata=None)
    form.offer(option_names(desk.product_id).names, is_new=False)
    form.show(desk.texts, desk.seen)
    return _variant_page(desk.product_id, form, [], desk)


@blueprint.post(f"/products/variants/{VARIANT}")
@open_to("catalogue.edit")
def save_variant(variant_id: int) -> Any:
    """Save what is said of a variant; both versions where somebody saved meanwhile."""
    desk = variant_by_id(variant_id)
    form, messages = VariantForm(), list[str]()
    form.offer(option_names(desk.product_id).names, is_new=False)
    if form.validate():
        with refusing(form, messages, variant_data):
            actions.change_variant(variant_id, form.texts, seen=form.seen.data or "", by=current_actor())
            flash(_("Saved."), "good")
            return redirect(url_for("staff.variants", product_id=desk.product_id), 303)
    return _variant_page(desk.product_id, form, messages, desk), 400


def _variant_page(product_id: int, form: VariantForm, messages: list[str], desk: VariantDesk | None) -> str:
    product = product_desk(product_id)
    title = (desk.choice or _("The one variant")) if desk else _("Another variant")
    return render_template(
        "staff/variant.html",
        title=title,
        product=product,
        variant=desk,
        form=form,
        messages=messages,
        crumbs=product_crumbs(product.title, product_id, here=title),
    )


@blueprint.post(f"/products/variants/{VARIANT}/act")
@open_to("catalogue.edit")
def move_variant(variant_id: int) -> Any:
    """Move a variant up or down, stop selling it, or sell it again."""
    by = current_actor()
    ways = {
        "up": (lambda: actions.move_variant(variant_id, -1, by=by), _("It is moved.")),
        "down": (lambda: actions.move_variant(variant_id, +1, by=by), _("It is moved.")),
        "withdraw": (
            lambda: actions.withdraw_variant(variant_id, by=by),
            _("It is no longer sold. Orders that name it keep it."),
        ),
        "sell": (lambda: actions.sell_variant(variant_id, by=by), _("It is sold again.")),
    }
    if (way := ways.get(request.form.get("to", ""))) is None:
        raise NotFound()
    desk = variant_by_id(variant_id)
    return done(*way, url_for("staff.variants", product_id=desk.product_id))


@dataclass(frozen=True, slots=True)
class PriceTable:
    """A variant's prices, the newest first, and their line."""

    choice: str
    line: Sparkline | None
    rows: tuple[tuple[str, PricePast], ...]


@blueprint.get(f"/products/{PRODUCT}/prices")
@open_to("catalogue.view")
def prices(product_id: int) -> str:
    """Every price that a product's variants ever had. Five statements."""
    desk, past = product_desk(product_id), prices_of(product_id)
    tables = [
        PriceTable(
            each.choice,
            sparkline([(price.at, price.price.minor) for price in past.get(each.id, ())]),
            tuple((moment_text(price.at), price) for price in reversed(past.get(each.id, []))),
        )
        for each in variants_of(product_id)
    ]
    return render_template(
        "staff/prices.html",
        product=desk,
        state=state_tag(desk.state),
        tables=tables,
        variants_url=url_for("staff.variants", product_id=product_id),
        tabs=tabs(product_id, "staff.prices"),
        crumbs=product_crumbs(desk.title, product_id, here=_("Prices")),
        notices=notices(),
    )
