"""Sending something back: the form, what it would come to, the request's page, and the slip for the parcel.

Knows addresses and answers; refuses to decide anything. The question writes nothing, so it may be asked again.
"""

from collections.abc import Mapping
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext as _

from storefront import clock
from storefront.accounts.access import find_customer
from storefront.errors import NotFound, Refused
from storefront.orders.access import opens
from storefront.orders.models import id_of_number
from storefront.orders.money_back import Actor
from storefront.orders.queries import OrderRecord, order_record
from storefront.policies.queries import policy_by_id
from storefront.refunds.asking import Changed, Sent, preview_return, request_exception, request_return
from storefront.refunds.return_records import ReturnRecord, return_record
from storefront.refunds.returnable import returnable_of
from storefront.refunds.taking_back import take_back_return
from storefront.refunds.weighing import Asked
from storefront.shop.blueprint import blueprint
from storefront.shop.forms import ReturnForm, asked_back
from storefront.shop.frame import Link
from storefront.shop.order_views import let_in, require_sight
from storefront.shop.return_page import checked, offered, reasons, return_title, ways_back
from storefront.shop.return_slip import slip
from storefront.shop.return_standing import return_printed
from storefront.web import csrf, no_store, open_to

_ORDER = f"/orders/<int(max={2**63 - 1}):number>/returns"
_ONE = f"{_ORDER}/<int(max={2**63 - 1}):return_id>"
Wrong = tuple[tuple[str, str], ...]


@blueprint.get(_ORDER)
@open_to("everyone")
@no_store
def ask_return(number: int) -> str:
    """The lines that can be sent back, each with what the guarantee says of it, and why."""
    require_sight(id_of_number(number))
    return _form(order_record(id_of_number(number)), ReturnForm(formdata=None), {})


@blueprint.post(f"{_ORDER}/preview")
@open_to("everyone")
@no_store
def check_return(number: int) -> Any:
    """What the form comes to, as a question; or the form again, to be changed."""
    require_sight(id_of_number(number))
    record, form = order_record(id_of_number(number)), ReturnForm()
    if "change" in request.form:
        return _form(record, form, request.form)
    if not form.validate():
        return _form(record, form, request.form, wrong=_faults(form)), 422
    try:
        return _question(record, form, _asked(record, form))
    except Refused as refusal:
        return _form(record, form, request.form, wrong=_wrong(refusal)), 422


@blueprint.post(_ORDER)
@open_to("everyone")
@no_store
def send_return(number: int) -> Any:
    """Send the request; the same form again leads to the same request."""
    order_id = id_of_number(number)
    require_sight(order_id)
    record, form = order_record(order_id), ReturnForm()
    if not form.validate():
        return _form(record, form, request.form, wrong=_faults(form)), 422
    send = request_exception if "exception" in request.form else request_return
    try:
        asked = _asked(record, form)
        sent = Sent(asked, _minor(form.shown.data), form.form_key.data or "")
        return_id = send(order_id, sent, by=_shopper())
    except Changed as refusal:
        return _question(record, form, asked, messages=[refusal.message]), 409
    except Refused as refusal:
        return _form(record, form, request.form, wrong=_wrong(refusal)), 409
    return redirect(url_for("shop.one_return", number=number, return_id=return_id), 303)


@blueprint.get(_ONE)
@open_to("everyone")
@no_store
def one_return(number: int, return_id: int) -> Any:
    """A request: how it stands and what comes next. A signed link, as mails have it, lets the browser in."""
    order_id, key = id_of_number(number), request.args.get("key")
    if key is not None:
        here = url_for("shop.one_return", number=number, return_id=return_id)
        return let_in(order_id, to=here) if opens(key, order_id) else abort(404)
    return _one(_found(order_id, return_id), number)


def _one(found: ReturnRecord, number: int, *, wrong: str = "") -> str:
    shown = return_printed(found)
    return render_template(
        "shop/returned.html",
        back=shown,
        wrong=wrong,
        order_url=url_for("shop.order", number=number),
        number=number,
        crumbs=[*_crumbs(number), Link(_("Return %(number)s", number=shown.number), "")],
    )


@blueprint.post(f"{_ONE}/take-back")
@open_to("everyone")
@no_store
def take_back(number: int, return_id: int) -> Any:
    """Take a request back, which the page has asked about; taken back before, it leads to the same page."""
    csrf.protect()
    order_id = id_of_number(number)
    require_sight(order_id)
    try:
        take_back_return(return_id, order_id=order_id, by=_shopper())
    except NotFound:
        abort(404)
    except Refused as refusal:
        return _one(_found(order_id, return_id), number, wrong=refusal.message), 409
    return redirect(url_for("shop.one_return", number=number, return_id=return_id), 303)


@blueprint.get(f"{_ONE}/slip")
@open_to("everyone")
@no_store
def return_slip(number: int, return_id: int) -> str:
    """The slip that comes with the goods, to print; 404 where no goods are awaited."""
    order_id = id_of_number(number)
    found = _found(order_id, return_id)
    if not return_printed(found).slip_url:
        abort(404)
    order = order_record(order_id).order
    promise = policy_by_id(found.request.policy_version_id).document.money_back
    paper = slip(order, found, promise)
    return render_template(
        "shop/paper.html",
        paper=paper,
        order_url=url_for("shop.order", number=number),
        crumbs=[*_crumbs(number), Link(paper.title, "")],
    )


def _found(order_id: int, return_id: int) -> ReturnRecord:
    require_sight(order_id)
    try:
        found = return_record(return_id)
    except NotFound:
        abort(404)
    if found.request.order_id != order_id:
        abort(404)
    return found


def _crumbs(number: int) -> list[Link]:
    return [Link(_("Order %(number)s", number=number), url_for("shop.order", number=number))]


def _shopper() -> Actor:
    person = find_customer()
    return "customer", person.id if person else None


def _asked(record: OrderRecord, form: ReturnForm) -> Asked:
    return asked_back(form, request.form, line_ids=[line.id for line in record.lines])


def _minor(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else -1


def _question(
    record: OrderRecord, form: ReturnForm, asked: Asked, *, messages: list[str] | None = None
) -> str:
    of, weighed = preview_return(record.order.id, asked)
    number = record.order.number
    kept = [(f"pieces-{line_id}", str(pieces)) for line_id, pieces in asked.pieces.items() if pieces]
    kept += [("reason", asked.reason), ("note", asked.note), ("form_key", form.form_key.data or "")]
    kept.append(("to_credit", "1" if asked.to_credit else ""))
    return render_template(
        "shop/return_check.html",
        check=checked(record.order, of, weighed, asked=asked),
        said=asked.note,
        messages=messages or [],
        kept=[*kept, ("shown", str(weighed.amount.minor))],
        action=url_for("shop.send_return", number=number),
        change_url=url_for("shop.check_return", number=number),
        crumbs=[*_crumbs(number), Link(return_title(record.order), "")],
    )


def _wrong(refusal: Refused) -> Wrong:
    if not refusal.message:
        raise refusal
    return ((refusal.field or "", refusal.message),)


def _faults(form: ReturnForm) -> Wrong:
    if form.csrf_token.errors:
        return (("", _("This page was open for too long. Please send it once more.")),)
    return tuple((name or "", errors[0]) for name, errors in form.errors.items())


def _form(record: OrderRecord, form: ReturnForm, typed: Mapping[str, str], *, wrong: Wrong = ()) -> str:
    of, number = returnable_of(record, at=clock.now()), record.order.number
    form.reason.choices = reasons(of)
    for name, text in wrong:
        if name in form:
            form[name].errors = [text]
    return render_template(
        "shop/return.html",
        form=form,
        lines=offered(record, of, typed, dict(wrong)),
        problem=of.problem,
        can_ask=of.is_any_left,
        ways=ways_back(record.order, form) if of.at_stripe else [],
        wrong=wrong,
        action=url_for("shop.check_return", number=number),
        order_url=url_for("shop.order", number=number),
        title=return_title(record.order),
        is_sent=record.order.has_shipped,
        crumbs=[*_crumbs(number), Link(return_title(record.order), "")],
    )
