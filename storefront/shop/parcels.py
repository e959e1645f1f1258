"""Parcels as the order's page and its mails print them.

Knows words for what is on its way; refuses to read anything: the record is handed in.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from storefront.orders.carriers import carrier_name, tracking_url
from storefront.orders.models import Fulfilment
from storefront.orders.queries import OrderRecord, ShipmentShown
from storefront.web.text import day_text


@dataclass(frozen=True, slots=True)
class ParcelPrinted:
    """A parcel: `url` is where it can be followed, None where the carrier has no such page or no number is known."""

    id: int
    title: str
    carrier: str
    number: str | None
    url: str | None
    sent: str
    arrived: str | None
    pieces: tuple[str, ...]


def parcels(record: OrderRecord) -> tuple[ParcelPrinted, ...]:
    """The parcels of an order, in the order they left."""
    return tuple(_parcel(record, shipment) for shipment in record.shipments)


def parcel(record: OrderRecord, shipment_id: int) -> ParcelPrinted:
    """One parcel of the order; raises StopIteration where it is not of this order: a bug."""
    return next(each for each in parcels(record) if each.id == shipment_id)


def _parcel(record: OrderRecord, shipment: ShipmentShown) -> ParcelPrinted:
    carrier = carrier_name(shipment.carrier)
    number = [each.id for each in record.shipments].index(shipment.id) + 1
    is_only = len(record.shipments) == 1 and record.order.fulfilment != Fulfilment.PARTLY
    return ParcelPrinted(
        id=shipment.id,
        title=_("Parcel with %(carrier)s", carrier=carrier)
        if is_only
        else _("Parcel %(number)s, with %(carrier)s", number=number, carrier=carrier),
        carrier=carrier,
        number=shipment.tracking_number,
        url=tracking_url(shipment.carrier, shipment.tracking_number),
        sent=_("Sent on %(day)s", day=day_text(shipment.shipped_at)),
        arrived=_("Arrived on %(day)s", day=day_text(shipment.delivered_on))
        if shipment.delivered_on
        else None,
        pieces=tuple(f"{quantity} × {title}" for _line, title, quantity in shipment.pieces),
    )


def happened(record: OrderRecord) -> Iterator[tuple[str, str]]:
    """What became of the parcels, as titles and days: each when it left, and the last when it arrived."""
    for each in record.shipments:
        pieces = sum(quantity for _line, _title, quantity in each.pieces)
        title = (
            _("Handed to %(carrier)s", carrier=carrier_name(each.carrier))
            if len(record.shipments) == 1 and record.order.fulfilment != Fulfilment.PARTLY
            else ngettext(
                "%(num)d piece handed to %(carrier)s",
                "%(num)d pieces handed to %(carrier)s",
                pieces,
                carrier=carrier_name(each.carrier),
            )
        )
        yield title, day_text(each.shipped_at)
    if record.all_delivered_on is not None:
        yield _("With you"), day_text(record.all_delivered_on)
