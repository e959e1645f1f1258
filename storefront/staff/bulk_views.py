"""Orders chosen from the list: the question before something is done to all of them, and what became of each.

Knows addresses and answers; refuses to do anything to an order itself.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from storefront.accounts.access import current_actor
from storefront.checkout.cancelled import REASONS
from storefront.orders.carriers import choices
from storefront.orders.models import id_of_number
from storefront.orders.rows import OrderRow, rows_by_id
from storefront.payments.models import new_id
from storefront.staff.blueprint import blueprint
from storefront.staff.bulk import BY_CODE, NOTHING_SAID, SLIPS, Act, Done, Said, do_all, problems
from storefront.staff.frame import Crumb
from storefront.staff.order_filters import number_typed
from storefront.staff.order_list import parcel_text, payment_tag
from storefront.web import csrf, open_to
from storefront.web.text import money_text

# More than a page of the list has; a form has at most 200 fields, and each order has two of them.
MOST_CHOSEN = 95


@blueprint.get("/orders/chosen")
@open_to("orders.edit")
def chosen_orders() -> Any:
    """The question what to do with the chosen orders; packing slips are printed at once, they change nothing."""
    rows = _chosen(request.args.getlist("n"))
    if request.args.get("act") == SLIPS and rows:
        return redirect(url_for("staff.packing_slips", n=[row.number for row in rows]), 303, Response)
    return _page(_act(request.args.get("act", "")), rows)


@blueprint.post("/orders/chosen")
@open_to("orders.edit")
def do_to_chosen() -> Any:
    """Do it, and tell of each order where it could not be done."""
    csrf.protect()
    act, rows = _act(request.form.get("act", "")), _chosen(request.form.getlist("n"))
    key = request.form.get("key", "")
    if not key or not rows:
        return _page(act, rows), 422
    said = Said(
        carrier=request.form.get("carrier", ""),
        tracking={row.number: request.form.get(f"tracking_{row.number}", "") for row in rows},
        reason=request.form.get("reason", ""),
    )
    if wrong := problems(act, said):
        return _page(act, rows, said=said, wrong=wrong), 422
    done = do_all(act, rows, form_key=key, said=said, by=current_actor())
    return _page(act, (), done=done), 200 if not done.refused else 409


def _act(code: str) -> Act:
    return BY_CODE.get(code) or abort(404)


def _chosen(numbers: list[str]) -> tuple[OrderRow, ...]:
    """The orders of these numbers, each once; what is no number of ours is nobody's."""
    found = [number for text in numbers[:MOST_CHOSEN] if (number := number_typed(text)) is not None]
    return rows_by_id([id_of_number(number) for number in dict.fromkeys(found)])


def _page(
    act: Act,
    rows: tuple[OrderRow, ...],
    *,
    done: Done | None = None,
    said: Said = NOTHING_SAID,
    wrong: Mapping[str, str] | None = None,
) -> str:
    fitting = [row for row in rows if act.fits(row)]
    back = url_for("staff.orders")
    return render_template(
        "staff/bulk.html",
        title=act.title,
        confirm=_question(act, fitting, back_url=back) if fitting else None,
        carriers=choices() if act.asks_parcel else (),
        parcels=_parcels(fitting, said) if act.asks_parcel else (),
        reasons=REASONS if act.asks_reason else {},
        said=said,
        wrong=wrong or {},
        left_out=_left_out(len(rows) - len(fitting)),
        done=act.done(done.count) if done and done.count else "",
        refused=[
            {"number": number, "url": url_for("staff.order", number=number), "why": why}
            for number, why in (done.refused if done else ())
        ],
        back_url=back,
        crumbs=[Crumb(_("Orders"), back), Crumb(str(act.title), "")],
    )


def _question(act: Act, fitting: Sequence[OrderRow], *, back_url: str) -> dict[str, Any]:
    """What is to be confirmed; where a parcel is asked for, each order stands beside its fields instead."""
    subjects = [] if act.asks_parcel else [{"title": str(row.number), "text": _said(row)} for row in fitting]
    return {
        "action": url_for("staff.do_to_chosen"),
        "lead": act.lead(len(fitting)),
        "subjects": subjects,
        "more": "",
        "kept": [("act", act.code), ("key", new_id("form")), *(("n", row.number) for row in fitting)],
        "button": act.button,
        "bad": act.is_bad,
        "back_url": back_url,
    }


def _parcels(fitting: Sequence[OrderRow], said: Said) -> list[dict[str, Any]]:
    return [
        {"number": row.number, "text": _said(row), "typed": said.tracking.get(row.number, "")}
        for row in fitting
    ]


def _left_out(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "%(num)d chosen order is left out: this cannot be done to it.",
        "%(num)d chosen orders are left out: this cannot be done to them.",
        count,
    )


def _said(row: OrderRow) -> str:
    parts = (row.name or row.email, money_text(row.total), payment_tag(row).text, parcel_text(row))
    return ", ".join(part for part in parts if part)
