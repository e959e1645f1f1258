"""Subscribers and mailings in words, and the filters of their list.

Knows what states are called; refuses to read anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import Form, SelectField, StringField
from wtforms.validators import Length

from storefront.newsletter.models import LetterState, MailingState, Subscriber, SubscriberState
from storefront.newsletter.queries import Progress
from storefront.staff.goods_words import Tag

_KINDS = {
    SubscriberState.ASKED: "marker",
    SubscriberState.SUBSCRIBED: "good",
    SubscriberState.LEFT: "",
    SubscriberState.BOUNCED: "bad",
}


class SubscriberFilters(Form):
    """What is looked for, as GET sends it."""

    find = StringField(
        _l("Part of an e-mail address"),
        filters=[lambda typed: (typed or "").replace("\0", "").strip().lower()],
        validators=[Length(max=200)],
        render_kw={"type": "search", "maxlength": 200},
    )
    state = SelectField(_l("State"), default="")

    def offer(self) -> None:
        """Say what may be chosen."""
        self.state.choices = [
            ("", _("All")),
            *((state.value, state_name(state)) for state in SubscriberState),
        ]


@dataclass(frozen=True, slots=True)
class MailingShown:
    """How far a mailing has come, as its page tells it; `percent` is of all who were to get it."""

    text: str
    kind: str
    percent: int
    label: str
    facts: tuple[tuple[str, str], ...]
    is_under_way: bool
    is_stopped: bool
    started_at: datetime


def state_name(state: SubscriberState) -> str:
    """A subscriber's state in words."""
    return {
        SubscriberState.ASKED: _("Not confirmed"),
        SubscriberState.SUBSCRIBED: _("Gets letters"),
        SubscriberState.LEFT: _("Left"),
        SubscriberState.BOUNCED: _("Mails come back"),
    }[state]


def state_tag(state: str) -> Tag:
    """The same as a tag."""
    known = SubscriberState(state)
    return Tag(state_name(known), _KINDS[known])


def place_name(place: str) -> str:
    """Where the form stood that they sent."""
    return {
        "footer": _("Foot of a page"),
        "post": _("Beneath a post"),
        "page": _("The form's own page"),
        "again": _("After they had left"),
        "account": _("Their account"),
    }.get(place, place)


def letter_name(state: str) -> str:
    """What became of a letter."""
    return _("left out: not wanted any more") if state == LetterState.LEFT_OUT else _("written")


def counted(found: Mapping[SubscriberState, int]) -> list[tuple[SubscriberState, str, int]]:
    """How many there are of each: state, name, number."""
    return [(state, state_name(state), found.get(state, 0)) for state in SubscriberState]


def acts(found: Subscriber) -> list[tuple[str, str]]:
    """What staff may do about a subscriber: value and text of each button."""
    return {
        SubscriberState.ASKED: [],
        SubscriberState.SUBSCRIBED: [
            ("bounced", _("Mails to them come back")),
            ("left", _("They want no more letters")),
        ],
        SubscriberState.BOUNCED: [
            ("unbounced", _("Mails arrive again")),
            ("left", _("They want no more letters")),
        ],
        SubscriberState.LEFT: [],
    }[SubscriberState(found.state)]


def mailing(found: Progress) -> MailingShown:
    """A mailing as its page tells it."""
    titles = {
        MailingState.SENDING: (_("Being sent"), "wash"),
        MailingState.STOPPED: (_("Stopped"), "bad"),
        MailingState.SENT: (_("Sent"), "good"),
    }
    text, kind = titles[found.state]
    facts = [
        (_("Have left"), str(found.left)),
        (_("About to leave"), str(found.owed)),
        (_("Refused by the mail server"), str(found.refused)),
        (_("Left out, since they wanted no more"), str(found.left_out)),
    ]
    return MailingShown(
        text=text,
        kind=kind,
        percent=min(100, 100 * (found.left + found.refused + found.left_out) // max(1, found.total)),
        label=ngettext(
            "%(num)s letter of %(of)s has left",
            "%(num)s letters of %(of)s have left",
            found.left,
            of=found.total,
        ),
        facts=tuple(facts),
        is_under_way=found.state == MailingState.SENDING,
        is_stopped=found.state == MailingState.STOPPED,
        started_at=found.started_at,
    )


def cells(row: Any, moment: Any) -> list[str]:
    """A subscriber as a line of a file; `moment` writes an instant."""
    return [
        row.email,
        state_name(SubscriberState(row.state)),
        place_name(row.place),
        *(moment(at) if at else "" for at in (row.asked_at, row.subscribed_at, row.ended_at)),
    ]
