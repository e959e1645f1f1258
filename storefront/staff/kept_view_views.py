"""A person's own views of the list of orders: keeping one under a name, and taking one away.

Knows addresses and answers; refuses to know what the filters ask for.
"""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _

from storefront.accounts.access import current_customer
from storefront.errors import NotFound, Refused
from storefront.orders import kept_views
from storefront.staff.blueprint import blueprint
from storefront.staff.order_filters import filters_of, in_address, list_url
from storefront.web import csrf, open_to


@blueprint.post("/orders/views")
@open_to("orders.view")
def keep_order_view() -> Any:
    """Keep the filters that stand in this address under the name that was typed."""
    csrf.protect()
    values = in_address(filters_of(request.args))
    try:
        kept_views.keep_view(current_customer().id, name=request.form.get("name", ""), filters=values)
    except Refused as refusal:
        flash(refusal.message, "bad")
    else:
        flash(_("The view is kept. It stands above the list whenever you are signed in."), "good")
    return redirect(list_url(values), 303)


@blueprint.post("/orders/views/<int(max=9223372036854775807):view_id>/remove")
@open_to("orders.view")
def remove_order_view(view_id: int) -> Any:
    """Take one of the person's own views away."""
    csrf.protect()
    try:
        kept_views.remove_view(current_customer().id, view_id)
    except NotFound:
        abort(404)
    flash(_("The view is removed."), "good")
    return redirect(url_for("staff.orders"), 303)
