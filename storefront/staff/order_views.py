"""One order for staff: its page, notes, and what may be put right about it.

Knows addresses and answers; refuses to decide anything: the rooms of orders and checkout do.
"""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from storefront.accounts.access import current_actor, current_customer
from storefront.errors import NotFound, Refused
from storefront.mail.queries import mail_of_id
from storefront.orders import actions
from storefront.orders.carriers import choices
from storefront.orders.models import id_of_number
from storefront.orders.queries import order_record
from storefront.payments.models import new_id
from storefront.staff.blueprint import blueprint
from storefront.staff.credit_words import listed
from storefront.staff.frame import Crumb, may_open
from storefront.staff.job_words import mail_title
from storefront.staff.order_facts import order_facts
from storefront.staff.order_page import mail_state, shown
from storefront.staff.order_ways import ship_fields, there, today, ways
from storefront.web import csrf, open_to
from storefront.web.notices import notices
from storefront.web.text import moment_text

NUMBER = f"<int(max={2**63 - 1}):number>"
ID = f"<int(max={2**63 - 1}):"


@blueprint.get(f"/orders/{NUMBER}")
@open_to("orders.view")
def order(number: int) -> str:
    """Everything about one order, what to do next first."""
    return order_shown(number)


def order_shown(
    number: int, *, wrong: tuple[tuple[str, str], ...] = (), typed: Mapping[str, str] | None = None
) -> str:
    """The order's page; with what was wrong (field, sentence) and what was typed when a form was refused."""
    facts = order_facts(id_of_number(number))
    person = current_customer()
    page = shown(facts)
    return render_template(
        "staff/order/page.html",
        order=page,
        cards=[listed(each) for each in facts.cards],
        sees_credit=may_open("staff.credit"),
        ways=ways(facts, may=person.may),
        may_edit=person.may("orders.edit"),
        form={
            "key": (typed or {}).get("key") or new_id("form"),
            "fields": ship_fields(facts, typed),
            "typed": typed,
        },
        carriers=choices(),
        today=today().isoformat(),
        wrong=wrong,
        crumbs=order_crumbs(number),
        notices=notices(),
    )


def order_crumbs(number: int, *more: str) -> list[Crumb]:
    """The way to a page of an order."""
    title = _("Order %(number)s", number=number)
    if not more:
        return [*orders_crumbs(), Crumb(title, "")]
    here = Crumb(title, url_for("staff.order", number=number))
    return [*orders_crumbs(), here, *(Crumb(each, "") for each in more)]


def orders_crumbs() -> list[Crumb]:
    """The way begins at the list of orders."""
    url = there("staff.orders")
    return [Crumb(_("Orders"), url)] if url else []


def to_order(number: int, said: str, *, fragment: str | None = None) -> Any:
    """Back to the order's page, which says what was done."""
    flash(said, "good")
    return redirect(url_for("staff.order", number=number, _anchor=fragment), 303)


@blueprint.post(f"/orders/{NUMBER}/notes")
@open_to("orders.edit")
def add_note(number: int) -> Any:
    """Keep a note."""
    csrf.protect()
    text, key = request.form.get("text", ""), request.form.get("key", "")[:40]
    try:
        actions.add_note(id_of_number(number), text=text, key=key or new_id("form"), by=current_actor())
    except NotFound:
        raise
    except Refused as refusal:
        return order_shown(number, wrong=(("note-text", refusal.message),), typed=request.form), 422
    return to_order(number, _("The note is kept."), fragment="notes")


@blueprint.get(f"/orders/{NUMBER}/notes/{ID}note_id>/erase")
@open_to("orders.edit")
def erase_note(number: int, note_id: int) -> str:
    """Ask before a note is erased."""
    order_record(id_of_number(number))
    confirm = {
        "action": url_for("staff.note_erased", number=number, note_id=note_id),
        "lead": _("Erase what this note says? That there was one, by whom and when, stays on record."),
        "subjects": [],
        "more": "",
        "kept": [],
        "button": _("Erase the note"),
        "bad": True,
        "back_url": url_for("staff.order", number=number, _anchor="notes"),
    }
    title = _("Erase a note")
    return render_template(
        "staff/order/confirm.html", title=title, confirm=confirm, crumbs=order_crumbs(number, title)
    )


@blueprint.post(f"/orders/{NUMBER}/notes/{ID}note_id>/erase")
@open_to("orders.edit")
def note_erased(number: int, note_id: int) -> Any:
    """Erase what a note says."""
    csrf.protect()
    actions.erase_note(note_id, order_id=id_of_number(number), by=current_actor())
    return to_order(number, _("The note is erased."), fragment="notes")


@blueprint.get(f"/orders/{NUMBER}/mails/{ID}mail_id>")
@open_to("orders.view")
def order_mail(number: int, mail_id: int) -> str:
    """A mail about the order, as it was written. Its HTML has inline styles, which no page of ours may show."""
    mail = mail_of_id(mail_id, order_id=id_of_number(number))
    return render_template(
        "staff/order/mail.html",
        title=mail.title or mail_title(mail.kind),
        to=mail.recipient,
        at=moment_text(mail.created_at),
        state=mail_state(mail),
        error=mail.error,
        text=None if mail.is_money else mail.text,
        is_money=mail.is_money,
        is_resent=mail.resend_of is not None,
        action=url_for("staff.resend_mail", number=number, mail_id=mail.id),
        may_edit=current_customer().may("orders.edit"),
        crumbs=order_crumbs(number, _("Mail")),
    )


@blueprint.post(f"/orders/{NUMBER}/mails/{ID}mail_id>/resend")
@open_to("orders.edit")
def resend_mail(number: int, mail_id: int) -> Any:
    """Send a mail once more, to the address the order has now."""
    csrf.protect()
    actions.resend_mail(mail_id, order_id=id_of_number(number), by=current_actor())
    return to_order(number, _("The mail is sent again."), fragment="mails")
