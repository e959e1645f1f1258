"""The signed addresses in our letters: what each is good for, and for how long.

Knows purposes and ages; refuses to act.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for

from storefront import clock
from storefront.web import sign, unsign

_CONFIRM, _LEAVE = "newsletter.confirm", "newsletter.leave"
# Long enough for a mailbox that is read on Sundays.
LASTS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a link to confirm says: whose form it was, which one, and when it was sent."""

    subscriber_id: int
    ask: str
    at: datetime


def confirm_url(asked: Asked) -> str:
    """The full address of the page whose button subscribes; known to one mailbox alone."""
    token = sign(_CONFIRM, [asked.subscriber_id, asked.ask, asked.at.isoformat()])
    return url_for("newsletter.confirm", token=token, _external=True)


def leave_url(subscriber_id: int) -> str:
    """The full address of the page whose button unsubscribes; it works for ever."""
    return url_for("newsletter.leave", token=sign(_LEAVE, subscriber_id), _external=True)


def confirming(token: str) -> Asked | None:
    """What a link to confirm says; None where it is forged, for something else, or too old."""
    match unsign(_CONFIRM, token):
        case [int(subscriber_id), str(ask), str(at)]:
            asked = Asked(subscriber_id, ask, datetime.fromisoformat(at))
            return asked if clock.now() - asked.at <= LASTS else None
    return None


def leaving(token: str) -> int | None:
    """Whom a link unsubscribes."""
    value = unsign(_LEAVE, token)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
