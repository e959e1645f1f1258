"""Disputes: a bank takes the money of a charge back until somebody wins; an inquiry only asks."""

from storefront.sandbox.balance import book_dispute, book_reinstated
from storefront.sandbox.bodies import born
from storefront.sandbox.call import Call, changed_metadata, new_id, played
from storefront.sandbox.events import emit
from storefront.sandbox.store import JSON, Filter
from storefront.sandbox.wire import refuse

OPEN = ("needs_response", "under_review")
INQUIRY = ("warning_needs_response", "warning_under_review")
ENDS = {"won": OPEN, "lost": (*OPEN, *INQUIRY), "warning_closed": INQUIRY}
"""How a dispute may end, and from where: an inquiry takes no money and so cannot be won."""

BLOCKING = (*OPEN, "lost")
DAYS_TO_ANSWER = 7


def open_dispute(call: Call, charge: JSON, *, amount: int | None = None, reason: str = "fraudulent") -> JSON:
    """A cardholder disputes a charge; the amount (default: what is not refunded) is withdrawn at once.

    Their bank need not know of refunds: as at Stripe, up to the whole charge can be disputed whatever went back.
    """
    dispute = _begun(call, charge, amount=amount, reason=reason, status="needs_response")
    _withdraw(call, dispute, charge)
    call.tx.add(dispute)
    emit(call, "charge.dispute.created", dispute)
    emit(call, "charge.dispute.funds_withdrawn", dispute)
    return dispute


def open_inquiry(call: Call, charge: JSON, *, amount: int | None = None, reason: str = "fraudulent") -> JSON:
    """A bank asks about a charge; no money moves, and the charge can still be refunded."""
    dispute = _begun(call, charge, amount=amount, reason=reason, status="warning_needs_response")
    dispute |= {"is_charge_refundable": True}
    dispute["payment_method_details"]["card"]["case_type"] = "inquiry"
    call.tx.add(dispute)
    emit(call, "charge.dispute.created", dispute)
    return dispute


def escalate(call: Call, dispute: JSON) -> JSON:
    """The bank makes a dispute of its inquiry: the money is withdrawn now."""
    if dispute["status"] not in INQUIRY:
        refuse(f"Dispute {dispute['id']} is no inquiry.", param="dispute")
    dispute |= {"status": "needs_response", "is_charge_refundable": False}
    dispute["payment_method_details"]["card"]["case_type"] = "chargeback"
    _withdraw(call, dispute, call.get("charge", dispute["charge"]))
    call.tx.save(dispute)
    emit(call, "charge.dispute.updated", dispute)
    emit(call, "charge.dispute.funds_withdrawn", dispute)
    return dispute


def _begun(call: Call, charge: JSON, *, amount: int | None, reason: str, status: str) -> JSON:
    left = charge["amount"] - charge["amount_refunded"]
    amount = (left or charge["amount"]) if amount is None else amount
    if charge["status"] != "succeeded" or charge["disputed"] or not 0 < amount <= charge["amount"]:
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
        status=status,
    )
    dispute["evidence_details"]["due_by"] = call.now + DAYS_TO_ANSWER * 86_400
    return dispute


def _withdraw(call: Call, dispute: JSON, charge: JSON) -> None:
    dispute["balance_transactions"] = [book_dispute(call, dispute)]
    charge["disputed"] = True
    call.tx.save(charge)


def blocks_refunds(call: Call, charge: JSON) -> bool:
    """Whether a bank decides about the charge or has taken it; one that was won can be refunded again."""
    disputes = call.tx.select("dispute", Filter(fields={"charge": charge["id"]}))
    return any(dispute["status"] in BLOCKING for dispute in disputes)


def close_dispute(call: Call, dispute: JSON, *, status: str, reinstated: int = 0) -> JSON:
    """The end of a dispute: `won` gives the amount back, `lost` what is `reinstated` of it; an inquiry is
    `warning_closed`.
    """
    if dispute["status"] not in (*OPEN, *INQUIRY):
        refuse(f"Dispute {dispute['id']} is already closed.", param="dispute")
    if dispute["status"] not in ENDS[status]:
        refuse(f"Dispute {dispute['id']} has a status of {dispute['status']}: no {status}.", param="status")
    if not 0 <= reinstated < dispute["amount"] or (reinstated and status != "lost"):
        refuse(f"No {reinstated} of dispute {dispute['id']} can be reinstated.", param="reinstated")
    if status == "lost" and dispute["status"] in INQUIRY:
        dispute = escalate(call, dispute)
    dispute["status"] = status
    back = dispute["amount"] if status == "won" else reinstated
    if back:
        dispute["balance_transactions"].append(book_reinstated(call, dispute, back))
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
            is_inquiry = dispute["status"] in INQUIRY
            dispute["status"] = "warning_under_review" if is_inquiry else "under_review"
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
