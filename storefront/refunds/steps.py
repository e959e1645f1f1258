"""Money back, begun inside the transaction that finds it due.

Knows how a refund is reserved and sent on its way; refuses to decide whether it is owed.
"""

from storefront import jobs
from storefront.money import Money
from storefront.orders.models import Order, Refund
from storefront.orders.money_back import reserve_refund
from storefront.payments.models import new_id


def give_all_back(order: Order, *, attempt_id: str, amount: Money, reason: str) -> Refund:
    """Reserve a refund of one whole payment and enqueue its sending; raises Refused beyond what is left. A step."""
    refund = reserve_refund(
        order, refund_id=new_id("ref"), attempt_id=attempt_id, amount=amount, reason=reason
    )
    jobs.enqueue("refund.send", {"refund_id": refund.id}, key=f"refund:{refund.id}")
    return refund
