"""Refunds: made in full or in part, through the API or the dashboard; never more than was charged."""

from storefront.sandbox import bodies
from storefront.sandbox.balance import book_failed_refund, book_refund
from storefront.sandbox.call import Call, changed_metadata, check_metadata, played
from storefront.sandbox.currencies import check_step, written
from storefront.sandbox.disputes import blocks_refunds
from storefront.sandbox.events import emit
from storefront.sandbox.store import JSON
from storefront.sandbox.wire import refuse

UNDER_WAY = ("pending", "requires_action")


def create(call: Call) -> JSON:
    """POST /v1/refunds"""
    played(call.params, ("amount", "charge", "currency", "metadata", "payment_intent", "reason"))
    charge = find_charge(call)
    amount = _amount(call, charge)
    metadata = check_metadata(call.params.get("metadata"))
    refund = bodies.refund(
        charge, amount=amount, now=call.now, reason=call.params.get("reason"), metadata=metadata
    )
    refund["balance_transaction"] = book_refund(call, refund)["id"]
    status = _next_status(call)
    refund["status"] = status if status in UNDER_WAY else "succeeded"
    call.tx.add(refund)
    _count(call, charge, amount)
    emit(call, "refund.created", refund)
    emit(call, "charge.refunded", charge)
    return send_back(call, refund, status=status) if status in ("failed", "canceled") else refund


def retrieve(call: Call, id: str) -> JSON:
    """GET /v1/refunds/:id"""
    return call.get("refund", id)


def update(call: Call, id: str) -> JSON:
    """POST /v1/refunds/:id (metadata only)"""
    refund = retrieve(call, id)
    refund["metadata"] = changed_metadata(refund["metadata"], call.params.get("metadata"))
    call.tx.save(refund)
    _announce(call, refund)
    return refund


def page(call: Call) -> JSON:
    """GET /v1/refunds"""
    return call.page("refund", "/v1/refunds", filters=("charge", "payment_intent"))


def cancel(call: Call, id: str) -> JSON:
    """POST /v1/refunds/:id/cancel"""
    refund = retrieve(call, id)
    if refund["status"] != "requires_action":
        refuse(f"Refund {id} has a status of {refund['status']} and cannot be canceled.", param="refund")
    return send_back(call, refund, status="canceled")


def succeed(call: Call, refund: JSON) -> JSON:
    """A pending refund has arrived."""
    if refund["status"] not in UNDER_WAY:
        refuse(f"Refund {refund['id']} has a status of {refund['status']}.", param="refund")
    refund["status"] = "succeeded"
    call.tx.save(refund)
    _announce(call, refund)
    return refund


def send_back(call: Call, refund: JSON, *, status: str = "failed") -> JSON:
    """The bank sent a refund back, or it was canceled: the money is the shop's again."""
    if refund["status"] in ("failed", "canceled"):
        refuse(f"Refund {refund['id']} has a status of {refund['status']}.", param="refund")
    refund["status"] = status
    if status == "failed":
        refund["failure_reason"] = "expired_or_canceled_card"
    refund["failure_balance_transaction"] = book_failed_refund(call, refund)["id"]
    call.tx.save(refund)
    _count(call, call.get("charge", refund["charge"]), -refund["amount"])
    if status == "failed":
        emit(call, "refund.failed", refund)
    _announce(call, refund)
    return refund


def find_charge(call: Call) -> JSON:
    """The successful charge that the `charge` or `payment_intent` parameter names."""
    charge_id, intent_id = call.params.get("charge"), call.params.get("payment_intent")
    if charge_id:
        charge = call.get("charge", charge_id, param="charge")
    elif intent_id:
        intent = call.get("payment_intent", intent_id, param="payment_intent")
        if intent["status"] != "succeeded":
            refuse(f"This PaymentIntent ({intent_id}) does not have a successful charge to refund.",
                   param="payment_intent", code="payment_intent_unexpected_state")  # fmt: skip
        charge = call.get("charge", intent["latest_charge"])
    else:
        refuse("One of the following params should be provided for this request: payment_intent or charge.",
               code="parameter_missing")  # fmt: skip
    if intent_id and charge["payment_intent"] != intent_id:
        refuse(f"The charge {charge['id']} is not of the PaymentIntent {intent_id}.", param="charge")
    return charge


def _amount(call: Call, charge: JSON) -> int:
    if charge["status"] != "succeeded":
        refuse(f"Charge {charge['id']} is not succeeded and cannot be refunded.", param="charge")
    if charge["disputed"] and blocks_refunds(call, charge):
        refuse(f"Charge {charge['id']} has been charged back; cannot issue a refund.",
               param="charge", code="charge_disputed")  # fmt: skip
    left = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        refuse(
            f"Charge {charge['id']} has already been refunded.",
            param="charge",
            code="charge_already_refunded",
        )
    amount: int = call.params.get("amount", left)
    currency = charge["currency"]
    if amount < 1:
        refuse("Invalid positive integer", param="amount", code="parameter_invalid_integer")
    if amount > left:
        kind = "unrefunded amount on charge" if charge["amount_refunded"] else "charge amount"
        asked, rest = written(amount, currency), written(left, currency)
        refuse(f"Refund amount ({asked}) is greater than {kind} ({rest})", param="amount")
    check_step(amount, currency, param="amount")
    return amount


def _next_status(call: Call) -> str:
    rule: JSON | None = call.tx.setting("refunds")
    if not rule:
        return "succeeded"
    left = rule["times"] - 1
    call.tx.set("refunds", rule | {"times": left} if left else None)
    status: str = rule["status"]
    return status


def _count(call: Call, charge: JSON, amount: int) -> None:
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    call.tx.save(charge)


def _announce(call: Call, refund: JSON) -> None:
    emit(call, "refund.updated", refund)
    emit(call, "charge.refund.updated", refund)
