"""What staff do to one order: send it, say when it arrived, note what they know about it.

Knows what may be done and when; refuses to know who may do it. Cancelling asks Stripe: it is in `checkout`.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import audit, clock, mail
from storefront.config import settings
from storefront.database import lock, session, transaction
from storefront.errors import NotFound, Refused
from storefront.mail.queries import mail_of_id, sent_of
from storefront.orders.carriers import require_carrier, tidy_number
from storefront.orders.finding import index_order
from storefront.orders.issuing import GIFT_CARDS
from storefront.orders.models import Order, OrderLine, OrderNote
from storefront.orders.parcels import Shipment, ShipmentLine, keep_fulfilment, send_pieces
from storefront.orders.steps import SHOPPER, Actor, lock_order

LONGEST_NOTE = 5000
# How often a shopper has one mail sent once more.
MOST_RESENT = 5


def ship(
    order_id: int, *, pieces: Mapping[int, int], carrier: str, tracking_number: str, key: str, by: Actor
) -> int:
    """Send pieces, by line id, in one parcel, owe the shopper a mail about it, and answer the shipment's id.

    The same `key` again is the same shipment. Raises Refused (NotThatMany where fewer are left), NotFound.
    """
    require_carrier(carrier)
    number = tidy_number(tracking_number)
    with transaction():
        order = lock_order(order_id)
        earlier = _earlier(key)
        if earlier is not None:
            return _the_same(earlier, order_id)
        if not order.is_paid:
            raise Refused(_("Only a paid order is sent."))
        shipment = Shipment(
            order_id=order.id, key=key, carrier=carrier, tracking_number=number, shipped_at=clock.now()
        )
        return _send(order, shipment, pieces, by=by)


def ship_rest(order_id: int, *, carrier: str, tracking_number: str, key: str, by: Actor) -> int:
    """Send all that is left of an order as `ship` does, if it still is to be sent: not where all of its money has
    gone back meanwhile, or is on its way."""
    require_carrier(carrier)
    number = tidy_number(tracking_number)
    with transaction() as current:
        order = lock_order(order_id)
        earlier = _earlier(key)
        if earlier is not None:
            return _the_same(earlier, order_id)
        if not order.is_paid:
            raise Refused(_("Only a paid order is sent."))
        if not order.is_to_ship:
            raise Refused(_("Nothing of it is to be sent: it has left, or its money goes back."))
        mine = sa.select(OrderLine).where(OrderLine.order_id == order_id)
        lines = current.scalars(mine, execution_options={"populate_existing": True})
        pieces = {line.id: line.to_ship for line in lines if line.to_ship}
        shipment = Shipment(
            order_id=order.id, key=key, carrier=carrier, tracking_number=number, shipped_at=clock.now()
        )
        return _send(order, shipment, pieces, by=by)


def _earlier(key: str) -> Shipment | None:
    found: Shipment | None = session().scalar(sa.select(Shipment).where(Shipment.key == key))
    return found


def _send(order: Order, shipment: Shipment, pieces: Mapping[int, int], *, by: Actor) -> int:
    current = session()
    send_pieces(order, pieces)
    current.add(shipment)
    current.flush()
    current.add_all(
        ShipmentLine(shipment_id=shipment.id, order_line_id=line_id, quantity=quantity)
        for line_id, quantity in sorted(pieces.items())
    )
    keep_fulfilment(order)
    index_order(order.id)
    _tell(order, shipment, by=by, pieces=sum(pieces.values()))
    return shipment.id


def _the_same(earlier: Shipment, order_id: int) -> int:
    if earlier.order_id != order_id:
        raise Refused(_("This form belongs to another order. Please open the order again."))
    return earlier.id


def _tell(order: Order, shipment: Shipment, *, by: Actor, pieces: int) -> None:
    mail.owe(
        "shipment",
        subject=f"shipment:{shipment.id}",
        recipient=order.email,
        facts={"order_id": order.id, "shipment_id": shipment.id},
    )
    detail = {
        "pieces": (None, pieces),
        "carrier": (None, shipment.carrier),
        "tracking_number": (None, shipment.tracking_number),
    }
    audit.record("order.shipped", subject=("order", order.id), actor=by, code=str(shipment.id), detail=detail)


def correct_tracking(shipment_id: int, *, carrier: str, tracking_number: str, by: Actor) -> None:
    """Put a shipment's carrier and number right; nobody is written to. Raises Refused, NotFound."""
    require_carrier(carrier)
    number = tidy_number(tracking_number)
    with transaction():
        order, shipment = _locked(shipment_id)
        before = {"carrier": shipment.carrier, "tracking_number": shipment.tracking_number}
        after = {"carrier": carrier, "tracking_number": number}
        if before == after:
            return
        shipment.carrier, shipment.tracking_number = carrier, number
        index_order(order.id)
        record_change(
            order, "order.tracking_corrected", by=by, code=str(shipment.id), before=before, after=after
        )


def deliver(shipment_id: int, *, on: date, by: Actor) -> None:
    """Say on which day (the shop's) a parcel arrived; the same day again changes nothing, another corrects it.

    Raises Refused for a day before it was sent or to come, NotFound.
    """
    zone = settings().timezone
    with transaction():
        order, shipment = _locked(shipment_id)
        if on < shipment.shipped_at.astimezone(zone).date():
            raise Refused(_("It cannot have arrived before it was sent."), field="delivered_on")
        if on > clock.now().astimezone(zone).date():
            raise Refused(_("That day is still to come."), field="delivered_on")
        before = shipment.delivered_on
        if before == on:
            return
        shipment.delivered_on = on
        keep_fulfilment(order)
        record_change(
            order,
            "order.delivered",
            by=by,
            code=str(shipment.id),
            before={"delivered_on": before},
            after={"delivered_on": on},
        )


def _locked(shipment_id: int) -> tuple[Order, Shipment]:
    order_id = None
    if 0 < shipment_id < 2**63:
        order_id = session().scalar(sa.select(Shipment.order_id).where(Shipment.id == shipment_id))
    if order_id is None:
        raise NotFound()
    return lock_order(order_id), lock(Shipment, shipment_id)


def add_note(order_id: int, *, text: str, key: str, by: Actor) -> int:
    """Keep what staff wrote about an order and answer the note's id; the same `key` again is the same note.

    Raises Refused on nothing and on too much, NotFound.
    """
    text = text.replace("\r\n", "\n").strip()
    if not text or "\x00" in text:
        raise Refused(_("Please write something."), field="text")
    if len(text) > LONGEST_NOTE:
        raise Refused(_("Please use at most %(most)s characters.", most=LONGEST_NOTE), field="text")
    with transaction() as current:
        order = lock_order(order_id)
        earlier = current.scalar(sa.select(OrderNote.id).where(OrderNote.key == key))
        if earlier is not None:
            return int(earlier)
        kind, author = by
        note = OrderNote(
            order_id=order.id,
            key=key,
            author_kind=kind,
            author_id=None if author is None else str(author),
            text=text,
            at=clock.now(),
        )
        current.add(note)
        current.flush()
        index_order(order.id)
        audit.record("order.noted", subject=("order", order.id), actor=by, code=str(note.id))
        return note.id


def erase_note(note_id: int, *, order_id: int, by: Actor) -> None:
    """Remove what a note of the order says; that there was one, by whom and when, stays. Raises NotFound."""
    with transaction():
        order = lock_order(order_id)
        note: OrderNote | None = lock(OrderNote, note_id) if 0 < note_id < 2**63 else None
        if note is None or note.order_id != order.id:
            raise NotFound()
        if note.text is None:
            return
        note.text, note.erased_at = None, clock.now()
        index_order(order.id)
        audit.record("order.note_erased", subject=("order", order.id), actor=by, code=str(note.id))


def resend_mail(mail_id: int, *, order_id: int, by: Actor) -> int:
    """Owe a mail about the order once more, with the same words; the new row's id. To the shopper it goes where the
    order writes to now, but for codes of gift cards, which are money: those go to whom they went. Raises NotFound for
    a mail about something else."""
    with transaction():
        order = lock_order(order_id)
        first = mail_of_id(mail_id, order_id=order.id)
        stays = first.is_money or first.recipient == settings().staff_email
        again = mail.resend(mail_id, to=first.recipient if stays else order.email)
        audit.record("order.mail_resent", subject=("order", order.id), actor=by, code=first.kind)
        return again


def send_codes_again(order_id: int) -> None:
    """Owe the mail with the codes of an order's gift cards once more, to whom it went. Raises NotFound where there is
    none, and Refused where it was sent often enough, or its words were erased."""
    with transaction():
        order = lock_order(order_id)
        first = sent_of(GIFT_CARDS, subject=f"order:{order.id}")
        if not first or not first[0].facts:
            raise NotFound()
        if len(first) > MOST_RESENT:
            raise Refused(_("We have sent it several times. Please write to us if it does not arrive."))
        mail.resend(first[0].id)
        audit.record("order.mail_resent", subject=("order", order.id), actor=SHOPPER, code=GIFT_CARDS)


def record_change(
    order: Order,
    verb: str,
    *,
    by: Actor,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    code: str | None = None,
) -> None:
    """Write what was changed about an order, before and after, by name. A step."""
    detail = {name: (before[name], value) for name, value in after.items() if before[name] != value}
    audit.record(verb, subject=("order", order.id), actor=by, code=code, detail=detail)
