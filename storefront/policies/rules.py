"""The rules: what a basket, a country or a sold line gets from a policy document.

Knows only the facts it is handed; refuses to look anything up, the time included.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from storefront import clock, money
from storefront.money import Money
from storefront.policies import words
from storefront.policies.document import PolicyDocument
from storefront.policies.parts import (
    Basis,
    Condition,
    MoneyBack,
    ShippingMethod,
    Start,
    Zone,
    known_countries,
)

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What shipping needs to know of a line: its total before and after every discount."""

    before_discounts: Money
    after_discounts: Money


@dataclass(frozen=True, slots=True)
class BasketFacts:
    """What shipping needs to know of a basket."""

    currency: str
    lines: tuple[LineFacts, ...] = ()

    def subtotal(self, basis: Basis) -> Money:
        """The goods' total that a threshold is compared with."""
        if basis is Basis.BEFORE_DISCOUNTS:
            return money.total((line.before_discounts for line in self.lines), self.currency)
        return money.total((line.after_discounts for line in self.lines), self.currency)


@dataclass(frozen=True, slots=True)
class ShippingOption:
    """A way to ship this basket, at its price; `free_from` is the subtotal from which it costs nothing."""

    code: str
    name: str
    price: Money
    free_from: Money | None
    basis: Basis
    days_min: int
    days_max: int

    @property
    def free(self) -> bool:
        """Whether nothing is charged."""
        return not self.price

    @property
    def reason(self) -> str:
        """Why it costs what it costs, in the reader's language; empty where there is nothing to say."""
        return "" if self.free_from is None else words.free_from(self.free_from, basis=self.basis)

    def arrival(self, *, today: date) -> tuple[date, date]:
        """The first and the last day on which it should arrive when ordered `today`."""
        return weekdays_after(today, self.days_min), weekdays_after(today, self.days_max)


class Progress(NamedTuple):
    """How far a basket is from free shipping."""

    missing: Money
    goal: Money


class Rule(StrEnum):
    """The rule by which a line is or is not covered by the money-back guarantee."""

    NOT_OFFERED = "not_offered"
    EXCLUDED = "excluded"
    GIFT_CARD = "gift_card"
    FINAL_SALE = "final_sale"
    NOT_STARTED = "not_started"
    WITHIN_WINDOW = "within_window"
    WINDOW_OVER = "window_over"


@dataclass(frozen=True, slots=True)
class MoneyBackFacts:
    """What the guarantee needs to know of a sold line: slugs of the goods, aware instants of its events."""

    product: str = ""
    collections: frozenset[str] = frozenset()
    paid_at: datetime | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    final_sale: bool = False
    is_gift_card: bool = False

    def started_at(self, start: Start) -> datetime | None:
        """When the event happened from which the window is counted; None before."""
        moments = {
            Start.PAID: self.paid_at,
            Start.SHIPPED: self.shipped_at,
            Start.DELIVERED: self.delivered_at,
        }
        return moments[start]


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether the guarantee covers a line, by which rule and policy version; `ends_on` is its last day."""

    allowed: bool
    rule: Rule
    ends_on: date | None
    version: int
    window_days: int
    starts: Start

    @property
    def explanation(self) -> str:
        """The decision as a sentence in the reader's language."""
        return words.decision(
            self.rule, window_days=self.window_days, starts=self.starts, ends_on=self.ends_on
        )


def shipping_options(document: PolicyDocument, *, country: str, facts: BasketFacts) -> list[ShippingOption]:
    """The ways to ship the basket to an ISO 3166 country, the usual one first; empty where none is."""
    zone = document.zone_for(country)
    return options_within(zone, facts=facts) if zone else []


def options_within(zone: Zone, *, facts: BasketFacts) -> list[ShippingOption]:
    """The ways to ship the basket to any country of the zone, the usual one first."""
    return [_option(method, facts) for method in zone.methods]


def _option(method: ShippingMethod, facts: BasketFacts) -> ShippingOption:
    threshold = method.threshold_minor
    is_free = threshold is not None and facts.subtotal(method.basis).minor >= threshold
    return ShippingOption(
        code=method.code,
        name=method.name,
        price=Money(0 if is_free else method.price_minor, facts.currency),
        free_from=None if threshold is None else Money(threshold, facts.currency),
        basis=method.basis,
        days_min=method.days_min,
        days_max=method.days_max,
    )


def free_shipping_progress(document: PolicyDocument, *, country: str, facts: BasketFacts) -> Progress | None:
    """What is missing to the nearest free-shipping threshold; None if a way is free, or never will be."""
    return progress_among(shipping_options(document, country=country, facts=facts), facts=facts)


def progress_among(options: Sequence[ShippingOption], *, facts: BasketFacts) -> Progress | None:
    """The same where the ways to ship the basket are known already."""
    if any(option.free for option in options):
        return None
    goals = [(each.free_from, each.basis) for each in options if each.free_from is not None]
    return min((Progress(goal - facts.subtotal(basis), goal) for goal, basis in goals), default=None)


def served_countries(document: PolicyDocument) -> tuple[str, ...]:
    """ISO 3166 codes of every country that something is sent to, in the order of the codes."""
    return _served(document)


# Two hundred and fifty countries are asked for: 700 µs, and the document never changes.
@lru_cache(maxsize=64)
def _served(document: PolicyDocument) -> tuple[str, ...]:
    return tuple(code for code in sorted(known_countries()) if document.zone_for(code))


def delivery_estimate(document: PolicyDocument, *, country: str, today: date) -> tuple[date, date] | None:
    """The first and last weekday on which the usual method arrives if ordered `today`; None if not served."""
    options = shipping_options(document, country=country, facts=BasketFacts(document.currency))
    return options[0].arrival(today=today) if options else None


def weekdays_after(day: date, count: int) -> date:
    """The day `count` weekdays after `day`; Saturdays and Sundays are not counted, and never the answer."""
    while count > 0 or day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
        count -= day.weekday() < _SATURDAY
    return day


def money_back(
    document: PolicyDocument, *, version: int, line: MoneyBackFacts, at: datetime, zone: ZoneInfo
) -> Decision:
    """Whether a line may be sent back at the aware instant `at`, by the document sold under as `version`.

    The window ends with its last day in the shop's `zone`; until it has started the line is covered.
    """
    promise = document.money_back
    rule, ends_on = _judged(promise, line=line, at=at, zone=zone)
    return Decision(
        allowed=rule in {Rule.NOT_STARTED, Rule.WITHIN_WINDOW},
        rule=rule,
        ends_on=ends_on,
        version=version,
        window_days=promise.window_days,
        starts=promise.starts,
    )


def _judged(
    promise: MoneyBack, *, line: MoneyBackFacts, at: datetime, zone: ZoneInfo
) -> tuple[Rule, date | None]:
    if not promise.is_offered:
        return Rule.NOT_OFFERED, None
    if line.is_gift_card:
        return Rule.GIFT_CARD, None
    if is_excluded(promise, product=line.product, collections=line.collections):
        return Rule.EXCLUDED, None
    if line.final_sale and Condition.NOT_FINAL_SALE in promise.conditions:
        return Rule.FINAL_SALE, None
    ends_on = window_ends_on(promise, line=line, zone=zone)
    if ends_on is None:
        return Rule.NOT_STARTED, None
    return (Rule.WITHIN_WINDOW if at < clock.end_of_day(ends_on, zone) else Rule.WINDOW_OVER), ends_on


def is_excluded(promise: MoneyBack, *, product: str, collections: Collection[str]) -> bool:
    """Whether the goods, by slug, are left out of the guarantee."""
    return product in promise.excluded_products or not set(collections).isdisjoint(
        promise.excluded_collections
    )


def window_ends_on(promise: MoneyBack, *, line: MoneyBackFacts, zone: ZoneInfo) -> date | None:
    """The last day of the window, whose first is the day after the event that starts it; None before that."""
    started_at = line.started_at(promise.starts)
    if started_at is None:
        return None
    return started_at.astimezone(zone).date() + timedelta(days=promise.window_days)
