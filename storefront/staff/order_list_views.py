"""The list of orders, the box that leads to one, and the file of all that a list holds.

Knows their addresses; refuses to know how orders are found.
"""

from typing import Any

from flask import Response, abort, redirect, render_template, request, stream_with_context, url_for

from storefront import clock
from storefront.accounts.access import current_actor, current_customer
from storefront.config import settings
from storefront.orders.exporting import note_export
from storefront.orders.kept_views import views_of
from storefront.orders.listing import PAGE, listed
from storefront.orders.queries import find_order
from storefront.staff import order_list
from storefront.staff.blueprint import blueprint
from storefront.staff.bulk import acts
from storefront.staff.frame import may_open
from storefront.staff.order_filters import (
    LONGEST_SEARCH,
    file_url,
    filters_of,
    in_address,
    list_url,
    number_typed,
    place_in,
    sought_of,
)
from storefront.staff.orders_file import orders_file
from storefront.web import open_to
from storefront.web.notices import notices


@blueprint.get("/orders")
@open_to("orders.view")
def orders() -> Any:
    """The list; 400 where something in its address cannot be understood, with all that can."""
    form = filters_of(request.args)
    page = listed(
        sought_of(form),
        after=place_in(request.args, "after"),
        before=place_in(request.args, "before"),
        size=PAGE,
    )
    values = in_address(form)
    kept = views_of(current_customer().id)
    rendered = render_template(
        "staff/orders.html",
        form=form,
        rows=[order_list.shown(row) for row in page.rows],
        chips=order_list.chips(form),
        views=order_list.views(form, kept),
        own=order_list.own_views(form, kept),
        notices=notices(),
        pager=order_list.pager(page, form),
        action=url_for("staff.orders"),
        new_url=url_for("staff.new_order") if may_open("staff.new_order") else None,
        file_url=file_url(values) if may_open("staff.orders_csv") else None,
        acts=acts() if may_open("staff.chosen_orders") else (),
        chosen_url=url_for("staff.chosen_orders"),
        clear_url=list_url({"sort": values["sort"]} if "sort" in values else {}),
    )
    return rendered, 400 if form.errors else 200


@blueprint.get("/orders.csv")
@open_to("orders.export")
def orders_csv() -> Response:
    """All orders that the list with the same filters goes through, as a file; who took it is on record."""
    form = filters_of(request.args)
    if form.errors:
        abort(400)
    note_export(filters=in_address(form), by=current_actor())
    lines = stream_with_context(orders_file(sought_of(form)))
    response = Response(lines, mimetype="text/csv")
    name = f"orders-{clock.today(settings().timezone)}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.get("/orders/go")
@open_to("orders.view")
def go_to_order() -> Any:
    """To the order of that number; to the list with what was typed where there is none."""
    typed = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    number = number_typed(typed)
    if number is not None and find_order(number) is not None:
        return redirect(url_for("staff.order", number=number), 303, Response)
    return redirect(url_for("staff.orders", q=typed or None), 303, Response)
