"""What stands on every staff page: the shop's name, ways to the other pages, and what waits there.

Knows the entries and counts the queues, all by one statement; refuses to know what is in them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import g, request, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from werkzeug.local import LocalProxy

from storefront.accounts.access import current_customer
from storefront.checkout.reviewed import in_review
from storefront.claims.queries import open_marks
from storefront.comments.moderating import held_comments
from storefront.config import settings
from storefront.database import session
from storefront.jobs import Job, JobState
from storefront.orders.sought import orders_to_pack
from storefront.refunds.records import refunds_that_wait
from storefront.refunds.return_records import returns_that_wait
from storefront.refunds.withdrawal_records import withdrawals_that_wait
from storefront.staff.blueprint import blueprint
from storefront.web.access import PERMISSIONS, audience_of
from storefront.web.text import page_locale

# A queue is counted this far: nobody plans the day by the hundredth, and counting on would cost more each year.
MOST_COUNTED = 99


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of the way to a page; the last has no URL."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the menu: shown to whom the endpoint is open to. `key` follows `g`; `queue` names what waits."""

    title: LazyString
    endpoint: str
    key: str = ""
    queue: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """An entry as it is printed; `waiting` is a text ("" where nothing waits)."""

    title: str
    url: str
    key: str
    waiting: str
    current: bool


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the menu, with the entries that this person may open: at least one."""

    title: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class StaffFrame:
    """All that `templates/staff/base.html` prints around a page."""

    shop_name: str
    demo: bool
    lang: str
    dir: str


# What is done daily, what is sold, what keeps the house. Whoever adds a page adds its line.
ENTRIES: tuple[Entry, ...] = (
    Entry(_l("Overview"), "staff.dashboard", key="d"),
    Entry(_l("Orders"), "staff.orders", key="o", queue="to_pack"),
    Entry(_l("Returns"), "staff.returns", key="t", queue="returns"),
    Entry(_l("Withdrawals"), "staff.withdrawals", key="q", queue="withdrawals"),
    Entry(_l("Refunds"), "staff.refund_queues", key="r", queue="refunds"),
    Entry(_l("Payment review"), "staff.payment_review", key="v", queue="payments"),
    Entry(_l("Products"), "staff.products", key="p"),
    Entry(_l("Collections"), "staff.collections_list", key="c"),
    Entry(_l("Discounts"), "staff.discounts_list", key="i"),
    Entry(_l("Gift cards and credit"), "staff.credit", key="g"),
    Entry(_l("Tax"), "staff.taxes", key="n"),
    Entry(_l("Stock"), "staff.stock", key="s"),
    Entry(_l("Posts"), "staff.posts", key="j"),
    Entry(_l("What posts earn"), "staff.earnings", key="a"),
    Entry(_l("Comments"), "staff.comments", key="m", queue="comments"),
    Entry(_l("Claims"), "staff.claims", key="k", queue="claims"),
    Entry(_l("Subscribers"), "staff.subscribers", key="l"),
    Entry(_l("People"), "staff.people_list", key="w"),
    Entry(_l("Policies"), "staff.policies", key="u"),
    Entry(_l("Books"), "staff.books", key="x"),
    Entry(_l("Privacy"), "staff.privacy", key="y"),
    Entry(_l("Record"), "staff.audit", key="e"),
    Entry(_l("Failed jobs"), "staff.jobs", key="b", queue="jobs"),
)

# The entry that opens a chapter of the menu; those after it belong to it.
CHAPTERS: Mapping[str, LazyString] = {
    "staff.dashboard": _l("Daily"),
    "staff.products": _l("Goods"),
    "staff.posts": _l("Magazine"),
    "staff.people_list": _l("House"),
}

# By the name in `Entry.queue`: a select of one column, one row for each thing that waits.
QUEUES: Mapping[str, Callable[[], sa.Select[Any]]] = {
    "to_pack": orders_to_pack,
    "refunds": refunds_that_wait,
    "returns": returns_that_wait,
    "withdrawals": withdrawals_that_wait,
    "payments": in_review,
    "comments": held_comments,
    "claims": open_marks,
    "jobs": lambda: sa.select(Job.id).where(Job.state == JobState.DEAD),
}


@blueprint.context_processor
def framed() -> dict[str, Any]:
    """Give every staff page its frame and its menu, read when they are first printed."""
    return {"frame": _frame(), "chapters": LocalProxy(chapters), "person": _person(), "may_open": may_open}


def _person() -> str:
    person = current_customer()
    return person.name or person.email


def _frame() -> StaffFrame:
    made, locale = settings(), page_locale()
    return StaffFrame(
        shop_name=made.shop_name,
        demo=made.is_sandbox,
        lang=str(locale).replace("_", "-"),
        dir=locale.text_direction,
    )


def chapters() -> tuple[Chapter, ...]:
    """The menu of this page, read once."""
    if "staff_menu" not in g:
        g.staff_menu = _menu()
    found: tuple[Chapter, ...] = g.staff_menu
    return found


def _menu() -> tuple[Chapter, ...]:
    waiting = _waiting({each.queue for each in ENTRIES if each.queue and may_open(each.endpoint)})
    here = _section(request.path)
    menu: list[tuple[LazyString, list[Place]]] = []
    for entry in ENTRIES:
        if entry.endpoint in CHAPTERS:
            menu.append((CHAPTERS[entry.endpoint], []))
        if may_open(entry.endpoint):
            menu[-1][1].append(_place(entry, waiting=waiting.get(entry.queue, 0), here=here))
    return tuple(Chapter(str(title), tuple(places)) for title, places in menu if places)


def _place(entry: Entry, *, waiting: int, here: str) -> Place:
    url = url_for(entry.endpoint)
    return Place(
        title=str(entry.title),
        url=url,
        key=entry.key,
        waiting=_counted(waiting),
        current=_section(url) == here,
    )


def may_open(endpoint: str) -> bool:
    """Whether the person who is here may open a staff page: what it declares, held against their roles."""
    audience = audience_of(endpoint)
    person = current_customer()
    return person.may(audience) if audience in PERMISSIONS else person.is_staff


def _section(path: str) -> str:
    """The part of an address that a menu's entry covers: `/staff/orders/1001` is among the orders."""
    return "/".join(path.split("/")[:3])


def _waiting(queues: set[str]) -> dict[str, int]:
    """How many wait in each queue, at most one more than is counted. One statement."""
    if not queues:
        return {}
    counts = [
        sa.select(sa.func.count())
        .select_from(QUEUES[name]().limit(MOST_COUNTED + 1).subquery())
        .scalar_subquery()
        .label(name)
        for name in sorted(queues)
    ]
    return dict(session().execute(sa.select(*counts)).mappings().one())


def _counted(found: int) -> str:
    if found > MOST_COUNTED:
        return f"{MOST_COUNTED}+"
    return str(found) if found else ""
