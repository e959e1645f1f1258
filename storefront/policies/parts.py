"""The parts of a policy document: zones and methods, money back, support, quality.

Knows what each part holds and when it makes sense; refuses to know what follows from it.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from babel.core import Locale
from flask_babel import gettext as _

from storefront.money import LARGEST_MINOR, Money, exponent

# Stands in a zone for every country that no other zone names.
REST = "*"
LONGEST_TEXT = 200
# An order keeps the name of its shipping method in a column of this width.
LONGEST_METHOD_NAME = 120
LONGEST_WINDOW_DAYS = 3650
LONGEST_DELIVERY_DAYS = 365

# Two letters in CLDR that nobody can post a parcel to: unions, pseudo-locales, and parts of other codes.
_NO_ADDRESS = frozenset({"CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "UN", "XA", "XB", "ZZ"})
_CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class Basis(StrEnum):
    """Which subtotal a free-shipping threshold is compared with."""

    BEFORE_DISCOUNTS = "before_discounts"
    AFTER_DISCOUNTS = "after_discounts"


class Start(StrEnum):
    """The event from which the money-back window is counted."""

    PAID = "paid"
    SHIPPED = "shipped"
    DELIVERED = "delivered"


class Condition(StrEnum):
    """What a return has to meet; the list is fixed because each has its own sentence."""

    ANY_REASON = "any_reason"
    UNUSED = "unused"
    ORIGINAL_PACKAGING = "original_packaging"
    NOT_FINAL_SALE = "not_final_sale"


class Payer(StrEnum):
    """Who pays the postage of a return."""

    SHOP = "shop"
    CUSTOMER = "customer"


@cache
def known_countries() -> frozenset[str]:
    """ISO 3166 codes of every country that has postal addresses (CLDR's territories, through Babel)."""
    codes = {str(code) for code in Locale("en").territories}
    return frozenset(code for code in codes - _NO_ADDRESS if len(code) == 2 and code.isalpha())


@dataclass(frozen=True, slots=True)
class ShippingMethod:
    """One way to ship; amounts in minor units, `free_from_minor` 0 is always free and None never.

    Days are working days (Monday to Friday) from the order to the door.
    """

    code: str
    name: str
    price_minor: int
    free_from_minor: int | None
    basis: Basis
    days_min: int
    days_max: int

    @property
    def threshold_minor(self) -> int | None:
        """From which subtotal nothing is charged: 0 for always, None for never."""
        return 0 if self.price_minor == 0 else self.free_from_minor

    def problems(self, *, currency: str) -> Iterator[str]:
        """Sentences on what makes no sense here."""
        name = self.name or self.code
        if not _CODE.fullmatch(self.code) or len(self.code) > 40:
            yield _("Method “%(name)s”: the code has small letters, digits and hyphens only.", name=name)
        if not is_line(self.name) or len(self.name) > LONGEST_METHOD_NAME:
            yield _("Method “%(name)s”: give it a name of one line.", name=name)
        if not 0 <= self.price_minor <= LARGEST_MINOR:
            yield _("Method “%(name)s”: the price cannot be below zero.", name=name)
        if exponent(currency) == 3 and self.price_minor % 10:
            # Stripe charges three-decimal currencies in steps of ten: https://docs.stripe.com/currencies
            yield _("Method “%(name)s”: a price in %(currency)s ends in 0.", name=name, currency=currency)
        if self.free_from_minor is not None and not 0 <= self.free_from_minor <= LARGEST_MINOR:
            yield _("Method “%(name)s”: the free-shipping threshold cannot be below zero.", name=name)
        if not 0 <= self.days_min <= self.days_max <= LONGEST_DELIVERY_DAYS:
            yield _("Method “%(name)s”: the delivery days run from few to many, at most 365.", name=name)


@dataclass(frozen=True, slots=True)
class Zone:
    """Countries (ISO 3166, or `*` alone for the rest) with their methods, of which the first is the usual."""

    name: str
    countries: tuple[str, ...]
    methods: tuple[ShippingMethod, ...]

    @property
    def is_rest(self) -> bool:
        """Whether this zone takes every country that no other names."""
        return REST in self.countries

    def problems(self, *, currency: str) -> Iterator[str]:
        """Sentences on what makes no sense here."""
        if not is_line(self.name):
            yield _("Give every zone a name of one line.")
        if not self.countries:
            yield _("Zone “%(name)s” names no country.", name=self.name)
        if self.is_rest and len(self.countries) > 1:
            yield _("Zone “%(name)s”: * stands for all other countries, so it stands alone.", name=self.name)
        for code in sorted(set(self.countries) - known_countries() - {REST}):
            yield _("Zone “%(name)s”: %(code)s is not a country we know.", name=self.name, code=code[:20])
        if not self.methods:
            yield _("Zone “%(name)s” has no shipping method.", name=self.name)
        codes = [method.code for method in self.methods]
        for code in sorted({code for code in codes if codes.count(code) > 1}):
            yield _("Zone “%(name)s” has two methods “%(code)s”.", name=self.name, code=code)
        for method in self.methods:
            yield from method.problems(currency=currency)


@dataclass(frozen=True, slots=True)
class MoneyBack:
    """The voluntary guarantee; `window_days` 0 offers none, excluded goods are named by their slugs.

    `restocking_percent` of the price is kept by the shop, 0 for nothing; never of what the law gives back.
    """

    window_days: int
    starts: Start
    conditions: tuple[Condition, ...]
    return_postage: Payer
    goods_first: bool
    excluded_products: tuple[str, ...]
    excluded_collections: tuple[str, ...]
    automatic_up_to_minor: int
    restocking_percent: int = 0

    @property
    def is_offered(self) -> bool:
        """Whether there is a guarantee at all."""
        return self.window_days > 0

    @property
    def is_for_all_goods(self) -> bool:
        """Whether no product can be left out of it."""
        limited = self.excluded_products or self.excluded_collections
        return not limited and Condition.NOT_FINAL_SALE not in self.conditions

    def restocking_fee(self, price: Money) -> Money:
        """What the shop keeps of a price under the guarantee, rounded down in the shopper's favour to what can be
        charged back."""
        step = 10 if exponent(price.currency) == 3 else 1
        return Money(price.minor * self.restocking_percent // (100 * step) * step, price.currency)

    def problems(self) -> Iterator[str]:
        """Sentences on what makes no sense here."""
        if not 0 <= self.window_days <= LONGEST_WINDOW_DAYS:
            yield _("The money-back window has 0 to 3650 days.")
        if not 0 <= self.automatic_up_to_minor <= LARGEST_MINOR:
            yield _("The amount up to which a return is approved by itself cannot be below zero.")
        if not 0 <= self.restocking_percent <= 100:
            yield _("The restocking fee is 0 to 100 percent.")
        if len(set(self.conditions)) < len(self.conditions):
            yield _("A money-back condition is named twice.")
        for slug in (*self.excluded_products, *self.excluded_collections):
            if not is_line(slug):
                yield _("Excluded goods are named by the last part of their address, such as “gift-card”.")


@dataclass(frozen=True, slots=True)
class Support:
    """How people reach the shop; empty texts and None promise nothing."""

    email: str = ""
    hours: str = ""
    reply_within_hours: int | None = None

    def problems(self) -> Iterator[str]:
        """Sentences on what makes no sense here."""
        if self.email and not (is_line(self.email) and "@" in self.email):
            yield _("The support address is not an e-mail address.")
        if self.hours and not is_line(self.hours):
            yield _("The support hours are one line of text.")
        if self.reply_within_hours is not None and not 1 <= self.reply_within_hours <= 1000:
            yield _("Support replies within 1 to 1000 hours.")


@dataclass(frozen=True, slots=True)
class Quality:
    """A short statement about the goods, with what supports it."""

    statement: str
    evidence: str

    def problems(self) -> Iterator[str]:
        """Sentences on what makes no sense here."""
        if not (is_line(self.statement) and is_line(self.evidence)):
            yield _("A quality statement and its evidence are one line of text each.")


def is_line(text: str) -> bool:
    """Whether the text is one line that can be shown and stored: not blank, no control characters."""
    broken = any(unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} for letter in text)
    return bool(text.strip()) and len(text) <= LONGEST_TEXT and not broken
