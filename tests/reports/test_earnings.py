"""What posts earned and what was direct add up to the ledger, to the minor unit, in each view, whatever happened."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from storefront import clock
from storefront.cart.contents import Cart, CartLine
from storefront.cart.quote import Quote
from storefront.checkout import actions, drafts
from storefront.config import settings
from storefront.credit.steps import Part, spend
from storefront.database import release, session, transaction
from storefront.errors import Refused
from storefront.money import Money
from storefront.orders.books import EntryKind, LedgerEntry
from storefront.orders.models import Order, OrderLine
from storefront.orders.money_back import fail_refund
from storefront.orders.refund import Refund, RefundState
from storefront.orders.steps import enter, lock_order, mark_paid
from storefront.payments.evidence import StripeRefund
from storefront.payments.models import AttemptState
from storefront.payments.steps import end_attempt, lock_attempt
from storefront.refunds.actions import record_outcome
from storefront.refunds.deciding import refund_order
from storefront.refunds.queries import refundable
from storefront.refunds.reckoning import Wanted, step_of
from storefront.reports.earnings import Earned, View, earned, earned_by
from storefront.reports.periods import Grain, Period
from storefront.reports.post_parts import posts_earn_what_the_books_say
from storefront.reports.sales import Takings, all_of, takings
from storefront.reports.shares import shares
from tests.builders.cart import a_policy
from tests.builders.catalogue import a_gift_card_product, a_variant
from tests.builders.content import a_post
from tests.builders.credit import a_gift_card
from tests.builders.orders import LEIPZIG, capture, pay, settle_refunds, the_attempt, the_refunds
from tests.builders.refunds import INES
from tests.counting import Counting
from tests.policies.documents import a_document, a_method, a_zone

DAY = date(2026, 6, 17)
DAYS = Period(DAY, DAY + timedelta(days=9))
_number = count(1)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Variants of uneven prices, and posts that are public."""

    variants: tuple[int, ...]
    posts: tuple[int, ...]


def a_shelf() -> Shelf:
    """Goods and posts in a shop whose shipping costs something. Opens transactions."""
    shipping = 490 * step_of(settings().currency)
    document = a_document(a_zone(methods=(a_method(price_minor=shipping, free_from_minor=None),)))
    a_policy(replace(document, currency=settings().currency))
    prices = (100, 333, 1999)
    variants = [a_variant(on_hand=None, price_minor=each * step_of(settings().currency)) for each in prices]
    return Shelf(tuple(each.id for each in variants), tuple(a_post().id for _each in range(3)))


def an_order_of(*lines: CartLine, first: int | None = None, last: int | None = None) -> int:
    """The id of an order of these lines that waits for its payment. Opens transactions."""
    cart = Cart(f"cart-{next(_number)}", lines, first_post=first, last_post=last)
    email = f"reader{next(_number) % 5}@example.org"
    draft_id = drafts.keep_details(None, email=email, delivery=LEIPZIG, billing=None)
    total = Quote.of(cart, country="DE", shipping_code="standard").total
    release()
    placed = actions.place_order(
        draft_id,
        cart=cart,
        shipping_code="standard",
        shown_total_minor=total.minor,
        origin=settings().origin,
    )
    return placed.order_id


def give_back(order_id: int, share: float, what: str) -> None:
    """Give something back, and let it arrive: pieces of a line, shipping, an amount, at Stripe, or everything."""
    of = refundable(order_id)
    release()
    if of.problem or not of.left:
        return
    amount = Money(max(int(of.left.minor * share) // of.step, 1) * of.step, of.currency)
    if what == "stripe":
        intent = the_attempt(order_id).payment_intent_id
        release()
        found = StripeRefund(f"re_{next(_number)}", "succeeded", amount, intent, None, None, clock.now())
        record_outcome(found)
        return
    lines = [line for line in of.lines if line.left][: 1 if what == "line" else None]
    wanted = {
        "line": Wanted({line.id: max(1, int(line.left * share)) for line in lines}),
        "shipping": Wanted(shipping=of.shipping_left),
        "amount": Wanted(amount=amount),
        "less": Wanted({line.id: line.left for line in lines}, of.shipping_left, amount),
        "everything": Wanted({line.id: line.left for line in lines}, of.shipping_left),
    }[what]
    try:
        refund_order(order_id, wanted, reason="damaged", note="", form_key=f"{next(_number):032x}", by=INES)
    except Refused:
        return
    finally:
        release()
    settle_refunds(order_id)


def bounce(order_id: int) -> None:
    """The bank sends the last refund back."""
    with transaction():
        order = lock_order(order_id)
        settled = [each for each in the_refunds(order_id) if each.state == RefundState.SETTLED]
        if settled:
            fail_refund(order, settled[-1], stripe_refund_id=None, code="lost")


def dispute(order_id: int, *, is_won: bool) -> None:
    """A bank takes the whole payment, and may give it back."""
    with transaction():
        order, name = lock_order(order_id), f"dp_{next(_number)}"
        enter(order, EntryKind.DISPUTE, -order.total, stripe_id=name, at=clock.now())
        if is_won:
            enter(order, EntryKind.DISPUTE_WON, order.total, stripe_id=name, at=clock.now())


POSTS = st.sampled_from([None, 0, 1, 2])
LINES = st.lists(
    st.tuples(st.integers(0, 2), st.integers(1, 4), POSTS),
    min_size=1,
    max_size=3,
    unique_by=lambda line: line[0],
)
DEEDS = st.lists(
    st.tuples(
        st.sampled_from(
            ["line", "shipping", "amount", "less", "everything", "stripe", "bounce", "dispute", "won"]
        ),
        st.floats(0, 1),
    ),
    max_size=4,
)
ORDERS = st.lists(st.tuples(LINES, POSTS, POSTS, st.integers(0, 8), DEEDS), min_size=1, max_size=4)


def play(shelf: Shelf, orders: list[Any]) -> None:
    """Let the orders happen, each on its day and what becomes of it on the days after."""
    post: dict[int | None, int | None] = {None: None, **dict(enumerate(shelf.posts))}
    for lines, first, last, day, deeds in orders:
        with clock.frozen(DAYS.bounds(settings().timezone)[0] + timedelta(days=day)):
            order_id = an_order_of(
                *(CartLine(shelf.variants[which], pieces, None, post[by]) for which, pieces, by in lines),
                first=post[first],
                last=post[last],
            )
            pay(order_id)
        for number, (what, share) in enumerate(deeds):
            with clock.frozen(DAYS.bounds(settings().timezone)[0] + timedelta(days=min(day + number, 9))):
                if what == "bounce":
                    bounce(order_id)
                elif what in {"dispute", "won"}:
                    dispute(order_id, is_won=what == "won")
                else:
                    give_back(order_id, share, what)


def judged() -> tuple[dict[View, dict[int | None, int]], set[int]]:
    """By view what each post has by the entries of all orders that are of one post alone, judged one by one; and the
    ids of the others, which only have to add up."""
    posts: dict[int, set[int | None]] = defaultdict(set)
    for order_id, post_id in session().execute(sa.select(OrderLine.order_id, OrderLine.post_id)):
        posts[order_id].add(post_id)
    read = {
        row.id: row for row in session().execute(sa.select(Order.id, Order.first_post_id, Order.last_post_id))
    }
    sums: dict[View, Counter[int | None]] = {view: Counter() for view in View}
    for order_id, minor in session().execute(sa.select(LedgerEntry.order_id, LedgerEntry.amount_minor)):
        sums[View.FIRST][read[order_id].first_post_id] += minor
        sums[View.LAST][read[order_id].last_post_id] += minor
        if len(posts[order_id]) == 1:
            sums[View.CARD][next(iter(posts[order_id]))] += minor
    return {view: dict(each) for view, each in sums.items()}, {
        order_id for order_id, named in posts.items() if len(named) > 1
    }


def adds_up(found: Earned, parts: tuple[Period, ...], currency: str) -> None:
    """Posts and what is direct are the ledger: as a whole, part by part, column by column."""
    ledger = takings(parts, currency=currency)
    assert found.whole_by_part == ledger
    for whole, direct, posts in zip(ledger, found.direct_by_part, found.by_part, strict=True):
        mine = all_of([direct, *posts.values()], currency=currency)
        assert (mine.sales, mine.refunds, mine.disputes, mine.net) == (
            whole.sales,
            whole.refunds,
            whole.disputes,
            whole.net,
        )
    for each in found.posts:
        assert each.takings == all_of(
            [posts[each.post_id] for posts in found.by_part if each.post_id in posts], currency=currency
        )
        reasons = sum(amount.minor for _reason, amount in each.reasons)
        assert reasons == each.takings.refunds.minor


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
@pytest.mark.parametrize(
    "examples", [4, pytest.param(60, marks=[pytest.mark.long, pytest.mark.timeout(900)])]
)
def test_posts_and_direct_add_up_to_the_ledger_in_each_view(
    make_app: Callable[..., Flask], currency: str, examples: int
) -> None:
    with make_app(currency=currency).app_context():
        shelf = a_shelf()

        @hypothesis_settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
        @given(orders=ORDERS, grain=st.sampled_from(Grain))
        def holds(orders: list[Any], grain: Grain) -> None:
            play(shelf, orders)
            parts = DAYS.cut(grain)
            expected, mixed = judged()
            release()

            found = {view: earned(parts, view=view, currency=currency) for view in View}

            for view in View:
                adds_up(found[view], parts, currency)
                have = {each.post_id: each.takings.net.minor for each in found[view].posts}
                if view is not View.CARD or not mixed:
                    have |= {None: found[view].direct.net.minor}  # type: ignore[dict-item]
                    assert {post: minor for post, minor in have.items() if minor} == {
                        post: minor for post, minor in expected[view].items() if minor
                    }
            for each in found[View.CARD].posts:
                assert earned_by(each.post_id, currency=currency) == each.takings

        holds()


@pytest.fixture
def shelf(inside: Flask, frozen: ModuleType) -> Shelf:
    """Goods and posts on the 17th of June."""
    return a_shelf()


def today(view: View = View.CARD) -> Earned:
    """What was earned on that day."""
    return earned((Period(DAY, DAY),), view=view, currency="EUR")


def test_of_an_order_from_two_posts_each_has_its_lines_and_its_part_of_shipping(shelf: Shelf) -> None:
    """1.00 and 3.33 and 19.99 with 4.90 shipping: 29.22 divided as the lines are."""
    kits, (diary, tea, _other) = shelf.variants, shelf.posts
    order_id = an_order_of(
        CartLine(kits[0], 1), CartLine(kits[1], 1, None, diary), CartLine(kits[2], 1, None, tea)
    )
    pay(order_id)

    found = today()

    assert [(each.post_id, each.takings.sales.minor, each.readers) for each in found.posts] == [
        (tea, 2402, 1),
        (diary, 400, 1),
    ]
    assert (found.direct.sales.minor, found.direct.orders, found.whole.orders) == (120, 1, 1)


def test_a_refunded_line_is_taken_from_its_post_with_its_reason(shelf: Shelf) -> None:
    diary, tea, _other = shelf.posts
    order_id = an_order_of(
        CartLine(shelf.variants[1], 2, None, diary), CartLine(shelf.variants[2], 1, None, tea)
    )
    pay(order_id)

    give_back(order_id, 0.5, "line")

    found = {each.post_id: each for each in today().posts}
    assert found[diary].takings.refunds.minor == -333
    assert found[diary].reasons == (("damaged", Money(-333, "EUR")),)
    assert (found[tea].takings.refunds.minor, found[tea].reasons) == (0, ())


def test_what_went_back_whole_leaves_no_post_anything(shelf: Shelf) -> None:
    order_id = an_order_of(
        *(CartLine(kit, 1, None, post) for kit, post in zip(shelf.variants, shelf.posts, strict=True))
    )
    pay(order_id)
    give_back(order_id, 0.37, "amount")
    give_back(order_id, 1.0, "line")

    give_back(order_id, 1.0, "stripe")

    assert [each.takings.net.minor for each in today().posts] == [0, 0, 0]
    assert today().whole.net.minor == 0


def test_a_reader_who_buys_twice_is_one_reader_and_two_orders(shelf: Shelf) -> None:
    diary = shelf.posts[0]
    for _time in range(2):
        cart = an_order_of(CartLine(shelf.variants[0], 1, None, diary))
        with transaction():
            lock_order(cart).email = "Mara@example.org" if _time else "mara@example.org"
        pay(cart)

    (found,) = today().posts

    assert (found.readers, found.takings.orders) == (1, 2)


def test_an_order_that_nobody_paid_earns_nothing(shelf: Shelf) -> None:
    an_order_of(CartLine(shelf.variants[0], 1, None, shelf.posts[0]), first=shelf.posts[1])

    assert [today(view).posts for view in View] == [(), (), ()]
    assert earned_by(shelf.posts[0], currency="EUR") == Takings.none("EUR")


def test_the_figures_of_many_orders_are_a_few_statements(shelf: Shelf, count_queries: Counting) -> None:
    for _time in range(5):
        pay(
            an_order_of(
                CartLine(shelf.variants[0], 1, None, shelf.posts[0]),
                CartLine(shelf.variants[1], 1, None, shelf.posts[1]),
                first=shelf.posts[2],
            )
        )

    with count_queries() as by_card:
        today()
    with count_queries() as by_first:
        today(View.FIRST)

    assert (by_card.selects, by_first.selects) == (4, 3), str(by_card)
    assert by_card.writes == by_first.writes == 0


def test_refunds_of_another_order_are_nobodys_here(shelf: Shelf) -> None:
    pay(direct := an_order_of(CartLine(shelf.variants[2], 1)))
    pay(an_order_of(CartLine(shelf.variants[0], 1, None, shelf.posts[0])))

    give_back(direct, 1.0, "everything")

    found = today()
    assert [each.takings.refunds.minor for each in found.posts] == [0]
    assert found.direct.net.minor == 0
    assert session().scalar(sa.select(sa.func.count(Refund.id))) == 1


def test_the_proof_finds_an_order_whose_posts_do_not_add_up(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = an_order_of(
        CartLine(shelf.variants[1], 2, None, shelf.posts[0]), CartLine(shelf.variants[2], 1)
    )
    pay(order_id)
    give_back(order_id, 0.5, "line")
    assert list(posts_earn_what_the_books_say()) == []

    monkeypatch.setattr(
        "storefront.reports.dividing.shares",
        lambda *told: {entry: {**share, 0: share[0] - 1} for entry, share in shares(*told).items()},
    )

    assert len(list(posts_earn_what_the_books_say())) == 2


def test_what_credit_paid_is_earned_and_what_sold_a_gift_card_is_not(shelf: Shelf) -> None:
    """A reader buys a card and goods by a post's link, pays with credit in part, and gets some of it back."""
    diary = shelf.posts[0]
    (card,) = a_gift_card_product(2500)
    credit = a_gift_card(300)
    order_id = an_order_of(
        CartLine(shelf.variants[2], 1, None, diary), CartLine(card.id, 1, None, diary), last=diary
    )
    with transaction():
        order = lock_order(order_id)
        spend(order_id, [Part(credit.id, Money(300, "EUR"))])
        order.credit_minor = 300
    with transaction():
        order, attempt = lock_order(order_id), lock_attempt(the_attempt(order_id).id)
        capture(order, attempt, amount=order.by_card)
        end_attempt(attempt, AttemptState.PAID)
        mark_paid(order)

    found = {view: today(view) for view in (View.CARD, View.LAST)}

    # Goods of 19.99 and shipping of 4.90: the card of 25.00 is owed.
    for view in found:
        (told,) = found[view].posts
        assert (told.takings.sales.minor, told.takings.orders, told.readers) == (1999 + 490, 1, 1)
        assert (found[view].direct.net.minor, found[view].whole.net.minor) == (0, 1999 + 490)
    assert earned_by(diary, currency="EUR") == found[View.CARD].posts[0].takings
    give_back(order_id, 1.0, "line")
    for view in found:
        (told,) = today(view).posts
        assert told.takings.refunds.minor == -1999
        assert sum(amount.minor for _reason, amount in told.reasons) == -1999
