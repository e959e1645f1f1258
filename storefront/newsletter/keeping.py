"""What staff do about a subscriber: mails to them come back, they do no longer, or they wrote that they want none.

Knows who did it; refuses to subscribe anybody: only the link in our mail does.
"""

from flask_babel import gettext as _

from storefront import audit, clock, states
from storefront.database import lock, transaction
from storefront.errors import NotFound, Refused
from storefront.newsletter.actions import end
from storefront.newsletter.models import Subscriber, SubscriberState

Actor = tuple[str, object | None]


def mark_bounced(subscriber_id: int, *, by: Actor) -> None:
    """Mails to this address come back: it gets no more. May be run again. Raises NotFound and Refused."""
    with transaction():
        found = _locked(subscriber_id)
        if found.state == SubscriberState.BOUNCED:
            return
        _move(found, SubscriberState.BOUNCED)
        found.ended_at = clock.now()
        audit.record("subscriber.bounced", subject=("subscriber", subscriber_id), actor=by)


def unmark_bounced(subscriber_id: int, *, by: Actor) -> None:
    """It was a mistake, or the mailbox works again. Run twice, it changes nothing. Raises NotFound and Refused."""
    with transaction():
        found = _locked(subscriber_id)
        if found.state == SubscriberState.SUBSCRIBED:
            return
        # Who left can come back by themselves alone.
        if found.state != SubscriberState.BOUNCED:
            raise _refused()
        _move(found, SubscriberState.SUBSCRIBED)
        audit.record("subscriber.unbounced", subject=("subscriber", subscriber_id), actor=by)


def unsubscribe(subscriber_id: int, *, by: Actor) -> None:
    """They asked us for it. Run twice, it changes nothing. Raises NotFound."""
    with transaction():
        end(subscriber_id, by=by)


def note_export(*, by: Actor) -> None:
    """Put on record that the list was taken out as a file."""
    with transaction():
        audit.record("subscribers.exported", subject=("subscriber", "all"), actor=by)


def _locked(subscriber_id: int) -> Subscriber:
    found: Subscriber | None = lock(Subscriber, subscriber_id)
    if found is None:
        raise NotFound()
    return found


def _move(found: Subscriber, to: SubscriberState) -> None:
    if not states.may(found, to):
        raise _refused()
    states.advance(found, to)


def _refused() -> Refused:
    return Refused(_("They do not get letters: nobody has confirmed it, or they have left."))
