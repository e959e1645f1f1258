"""The one module that speaks to Stripe: our types in, our types out.

Knows sessions, refunds, disputes, events and the balance at Stripe; refuses to be called while a transaction is open.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from flask import current_app
from flask_babel import gettext as _

from storefront.config import settings
from storefront.database import require_released
from storefront.errors import PaymentDeclined, PaymentUnavailable
from storefront.money import Money
from storefront.payments.evidence import (
    Capture,
    Event,
    Movement,
    PaymentSession,
    StripeDispute,
    StripeRefund,
    capture_of,
    dispute_of,
    event_of,
    movement_of,
    refund_of,
    session_of,
)
from storefront.payments.units import to_units

if TYPE_CHECKING:
    # Loaded with the first call: with what stands below it 8 MiB, which a process that shows pages does without.
    import stripe

API_VERSION = "2026-10-28.endive"

# Seconds to connect and to read: a shopper waits on this.
TIMEOUTS = (1.0, 5.0)
# Stripe answers 409 while a request with the same key is under way; that one's answer will be ours too.
BUSY_SECONDS = (0.2, 0.5, 1.0)
SIGNATURE_SECONDS = 300
PAGE = 100

log = structlog.get_logger("gateway")

T = TypeVar("T")


class Unknown(PaymentDeclined):
    """Stripe has nothing with this id."""


class Replayed(PaymentUnavailable):
    """Stripe repeats a failure that it stored under this key: trying again with the key brings nothing new."""


class Forged(Exception):
    """What claims to come from Stripe is not signed by it, is too old, or is not for this shop."""


def open_session(params: Mapping[str, Any], *, key: str) -> PaymentSession:
    """Create the session that `params` describe; the same `key` within 23 hours answers with the same session."""
    made = _ask(lambda api: api.v1.checkout.sessions.create(dict(params), {"idempotency_key": key}))  # type: ignore[arg-type]
    return session_of(made)


def session_by_id(session_id: str) -> PaymentSession:
    """The session as it stands now."""
    return session_of(
        _ask(lambda api: api.v1.checkout.sessions.retrieve(session_id, {"expand": ["payment_intent"]}))
    )


def expire_session(session_id: str) -> PaymentSession:
    """Close an open session so that nobody can pay any more; one already complete is returned as it stands."""
    try:
        return session_of(_ask(lambda api: api.v1.checkout.sessions.expire(session_id)))
    except PaymentDeclined:
        return session_by_id(session_id)


def find_session(attempt_id: str, *, since: datetime) -> PaymentSession | None:
    """The session made for an attempt whose answer we never got, looked up by our id among those `since`."""
    after = {"created": {"gte": int(since.timestamp()) - 120}, "limit": PAGE}
    found = _ask(lambda api: _all(api.v1.checkout.sessions.list(after)))  # type: ignore[arg-type]
    mine = [each for each in found if each.client_reference_id == attempt_id]
    return session_by_id(mine[0].id) if mine else None


def send_refund(*, payment_intent_id: str, amount: Money, key: str) -> StripeRefund:
    """Give `amount` back; `key` is our refund's id, and the same key gives back once."""
    params = {
        "payment_intent": payment_intent_id,
        "amount": to_units(amount),
        "metadata": {"refund": key},
    }
    return refund_of(_ask(lambda api: api.v1.refunds.create(params, {"idempotency_key": key})))  # type: ignore[arg-type]


def refund_by_id(stripe_refund_id: str) -> StripeRefund:
    """The refund as it stands now."""
    return refund_of(_ask(lambda api: api.v1.refunds.retrieve(stripe_refund_id)))


def refunds_of(payment_intent_id: str) -> list[StripeRefund]:
    """Every refund of one payment, whoever made it."""
    query = {"payment_intent": payment_intent_id, "limit": PAGE}
    return [refund_of(each) for each in _ask(lambda api: _all(api.v1.refunds.list(query)))]  # type: ignore[arg-type]


def refunds_since(since: datetime) -> list[StripeRefund]:
    """Every refund made since an instant."""
    query = {"created": {"gte": int(since.timestamp())}, "limit": PAGE}
    return [refund_of(each) for each in _ask(lambda api: _all(api.v1.refunds.list(query)))]  # type: ignore[arg-type]


def events_since(since: datetime, *, types: tuple[str, ...]) -> list[Event]:
    """Events of these types since an instant (Stripe keeps 30 days), oldest first."""
    query = {"created": {"gte": int(since.timestamp())}, "types": list(types), "limit": PAGE}
    found = _ask(lambda api: _all(api.v1.events.list(query)))  # type: ignore[arg-type]
    return [event_of(json.dumps(each.to_dict())) for each in reversed(found)]


def dispute_by_id(stripe_dispute_id: str) -> StripeDispute:
    """The dispute as it stands now."""
    wanted = {"expand": ["payment_intent"]}
    return dispute_of(_ask(lambda api: api.v1.disputes.retrieve(stripe_dispute_id, wanted)))  # type: ignore[arg-type]


def disputes_since(since: datetime) -> list[StripeDispute]:
    """Every dispute opened since an instant, newest first."""
    return _disputes({"created": {"gte": int(since.timestamp())}})


def disputes() -> list[StripeDispute]:
    """Every dispute that this account ever had, newest first."""
    return _disputes({})


def _disputes(query: dict[str, Any]) -> list[StripeDispute]:
    wanted = {**query, "limit": PAGE, "expand": ["data.payment_intent"]}
    return [dispute_of(each) for each in _ask(lambda api: _all(api.v1.disputes.list(wanted)))]  # type: ignore[arg-type]


def captures() -> Iterator[Capture]:
    """All money that Stripe ever took for this account, newest first."""
    for charge in _ask(lambda api: _all(api.v1.charges.list({"limit": PAGE}))):
        if charge.paid and charge.captured:
            yield capture_of(charge)


def movements(since: datetime, until: datetime) -> list[Movement]:
    """What moved on the account's balance from `since` until before `until`, oldest first."""
    query = {"created": {"gte": int(since.timestamp()), "lt": int(until.timestamp())}, "limit": PAGE}
    found = _ask(lambda api: _all(api.v1.balance_transactions.list(query)))  # type: ignore[arg-type]
    return [movement_of(each) for each in reversed(found)]


def read_event(payload: bytes, signature: str) -> Event:
    """The event in a webhook's raw body; raises Forged unless Stripe signed it within the last five minutes and
    its mode is the key's."""
    import stripe

    try:
        text = payload.decode("utf-8")
        stripe.WebhookSignature.verify_header(
            text, signature, settings().stripe_webhook_secret, SIGNATURE_SECONDS
        )
        event = event_of(text)
    except (ValueError, KeyError, TypeError, AttributeError, stripe.SignatureVerificationError) as error:
        raise Forged(type(error).__name__) from error
    if event.livemode != settings().is_livemode:
        raise Forged("the event is of the other mode")
    return event


def _ask(call: "Callable[[stripe.StripeClient], T]") -> T:
    """Make one call; what goes wrong becomes PaymentDeclined (final) or PaymentUnavailable (try again)."""
    import stripe

    require_released()
    waits = iter(BUSY_SECONDS)
    while True:
        try:
            return call(_client())
        except (stripe.CardError, stripe.InvalidRequestError) as error:
            log.warning("stripe_refused", code=error.code, detail=str(error)[:300])
            kind = Unknown if error.code == "resource_missing" else PaymentDeclined
            raise kind(_("The payment provider refused this request.")) from error
        except stripe.StripeError as error:
            wait = next(waits, None) if error.http_status == 409 else None
            if wait is None:
                raise _unavailable(error) from error
            time.sleep(wait)


def _unavailable(error: "stripe.StripeError") -> PaymentUnavailable:
    log.warning("stripe_unavailable", kind=type(error).__name__, detail=str(error)[:300])
    # https://docs.stripe.com/api/idempotent_requests: a stored answer says so, a stored 500 too.
    kind = Replayed if (error.headers or {}).get("Idempotent-Replayed") == "true" else PaymentUnavailable
    return kind(
        _("The payment provider does not answer just now. Nothing was charged; please try again in a minute.")
    )


def _client() -> "stripe.StripeClient":
    import stripe

    made: stripe.StripeClient | None = current_app.extensions.get("stripe")
    if made is None:
        here = settings()
        made = current_app.extensions["stripe"] = stripe.StripeClient(
            here.stripe_secret_key,
            stripe_version=API_VERSION,
            base_addresses={"api": here.stripe_api_url} if here.stripe_api_url else {},
            http_client=stripe.RequestsClient(timeout=TIMEOUTS),
            # Ours to repeat, with our key and after looking: the library would repeat blindly.
            max_network_retries=0,
        )
    return made


def _all(listed: Any) -> list[Any]:
    return list(listed.auto_paging_iter())
