"""Disputes: a bank takes the money of a charge back until somebody wins."""

from storefront.sandbox.balance import book_dispute, book_won_dispute
from storefront.sandbox.bodies import born
from storefront.sandbox.call import Call, changed_metadata, new_id, played
from storefront.sandbox.events import emit
from storefront.sandbox.store import JSON
from storefront.sandbox.wire import refuse

OPEN = ("needs_response", "under_review")
DAYS_TO_ANSWER = 7


def open_dispute(call: Call, charge: JSON, *, amount: int | None = None, reason: str = "fraudulent") -> JSON:
    """A cardholder disputes a charge; the amount (default: what is not refunded) is withdrawn at once."""
    left = charge["amount"] - charge["amount_refunded"]
    amount = left if amount is None else amount
    if charge["status"] != "succeeded" or charge["disputed"] or not 0 < amount <= left:
        refuse(f"Charge {charge['id']} cannot be disputed for {amount}.", param="charge")
    dispute = born(
        "dispute",
        id=new_id("dp"),
        amount=amount,
        charge=charge["id"],
        created=call.now,
        currency=charge["currency"],
        payment_intent=charge["payment_intent"],
        reason=reason,
    )
    dispute["evidence_details"]["due_by"] = call.now + DAYS_TO_ANSWER * 86_400
    dispute["balance_transactions"] = [book_dispute(call, dispute)]
    call.tx.add(dispute)
    charge["disputed"] = True
    call.tx.save(charge)
    emit(call, "charge.dispute.created", dispute)
    emit(call, "charge.dispute.funds_withdrawn", dispute)
    return dispute


def close_dispute(call: Call, dispute: JSON, *, status: str) -> JSON:
    """The end of a dispute: `won` gives the amount back, `lost` does not."""
    if dispute["status"] not in OPEN:
        refuse(f"Dispute {dispute['id']} is already closed.", param="dispute")
    dispute["status"] = status
    if status == "won":
        dispute["balance_transactions"].append(book_won_dispute(call, dispute))
        emit(call, "charge.dispute.funds_reinstated", dispute)
    call.tx.save(dispute)
    emit(call, "charge.dispute.closed", dispute)
    return dispute


def retrieve(call: Call, id: str) -> JSON:
    """GET /v1/disputes/:id"""
    return call.get("dispute", id, param="dispute")


def update(call: Call, id: str) -> JSON:
    """POST /v1/disputes/:id: evidence and metadata; `submit` sends it to the bank."""
    played(call.params, ("evidence", "metadata", "submit"))
    dispute = retrieve(call, id)
    dispute["metadata"] = changed_metadata(dispute["metadata"], call.params.get("metadata"))
    if evidence := call.params.get("evidence"):
        dispute["evidence"] |= evidence
        dispute["evidence_details"]["has_evidence"] = True
        if call.params.get("submit", True):
            dispute["status"] = "under_review"
            dispute["evidence_details"]["submission_count"] += 1
    call.tx.save(dispute)
    emit(call, "charge.dispute.updated", dispute)
    return dispute


def close(call: Call, id: str) -> JSON:
    """POST /v1/disputes/:id/close: the shop gives in."""
    return close_dispute(call, retrieve(call, id), status="lost")


def page(call: Call) -> JSON:
    """GET /v1/disputes"""
    return call.page("dispute", "/v1/disputes", filters=("charge", "payment_intent"))
