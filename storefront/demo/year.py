"""The demo shop's past: three hundred orders over a year, played through the shop's own actions at their own time.

Knows when each story begins and what was bought; refuses to write a row by itself. Only a shop that keeps its mail
and pays at the sandbox gets a past: nobody is written to and no money is asked for.
"""

import heapq
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

import sqlalchemy as sa
from flask import current_app

from storefront import clock, jobs
from storefront.accounts.models import Customer
from storefront.cart.contents import Cart, CartLine
from storefront.cart.quote import Quote
from storefront.catalogue import actions as catalogue
from storefront.catalogue.adjusting import Said
from storefront.catalogue.models import Cause, Product, ProductState, Variant
from storefront.checkout import actions, drafts
from storefront.config import settings
from storefront.content.models import Post, PostProduct, PostState
from storefront.credit.actions import Said as Why
from storefront.credit.actions import give_store_credit
from storefront.credit.models import CreditAccount, CreditKind
from storefront.database import hurried, release, session
from storefront.demo import crew, offers
from storefront.demo.bank import Bank
from storefront.demo.people import Person, people, person
from storefront.demo.sale import Actor, Cast, Sale, Story
from storefront.demo.stories import delivered
from storefront.demo.turns import TURNS, CreditPart, Turn
from storefront.errors import Refused
from storefront.money import Money
from storefront.orders.models import Order
from storefront.orders.owners import attach_orders
from storefront.pricing.lines import chargeable
from storefront.webhooks.actions import take_in_movements

BUYERS = 140
SEED = 1784
# Which part of what a post shows was bought from it.
_READERS = 0.55
# What a worker would have done meanwhile.
_DUE = ("checkout.expire", "mail.send", "refund.send")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Purchase:
    """Who buys what, when, and what becomes of it; `place` is its place in the year."""

    place: int
    at: datetime
    buyer: Person
    pieces: tuple[tuple[int, int], ...]
    story: Callable[[Sale], Story]
    credit: CreditPart = CreditPart.NONE

    @property
    def cart_id(self) -> str:
        """By which the purchase is known again."""
        return f"demo-{self.place}"


def play(progress: Progress = lambda done, of: None, *, turns: Sequence[Turn] = TURNS, orders: int) -> bool:
    """Play the year up to now, or what of it an interrupted run left out; whether anything was played.

    `turns` have their say first, and the rest of the `orders` simply arrive. `progress` is told how many days
    were played, of how many.
    """
    if not (settings().is_sandbox and settings().keeps_mail):
        return False
    now = clock.now()
    known = _known_carts()
    plan = [each for each in _plan(now, turns, orders) if each.cart_id not in known]
    if not plan:
        return False
    bank = Bank(settings().stripe_api_url, settings().stripe_secret_key)
    cast = _cast(bank)
    offers.make(since=min(each.at for each in plan) - timedelta(hours=1), by=cast.keeper)
    with bank.quietly(), hurried():
        _play(plan, until=now, cast=cast, progress=progress)
        take_in_movements()
    attach_orders(_regular())
    if turns:
        _make_up_for(_regular(), at=now - timedelta(days=18), by=cast.cashier)
    return True


def _make_up_for(customer_id: int, *, at: datetime, by: Actor) -> None:
    """Give the one with an account store credit, once: a parcel was late."""
    amount = chargeable(Money(1500, settings().currency))
    why = Why("A parcel came a week late.", f"{SEED:032x}")
    # Where one person alone may give less, nobody does.
    with clock.frozen(at), suppress(Refused):
        give_store_credit(customer_id, amount, said=why, by=by)


def _regular() -> int:
    """The id of the customer with an account."""
    email, _name = crew.CUSTOMER
    found = session().scalars(sa.select(Customer.id).where(Customer.email == email)).one()
    release()
    return found


def _known_carts() -> set[str]:
    return set(session().scalars(sa.select(Order.cart_id).where(Order.cart_id.like("demo-%"))))


def _cast(bank: Bank) -> Cast:
    ids = dict(session().execute(sa.select(Customer.email, Customer.id)).all())
    release()
    by_role = {role: ("staff", ids[email]) for role, (email, _name) in crew.STAFF.items()}
    return Cast(
        bank,
        packer=by_role["orders"],
        cashier=by_role["refunds"],
        keeper=by_role["catalogue"],
        chance=Random(SEED + 1),
    )


def _plan(now: datetime, turns: Sequence[Turn], orders: int) -> list[Purchase]:
    """All purchases, the same ones for every run of one day."""
    chance = Random(SEED)
    told = [turn for turn in turns for _each in range(turn.count)]
    told = [*told, *[Turn(delivered, 1)] * (orders - len(told))][:orders]
    # The one with an account buys a little more often than the others.
    regular = person(*reversed(crew.CUSTOMER), chance=chance)
    buyers, shelf = (*people(BUYERS, chance=chance), *[regular] * 5), _shelf()
    cards = _gift_cards()
    return [
        Purchase(
            place,
            now - _age(turn, chance),
            chance.choice(buyers),
            _pieces(turn, _basket(shelf, chance), cards),
            turn.story,
            turn.credit,
        )
        for place, turn in enumerate(told)
    ]


def _age(turn: Turn, chance: Random) -> timedelta:
    """How long ago: more of them lately, because the shop grows."""
    share = 1 - chance.random() ** 0.7 if turn.most > 300 else chance.random()
    return timedelta(days=turn.least + (turn.most - turn.least) * share)


def _shelf() -> list[int]:
    """What can be bought, by variant id; what stands first on the shelves is bought most."""
    found = sa.select(Variant.id).join(Product, Product.id == Variant.product_id)
    published = found.where(
        Product.state == ProductState.PUBLISHED, Variant.is_sold, sa.not_(Product.is_gift_card)
    )
    return list(session().scalars(published.order_by(Product.position, Variant.position)))


def _gift_cards() -> list[int]:
    """The amounts of gift cards, by variant id, the largest first."""
    found = sa.select(Variant.id).join(Product, Product.id == Variant.product_id)
    return list(session().scalars(found.where(Product.is_gift_card).order_by(Variant.price_minor.desc())))


def _pieces(turn: Turn, basket: tuple[tuple[int, int], ...], cards: list[int]) -> tuple[tuple[int, int], ...]:
    """What is bought: the first of a basket where a gift card pays, so that something is left on it."""
    if turn.credit is CreditPart.PAYS:
        return ((basket[0][0], 1),)
    return ((cards[0], 1),) if turn.credit is CreditPart.BUYS and cards else basket


def _basket(shelf: list[int], chance: Random) -> tuple[tuple[int, int], ...]:
    wanted: dict[int, int] = {}
    for _line in range(chance.choice((1, 1, 1, 2, 2, 3, 4))):
        variant_id = shelf[int(len(shelf) * chance.random() ** 1.8)]
        wanted[variant_id] = chance.choice((1, 1, 1, 2, 3))
    return tuple(wanted.items())


def _play(plan: Iterable[Purchase], *, until: datetime, cast: Cast, progress: Progress) -> None:
    """Every step of every story at its own time, in the order of time."""
    standing = {each.place: _told(each, cast) for each in plan}
    ahead = [(each.at, each.place) for each in plan]
    heapq.heapify(ahead)
    first = ahead[0][0] if ahead else until
    cast.bank.turn_clock(first)
    # Else the first day on which the balance is paid out would be today.
    cast.bank.turn_clock_at_stripe()
    cast.bank.pay_out_daily()
    while ahead:
        at, place = heapq.heappop(ahead)
        if at >= until:
            continue
        with clock.frozen(at):
            cast.bank.turn_clock(at)
            pause = next(standing[place], None)
            _work_off()
        if pause is not None:
            heapq.heappush(ahead, (at + pause, place))
        progress((at - first).days, (until - first).days)
    cast.bank.turn_clock(until)
    cast.bank.turn_clock_at_stripe()
    _work_off()


def _told(purchase: Purchase, cast: Cast) -> Story:
    """The purchase with what becomes of it."""
    placed = _place(purchase, cast)
    sale = Sale(cast, purchase.buyer, placed.order_id, placed.attempt_id)
    cast.bank.turn_clock_at_stripe()
    actions.open_payment(placed.attempt_id, origin=settings().origin)
    yield from purchase.story(sale)


def _place(purchase: Purchase, cast: Cast) -> actions.Placed:
    """The order, by the shopper's own way: what is missing on the shelf has just been delivered."""
    _deliver(purchase.pieces, cast)
    buyer = purchase.buyer
    draft_id = drafts.keep_details(None, email=buyer.email, delivery=buyer.address, billing=None)
    cart = _filled(purchase)
    quote = Quote.of(cart, country=buyer.address["country"], email=buyer.email)
    code = quote.chosen.code if quote.chosen else ""
    release()
    return actions.place_order(
        draft_id,
        cart=cart,
        shipping_code=code,
        shown_total_minor=quote.total.minor,
        shown_credit_minor=quote.tender.paid.minor,
        origin=settings().origin,
    )


def _filled(purchase: Purchase) -> Cart:
    """The cart as it was put together: some of it from a post that showed it by then."""
    # A chance of its own, so that whether there are posts changes nothing else about the year.
    chance = Random(SEED + purchase.place)
    lines = tuple(CartLine(*piece, None, _read(piece[0], chance)) for piece in purchase.pieces)
    cart = Cart(purchase.cart_id, lines, code=offers.code_of(Random(-SEED - purchase.place)))
    if purchase.credit is CreditPart.PAYS and (card_id := _a_card()):
        cart = cart.with_card(card_id)
    posts = [line.post_id for line in lines if line.post_id]
    return cart.having_read(posts[0], posts[-1]) if posts and settings().remember_posts else cart


def _a_card() -> str | None:
    """The id of the gift card that was sold first, whose code somebody was given."""
    first = sa.select(CreditAccount.id).where(CreditAccount.kind == CreditKind.GIFT_CARD)
    found: str | None = session().scalar(first.order_by(CreditAccount.opened_at).limit(1))
    release()
    return found


def _read(variant_id: int, chance: Random) -> int | None:
    """The id of a public post that shows a variant, from which it is put in; None where it comes from elsewhere."""
    showing = (
        sa.select(Post.id)
        .join(PostProduct, PostProduct.post_id == Post.id)
        .join(Variant, Variant.product_id == PostProduct.product_id)
        .where(Variant.id == variant_id, Post.state == PostState.PUBLISHED, Post.published_at <= clock.now())
        .order_by(Post.id)
    )
    posts = list(session().scalars(showing))
    release()
    return chance.choice(posts) if posts and chance.random() < _READERS else None


def _deliver(pieces: Iterable[tuple[int, int]], cast: Cast) -> None:
    """What is about to be sold comes in first, so that the shelves end as they were written down."""
    for variant_id, count in pieces:
        if session().scalar(sa.select(Variant.on_hand).where(Variant.id == variant_id)) is not None:
            release()
            catalogue.move_stock(variant_id, count, cause=Cause.RECEIVED, said=Said(), by=cast.keeper)


def _work_off() -> None:
    jobs.drain(current_app._get_current_object(), only=_DUE)  # type: ignore[attr-defined]
