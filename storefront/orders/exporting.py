"""Orders taken out of the shop as a file: who took them, and which.

Knows that it is put on record before the first line leaves; refuses to know what a line looks like.
"""

from collections.abc import Mapping

from storefront import audit
from storefront.database import transaction
from storefront.orders.steps import Actor


def note_export(*, filters: Mapping[str, str], by: Actor) -> None:
    """Put on record that a list of orders was taken out, and what it was narrowed to."""
    with transaction():
        detail = {name: (None, value) for name, value in filters.items()}
        audit.record("orders.exported", subject=("orders", "list"), actor=by, detail=detail)
