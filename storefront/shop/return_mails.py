"""What our mails about returns say.

Knows how each step is put into words; refuses to send. Each is rendered from ids, so that it says what is true.
"""

from flask import url_for
from flask_babel import gettext as _

from storefront.config import settings
from storefront.mail.models import OutgoingMail
from storefront.mail.rendering import Letter, renders
from storefront.orders.access import order_key
from storefront.orders.queries import OrderRecord
from storefront.policies.queries import policy_by_id
from storefront.refunds.judging import to_come
from storefront.refunds.return_records import ReturnRecord, return_record
from storefront.refunds.returns import ReturnNoteKind, ReturnState
from storefront.shop.frame import Link
from storefront.shop.letters import notice, record_of
from storefront.shop.return_slip import return_address
from storefront.shop.return_words import pieces_text, postage
from storefront.web.text import money_text


@renders("return_asked")
def return_asked(mail: OutgoingMail) -> Letter:
    """To the shopper, whose return a person has to look at."""
    record, back = record_of(mail), _return_of(mail)
    said = [
        _("You asked for %(amount)s back, for %(goods)s.", amount=_amount(back), goods=_goods(back)),
        _("A person looks at it and writes to you. Please keep the goods until then."),
    ]
    title = _("We have your return %(number)s", number=back.request.number)
    return notice(title, said, record=record, link=_link(record, back))


@renders("return_approved")
def return_approved(mail: OutgoingMail) -> Letter:
    """To the shopper, whose return is approved: what to send where, or that the money is on its way."""
    record, back = record_of(mail), _return_of(mail)
    title = _("Your return %(number)s is approved", number=back.request.number)
    # When it is written nothing may have come yet, or all of it: only what was decided counts.
    if back.request.state == ReturnState.AWAITING_GOODS or back.request.received_at is not None:
        promise = policy_by_id(back.request.policy_version_id).document.money_back
        said = [
            _("Please send us %(goods)s.", goods=_goods_to_come(back)),
            _("Our address: %(address)s.", address=", ".join(return_address()).rstrip(".")),
            _(
                "Print the slip that the link leads to and put it into the parcel, or write %(number)s on a paper.",
                number=back.request.number,
            ),
            postage(promise, reason=back.request.reason),
            _("When it is here, %(amount)s goes back %(way)s.", amount=_amount(back), way=_way(back)),
        ]
        link = _link(record, back, words=_("The return, and its slip"))
        return notice(title, said, record=record, link=link)
    said = [
        _(
            "%(amount)s goes back %(way)s, for %(goods)s.",
            amount=_amount(back),
            way=_way(back),
            goods=_goods(back),
        ),
        _("You need not send anything. We write to you when it has left."),
    ]
    return notice(title, said, record=record, link=_link(record, back))


@renders("return_declined")
def return_declined(mail: OutgoingMail) -> Letter:
    """To the shopper, whose return was declined: why."""
    record, back = record_of(mail), _return_of(mail)
    title = _("We could not accept your return %(number)s", number=back.request.number)
    said = [
        _("You wanted to send back %(goods)s.", goods=_goods(back)),
        *_told(back),
        _("If you see it differently, please answer this mail."),
    ]
    return notice(title, said, record=record, link=_link(record, back))


@renders("return_received")
def return_received(mail: OutgoingMail) -> Letter:
    """To the shopper, whose goods have arrived."""
    record, back = record_of(mail), _return_of(mail)
    came = ", ".join(f"{each.line.received} × {each.title}" for each in back.lines if each.line.received)
    title = _("Your return %(number)s has arrived", number=back.request.number)
    said = [
        _("This came back to us: %(goods)s.", goods=came),
        _("We look at it and pay you back. You do not need to do anything."),
    ]
    missing = sum(each.line.quantity - each.line.accepted for each in back.lines)
    if missing:
        said.insert(1, _("It is less than you asked for; only what has come back is paid back."))
    return notice(title, said, record=record, link=_link(record, back))


@renders("return_ended")
def return_ended(mail: OutgoingMail) -> Letter:
    """To the shopper, whose return ends without money: why."""
    record, back = record_of(mail), _return_of(mail)
    title = _("Your return %(number)s has ended", number=back.request.number)
    said = [
        _("No money goes back for %(goods)s.", goods=_goods(back)),
        *_told(back),
        _("If you see it differently, please answer this mail."),
    ]
    return notice(title, said, record=record, link=_link(record, back))


@renders("return_taken_back")
def return_taken_back(mail: OutgoingMail) -> Letter:
    """To the shopper, who took a return back."""
    record, back = record_of(mail), _return_of(mail)
    title = _("You took your return %(number)s back", number=back.request.number)
    said = [
        _("You keep %(goods)s, and no money goes back.", goods=_goods(back)),
        _(
            "You can still send it back, as long as the guarantee runs: ask for it again on your order's page."
        ),
    ]
    return notice(title, said, record=record, link=_link(record, back))


def _return_of(mail: OutgoingMail) -> ReturnRecord:
    return return_record(mail.facts["return_id"])


def _amount(back: ReturnRecord) -> str:
    return money_text(back.request.amount)


def _way(back: ReturnRecord) -> str:
    return _("to you as credit") if back.request.to_credit else _("the way you paid")


def _goods(back: ReturnRecord) -> str:
    return ", ".join(pieces_text(each) for each in back.lines)


def _goods_to_come(back: ReturnRecord) -> str:
    """What has to be sent: of what was asked for, some may never have left us."""
    awaited = to_come(back.request)
    return ", ".join(
        pieces_text(each, awaited[each.line.order_line_id])
        for each in back.lines
        if awaited.get(each.line.order_line_id)
    )


def _told(back: ReturnRecord) -> list[str]:
    return [each.text for each in back.notes if each.kind == ReturnNoteKind.TOLD]


def _link(record: OrderRecord, back: ReturnRecord, *, words: str = "") -> Link:
    url = url_for(
        "shop.one_return",
        number=record.order.number,
        return_id=back.request.id,
        key=order_key(record.order.id),
    )
    return Link(words or _("See your return"), settings().origin + url)
