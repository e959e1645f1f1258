"""Sessions, payments and refunds for the sandbox's tests; each shows only the fact that matters."""

from typing import Any

from stripe import Charge, PaymentIntent
from stripe.checkout import Session

from tests.sandbox.bench import SHOP, Bench


def session_params(*, amount: int = 2400, currency: str = "eur", **changes: Any) -> Any:
    """What a shop sends to open a payment page; a change of None leaves the parameter out."""
    item = {
        "price_data": {"currency": currency, "unit_amount": amount, "product_data": {"name": "3 × Bowl"}},
        "quantity": 1,
    }
    params = {
        "mode": "payment",
        "line_items": [item],
        "success_url": f"{SHOP}/return?session={{CHECKOUT_SESSION_ID}}",
        "cancel_url": f"{SHOP}/review",
        "customer_email": "mara@example.org",
        "client_reference_id": "1042",
        "metadata": {"order": "1042"},
        "payment_intent_data": {"metadata": {"order": "1042"}},
        **changes,
    }
    return {name: value for name, value in params.items() if value is not None}


def an_open_session(bench: Bench, **changes: Any) -> Session:
    """A session whose page nobody has submitted."""
    return bench.api.checkout.sessions.create(params=session_params(**changes))


def a_paid_session(bench: Bench, **changes: Any) -> Session:
    """A session that was paid by card."""
    opened = an_open_session(bench, **changes)
    bench.control("pay", session=opened.id)
    return bench.api.checkout.sessions.retrieve(opened.id)


def intent_of(bench: Bench, session: Session) -> PaymentIntent:
    """The PaymentIntent of a session that has one."""
    assert isinstance(session.payment_intent, str)
    return bench.api.payment_intents.retrieve(session.payment_intent)


def charge_of(bench: Bench, session: Session) -> Charge:
    """The latest charge of a session."""
    latest = intent_of(bench, session).latest_charge
    assert isinstance(latest, str)
    return bench.api.charges.retrieve(latest)
