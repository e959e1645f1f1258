"""Somebody asks for letters, confirms it, and leaves.

Knows the three steps and what is put on record; refuses to let a request see whether an address is known.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import audit, clock, jobs, mail, people, states
from storefront.config.values import EMAIL
from storefront.database import insert_ignore, lock, require_transaction, transaction
from storefront.errors import NotFound, Refused
from storefront.mail import outbox
from storefront.mail.models import OutgoingMail
from storefront.newsletter.links import Asked
from storefront.newsletter.models import Letter, OptIn, Subscriber, SubscriberState
from storefront.newsletter.wording import PLACES, wording

ANSWER_JOB = "newsletter.answer"
CONFIRM, ALREADY = "newsletter_confirm", "newsletter_already"
# More than that within the hour is a nuisance to whoever has the mailbox.
MOST_MAILS = 3
# Who has not confirmed by then will not: nothing is kept of them.
ASKED_KEPT = timedelta(days=30)
_MANY = 500


def ask_for_letters(email: str, *, place: str, trap: str = "") -> None:
    """Take a form in: one job is written for every address alike, and the worker looks whose it is.

    What fills in the field that people do not see is answered like all others, and forgotten. Raises Refused.
    """
    email = people.email_key(email)
    if not EMAIL.fullmatch(email) or not email.isprintable() or people.is_erased(email):
        raise Refused(_("Please enter an e-mail address like name@example.com."), field="email")
    if trap:
        return
    args = {
        "ask": secrets.token_hex(16),
        "email": email,
        "place": place if place in PLACES else "page",
        "wording": wording(),
        "at": clock.now().isoformat(),
        "request": audit.request_id.get(),
    }
    with transaction():
        jobs.enqueue(ANSWER_JOB, args)


def ask_again(subscriber_id: int) -> None:
    """As if they had sent the form: they have just left, and press the other button. Raises NotFound."""
    with transaction() as current:
        found = current.get(Subscriber, subscriber_id)
        if found is None or people.is_erased(found.email):
            raise NotFound()
        email = found.email
    ask_for_letters(email, place="again")


@jobs.handler(ANSWER_JOB)
def answer(*, ask: str, email: str, place: str, wording: str, at: str, request: str) -> None:
    """Keep what was asked, and owe the mail with the link; run twice, it owes one."""
    asked_at = datetime.fromisoformat(at)
    said = {"ask": ask, "asked_at": asked_at, "place": place, "wording": wording, "ask_request": request}
    with transaction():
        found = _asked(email, said)
        if found.state == SubscriberState.SUBSCRIBED:
            kind = ALREADY
        else:
            kind = CONFIRM
            for name, value in said.items():
                setattr(found, name, value)
        if _lately(email) < MOST_MAILS:
            facts = {"subscriber_id": found.id, "ask": ask, "at": at}
            # With what was agreed to by this form: another one may have been sent before its link is followed.
            facts |= {"place": place, "wording": wording, "request": request}
            mail.owe(kind, subject=f"ask:{ask}", recipient=email, facts=facts)


def confirm(asked: Asked) -> None:
    """The button behind the link in our mail was pressed: on record, and subscribed.

    Run twice, it changes nothing. Raises NotFound where letters ended since the form was sent: to begin them again,
    they have to be asked for again.
    """
    now = clock.now()
    with transaction():
        found: Subscriber | None = lock(Subscriber, asked.subscriber_id)
        if found is None or people.is_erased(found.email):
            raise NotFound()
        if found.ended_at is not None and asked.at <= found.ended_at:
            raise NotFound()
        if not insert_ignore(OptIn, _opt_in(found, asked, _agreed(found, asked), now=now), unique=("ask",)):
            return
        if found.state != SubscriberState.SUBSCRIBED:
            states.advance(found, SubscriberState.SUBSCRIBED)
            found.subscribed_at = now


def leave(subscriber_id: int, *, customer_id: int | None = None) -> None:
    """No more letters; who is signed in is named on record. Run twice, it changes nothing; raises NotFound."""
    with transaction():
        end(subscriber_id, by=("customer", customer_id))


def end(subscriber_id: int, *, by: tuple[str, object | None]) -> None:
    """Write to a subscriber no more; nothing where letters ended already. Raises NotFound. A step."""
    found: Subscriber | None = lock(Subscriber, subscriber_id)
    if found is None:
        raise NotFound()
    if states.may(found, SubscriberState.LEFT):
        states.advance(found, SubscriberState.LEFT)
        found.ended_at = clock.now()
        audit.record("subscriber.left", subject=("subscriber", found.id), actor=by)


@jobs.every("newsletter.forget", minutes=60)
def forget() -> None:
    """Forget those who asked and never confirmed it, and the mails to them that asked whether it was they."""
    old = sa.select(Subscriber.id).where(
        Subscriber.state == SubscriberState.ASKED, Subscriber.asked_at < clock.now() - ASKED_KEPT
    )
    confirmed = sa.select(OptIn.id).where(OptIn.subscriber_id == Subscriber.id).exists()
    written_to = sa.select(Letter.post_id).where(Letter.subscriber_id == Subscriber.id).exists()
    with transaction() as current:
        gone = sa.delete(Subscriber).where(Subscriber.id.in_(old), ~confirmed, ~written_to)
        emails = list(current.scalars(gone.returning(Subscriber.email)))
        for start in range(0, len(emails), _MANY):
            outbox.forget(CONFIRM, to=emails[start : start + _MANY])


def _asked(email: str, said: dict[str, Any]) -> Subscriber:
    """The row of an address, held until commit."""
    row = {"email": email, "state": SubscriberState.ASKED, "created_at": clock.now(), **said}
    insert_ignore(Subscriber, row, unique=("email",))
    found = sa.select(Subscriber).where(Subscriber.email == email).with_for_update()
    return require_transaction().scalars(found).one()


def _lately(email: str) -> int:
    """How many such mails were written to an address within the hour."""
    recent = sa.select(sa.func.count()).where(
        OutgoingMail.recipient == email,
        OutgoingMail.kind.in_((CONFIRM, ALREADY)),
        OutgoingMail.created_at > clock.now() - timedelta(hours=1),
    )
    return int(require_transaction().scalar(recent) or 0)


def _agreed(found: Subscriber, asked: Asked) -> dict[str, str]:
    """What stood beside the form whose link was followed: as its mail has it, which may not be the last."""
    told = sa.select(OutgoingMail.facts).where(
        OutgoingMail.kind == CONFIRM, OutgoingMail.subject == f"ask:{asked.ask}"
    )
    facts = require_transaction().scalar(told.limit(1)) or {}
    if "wording" in facts:
        return {"place": facts["place"], "wording": facts["wording"], "ask_request": facts["request"]}
    if asked.ask != found.ask:
        raise NotFound()
    return {"place": found.place, "wording": found.wording, "ask_request": found.ask_request}


def _opt_in(found: Subscriber, asked: Asked, agreed: dict[str, str], *, now: datetime) -> dict[str, Any]:
    return {
        "subscriber_id": found.id,
        "ask": asked.ask,
        "asked_at": asked.at,
        **agreed,
        "at": now,
        "request_id": audit.request_id.get(),
    }
