"""The balance: what charges bring, what fees, refunds and disputes take; each as a balance transaction."""

from collections import Counter

from storefront.sandbox import bodies
from storefront.sandbox.call import Call
from storefront.sandbox.store import JSON

FEE_PER_10_000, FEE_FIXED = 150, 25
"""1.5 % and 25 minor units per charge: Stripe's European card price, the same for every currency here."""

DISPUTE_FEE = 1500


def fee_of(amount: int) -> int:
    """The fee for a charge, rounded half up, never more than the charge."""
    return min(amount, (amount * FEE_PER_10_000 + 5000) // 10_000 + FEE_FIXED)


def book_charge(call: Call, charge: JSON) -> JSON:
    """A charge comes in, less its fee."""
    fee = fee_of(charge["amount"])
    return _book(call, charge, type="charge", amount=charge["amount"], fee=fee, why="Stripe processing fees")


def book_refund(call: Call, refund: JSON) -> JSON:
    """A refund goes out; the charge's fee is not given back."""
    return _book(call, refund, type="refund", amount=-refund["amount"])


def book_failed_refund(call: Call, refund: JSON) -> JSON:
    """A refund that the bank sent back comes in again."""
    return _book(call, refund, type="refund_failure", amount=refund["amount"])


def book_dispute(call: Call, dispute: JSON) -> JSON:
    """A disputed amount is withdrawn, with a fee."""
    return _book(
        call, dispute, type="adjustment", amount=-dispute["amount"], fee=DISPUTE_FEE, why="Dispute fee"
    )


def book_reinstated(call: Call, dispute: JSON, amount: int) -> JSON:
    """What comes back of a dispute's amount; the fee does not."""
    return _book(call, dispute, type="adjustment", amount=amount)


def book_payout(call: Call, payout: JSON) -> JSON:
    """What goes to the shop's bank leaves the balance."""
    return _book(call, payout, type="payout", amount=-payout["amount"])


def left(call: Call) -> dict[str, int]:
    """What is on the balance, by currency."""
    found: Counter[str] = Counter()
    for movement in call.tx.select("balance_transaction"):
        found[movement["currency"]] += movement["net"]
    return dict(found)


def retrieve(call: Call, id: str) -> JSON:
    """GET /v1/balance_transactions/:id"""
    return call.get("balance_transaction", id)


def page(call: Call) -> JSON:
    """GET /v1/balance_transactions"""
    return call.page(
        "balance_transaction", "/v1/balance_transactions", filters=("currency", "source", "type")
    )


def _book(call: Call, source: JSON, *, type: str, amount: int, fee: int = 0, why: str = "") -> JSON:
    return call.tx.add(
        bodies.balance_transaction(source, type=type, amount=amount, fee=fee, now=call.now, why=why)
    )
