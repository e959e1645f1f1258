"""Whom an order writes to and where it goes, put right by staff.

Knows the checkout's own form, so that an address is held to the same rules here; refuses to know any rule of its own.
"""

from collections.abc import Sequence
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from storefront.accounts.access import current_actor
from storefront.checkout.addresses import address_lines
from storefront.checkout.forms import DetailsForm, details_form, kept_fields, without_areas
from storefront.errors import NotFound, Refused
from storefront.orders.amending import Stale, change_contact, change_delivery, fingerprint
from storefront.orders.models import Order, id_of_number
from storefront.orders.queries import order_record
from storefront.policies.queries import policy_by_id
from storefront.policies.rules import served_countries
from storefront.staff.blueprint import blueprint
from storefront.staff.order_views import NUMBER, order_crumbs, to_order
from storefront.web import csrf, open_to


@blueprint.get(f"/orders/{NUMBER}/contact")
@open_to("orders.edit")
def contact(number: int) -> str:
    """The form for the e-mail address."""
    order = _order(number)
    return _contact_page(order, _form(order, None), seen=fingerprint(order.email))


@blueprint.post(f"/orders/{NUMBER}/contact")
@open_to("orders.edit")
def save_contact(number: int) -> Any:
    """Write to another address from now on."""
    csrf.protect()
    order, seen = _order(number), request.form.get("seen", "")
    form = _form(order, request.form)
    if not form["email"].validate(form):
        return _contact_page(order, form, seen=seen), 422
    try:
        change_contact(order.id, email=form.typed_email, seen=seen, by=current_actor())
    except NotFound:
        raise
    except Stale as stale:
        both = [(_("What stands now"), [stale.standing]), (_("What you wrote"), [form.typed_email])]
        return _contact_page(
            _order(number), form, seen=fingerprint(stale.standing), said=stale.message, both=both
        ), 409
    except Refused as refusal:
        return _contact_page(order, form, seen=seen, said=refusal.message), 422
    return to_order(number, _("Mails about this order go to %(email)s now.", email=form.typed_email))


@blueprint.get(f"/orders/{NUMBER}/delivery")
@open_to("orders.edit")
def delivery(number: int) -> str:
    """The form for the delivery address."""
    order = _order(number)
    return _delivery_page(order, _form(order, None), seen=fingerprint(order.delivery))


@blueprint.post(f"/orders/{NUMBER}/delivery")
@open_to("orders.edit")
def save_delivery(number: int) -> Any:
    """Send it elsewhere; with `change`, the same form with another country's fields."""
    csrf.protect()
    order, seen = _order(number), request.form.get("seen", "")
    if "change" in request.form:
        return _delivery_page(order, _form(order, without_areas(request.form, "delivery")), seen=seen)
    form = _form(order, request.form)
    if not _is_delivery_right(form):
        return _delivery_page(order, form, seen=seen), 422
    try:
        change_delivery(order.id, delivery=form.delivery_address, seen=seen, by=current_actor())
    except NotFound:
        raise
    except Stale as stale:
        both = [
            (_("What stands now"), address_lines(stale.standing)),
            (_("What you wrote"), address_lines(form.delivery_address)),
        ]
        seen = fingerprint(stale.standing)
        return _delivery_page(_order(number), form, seen=seen, said=stale.message, both=both), 409
    except Refused as refusal:
        return _delivery_page(order, form, seen=seen, said=refusal.message), 422
    return to_order(number, _("The delivery address is changed."))


def _order(number: int) -> Order:
    return order_record(id_of_number(number)).order


def _form(order: Order, typed: Any) -> DetailsForm:
    """The checkout's form for one order: what is not asked here is as the order has it."""
    served = served_countries(policy_by_id(order.policy_version_id).document)
    known = sorted({*served, order.country})
    kept = kept_fields(order.email, order.delivery, None)
    if typed is not None:
        typed = MultiDict({**{name: str(value) for name, value in kept.items()}, **typed.to_dict()})
        typed["billing_same"] = "y"
    form = details_form(typed, kept=kept, likely_country=order.country, served=known, known=known)
    form["email"].description = _("Where mails about this order go.")
    return form


def _is_delivery_right(form: DetailsForm) -> bool:
    # Each field, also after a wrong one: all that is wrong is shown at once.
    results = [field.validate(form) for field in (form["country"], *form.delivery)]
    return all(results)


Both = Sequence[tuple[str, Sequence[str]]]


def _contact_page(order: Order, form: DetailsForm, *, seen: str, said: str = "", both: Both = ()) -> str:
    return render_template(
        "staff/order/contact.html",
        form=form,
        fields=[form["email"]],
        **_common(order, "staff.save_contact", _("Contact"), seen=seen, said=said, both=both),
    )


def _delivery_page(order: Order, form: DetailsForm, *, seen: str, said: str = "", both: Both = ()) -> str:
    return render_template(
        "staff/order/delivery.html",
        form=form,
        delivery=form.delivery,
        fields=[form["country"], *form.delivery],
        **_common(order, "staff.save_delivery", _("Delivery address"), seen=seen, said=said, both=both),
    )


def _common(order: Order, endpoint: str, title: str, *, seen: str, said: str, both: Both) -> dict[str, Any]:
    return {
        "action": url_for(endpoint, number=order.number),
        "back_url": url_for("staff.order", number=order.number),
        "seen": seen,
        "said": said,
        "both": both,
        "crumbs": order_crumbs(order.number, title),
    }
