"""What posts earned: sales, refunds and disputes of what came from each, and of what came from none.

Knows the books and which post an order names; refuses to know how a figure is drawn. An order counts on the day its
money came in, a refund on the day it went. All posts and what is direct add up to what was earned, to the minor unit:
the ledger less what sold gift cards.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from storefront.config import settings
from storefront.content.models import Post, PostKind
from storefront.credit.models import CreditCause, CreditEntry
from storefront.database import read
from storefront.money import Money
from storefront.orders.books import EntryKind, LedgerEntry
from storefront.orders.models import Order, OrderLine
from storefront.orders.refund import Refund
from storefront.reports.dividing import shared
from storefront.reports.periods import Period
from storefront.reports.sales import Takings, all_of, takings
from storefront.reports.shares import CARDS, DIRECT, Share


class View(StrEnum):
    """Which post a sale is put down to: the one whose card or link was used for a line, or the first or the latest
    one that was read on the device, where the shop remembers them."""

    CARD = "card"
    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class PostEarned:
    """What one post earned in a period; `readers` are the people who bought, `reasons` why how much went back."""

    post_id: int
    title: str
    slug: str
    is_page: bool
    readers: int
    takings: Takings
    reasons: tuple[tuple[str, Money], ...]


@dataclass(frozen=True, slots=True)
class Earned:
    """What all posts earned, the best first, beside what came from none; by part of the period as well.

    `whole` is the ledger; `by_part` has for each part what each post took, by id.
    """

    posts: tuple[PostEarned, ...]
    direct: Takings
    whole: Takings
    by_part: tuple[Mapping[int, Takings], ...]
    direct_by_part: tuple[Takings, ...]
    whole_by_part: tuple[Takings, ...]


def earned(parts: Sequence[Period], *, view: View, currency: str) -> Earned:
    """What moved in the parts, which follow one another, by post. Three statements, and four more for each 1,000
    orders of which lines came from different posts."""
    whole = takings(parts, currency=currency)
    zone = settings().timezone
    begins = [part.bounds(zone)[0] for part in parts]
    span = (begins[0], parts[-1].bounds(zone)[1])
    sums = _Sums()
    for entry, share in shared(read(_entries(view, currency, span)), currency):
        sums.add(entry, share, part=bisect_right(begins, entry.at) - 1)
    by_part = tuple(sums.of_part(part, currency) for part in range(len(parts)))
    direct = tuple(
        _without(all_, posts, sums.direct_orders(part, all_.orders))
        for part, (all_, posts) in enumerate(zip(whole, by_part, strict=True))
    )
    return Earned(
        posts=_told(sums, by_part, currency),
        direct=all_of(direct, currency=currency),
        whole=all_of(whole, currency=currency),
        by_part=by_part,
        direct_by_part=direct,
        whole_by_part=whole,
    )


def earned_by(post_id: int, *, currency: str) -> Takings:
    """What came in and went back of what one post's cards and links put into carts, since there is the shop. One
    statement, and four more for each 1,000 orders of which other lines came from elsewhere."""
    sums = _Sums()
    for entry, share in shared(read(_entries_of(post_id, currency)), currency):
        sums.add(entry, share, part=0)
    return sums.of_part(0, currency).get(post_id, Takings.none(currency))


@dataclass(slots=True)
class _Sums:
    """Minor units by part and post: orders, sales, refunds, disputes."""

    money: dict[tuple[int, int], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0, 0]))
    readers: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    reasons: dict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    # Payments by part of orders of which nothing was direct.
    from_posts: Counter[int] = field(default_factory=Counter)
    # Orders that credit paid whole, of which the payment was counted.
    by_credit: set[int] = field(default_factory=set)

    def add(self, entry: Any, share: Share, *, part: int) -> None:
        """Enter an entry's shares."""
        column, is_payment = _COLUMNS[entry.kind], self._is_payment(entry)
        for post_id, minor in share.items():
            if post_id == CARDS:
                continue
            row = self.money[part, post_id]
            row[column] += minor
            if is_payment:
                row[0] += 1
                self.readers[post_id].add(entry.email.lower())
            elif column == 2 and minor:
                self.reasons[post_id][entry.reason or ""] += minor
        if is_payment and share.keys() - {CARDS} and DIRECT not in share:
            self.from_posts[part] += 1

    def _is_payment(self, entry: Any) -> bool:
        """Credit has an entry for each account: an order that it paid whole is one payment all the same."""
        if (
            entry.kind == EntryKind.CREDIT_SPENT
            and entry.is_by_credit
            and entry.order_id not in self.by_credit
        ):
            self.by_credit.add(entry.order_id)
            return True
        return bool(entry.kind == EntryKind.CAPTURE)

    def of_part(self, part: int, currency: str) -> dict[int, Takings]:
        """What each post took in a part."""
        return {
            post_id: Takings(row[0], *(Money(minor, currency) for minor in row[1:]))
            for (number, post_id), row in self.money.items()
            if number == part and post_id > DIRECT
        }

    def direct_orders(self, part: int, orders: int) -> int:
        """Payments of which something was direct."""
        return orders - self.from_posts[part]


_COLUMNS = {
    EntryKind.CAPTURE: 1,
    EntryKind.CREDIT_SPENT: 1,
    EntryKind.REFUND: 2,
    EntryKind.CREDIT_GIVEN: 2,
    EntryKind.REFUND_RETURNED: 2,
    EntryKind.DISPUTE: 3,
    EntryKind.DISPUTE_WON: 3,
}


def _without(whole: Takings, posts: Mapping[int, Takings], orders: int) -> Takings:
    mine = all_of(posts.values(), currency=whole.sales.currency)
    return Takings(
        orders, whole.sales - mine.sales, whole.refunds - mine.refunds, whole.disputes - mine.disputes
    )


def _told(sums: _Sums, by_part: Iterable[Mapping[int, Takings]], currency: str) -> tuple[PostEarned, ...]:
    of_post: dict[int, list[Takings]] = defaultdict(list)
    for posts in by_part:
        for post_id, took in posts.items():
            of_post[post_id].append(took)
    named = {row.id: row for row in read(_TITLES, {"ids": list(of_post)})} if of_post else {}
    told = [
        PostEarned(
            post_id=post_id,
            title=named[post_id].title,
            slug=named[post_id].slug,
            is_page=named[post_id].kind == PostKind.PAGE,
            readers=len(sums.readers[post_id]),
            takings=all_of(took, currency=currency),
            reasons=tuple(
                (reason, Money(minor, currency)) for reason, minor in _most(sums.reasons[post_id]) if minor
            ),
        )
        for post_id, took in of_post.items()
    ]
    return tuple(sorted(told, key=lambda each: (-each.takings.net.minor, each.post_id)))


def _most(reasons: Counter[str]) -> list[tuple[str, int]]:
    return sorted(reasons.items(), key=lambda each: (each[1], each[0]))


_entry: Any = LedgerEntry.__table__
_line: Any = OrderLine.__table__
_credit: Any = CreditEntry.__table__
_NOBODY: Any = sa.null()
_COLUMN = {View.FIRST: Order.first_post_id, View.LAST: Order.last_post_id}


def _entries(view: View, currency: str, span: tuple[datetime, datetime]) -> sa.Select[Any]:
    """What moved in some time of orders that name a post: along `ix_ledger_entry_moved`, as the dashboard does."""
    of_time = (
        _entry.c.kind.in_(list(EntryKind)),
        _entry.c.currency == currency,
        _entry.c.at >= span[0],
        _entry.c.at < span[1],
    )
    if view is View.CARD:
        named = sa.exists().where(_line.c.order_id == _entry.c.order_id, _line.c.post_id.is_not(None))
        return _selected(*_ends()).where(*of_time, named)
    post_id = _COLUMN[view]
    sold_cards = sa.exists().where(
        _credit.c.order_id == _entry.c.order_id, _credit.c.cause == CreditCause.SOLD
    )
    low = sa.case((sold_cards, sa.literal_column(str(CARDS))), else_=post_id).label("low")
    return _selected(low, post_id.label("high"), owner=post_id).where(*of_time, post_id.is_not(None))


def _entries_of(post_id: int, currency: str) -> sa.Select[Any]:
    """All that ever moved of orders with something from a post: along its own index, then order by order."""
    orders = sa.select(_line.c.order_id).where(_line.c.post_id == post_id)
    return _selected(*_ends()).where(_entry.c.order_id.in_(orders), _entry.c.currency == currency)


def _ends() -> tuple[Any, Any]:
    """The least and the greatest post of an order's lines: it is of one post where they are the same."""
    posts = sa.case(
        (_line.c.is_gift_card, sa.literal_column(str(CARDS))),
        else_=sa.func.coalesce(_line.c.post_id, sa.literal_column(str(DIRECT))),
    )
    of_order = _line.c.order_id == _entry.c.order_id
    least, greatest = (
        sa.select(end(posts)).where(of_order).correlate(_entry).scalar_subquery()
        for end in (sa.func.min, sa.func.max)
    )
    return least.label("low"), greatest.label("high")


def _selected(low: Any, high: Any, *, owner: Any = _NOBODY) -> sa.Select[Any]:
    columns = (
        *(_entry.c.id, _entry.c.order_id, _entry.c.kind),
        *(_entry.c.amount_minor, _entry.c.stripe_id, _entry.c.at),
    )
    is_by_credit = (Order.credit_minor == Order.total_minor).label("is_by_credit")
    as_credit = sa.orm.aliased(Refund)
    reason = sa.func.coalesce(Refund.reason, as_credit.reason).label("reason")
    return (
        sa.select(*columns, Order.email, is_by_credit, reason, low, high, owner.label("owner"))
        .join(Order, Order.id == _entry.c.order_id)
        .outerjoin(Refund, Refund.stripe_refund_id == _entry.c.stripe_id)
        .outerjoin(
            as_credit,
            sa.and_(
                _entry.c.kind == EntryKind.CREDIT_GIVEN,
                as_credit.order_id == _entry.c.order_id,
                _entry.c.stripe_id.startswith("credit:" + as_credit.id + ":"),
            ),
        )
    )


_TITLES = sa.select(Post.id, Post.title, Post.slug, Post.kind).where(
    Post.id.in_(sa.bindparam("ids", expanding=True))
)
