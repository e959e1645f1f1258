"""Which role may do what, as a table.

Knows names of roles and permissions; refuses to know who has them.
"""

from collections.abc import Iterable

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from storefront.web.access import PERMISSIONS

OWNER = "owner"

# What `open_to` is told on the left, who may on the right; a permission that stands nowhere is the owner's alone.
ROLES: dict[str, frozenset[str]] = {
    OWNER: PERMISSIONS,
    "orders": frozenset(
        {
            *("orders.view", "orders.edit", "orders.export", "returns.receive"),
            *("catalogue.view", "reports.view", "policies.view"),
        }
    ),
    "refunds": frozenset(
        {
            *("orders.view", "refunds.make", "refunds.approve", "returns.receive"),
            *("payments.review", "reports.view", "policies.view"),
        }
    ),
    "catalogue": frozenset(
        {
            *("catalogue.view", "catalogue.edit", "stock.adjust", "claims.view", "claims.decide"),
            "policies.view",
        }
    ),
    "content": frozenset(
        {
            *("catalogue.view", "content.view", "content.edit", "comments.moderate"),
            *("claims.view", "claims.decide", "policies.view"),
        }
    ),
    "support": frozenset(
        {
            *("orders.view", "orders.edit", "returns.receive"),
            *("catalogue.view", "comments.moderate", "policies.view"),
        }
    ),
}

# What each is called, and what it does, in the order of the table.
ROLE_WORDS: dict[str, tuple[LazyString, LazyString]] = {
    "owner": (_l("Owner"), _l("everything, and who works here")),
    "orders": (_l("Orders"), _l("sees and sends orders, takes goods back, exports orders, sees figures")),
    "refunds": (
        _l("Refunds"),
        _l("sees orders and figures, decides about returns, gives money back, reviews payments"),
    ),
    "catalogue": (
        _l("Catalogue"),
        _l("changes products, collections, pictures and stock, answers for claims"),
    ),
    "content": (_l("Content"), _l("sees products, writes posts, decides about comments, answers for claims")),
    "support": (_l("Support"), _l("sees orders and products, changes addresses and notes, takes goods back")),
}


def titles_of(names: Iterable[str]) -> str:
    """The roles as people call them, in the order of the table."""
    asked = set(names)
    return ", ".join(str(title) for name, (title, _hint) in ROLE_WORDS.items() if name in asked)


def permissions_of(roles: Iterable[str]) -> frozenset[str]:
    """All that these roles allow together."""
    return frozenset().union(*(ROLES.get(role, frozenset()) for role in roles))
