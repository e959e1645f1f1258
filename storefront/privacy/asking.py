"""Asking about oneself by e-mail: the request, the letter that is owed, and the link that proves the address.

Knows wishes, links and how long they hold; refuses to answer whether an address is known.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from storefront import clock, jobs, mail, people
from storefront.database import release, transaction
from storefront.privacy.queries import find_person, is_known
from storefront.privacy.remembered import digest
from storefront.web import sign, unsign

# Where anybody can write an address that is not theirs: the request itself, a try at an account.
_OF_ANYBODY = frozenset({"job", "guess", "ticket"})
LASTS = timedelta(hours=24)


class Wish(StrEnum):
    """copy: to be told everything; erase: to be forgotten."""

    COPY = "copy"
    ERASE = "erase"


def ask(email: str, wish: Wish) -> None:
    """Take a request in; whether anything is known of the address shows in nothing but the mailbox.

    Of one address and wish one letter an hour: more would only be a nuisance to whoever has the mailbox.
    """
    now = clock.now()
    key = f"privacy:{wish}:{digest(email)[:32]}@{now:%Y%m%d%H}"
    with transaction():
        jobs.enqueue("privacy.answer", {"email": email, "wish": wish, "key": key}, key=key)


@jobs.handler("privacy.answer")
def answer(*, email: str, wish: str, key: str) -> None:
    """Owe the letter with the link, if there is anybody to write to; run twice, it owes one."""
    known = is_known(find_person(email), but=_OF_ANYBODY)
    release()
    if not known:
        return
    with transaction():
        facts = {"asked_at": int(clock.now().timestamp())}
        mail.owe(f"privacy_{wish}", subject=key, recipient=email, facts=facts)


def token_for(email: str, wish: Wish, *, asked_at: int) -> str:
    """What the link in the letter carries: good for one address, one wish and a day."""
    return sign(f"privacy.{wish}", [people.email_key(email), asked_at])


def address_in(token: str, wish: Wish) -> str | None:
    """The address that a link proves; None where it is forged, for another wish, or too old."""
    match unsign(f"privacy.{wish}", token):
        case [str(email), int(asked_at)]:
            age = clock.now() - datetime.fromtimestamp(asked_at, UTC)
            return email if age <= LASTS else None
    return None
