"""What happens when a payment page is submitted: paid, declined, asked for 3-D Secure, paid later.

Makes the PaymentIntent, its charges and their events; knows nothing of the page itself.
"""

from dataclasses import dataclass

from storefront.sandbox import bodies
from storefront.sandbox.balance import book_charge
from storefront.sandbox.call import Call, new_id
from storefront.sandbox.events import emit
from storefront.sandbox.store import JSON
from storefront.sandbox.wire import refuse

DECLINES = {
    "generic_decline": ("card_declined", "Your card was declined."),
    "insufficient_funds": ("card_declined", "Your card has insufficient funds."),
    "lost_card": ("card_declined", "Your card was declined."),
    "stolen_card": ("card_declined", "Your card was declined."),
    "card_velocity_exceeded": (
        "card_declined",
        "Your card was declined for making repeated attempts too frequently.",
    ),
    "expired_card": ("expired_card", "Your card has expired."),
    "incorrect_cvc": ("incorrect_cvc", "Your card's security code is incorrect."),
    "processing_error": (
        "processing_error",
        "An error occurred while processing your card. Try again in a little bit.",
    ),
}
"""Decline code → error code and message (docs.stripe.com/testing#declined-payments)."""


@dataclass(frozen=True, slots=True)
class Payer:
    """Who submits the page."""

    email: str = "shopper@example.com"
    name: str = "Demo Shopper"


def pay(call: Call, session: JSON, payer: Payer, *, secure: str | None = None) -> JSON:
    """Pay an open session by card: money is taken, the session is complete. Returns the session."""
    intent = _intent(call, session, "card")
    card = bodies.card(last4="3220" if secure else "4242", secure=secure)
    return _succeed(call, session, intent, payer, card)


def decline(call: Call, session: JSON, payer: Payer, *, code: str) -> JSON:
    """Let the bank decline; the session stays open for another try."""
    intent = _intent(call, session, "card")
    error, message = DECLINES[code]
    return _fail(call, session, intent, payer, bodies.card(last4="0002"), (error, message, code))


def ask_for_authentication(call: Call, session: JSON, payer: Payer) -> JSON:
    """Let the bank ask for 3-D Secure; `authenticate` says what came of it."""
    intent = _intent(call, session, "card")
    step = {"return_url": session["url"], "url": f"{session['url']}/authenticate"}
    intent |= {
        "status": "requires_action",
        "next_action": {"type": "redirect_to_url", "redirect_to_url": step},
        "last_payment_error": None,
    }
    call.tx.save(intent)
    call.tx.note(session["id"], payer={"email": payer.email, "name": payer.name})
    emit(call, "payment_intent.requires_action", intent)
    return session


def authenticate(call: Call, session: JSON, *, passed: bool) -> JSON:
    """The end of the 3-D Secure step: paid, or back to the page with an error."""
    payer = Payer(**call.tx.notes(session["id"]).get("payer", {}))
    if passed:
        return pay(call, session, payer, secure="authenticated")
    intent = _intent(call, session, "card")
    message = (
        "We are unable to authenticate your payment method. Please choose a different one and try again."
    )
    _refuse_intent(call, intent, code="payment_intent_authentication_failure", message=message)
    emit(call, "payment_intent.payment_failed", intent)
    return session


def pay_later(call: Call, session: JSON, payer: Payer, *, method: str, succeeds: bool, after: int) -> JSON:
    """Complete the session unpaid by a method that settles `after` seconds later, well or badly."""
    intent = _intent(call, session, method)
    details = {"type": method, method: {"last4": "3000", "fingerprint": "sandboxsandbox02", "mandate": None}}
    charge = bodies.charge(intent, now=call.now, payer=_known(session, payer), method=details)
    call.tx.add(charge)
    intent |= {
        "status": "processing",
        "latest_charge": charge["id"],
        "last_payment_error": None,
        "next_action": None,
    }
    call.tx.save(intent)
    emit(call, "charge.pending", charge)
    emit(call, "payment_intent.processing", intent)
    _complete(call, session, payer, status="unpaid")
    call.tx.note(session["id"], succeeds=succeeds)
    call.tx.wake(session["id"], call.now + after)
    return session


def settle(call: Call, session: JSON, *, succeeds: bool | None = None) -> JSON:
    """The late end of `pay_later`, well or badly; by default as was said there."""
    planned = call.tx.notes(session["id"]).get("succeeds")
    if planned is None:
        refuse("This Checkout Session has no late payment under way.", param="session")
    intent = call.get("payment_intent", session["payment_intent"])
    charge = call.get("charge", intent["latest_charge"])
    call.tx.note(session["id"], succeeds=None)
    call.tx.wake(session["id"], None)
    if planned if succeeds is None else succeeds:
        _take(call, intent, charge)
        session["payment_status"] = "paid"
        call.tx.save(session)
        emit(call, "checkout.session.async_payment_succeeded", session)
        return session
    message = "The customer's bank account has insufficient funds."
    charge |= {"status": "failed", "failure_code": "insufficient_funds", "failure_message": message}
    call.tx.save(charge)
    _refuse_intent(call, intent, code="payment_intent_payment_attempt_failed", message=message)
    emit(call, "charge.failed", charge)
    emit(call, "payment_intent.payment_failed", intent)
    emit(call, "checkout.session.async_payment_failed", session)
    return session


def _intent(call: Call, session: JSON, method: str) -> JSON:
    if session["status"] != "open":
        refuse(f"This Checkout Session is {session['status']} and cannot be paid.", param="session")
    if session["payment_intent"]:
        intent = call.get("payment_intent", session["payment_intent"])
    else:
        data = call.tx.notes(session["id"])["payment_intent_data"]
        intent = call.tx.add(bodies.intent(session, now=call.now, data=data))
        session["payment_intent"] = intent["id"]
        call.tx.save(session)
        emit(call, "payment_intent.created", intent)
    intent["payment_method"] = new_id("pm")
    return intent


def _succeed(call: Call, session: JSON, intent: JSON, payer: Payer, method: JSON) -> JSON:
    charge = bodies.charge(intent, now=call.now, payer=_known(session, payer), method=method)
    call.tx.add(charge)
    _take(call, intent, charge)
    return _complete(call, session, payer, status="paid")


def _take(call: Call, intent: JSON, charge: JSON) -> None:
    charge |= {
        "status": "succeeded",
        "paid": True,
        "captured": True,
        "amount_captured": charge["amount"],
        "balance_transaction": book_charge(call, charge)["id"],
        "outcome": _outcome("approved_by_network", "authorized", "Payment complete."),
    }
    intent |= {
        "status": "succeeded",
        "amount_received": charge["amount"],
        "latest_charge": charge["id"],
        "last_payment_error": None,
        "next_action": None,
    }
    call.tx.save(charge)
    call.tx.save(intent)
    emit(call, "charge.succeeded", charge)
    emit(call, "payment_intent.succeeded", intent)


def _complete(call: Call, session: JSON, payer: Payer, *, status: str) -> JSON:
    known = _known(session, payer)
    call.tx.wake(session["id"], None)
    session |= {
        "status": "complete",
        "payment_status": status,
        "url": None,
        "customer_details": bodies.payer(email=known["email"], name=known["name"]),
    }
    call.tx.save(session)
    emit(call, "checkout.session.completed", session)
    return session


def _fail(
    call: Call, session: JSON, intent: JSON, payer: Payer, method: JSON, why: tuple[str, str, str]
) -> JSON:
    error, message, decline_code = why
    charge = bodies.charge(intent, now=call.now, payer=_known(session, payer), method=method)
    outcome = _outcome("declined_by_network", "issuer_declined", "The bank declined the payment.")
    charge |= {
        "status": "failed",
        "failure_code": error,
        "failure_message": message,
        "outcome": outcome | {"reason": decline_code},
    }
    call.tx.add(charge)
    intent["latest_charge"] = charge["id"]
    _refuse_intent(call, intent, code=error, message=message, decline_code=decline_code, charge=charge["id"])
    emit(call, "charge.failed", charge)
    emit(call, "payment_intent.payment_failed", intent)
    return session


def _refuse_intent(call: Call, intent: JSON, **error: str) -> None:
    intent |= {
        "status": "requires_payment_method",
        "next_action": None,
        "payment_method": None,
        "last_payment_error": {"type": "card_error", **error},
    }
    call.tx.save(intent)


def _outcome(network: str, type: str, words: str) -> JSON:
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": network,
        "reason": None,
        "seller_message": words,
        "type": type,
    }


def _known(session: JSON, payer: Payer) -> JSON:
    return {"email": session["customer_email"] or payer.email, "name": payer.name}
