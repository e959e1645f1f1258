"""Why staff cancel an order, what they say of it, and which of its goods do not go back to the shelf.

Knows codes and their words; refuses to cancel anything.
"""

from dataclasses import dataclass, field

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

# Staff cancelled it and gave no reason: orders from before they were asked for one.
STAFF = "staff"

# What staff may choose, in this order.
REASONS: dict[str, LazyString] = {
    "customer_asked": _l("The customer asked"),
    "cannot_deliver": _l("It cannot be delivered: goods are missing or damaged"),
    "bad_address": _l("The address cannot be reached"),
    "suspicious": _l("Something about it is suspicious"),
    "other": _l("Another reason"),
}
# An order cancelled by one of these stays so, whatever is paid later.
BY_STAFF = frozenset({STAFF, *REASONS})

LONGEST_NOTE = 500


@dataclass(frozen=True, slots=True)
class Cancelled:
    """What is said when an order is cancelled: a code, a note for colleagues, and the ids of variants whose pieces do
    not go back to the shelf."""

    code: str = STAFF
    note: str = ""
    lost: frozenset[int] = field(default_factory=frozenset)


WITHOUT_REASON = Cancelled()
