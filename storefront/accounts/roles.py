"""Which role may do what, as a table.

Knows names of roles and permissions; refuses to know who has them.
"""

from collections.abc import Iterable

from storefront.web.access import PERMISSIONS

OWNER = "owner"

# What `open_to` is told on the left, who may on the right; a permission that stands nowhere is the owner's alone.
ROLES: dict[str, frozenset[str]] = {
    OWNER: PERMISSIONS,
    "orders": frozenset({"orders.view", "orders.edit", "orders.export", "catalogue.view", "reports.view"}),
    "refunds": frozenset(
        {"orders.view", "refunds.make", "refunds.approve", "payments.review", "reports.view"}
    ),
    "catalogue": frozenset(
        {"catalogue.view", "catalogue.edit", "stock.adjust", "claims.view", "claims.decide"}
    ),
    "content": frozenset(
        {
            *("catalogue.view", "content.view", "content.edit", "comments.moderate"),
            *("claims.view", "claims.decide"),
        }
    ),
    "support": frozenset({"orders.view", "orders.edit", "catalogue.view", "comments.moderate"}),
}


def permissions_of(roles: Iterable[str]) -> frozenset[str]:
    """All that these roles allow together."""
    return frozenset().union(*(ROLES.get(role, frozenset()) for role in roles))
