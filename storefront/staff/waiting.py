"""What waits for this person, as the dashboard's first line.

Knows which queue is on which page and who may open it; refuses to count anything itself.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import url_for
from flask_babel import ngettext

from storefront.orders.sought import Matter, Parcel, Sort
from storefront.reports.queues import Queues, queues


@dataclass(frozen=True, slots=True)
class Waiting:
    """So many things of a kind, on that page; `text` follows the number."""

    count: int
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class _Kind:
    permission: str
    endpoint: str
    count: Callable[[Queues], int]
    text: Callable[[int], str]
    values: dict[str, Any] = field(default_factory=dict)


_KINDS = (
    _Kind(
        "orders.view",
        "staff.orders",
        lambda found: found.to_pack,
        lambda count: ngettext("order to pack", "orders to pack", count),
        {"parcel": Parcel.TO_PACK, "sort": Sort.OLDEST},
    ),
    _Kind(
        "orders.view",
        "staff.orders",
        lambda found: found.disputes,
        lambda count: ngettext("dispute to answer", "disputes to answer", count),
        {"matter": Matter.UNDECIDED},
    ),
    _Kind(
        "refunds.make",
        "staff.returns",
        lambda found: found.returns,
        lambda count: ngettext("return to decide or pay back", "returns to decide or pay back", count),
    ),
    _Kind(
        "refunds.make",
        "staff.withdrawals",
        lambda found: found.withdrawals,
        lambda count: ngettext("withdrawal to decide about", "withdrawals to decide about", count),
    ),
    _Kind(
        "refunds.approve",
        "staff.refund_queues",
        lambda found: found.refunds,
        lambda count: ngettext("refund to approve", "refunds to approve", count),
    ),
    _Kind(
        "refunds.make",
        "staff.refund_queues",
        lambda found: found.refunds_failed,
        lambda count: ngettext("failed refund", "failed refunds", count),
    ),
    _Kind(
        "refunds.make",
        "staff.refund_queues",
        lambda found: found.refunds_not_owed,
        lambda count: ngettext(
            "refund at Stripe that was not owed", "refunds at Stripe that were not owed", count
        ),
    ),
    _Kind(
        "payments.review",
        "staff.payment_review",
        lambda found: found.payments,
        lambda count: ngettext("payment to review", "payments to review", count),
    ),
    _Kind(
        "jobs.manage",
        "staff.jobs",
        lambda found: found.jobs_failed,
        lambda count: ngettext("failed job", "failed jobs", count),
    ),
    _Kind(
        "jobs.manage",
        "staff.jobs",
        lambda found: found.mails_refused + found.mails_late,
        lambda count: ngettext("mail not sent", "mails not sent", count),
    ),
)


def waiting(may: Callable[[str], bool]) -> tuple[Waiting, ...]:
    """What waits on pages that this person may open; nothing of what does not wait. One statement."""
    kinds = [kind for kind in _KINDS if may(kind.permission)]
    if not kinds:
        return ()
    found = queues()
    return tuple(
        Waiting(kind.count(found), kind.text(kind.count(found)), url_for(kind.endpoint, **kind.values))
        for kind in kinds
        if kind.count(found)
    )
