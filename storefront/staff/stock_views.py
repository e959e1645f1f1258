"""Stock for staff: what is low, what moved and why, and counts that change with a cause.

Knows addresses and answers; refuses to know rules.
"""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, SelectField, StringField
from wtforms.validators import Length

from storefront.accounts.access import current_actor
from storefront.catalogue import actions
from storefront.catalogue.adjusting import shown_count
from storefront.catalogue.models import Cause
from storefront.catalogue.stock_desk import StockRow, count_low, movements, stock_row, stock_rows
from storefront.errors import NotFound, Refused
from storefront.staff.blueprint import blueprint
from storefront.staff.frame import Crumb
from storefront.staff.goods_forms import refuse
from storefront.staff.goods_words import ID, Chip, Pager, cause_names, may
from storefront.staff.stock_forms import AdjustForm, ThresholdForm
from storefront.staff.stock_moved import in_words
from storefront.web import open_to
from storefront.web.notices import notices

VARIANT = ID % "variant_id"


class StockFilters(Form):
    """What is looked for, as GET sends it."""

    find = StringField(
        _l("Title or article number"),
        filters=[lambda typed: (typed or "").replace("\0", "").strip()],
        validators=[Length(max=200)],
        render_kw={"type": "search", "maxlength": 200},
    )
    only = SelectField(_l("Show"), default="")


@blueprint.get("/stock")
@open_to("catalogue.view")
def stock() -> str:
    """Variants and their counts, a page at a time. Two statements."""
    form = StockFilters(request.args)
    form.only.choices = [
        ("", _("All")),
        ("low", _("Low")),
        ("out", _("Sold out")),
        ("uncounted", _("Not counted")),
    ]
    is_right, after = form.validate(), request.args.get("after", type=int)
    page = stock_rows(
        find=form.find.data if is_right else "",
        only=form.only.data if is_right else "",
        after=after if after and 0 < after < 2**63 else None,
    )
    kept: dict[str, Any] = {
        name: value for name, value in request.args.items() if name in ("find", "only") and value
    }
    following = url_for("staff.stock", **kept, after=page.following) if page.following else None
    return render_template(
        "staff/stock.html",
        rows=page.rows,
        low=count_low(),
        low_url=url_for("staff.stock", only="low"),
        form=form,
        chips=_chips(form, kept),
        here=url_for("staff.stock"),
        pager=Pager(_("Pages of stock"), "", following, url_for("staff.stock", **kept) if after else None),
        notices=notices(),
    )


def _chips(form: StockFilters, kept: dict[str, str]) -> list[Chip]:
    chips = []
    for field in form:
        if field.name in kept:
            names = dict(getattr(field, "choices", None) or ())
            rest = {name: value for name, value in kept.items() if name != field.name}
            label = f"{field.label.text}: {names.get(kept[field.name], kept[field.name])}"
            chips.append(Chip(label, url_for("staff.stock", **rest)))  # type: ignore[arg-type]
    return chips


@blueprint.get(f"/stock/{VARIANT}")
@open_to("catalogue.view")
def stock_of(variant_id: int) -> str:
    """A variant's count, the form to change it, and all that ever moved. Four statements."""
    row = stock_row(variant_id)
    form, threshold = AdjustForm(formdata=None), ThresholdForm(formdata=None)
    form.offer(cause_names())
    form.seen.data = shown_count(row.on_hand)
    threshold.low_at.data = row.own_low_at
    return _page(row, form, threshold, [])


@blueprint.post(f"/stock/{VARIANT}")
@open_to("stock.adjust")
def adjust_stock(variant_id: int) -> Any:
    """Change a count with a cause; the same form sent twice changes it once."""
    form, messages = AdjustForm(), []
    form.offer(cause_names())
    if form.validate():
        try:
            changed = _adjust(variant_id, form)
        except NotFound:
            raise
        except Refused as error:
            messages = refuse(form, error)
            form.seen.data = shown_count(stock_row(variant_id).on_hand)
        else:
            flash(_("Saved.") if changed else _("This was saved before."), "good")
            return redirect(url_for("staff.stock_of", variant_id=variant_id), 303)
    row, threshold = stock_row(variant_id), ThresholdForm(formdata=None)
    threshold.low_at.data = row.own_low_at
    return _page(row, form, threshold, messages), 400


def _adjust(variant_id: int, form: AdjustForm) -> bool:
    by, pieces, seen = current_actor(), form.pieces.data, form.seen.data or ""
    if form.cause.data == "uncounted":
        return actions.count_stock(variant_id, None, said=form.said, seen=seen, by=by)
    if pieces is None:
        raise Refused(_("Say how many pieces: a whole number."), field="pieces")
    cause = Cause(form.cause.data)
    if cause is Cause.COUNTED:
        return actions.count_stock(variant_id, pieces, said=form.said, seen=seen, by=by)
    return actions.move_stock(variant_id, pieces, cause=cause, said=form.said, by=by)


@blueprint.post(f"/stock/{VARIANT}/threshold")
@open_to("stock.adjust")
def set_threshold(variant_id: int) -> Any:
    """Say from how many pieces down a variant is low."""
    form = ThresholdForm()
    if not form.validate():
        flash(_("Please enter a whole number."), "bad")
    else:
        try:
            actions.set_threshold(variant_id, form.low_at.data, by=current_actor())
        except NotFound:
            raise
        except Refused as error:
            flash(error.message, "bad")
        else:
            flash(_("Saved."), "good")
    return redirect(url_for("staff.stock_of", variant_id=variant_id), 303)


def _page(row: StockRow, form: AdjustForm, threshold: ThresholdForm, messages: list[str]) -> str:
    after = request.args.get("after", type=int)
    page = movements(row.id, after=after if after and 0 < after < 2**63 else None)
    here = url_for("staff.stock_of", variant_id=row.id)
    following = url_for("staff.stock_of", variant_id=row.id, after=page.following) if page.following else None
    return render_template(
        "staff/stock_of.html",
        row=row,
        form=form,
        threshold=threshold,
        messages=messages,
        moved=in_words(page.rows),
        pager=Pager(_("Pages of movements"), "", following, here if after else None),
        crumbs=[Crumb(_("Stock"), url_for("staff.stock")), Crumb(row.title, "")],
        may_adjust=may("stock.adjust"),
        notices=notices(),
    )
