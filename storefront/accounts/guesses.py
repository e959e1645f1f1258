"""How often somebody's account was tried, counted in the database for all machines together.

Knows addresses by a keyed digest and times; refuses to know whether there is such an account.
"""

import hmac
from datetime import datetime, timedelta
from hashlib import sha256

import sqlalchemy as sa

from storefront import clock
from storefront.accounts.models import Guess
from storefront.config import settings
from storefront.database import insert_ignore, require_transaction
from storefront.errors import Refused

# At most so many within so long; the longest window last.
Rates = tuple[tuple[int, timedelta], ...]
RATES: dict[str, Rates] = {
    "sign_in": ((5, timedelta(minutes=1)), (10, timedelta(hours=1))),
    "code": ((5, timedelta(minutes=1)), (10, timedelta(hours=1))),
    "reset": ((3, timedelta(hours=1)),),
    "link": ((5, timedelta(hours=1)),),
    "sign_up": ((3, timedelta(hours=1)),),
    "change": ((3, timedelta(hours=1)),),
}


class TooOften(Refused):
    """This account was tried too often; `seconds` until it may be tried again."""

    def __init__(self, seconds: int) -> None:
        super().__init__("")
        self.seconds = seconds


def count_guess(kind: str, email: str) -> None:
    """Count one try at the account of `email`; raises TooOften instead where there were too many. A step."""
    now, session = clock.now(), require_transaction()
    account = account_of(email)
    insert_ignore(
        Guess, {"account": account, "kind": kind, "tries": [], "last_at": now}, unique=("account", "kind")
    )
    # The row is held until the commit: of many tries at once each sees the one before.
    row = session.scalars(
        sa.select(Guess).where(Guess.account == account, Guess.kind == kind).with_for_update(),
        execution_options={"populate_existing": True},
    ).one()
    tries = [datetime.fromisoformat(text) for text in row.tries]
    if waits := [each for each in (_wait(tries, *rate, now=now) for rate in RATES[kind]) if each]:
        raise TooOften(max(waits))
    kept = [at for at in tries if now - at < RATES[kind][-1][1]]
    row.tries = [at.isoformat() for at in (*kept, now)]
    row.last_at = now


def forget_guesses(kind: str, email: str) -> None:
    """Begin anew, since the right person came in. A step."""
    require_transaction().execute(
        sa.delete(Guess).where(Guess.account == account_of(email), Guess.kind == kind)
    )


def account_of(email: str) -> str:
    """The digest under which the tries at the account of `email` are counted."""
    return hmac.new(settings().secret_key.encode(), f"guess.{email}".encode(), sha256).hexdigest()


def _wait(tries: list[datetime], most: int, window: timedelta, *, now: datetime) -> int:
    """Seconds until another try fits into the window; 0 where one does now."""
    within = [at for at in tries if now - at < window]
    return int((within[-most] + window - now).total_seconds()) + 1 if len(within) >= most else 0
