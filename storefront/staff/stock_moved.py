"""Movements of stock in words: why, who, and which order.

Knows whose names to look up, by one statement; refuses to move anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import url_for

from storefront.accounts.models import Customer
from storefront.database import session
from storefront.orders.models import number_of_id
from storefront.staff.goods_words import cause_names
from storefront.web.text import moment_text


@dataclass(frozen=True, slots=True)
class Moved:
    """A movement as the history prints it."""

    at: str
    cause: str
    delta: str
    note: str
    who: str
    order: str
    order_url: str


def in_words(rows: Sequence[Any]) -> list[Moved]:
    """Movements as they are printed, in their order. One statement."""
    names, called = cause_names(), _called(rows)
    return [
        Moved(
            at=moment_text(row.at, "short"),
            cause=names.get(row.cause, row.cause),
            delta=f"+{row.delta}" if row.delta > 0 else f"\N{MINUS SIGN}{-row.delta}",
            note=row.note or "",
            who=called.get(row.actor_id or "", ""),
            order=_number(row.reference),
            order_url=_order_url(_number(row.reference)),
        )
        for row in rows
    ]


def _number(reference: str) -> str:
    key = reference.removeprefix("order:")
    return str(number_of_id(int(key))) if key != reference and key.isdecimal() else ""


def _called(rows: Sequence[Any]) -> dict[str, str]:
    keys = {row.actor_id for row in rows if row.actor_kind == "staff" and row.actor_id}
    ids = [int(key) for key in keys if key.isdecimal()]
    found: Any = session().execute(sa.select(Customer.id, Customer.name).where(Customer.id.in_(ids)))
    return {str(row.id): row.name for row in found}


def _order_url(number: str) -> str:
    return url_for("staff.order", number=number) if number else ""
