"""A past made in one go: payments and refunds of earlier days, for a demo shop that has a history."""

from typing import Any

from storefront.sandbox import payments, refunds, sessions
from storefront.sandbox.call import Call
from storefront.sandbox.payments import Payer
from storefront.sandbox.store import JSON
from storefront.sandbox.wire import refuse

NEEDED = {"created": int, "amount": int, "currency": str}
KNOWN = (*NEEDED, "name", "email", "client_reference_id", "metadata", "refunds")


def make_past(call: Call, entries: Any) -> JSON:
    """Payments that were made and refunded in the past; nobody is told of them by webhook.

    Each entry has `created` (seconds since 1970), `amount` (Stripe's units) and `currency`, and may have
    `name`, `email`, `client_reference_id`, `metadata` and `refunds` (each `created`, `amount`, `metadata`).
    Returns the ids in the same order.
    """
    if not isinstance(entries, list):
        refuse("payments must be a list.", param="payments")
    call.endpoint = False
    return {"payments": [_payment(call, entry, f"payments[{place}]") for place, entry in enumerate(entries)]}


def _payment(call: Call, entry: Any, where: str) -> JSON:
    _check(entry, where)
    call.now = entry["created"]
    call.params = _params(entry)
    session = payments.pay(call, sessions.create(call), Payer())
    intent = call.get("payment_intent", session["payment_intent"])
    made = [_refund(call, intent, part) for part in entry.get("refunds", [])]
    return {
        "session": session["id"],
        "payment_intent": intent["id"],
        "charge": intent["latest_charge"],
        "refunds": made,
    }


def _refund(call: Call, intent: JSON, part: JSON) -> str:
    call.now = part["created"]
    call.params = {
        "payment_intent": intent["id"],
        "amount": part["amount"],
        "metadata": part.get("metadata", {}),
    }
    id: str = refunds.create(call)["id"]
    return id


def _check(entry: Any, where: str) -> None:
    if not isinstance(entry, dict):
        refuse(f"{where} must be an object.", param=where)
    for name in entry:
        if name not in KNOWN:
            refuse(f"Received unknown parameter: {where}.{name}", param=where, code="parameter_unknown")
    for name, kind in NEEDED.items():
        if type(entry.get(name)) is not kind:
            refuse(f"{where}.{name} must be of type {kind.__name__}.", param=where)
    for part in entry.get("refunds", []):
        if type(part.get("created")) is not int or type(part.get("amount")) is not int:
            refuse(f"{where}.refunds need created and amount.", param=where)


def _params(entry: JSON) -> JSON:
    price = {
        "currency": entry["currency"],
        "unit_amount": entry["amount"],
        "product_data": {"name": entry.get("name", "Order")},
    }
    params = {
        "mode": "payment",
        "success_url": "http://localhost/",
        "line_items": [{"price_data": price, "quantity": 1}],
        "metadata": entry.get("metadata", {}),
        "payment_intent_data": {"metadata": entry.get("metadata", {})},
        "customer_email": entry.get("email", Payer().email),
    }
    if "client_reference_id" in entry:
        params["client_reference_id"] = entry["client_reference_id"]
    return params
