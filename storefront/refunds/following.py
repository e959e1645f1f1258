"""What the fate of a refund does to the return request that it pays.

Knows which request a refund is for; refuses to know how refunds are decided. Each step expects the order's lock.
"""

import sqlalchemy as sa

from storefront import clock, states
from storefront.database import require_transaction
from storefront.orders.refund import Refund
from storefront.refunds.returns import ReturnRequest, ReturnState


def follow_approval(refund: Refund) -> None:
    """Its money goes on its way: the request is closed. A step."""
    request = _request_of(refund)
    if request is not None and request.state != ReturnState.CLOSED:
        states.advance(request, ReturnState.CLOSED)
        request.closed_at = clock.now()


def follow_refusal(refund: Refund) -> None:
    """Its refund was declined: the request waits for another. Where it tried a failed one again, that one stands
    again, and may be tried or set aside once more. A step."""
    request, failed = _request_of(refund), refund.retry_of
    refund.retry_of = None
    if request is None:
        return
    if failed is not None:
        request.refund_id = failed
    elif request.state != ReturnState.CLOSED:
        request.refund_id = None


def follow_replacement(refund: Refund, *, by: Refund) -> None:
    """Another refund took the place of one that failed. A step."""
    request = _request_of(refund)
    if request is not None:
        request.refund_id = by.id


def _request_of(refund: Refund) -> ReturnRequest | None:
    found = sa.select(ReturnRequest).where(ReturnRequest.refund_id == refund.id)
    request: ReturnRequest | None = (
        require_transaction().scalars(found, execution_options={"populate_existing": True}).one_or_none()
    )
    return request
