"""Parcels of an order: sent, arrived, their tracking put right.

Knows forms and answers; refuses to count: what is left to send is the order's to say.
"""

import re
from datetime import date
from typing import Any

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _

from storefront.accounts.access import current_actor
from storefront.errors import NotFound, Refused
from storefront.orders import actions
from storefront.orders.carriers import choices
from storefront.orders.models import id_of_number
from storefront.orders.queries import ShipmentShown, order_record
from storefront.staff.blueprint import blueprint
from storefront.staff.order_views import ID, NUMBER, order_crumbs, order_shown, to_order
from storefront.web import csrf, open_to

_PIECES = re.compile(r"pieces_([0-9]{1,18})", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,10}", re.ASCII)


@blueprint.post(f"/orders/{NUMBER}/shipments")
@open_to("orders.edit")
def ship(number: int) -> Any:
    """Send a parcel; the same form again is the same parcel."""
    csrf.protect()
    form = request.form
    try:
        actions.ship(
            id_of_number(number),
            pieces=_pieces(),
            carrier=form.get("carrier", ""),
            tracking_number=form.get("tracking_number", ""),
            key=form.get("key", "")[:40],
            by=current_actor(),
        )
    except NotFound:
        raise
    except Refused as refusal:
        field = refusal.field or "ship"
        return order_shown(number, wrong=((field, refusal.message),), typed=form), 422
    return to_order(number, _("The parcel is on its way. The customer is written to."))


def _pieces() -> dict[int, int]:
    """Pieces by line, as they were typed; 0 and nothing are no pieces. Raises Refused."""
    if not request.form.get("key"):
        raise Refused(_("This form is not complete. Please open the order again."))
    pieces = {}
    for name, text in request.form.items():
        line = _PIECES.fullmatch(name)
        if line is None or text.strip() in {"", "0"}:
            continue
        if not _NUMBER.fullmatch(text.strip()):
            raise Refused(_("Please say how many pieces: whole numbers from 1."), field=name)
        pieces[int(line[1])] = int(text)
    return pieces


@blueprint.post(f"/orders/{NUMBER}/shipments/{ID}shipment_id>/delivery")
@open_to("orders.edit")
def deliver(number: int, shipment_id: int) -> Any:
    """Say on which day a parcel arrived."""
    csrf.protect()
    _shipment(number, shipment_id)
    field = f"delivered_on_{shipment_id}"
    try:
        actions.deliver(shipment_id, on=_day(request.form.get("delivered_on", "")), by=current_actor())
    except NotFound:
        raise
    except Refused as refusal:
        return order_shown(number, wrong=((field, refusal.message),)), 422
    return to_order(number, _("The day of arrival is kept."))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Refused(_("Please write the day as 2026-11-30.")) from None


@blueprint.get(f"/orders/{NUMBER}/shipments/{ID}shipment_id>")
@open_to("orders.edit")
def tracking(number: int, shipment_id: int) -> str:
    """The form that puts a parcel's carrier and number right."""
    found = _shipment(number, shipment_id)
    return _tracking_page(
        number, shipment_id, {"carrier": found.carrier, "tracking_number": found.tracking_number}
    )


@blueprint.post(f"/orders/{NUMBER}/shipments/{ID}shipment_id>")
@open_to("orders.edit")
def correct_tracking(number: int, shipment_id: int) -> Any:
    """Put a parcel's carrier and number right."""
    csrf.protect()
    _shipment(number, shipment_id)
    typed = {name: request.form.get(name, "") for name in ("carrier", "tracking_number")}
    try:
        actions.correct_tracking(shipment_id, **typed, by=current_actor())
    except NotFound:
        raise
    except Refused as refusal:
        return _tracking_page(
            number, shipment_id, typed, wrong=((refusal.field or "", refusal.message),)
        ), 422
    return to_order(number, _("The tracking is put right. Nobody was written to."))


def _tracking_page(
    number: int, shipment_id: int, typed: Any, *, wrong: tuple[tuple[str, str], ...] = ()
) -> str:
    return render_template(
        "staff/order/tracking.html",
        typed=typed,
        wrong=wrong,
        carriers=choices(),
        action=url_for("staff.correct_tracking", number=number, shipment_id=shipment_id),
        back_url=url_for("staff.order", number=number),
        crumbs=order_crumbs(number, _("Tracking")),
    )


def _shipment(number: int, shipment_id: int) -> ShipmentShown:
    """The parcel, if it is this order's; 404 for another's."""
    record = order_record(id_of_number(number))
    found = next((each for each in record.shipments if each.id == shipment_id), None)
    return found or abort(404)
